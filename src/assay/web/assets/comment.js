// The editor: Ctrl+Enter checks; a digit typed offers the facts it may mean; nothing that was
// typed is lost on the way, nor the place where it was typed.
"use strict";
(() => {
  const MOST = 8;
  const box = () => document.getElementById("document");
  const facts = () => [...document.querySelectorAll("[data-fact]")].filter((each) => !each.closest("#offers"));
  let place = null;

  // The digits before the caret, unless they stand in a reference, a quotation of a key or a comment.
  function digitsBefore(area) {
    const line = area.value.slice(0, area.selectionStart).split("\n").pop();
    const inside = line.lastIndexOf("{") > line.lastIndexOf("}");
    if (inside || line.startsWith("#") || !/^(en|zh)\s*=|^[^=]*$/.test(line)) return "";
    return line.match(/\d[\d,.]*$/)?.[0] || "";
  }

  function offer() {
    const area = box();
    const list = document.getElementById("offers");
    if (!area || !list) return;
    const digits = digitsBefore(area).replace(/\D/g, "");
    list.replaceChildren();
    if (!digits) return;
    const fitting = facts().filter((each) => each.textContent.replace(each.dataset.fact, "").replace(/\D/g, "").includes(digits));
    list.append(...fitting.slice(0, MOST).map((each) => each.cloneNode(true)));
  }

  // The reference instead of the digits that were typed for it.
  function insert(key, replacing) {
    const area = box();
    const end = area.selectionStart;
    const start = end - (replacing ? digitsBefore(area).length : 0);
    area.setRangeText(`{${key}}`, start, area.selectionEnd, "end");
    document.getElementById("offers").replaceChildren();
    area.focus();
  }

  document.addEventListener("input", (event) => {
    if (event.target === box()) offer();
  });
  document.addEventListener("click", (event) => {
    const fact = event.target.closest("[data-fact]");
    if (fact) insert(fact.dataset.fact, Boolean(fact.closest("#offers")));
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey && event.key === "Enter") {
      event.preventDefault();
      document.querySelector('[data-hx-post$="/check"]')?.click();
    }
    const first = document.querySelector("#offers button");
    if (event.key === "ArrowDown" && event.altKey && event.target === box() && first) {
      event.preventDefault();
      first.focus();
    }
    if (event.key === "Escape" && event.target.closest?.("#offers")) box().focus();
  });
  document.addEventListener("htmx:before:request", () => {
    const area = box();
    place = area && document.activeElement === area ? [area.selectionStart, area.scrollTop] : null;
  });
  document.addEventListener("htmx:after:swap", () => {
    const area = box();
    if (!area || !place) return;
    area.focus();
    area.setSelectionRange(place[0], place[0]);
    area.scrollTop = place[1];
  });
})();
