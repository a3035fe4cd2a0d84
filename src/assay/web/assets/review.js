// The queue: fresh cards when the journal moved; A approves, R returns the card in focus.
"use strict";
(() => {
  const { day } = document.body.dataset, cards = document.getElementById("cards");
  let timer = null;
  const refresh = async () => {
    timer = null;
    if (cards.contains(document.activeElement) && document.activeElement.tagName === "INPUT") { timer = setTimeout(refresh, 1000); return; }
    const at = document.activeElement?.closest("article")?.id;
    const answer = await fetch("/review/cards?day=" + day, { headers: { "HX-Request": "true" } });
    if (!answer.ok) return;
    cards.innerHTML = await answer.text(); htmx.process(cards);
    if (at) document.getElementById(at)?.focus();
  };
  document.addEventListener("assay:entry", () => { if (!timer) timer = setTimeout(refresh, 150); });
  document.addEventListener("keydown", (event) => {
    if (/^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName) || event.ctrlKey || event.metaKey) return;
    const all = [...cards.querySelectorAll("article")], at = all.indexOf(document.activeElement.closest("article"));
    if (event.key === "j" || event.key === "k") { all[Math.min(all.length - 1, Math.max(0, at + (event.key === "j" ? 1 : -1)))]?.focus(); event.preventDefault(); }
    const card = all[at]; if (!card) return;
    if (event.key === "a") { event.preventDefault(); card.querySelector('[data-hx-post$="/approve"]')?.click(); }
    if (event.key === "r") { event.preventDefault(); card.querySelector('input[name="words"]')?.focus(); }
  });
})();
