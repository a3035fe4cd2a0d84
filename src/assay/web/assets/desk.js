// Keys of the desk, the drawer, and fresh rows when the journal moved.
"use strict";
(() => {
  const { series, day } = document.body.dataset, desk = document.getElementById("desk"), drawer = document.getElementById("drawer");
  const base = "/desk/" + encodeURIComponent(series);
  let current = null, timer = null, stale = false;
  const rows = () => [...desk.querySelectorAll("tr.row:not([hidden])")];
  const say = (text) => { document.getElementById("announce").textContent = text; };
  const choose = (row) => { if (!row) return; rows().forEach((each) => each.classList.remove("current")); row.classList.add("current"); row.focus({ preventScroll: false }); current = row.dataset.submission; };
  const step = (by) => { const all = rows(); if (!all.length) return; const at = all.findIndex((each) => each.dataset.submission === current); choose(all[Math.min(all.length - 1, Math.max(0, at + by))]); };
  const sieve = () => { const words = (document.getElementById("filter")?.value || "").toLowerCase(); desk.querySelectorAll("tr.row").forEach((row) => { row.hidden = Boolean(words) && !row.textContent.toLowerCase().includes(words); }); };
  document.getElementById("filter")?.addEventListener("input", sieve);
  const restore = () => { sieve(); const row = current && document.getElementById("row-" + current); if (row) row.classList.add("current"); };
  const post = (verb, values) => htmx.ajax("POST", base + "/" + verb, { target: "#desk", swap: "innerHTML", values: { day, submission: current || "", ...values } });
  const open = async (name) => {
    const answer = await fetch(base + "/evidence/" + encodeURIComponent(name) + "?day=" + day, { headers: { "HX-Request": "true" } });
    drawer.innerHTML = await answer.text(); drawer.hidden = false; htmx.process(drawer);
    (drawer.querySelector("input:not([type=hidden])") || drawer.querySelector("button")).focus();
  };
  const close = () => { drawer.hidden = true; drawer.innerHTML = ""; restore(); const row = current && document.getElementById("row-" + current); if (row) row.focus(); };
  const dialog = (id) => { const box = document.getElementById(id); const hidden = box.querySelector('input[name="submission"]'); if (hidden) hidden.value = current || ""; box.showModal(); };
  const draft = () => document.getElementById("rationale")?.value || "";
  const typingIn = (part) => part.contains(document.activeElement) && /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName);
  const freshPart = (part) => fetch(base + "/" + part + "?day=" + day, { headers: { "HX-Request": "true" } }).then((answer) => answer.ok ? answer.text() : null);
  // The blotter is always fresh; what somebody is typing beside it is never taken away.
  const refresh = async () => {
    timer = null;
    stale = typingIn(document.getElementById("panels"));
    const [fresh, panels] = await Promise.all([freshPart("rows"), stale ? null : freshPart("panels")]);
    const blotter = document.getElementById("blotter"), side = document.getElementById("panels");
    if (fresh !== null) { const top = blotter.scrollTop, had = blotter.contains(document.activeElement); blotter.innerHTML = fresh; blotter.scrollTop = top; restore(); if (had && current) document.getElementById("row-" + current)?.focus({ preventScroll: true }); }
    if (panels !== null && !typingIn(side)) { const words = draft(); side.innerHTML = panels; htmx.process(side); const box = document.getElementById("rationale"); if (box && words) box.value = words; }
  };
  document.addEventListener("assay:entry", (event) => {
    const entry = event.detail;
    if (entry.day && entry.day !== day) return;
    if (entry.series && entry.series !== series && entry.kind.startsWith("submission.")) return;
    if (!timer) timer = setTimeout(refresh, 120);
  });
  desk.addEventListener("focusout", () => { if (stale && !timer) timer = setTimeout(refresh, 300); });
  document.addEventListener("click", (event) => {
    const more = event.target.closest("[data-evidence]"), row = event.target.closest("tr.row");
    if (row) choose(row);
    if (more) open(more.dataset.evidence);
    if (event.target.closest("[data-close-drawer]")) close();
    if (event.target.closest("[data-close]")) event.target.closest("dialog").close();
    if (event.target.closest("#keys-button")) dialog("keys");
  });
  document.addEventListener("htmx:after:swap", () => { if (typingIn(desk)) document.activeElement.blur(); document.querySelectorAll("dialog[open]").forEach((box) => box.close()); if (!document.querySelector("#notices .finding")) { if (!drawer.hidden) close(); } restore(); const problem = document.querySelector("#notices .finding"); if (problem) say(problem.textContent.trim()); });
  document.addEventListener("keydown", (event) => {
    const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
    if (event.ctrlKey && event.key === "Enter") { event.preventDefault(); document.getElementById("propose")?.click(); return; }
    if (event.key === "Escape" && !drawer.hidden) { close(); return; }
    const box = document.querySelector("dialog[open]");
    if (box) { if (box.id === "exclude" && !typing || box.id === "exclude" && event.target.type === "radio") { const radio = box.querySelectorAll('input[type="radio"]')[Number(event.key) - 1]; if (radio) { radio.checked = true; box.querySelector("textarea").focus(); event.preventDefault(); } } return; }
    if (typing || event.ctrlKey || event.metaKey || event.altKey) { if (typing && event.key === "Escape") event.target.blur(); return; }
    const acts = { j: () => step(1), k: () => step(-1), e: () => current && open(current), a: () => current && post("confirm", {}), x: () => current && dialog("exclude"), u: () => current && post("undo", {}), n: () => dialog("phone"), v: () => dialog("phone"), d: () => post("determine", {}), r: () => document.getElementById("rationale")?.focus(), "?": () => dialog("keys"), "/": () => document.getElementById("filter")?.focus() };
    if (acts[event.key]) { event.preventDefault(); acts[event.key](); }
  });
})();
