// Lists by the keyboard: / finds, j and k move from row to row, Enter opens; typing sieves the rows at once.
"use strict";
(() => {
  const box = document.querySelector("[data-sieve]");
  const rows = () => [...document.querySelectorAll("[data-row]:not([hidden])")];
  const typing = () => /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName);
  const step = (by) => {
    const all = rows(), at = all.findIndex((row) => row.contains(document.activeElement));
    const next = all[Math.min(all.length - 1, Math.max(0, at + by))];
    if (next) next.querySelector("a").focus();
  };
  box?.addEventListener("input", () => {
    const words = box.value.trim().toLowerCase();
    document.querySelectorAll("[data-row]").forEach((row) => { row.hidden = Boolean(words) && !row.textContent.toLowerCase().includes(words); });
    document.getElementById("announce").textContent = String(rows().length);
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" && document.activeElement === box) { box.blur(); return; }
    if (typing()) return;
    if (event.key === "/" && box) { event.preventDefault(); box.focus(); box.select(); }
    else if (event.key === "j") step(1);
    else if (event.key === "k") step(-1);
  });
})();
