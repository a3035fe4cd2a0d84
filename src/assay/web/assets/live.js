// The live line: one EventSource, resumed by the browser with Last-Event-ID. Says when it is lost.
"use strict";
(() => {
  const body = document.body, chip = document.getElementById("line");
  let seen = Number(body.dataset.head || 0);
  const show = (state) => { chip.className = "chip " + state; chip.textContent = (state === "live" ? "● " + chip.dataset.live : "✕ " + chip.dataset.lost); };
  const source = new EventSource("/live?after=" + seen);
  source.addEventListener("hello", () => show("live"));
  source.addEventListener("beat", () => show("live"));
  source.addEventListener("entry", (event) => {
    show("live");
    const entry = JSON.parse(event.data);
    if (entry.seq <= seen) return;
    seen = entry.seq; body.dataset.head = String(seen);
    document.dispatchEvent(new CustomEvent("assay:entry", { detail: entry }));
  });
  source.onerror = () => show("lost");
  window.addEventListener("pagehide", () => source.close());
  const span = document.querySelector(".clock");
  if (!span) return;
  const offset = Date.parse(span.dataset.now) - Date.now(), next = Date.parse(span.dataset.next || "");
  const face = new Intl.DateTimeFormat("en-GB", { timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit", second: "2-digit" });
  const tell = () => {
    const now = Date.now() + offset;
    document.getElementById("clock").textContent = face.format(now);
    const left = document.getElementById("countdown");
    if (left && next) { const s = Math.max(0, Math.round((next - now) / 1000)); left.textContent = span.dataset.nextName + " " + String(Math.floor(s / 60)).padStart(2, "0") + ":" + String(s % 60).padStart(2, "0"); }
  };
  tell(); setInterval(tell, 1000);
})();
