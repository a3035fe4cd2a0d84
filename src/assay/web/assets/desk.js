// Keys of the desk, the drawer, and fresh rows when the journal moved.
"use strict";
(() => {
  const { series, day } = document.body.dataset, desk = document.getElementById("desk"), drawer = document.getElementById("drawer");
  const base = "/desk/" + encodeURIComponent(series);
  const PAUSE = 80;
  let current = null, timer = null, asking = false, asked = false, stale = false;
  let sending = false;
  const kept = [];
  const rows = () => [...desk.querySelectorAll("tr.row:not([hidden])")];
  const say = (text) => { document.getElementById("announce").textContent = text; };
  const choose = (row) => { if (!row) return; rows().forEach((each) => each.classList.remove("current")); row.classList.add("current"); row.focus({ preventScroll: false }); current = row.dataset.submission; };
  const step = (by) => { const all = rows(); if (!all.length) return; const at = all.findIndex((each) => each.dataset.submission === current); choose(all[Math.min(all.length - 1, Math.max(0, at + by))]); };
  const sieve = () => { const words = (document.getElementById("filter")?.value || "").toLowerCase(); desk.querySelectorAll("tr.row").forEach((row) => { row.hidden = Boolean(words) && !row.textContent.toLowerCase().includes(words); }); };
  document.getElementById("filter")?.addEventListener("input", sieve);
  const restore = () => { sieve(); const row = current && document.getElementById("row-" + current); if (row) row.classList.add("current"); };
  const post = (verb, values) => { htmx.ajax("POST", base + "/" + verb, { target: "#desk", swap: "innerHTML", values: { day, submission: current || "", ...values } }); sending = true; };
  const open = async (name) => {
    const answer = await fetch(base + "/evidence/" + encodeURIComponent(name) + "?day=" + day, { headers: { "HX-Request": "true" } });
    drawer.innerHTML = await answer.text(); drawer.hidden = false; htmx.process(drawer);
    (drawer.querySelector("input:not([type=hidden])") || drawer.querySelector("button")).focus();
  };
  const close = () => { drawer.hidden = true; drawer.innerHTML = ""; restore(); const row = current && document.getElementById("row-" + current); if (row) row.focus(); };
  const dialog = (id) => { const box = document.getElementById(id); const hidden = box.querySelector('input[name="submission"]'); if (hidden) hidden.value = current || ""; box.showModal(); };
  const typingIn = (part) => part.contains(document.activeElement) && /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName);
  const element = (html) => { const box = document.createElement("template"); box.innerHTML = html; return box.content.firstElementChild; };
  // What each element of the page was made of; one that htmx put there is compared as it stands.
  const source = new WeakMap();
  const same = (old, html) => source.has(old) ? source.get(old) === html : old.isEqualNode(element(html));
  const renewed = (old, html) => { if (old && same(old, html)) { source.set(old, html); return old; } const fresh = element(html); source.set(fresh, html); if (old) old.replaceWith(fresh); return fresh; };
  const ROW = /<tr id="([^"]+)"[^]*?<\/tr>/g, HEADING = /<tr class="group">[^]*?<\/tr>/;
  const CELL = /<td[^]*?<\/td>/g, PLAIN = /^<td([^>]*)>([^<&]*)<\/td>$/, opening = (html) => html.slice(0, html.indexOf("<td"));
  // A row of which only cells changed keeps its element, its focus and its place.
  const renewedRow = (old, html) => {
    const before = old && source.get(old), was = before?.match(CELL), now = html.match(CELL);
    if (!was || before === html || was.length !== now.length || opening(before) !== opening(html)) return renewed(old, html);
    now.forEach((text, place) => {
      if (text === was[place]) return;
      const plain = text.match(PLAIN), cell = old.children[place];
      if (plain && plain[1] === was[place].match(PLAIN)?.[1]) cell.textContent = plain[2]; else cell.replaceWith(element(text));
    });
    source.set(old, html);
    return old;
  };
  // Rows are compared as text; only those that changed, moved or came are touched.
  const layBody = (body, html) => {
    const wanted = [...html.matchAll(ROW)], names = new Set(wanted.map((each) => each[1]));
    let at = renewed(body.firstElementChild, html.match(HEADING)[0]).nextElementSibling;
    const passGone = () => { while (at && !names.has(at.id)) { const next = at.nextElementSibling; at.remove(); at = next; } };
    for (const [text, name] of wanted) {
      passGone();
      const old = document.getElementById(name), here = old !== null && old === at, row = renewedRow(old, text);
      if (here) at = row.nextElementSibling; else body.insertBefore(row, at);
    }
    passGone();
    while (at) { const next = at.nextElementSibling; at.remove(); at = next; }
  };
  const layRows = (html) => {
    const blotter = document.getElementById("blotter"), bodies = blotter.querySelectorAll("tbody"), parts = html.split("<tbody ").slice(1);
    const had = blotter.contains(document.activeElement);
    bodies.forEach((body, place) => layBody(body, parts[place]));
    restore();
    if (had && current) document.getElementById("row-" + current)?.focus({ preventScroll: true });
  };
  const SECTION = /<section class="panel">[^]*?<\/section>/g;
  const filled = (side) => [...side.querySelectorAll("form [name]")].filter((each) => each.type !== "hidden").map((each) => [each.name, each.value, each.checked]);
  const refill = (side, before) => before.forEach(([name, text, checked]) => { const box = side.querySelector('form [name="' + name + '"]'); if (!box) return; if (box.type === "checkbox") box.checked = checked; else if (text) box.value = text; });
  const layPanels = (html) => {
    const side = document.getElementById("panels"), before = filled(side), opened = Boolean(side.querySelector("form details[open]")), wanted = html.match(SECTION) || [];
    wanted.forEach((text, place) => { const old = side.children[place], part = renewed(old, text); if (part === old) return; if (!old) side.append(part); htmx.process(part); });
    while (side.children.length > wanted.length) side.lastElementChild.remove();
    refill(side, before);
    const box = side.querySelector("form details"); if (box && opened) box.open = true;
  };
  // One question at a time, however fast the journal moves; what is typed is never taken away.
  const refresh = async () => {
    asking = true; asked = false;
    let wait = PAUSE;
    try {
      const answer = await fetch(base + "/fresh?day=" + day, { headers: { "HX-Request": "true" } });
      if (answer.ok) {
        const [rowsText, panelsText] = (await answer.text()).split("<!--panels-->");
        layRows(rowsText);
        stale = typingIn(document.getElementById("panels"));
        if (!stale) layPanels(panelsText);
      }
    } catch { asked = true; wait = 1000; /* the chip says that the line is lost; then ask again */ }
    asking = false;
    if (asked) soon(wait);
  };
  const soon = (wait) => { asked = true; if (!asking && !timer) timer = setTimeout(() => { timer = null; refresh(); }, wait); };
  document.addEventListener("assay:entry", (event) => {
    const entry = event.detail;
    if (entry.day && entry.day !== day) return;
    if (entry.series && entry.series !== series && entry.kind.startsWith("submission.")) return;
    soon(PAUSE);
  });
  desk.addEventListener("focusout", () => { if (stale) soon(300); });
  document.addEventListener("click", (event) => {
    const more = event.target.closest("[data-evidence]"), row = event.target.closest("tr.row");
    if (row) choose(row);
    if (more) open(more.dataset.evidence);
    if (event.target.closest("[data-close-drawer]")) close();
    if (event.target.closest("[data-close]")) event.target.closest("dialog").close();
    if (event.target.closest("#keys-button")) dialog("keys");
  });
  // A key struck while an act is on its way waits for the answer; none is lost, none overtakes.
  const act = (key) => {
    const acts = { j: () => step(1), k: () => step(-1), e: () => current && open(current), a: () => current && post("confirm", {}), x: () => current && dialog("exclude"), u: () => current && post("undo", {}), n: () => dialog("phone"), v: () => dialog("phone"), d: () => post("determine", {}), r: () => document.getElementById("rationale")?.focus(), "?": () => dialog("keys"), "/": () => document.getElementById("filter")?.focus() };
    return acts[key];
  };
  const answered = () => { sending = false; while (kept.length && !sending && !document.querySelector("dialog[open]")) act(kept.shift())(); };
  document.addEventListener("htmx:before:request", () => { sending = true; });
  ["htmx:finally:request", "htmx:error"].forEach((name) => document.addEventListener(name, answered));
  document.addEventListener("htmx:after:swap", () => { if (typingIn(desk)) document.activeElement.blur(); document.querySelectorAll("dialog[open]").forEach((box) => box.close()); if (!document.querySelector("#notices .finding")) { if (!drawer.hidden) close(); } restore(); const problem = document.querySelector("#notices .finding"); if (problem) say(problem.textContent.trim()); answered(); });
  document.addEventListener("keydown", (event) => {
    const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
    if (event.ctrlKey && event.key === "Enter") { event.preventDefault(); document.getElementById("propose")?.click(); return; }
    if (event.key === "Escape" && !drawer.hidden) { close(); return; }
    if (sending && !typing && act(event.key)) { event.preventDefault(); kept.push(event.key); return; }
    const box = document.querySelector("dialog[open]");
    if (box) { if (box.id === "exclude" && !typing || box.id === "exclude" && event.target.type === "radio") { const radio = box.querySelectorAll('input[type="radio"]')[Number(event.key) - 1]; if (radio) { radio.checked = true; box.querySelector("textarea").focus(); event.preventDefault(); } } return; }
    if (typing || event.ctrlKey || event.metaKey || event.altKey) { if (typing && event.key === "Escape") event.target.blur(); return; }
    const wanted = act(event.key);
    if (!wanted) return;
    event.preventDefault();
    wanted();
  });
})();
