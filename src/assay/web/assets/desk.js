// The analyst's desk: keys, drawer, dialogs, and fresh content when the journal moved.
//
// Every act is a form sent to the server; this module keeps no rule and no state of the day.
import { layPanels, layRows } from "./laying.js";

const PAUSE = 80; // after an entry, before asking: entries come in bursts
const PATIENCE = 1000; // before asking again when the line is lost
const INFLUENCE_PAUSE = 600; // leave-one-out is dear: asked for when the journal rests
const INFLUENCE_LATEST = 4000; // and at the latest so long after a change

const { series, day } = document.body.dataset;
const base = "/desk/" + encodeURIComponent(series);
const desk = document.getElementById("desk");
const drawer = document.getElementById("drawer");
const filter = document.getElementById("filter");

let current = null; // the submission in hand
let timer = null; // the question that is to be asked
let asking = false; // a question is on its way
let asked = false; // and another is wanted after it
let stale = false; // the panels wait because somebody types in them
let sending = false; // an act is on its way
let ended = false; // the session is over: nothing is asked any more
const kept = []; // keys struck meanwhile

const isField = (part) => /^(INPUT|TEXTAREA|SELECT)$/.test(part.tagName);
const typingIn = (part) => part.contains(document.activeElement) && isField(document.activeElement);
const rowOf = (name) => (name ? document.getElementById("row-" + name) : null);
const shownRows = () => [...desk.querySelectorAll("tr.row:not([hidden])")];
const problem = () => document.querySelector("#notices .finding");

function say(text) {
  document.getElementById("announce").textContent = text;
}

// --- the row in hand -------------------------------------------------------------------

function choose(row) {
  if (!row) return;
  desk.querySelectorAll("tr.row.current").forEach((each) => each.classList.remove("current"));
  row.classList.add("current");
  row.focus();
  current = row.dataset.submission;
}

function step(by) {
  const all = shownRows();
  if (!all.length) return;
  const at = all.findIndex((each) => each.dataset.submission === current);
  choose(all[Math.min(all.length - 1, Math.max(0, at + by))]);
}

function sieve() {
  const words = (filter?.value || "").toLowerCase();
  desk.querySelectorAll("tr.row").forEach((row) => {
    row.hidden = Boolean(words) && !row.textContent.toLowerCase().includes(words);
  });
}

function restore() {
  sieve();
  rowOf(current)?.classList.add("current");
}

// --- drawer and dialogs ----------------------------------------------------------------

async function open(name) {
  const answer = await asks(`${base}/evidence/${encodeURIComponent(name)}?day=${day}`);
  if (!answer) return;
  drawer.innerHTML = await answer.text();
  drawer.hidden = false;
  htmx.process(drawer);
  (drawer.querySelector("input:not([type=hidden])") || drawer.querySelector("button")).focus();
}

function close() {
  drawer.hidden = true;
  drawer.innerHTML = "";
  restore();
  rowOf(current)?.focus();
}

// A dialog opens empty, except where its last act was refused: then its words are still there.
function dialog(id) {
  const box = document.getElementById(id);
  const about = id === "exclude" ? current || "" : "";
  if (box.dataset.refused !== "yes" || box.dataset.about !== about) box.querySelector("form")?.reset();
  delete box.dataset.refused;
  box.dataset.about = about;
  const name = box.querySelector('input[name="submission"]');
  if (name) name.value = about;
  const what = box.querySelector("[data-what]");
  const row = rowOf(current);
  if (what && row) what.textContent = [1, 3].map((at) => row.children[at].textContent.trim()).join(" ");
  box.showModal();
}

// --- questions -------------------------------------------------------------------------

// An answer, or null where there is none; a session that is over is said once and for all.
async function asks(address) {
  const answer = await fetch(address, { headers: { "HX-Request": "true" } });
  if (answer.status === 401) signedOut();
  return answer.ok ? answer : null;
}

function signedOut() {
  document.dispatchEvent(new CustomEvent("assay:ended"));
}

// Words typed when the session ends are kept in this tab until somebody is signed in again.
const KEPT_WORDS = `assay:rationale:${series}:${day}`;

document.addEventListener("assay:ended", () => {
  ended = true;
  const words = document.getElementById("rationale")?.value;
  if (words) sessionStorage.setItem(KEPT_WORDS, words);
});

function restoreWords() {
  const words = sessionStorage.getItem(KEPT_WORDS);
  const box = document.getElementById("rationale");
  if (words && box && !box.value) box.value = words;
  sessionStorage.removeItem(KEPT_WORDS);
}

function lay(text) {
  const blotter = document.getElementById("blotter");
  const side = document.getElementById("panel-list");
  const had = blotter.contains(document.activeElement);
  const [rows, panels] = text.split("<!--panels-->");
  layRows(blotter, rows);
  restore();
  if (had) rowOf(current)?.focus({ preventScroll: true });
  stale = typingIn(side);
  if (!stale) layPanels(side, panels);
}

// One question at a time, however fast the journal moves; what is typed is never taken away.
async function refresh() {
  asking = true;
  asked = false;
  let wait = PAUSE;
  try {
    const answer = await asks(`${base}/fresh?day=${day}`);
    if (answer) lay(await answer.text());
    soonInfluence();
  } catch {
    asked = true; // the chip says that the line is lost; then ask again
    wait = PATIENCE;
  }
  asking = false;
  if (asked) soon(wait);
}

function soon(wait) {
  asked = true;
  if (ended || asking || timer) return;
  timer = setTimeout(() => {
    timer = null;
    refresh();
  }, wait);
}

let influenceTimer = null;
let influenceSince = 0;

function soonInfluence() {
  const now = Date.now();
  influenceSince ||= now;
  clearTimeout(influenceTimer);
  const left = influenceSince + INFLUENCE_LATEST - now;
  influenceTimer = setTimeout(influence, Math.max(0, Math.min(INFLUENCE_PAUSE, left)));
}

async function influence() {
  influenceSince = 0;
  const place = document.getElementById("influence");
  if (ended || !place) return;
  try {
    const answer = await asks(`${base}/influence?day=${day}`);
    if (answer) place.innerHTML = (await answer.text()).trim();
  } catch {
    soonInfluence();
  }
}

document.addEventListener("assay:entry", (event) => {
  const entry = event.detail;
  if (entry.day && entry.day !== day) return;
  if (entry.series && entry.series !== series && entry.kind.startsWith("submission.")) return;
  soon(PAUSE);
});

// --- acts ------------------------------------------------------------------------------

function post(verb) {
  const values = { day, submission: current || "" };
  htmx.ajax("POST", `${base}/${verb}`, { target: "#desk", swap: "innerHTML", values });
  sending = true;
}

const ACTS = {
  j: () => step(1),
  k: () => step(-1),
  e: () => current && open(current),
  a: () => current && post("confirm"),
  x: () => current && dialog("exclude"),
  u: () => current && post("undo"),
  n: () => dialog("phone"),
  v: () => dialog("paste"),
  d: () => post("determine"),
  r: () => document.getElementById("rationale")?.focus(),
  "?": () => dialog("keys"),
  "/": () => filter?.focus(),
};

// A key struck while an act is on its way waits for the answer; none is lost, none overtakes.
function answered() {
  sending = false;
  while (kept.length && !sending && !document.querySelector("dialog[open]")) ACTS[kept.shift()]();
}

function swapped() {
  if (typingIn(desk)) document.activeElement.blur();
  const refused = problem();
  document.querySelectorAll("dialog[open]").forEach((box) => {
    if (refused) box.dataset.refused = "yes";
    box.close();
  });
  if (!refused && !drawer.hidden) close();
  restore();
  if (refused) say(refused.textContent.trim());
  soonInfluence();
  answered();
}

document.addEventListener("htmx:before:request", () => {
  sending = true;
});
for (const name of ["htmx:finally:request", "htmx:error"]) document.addEventListener(name, answered);
document.addEventListener("htmx:after:swap", swapped);

// --- hands -----------------------------------------------------------------------------

filter?.addEventListener("input", sieve);
desk.addEventListener("focusout", () => {
  if (stale) soon(300);
});

document.addEventListener("click", (event) => {
  const at = (selector) => event.target.closest(selector);
  const row = at("tr.row");
  const more = at("[data-evidence]");
  if (row) choose(row);
  if (more) open(more.dataset.evidence);
  if (at("[data-close-drawer]")) close();
  if (at("[data-close]")) at("dialog").close();
  if (at("#keys-button")) dialog("keys");
});

// In the dialog of an exclusion a digit chooses the reason, unless words are being written.
function chooseReason(event, box) {
  if (box.id !== "exclude" || (isField(event.target) && event.target.type !== "radio")) return;
  const radio = box.querySelectorAll('input[type="radio"]')[Number(event.key) - 1];
  if (!radio) return;
  radio.checked = true;
  box.querySelector("textarea").focus();
  event.preventDefault();
}

document.addEventListener("keydown", (event) => {
  const typing = isField(event.target);
  if (event.ctrlKey && event.key === "Enter") {
    event.preventDefault();
    document.getElementById("propose")?.click();
    return;
  }
  if (event.key === "Escape" && !drawer.hidden) {
    close();
    return;
  }
  if (sending && !typing && ACTS[event.key]) {
    event.preventDefault();
    kept.push(event.key);
    return;
  }
  const box = document.querySelector("dialog[open]");
  if (box) {
    chooseReason(event, box);
    return;
  }
  if (typing && event.key === "Escape") event.target.blur();
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const wanted = ACTS[event.key];
  if (!wanted) return;
  event.preventDefault();
  wanted();
});

restoreWords();
soonInfluence();
