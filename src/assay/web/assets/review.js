// The queue: fresh cards when the journal moved; j and k move, A approves, R returns the card in focus.
"use strict";
(() => {
  const PAUSE = 150;
  const PATIENCE = 1000;
  const { day } = document.body.dataset;
  const cards = document.getElementById("cards");
  let timer = null;
  let ended = false;

  const isField = (part) => /^(INPUT|TEXTAREA|SELECT)$/.test(part.tagName);

  // What the last act was refused for stays to be read until the next act.
  async function refresh() {
    timer = null;
    if (ended) return;
    if (cards.contains(document.activeElement) && isField(document.activeElement)) {
      soon(PATIENCE);
      return;
    }
    const at = document.activeElement?.closest("article")?.id;
    const refused = cards.querySelector(":scope > .finding");
    try {
      const answer = await fetch("/review/cards?day=" + day, { headers: { "HX-Request": "true" } });
      if (answer.status === 401) document.dispatchEvent(new CustomEvent("assay:ended"));
      if (!answer.ok) return;
      cards.innerHTML = await answer.text();
    } catch {
      soon(PATIENCE);
      return;
    }
    if (refused) cards.prepend(refused);
    htmx.process(cards);
    if (at) document.getElementById(at)?.focus();
  }

  function soon(wait) {
    timer ||= setTimeout(refresh, wait);
  }

  document.addEventListener("assay:ended", () => {
    ended = true;
  });
  document.addEventListener("assay:entry", () => soon(PAUSE));
  document.addEventListener("htmx:after:swap", () => {
    const refused = cards.querySelector(":scope > .finding");
    if (refused) document.getElementById("announce").textContent = refused.textContent.trim();
  });

  document.addEventListener("keydown", (event) => {
    if (isField(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
    const all = [...cards.querySelectorAll("article")];
    const at = all.indexOf(document.activeElement.closest("article"));
    if (event.key === "j" || event.key === "k") {
      const to = at + (event.key === "j" ? 1 : -1);
      all[Math.min(all.length - 1, Math.max(0, to))]?.focus();
      event.preventDefault();
      return;
    }
    const card = all[at];
    if (!card) return;
    if (event.key === "a") {
      event.preventDefault();
      card.querySelector('[data-hx-post$="/approve"]')?.click();
    }
    if (event.key === "r") {
      event.preventDefault();
      card.querySelector('input[name="words"]')?.focus();
    }
  });
})();
