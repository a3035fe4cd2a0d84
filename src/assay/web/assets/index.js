// The list of the day: asked anew when the journal moved or the minute turned; only rows that changed are touched.
"use strict";
(() => {
  const { day } = document.body.dataset, lines = document.getElementById("lines"), said = document.getElementById("announce");
  const parse = (text) => { const holder = document.createElement("template"); holder.innerHTML = text; return [...holder.content.querySelectorAll("tr")]; };
  let timer = null, asking = false, again = false;
  const refresh = async () => {
    timer = null;
    if (asking) { again = true; return; }
    asking = true;
    try {
      const answer = await fetch("/desk?day=" + day, { headers: { "HX-Request": "true" } });
      if (!answer.ok) return;
      const rows = parse(await answer.text()), known = new Map([...lines.children].map((row) => [row.id, row]));
      const changed = [];
      rows.forEach((row, place) => {
        const old = known.get(row.id); known.delete(row.id);
        let there = old;
        if (!old) there = row;
        else if (old.innerHTML !== row.innerHTML) {
          const focused = old.contains(document.activeElement);
          old.innerHTML = row.innerHTML; changed.push(old);
          if (focused) old.querySelector("a")?.focus();
        }
        if (lines.children[place] !== there) {
          const focused = there.contains(document.activeElement) ? document.activeElement : null;
          lines.insertBefore(there, lines.children[place] || null);
          focused?.focus();
        }
      });
      known.forEach((row) => row.remove());
      changed.forEach((row) => { row.classList.remove("flash"); void row.offsetWidth; row.classList.add("flash"); });
      if (changed.length) said.textContent = changed.map((row) => row.cells[0].textContent.trim() + " " + row.cells[1].textContent.trim()).join("; ");
    } finally { asking = false; if (again) { again = false; soon(); } }
  };
  const soon = () => { if (!timer) timer = setTimeout(refresh, 200); };
  document.addEventListener("assay:entry", soon);
  setInterval(soon, 20000);
})();
