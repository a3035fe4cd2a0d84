// Fresh rows and panels laid over the old ones: only what changed is touched.
//
// What the server sends is compared as text with what an element was made of; the element
// keeps its place, its focus and what is typed in it. This module never asks the server.

const ROW = /<tr id="([^"]+)"[^]*?<\/tr>/g;
const HEADING = /<tr class="group">[^]*?<\/tr>/;
const CELL = /<td[^]*?<\/td>/g;
const PLAIN_CELL = /^<td([^>]*)>([^<&]*)<\/td>$/;
const SECTION = /<section class="panel">[^]*?<\/section>/g;

// What each element of the page was made of; one that htmx put there is compared as it stands.
const source = new WeakMap();

const openingOf = (html) => html.slice(0, html.indexOf("<td"));

function element(html) {
  const box = document.createElement("template");
  box.innerHTML = html;
  return box.content.firstElementChild;
}

function same(old, html) {
  return source.has(old) ? source.get(old) === html : old.isEqualNode(element(html));
}

function renewed(old, html) {
  if (old && same(old, html)) {
    source.set(old, html);
    return old;
  }
  const fresh = element(html);
  source.set(fresh, html);
  if (old) old.replaceWith(fresh);
  return fresh;
}

function layCell(cell, before, now) {
  const plain = now.match(PLAIN_CELL);
  if (plain && plain[1] === before.match(PLAIN_CELL)?.[1]) cell.textContent = plain[2];
  else cell.replaceWith(element(now));
}

// A row of which only cells changed keeps its element, its focus and its place.
function renewedRow(old, html) {
  const before = old && source.get(old);
  const was = before?.match(CELL);
  const now = html.match(CELL);
  const alike = was && was.length === now.length && openingOf(before) === openingOf(html);
  if (!alike || before === html) return renewed(old, html);
  now.forEach((text, place) => {
    if (text !== was[place]) layCell(old.children[place], was[place], text);
  });
  source.set(old, html);
  return old;
}

function layBody(body, html) {
  const wanted = [...html.matchAll(ROW)];
  const names = new Set(wanted.map((each) => each[1]));
  let at = renewed(body.firstElementChild, html.match(HEADING)[0]).nextElementSibling;
  const drop = () => {
    const next = at.nextElementSibling;
    at.remove();
    at = next;
  };
  const passGone = () => {
    while (at && !names.has(at.id)) drop();
  };
  for (const [text, name] of wanted) {
    passGone();
    const old = document.getElementById(name);
    const here = old !== null && old === at;
    const row = renewedRow(old, text);
    if (here) at = row.nextElementSibling;
    else body.insertBefore(row, at);
  }
  while (at) drop();
}

// The three parts of the blotter: pending, in, out.
export function layRows(blotter, html) {
  const parts = html.split("<tbody ").slice(1);
  const bodies = [...blotter.querySelectorAll("tbody")];
  if (parts.length !== bodies.length) throw new Error("this is no blotter");
  bodies.forEach((body, place) => layBody(body, parts[place]));
}

function filled(side) {
  return [...side.querySelectorAll("form [name]")]
    .filter((each) => each.type !== "hidden")
    .map((each) => [each.name, each.value, each.checked]);
}

function refill(side, before) {
  for (const [name, text, checked] of before) {
    const box = side.querySelector(`form [name="${name}"]`);
    if (!box) continue;
    if (box.type === "checkbox") box.checked = checked;
    else if (text) box.value = text;
  }
}

// The panels beside the blotter; what is typed in their form stays.
export function layPanels(side, html) {
  const before = filled(side);
  const opened = Boolean(side.querySelector("form details[open]"));
  const wanted = html.match(SECTION) || [];
  wanted.forEach((text, place) => {
    const old = side.children[place];
    const part = renewed(old, text);
    if (part === old) return;
    if (!old) side.append(part);
    htmx.process(part);
  });
  while (side.children.length > wanted.length) side.lastElementChild.remove();
  refill(side, before);
  const details = side.querySelector("form details");
  if (details && opened) details.open = true;
}
