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
  // Alarms stand at the head of every page: they come and go while it is open.
  let asked = null;
  const alarms = async () => { asked = null; const answer = await fetch("/alarms", { headers: { "HX-Request": "true" } }), box = document.getElementById("alarms"); if (answer.ok && box) box.innerHTML = await answer.text(); };
  document.addEventListener("assay:entry", (event) => { if (/^finding\./.test(event.detail.kind) && !asked) asked = setTimeout(alarms, 300); });
  source.onerror = () => show("lost");
  window.addEventListener("pagehide", () => source.close());
  const span = document.querySelector(".clock");
  if (!span) return;
  // The clock of a demo home may run fast or stand: then the line tells it, and its pace.
  let told = Date.parse(span.dataset.now), heard = Date.now(), pace = 1;
  source.addEventListener("clock", (event) => {
    const now = Date.parse(event.data), at = Date.now();
    if (at - heard > 500) pace = Math.max(0, (now - told) / (at - heard));
    told = now; heard = at;
  });
  const marks = (span.dataset.marks || "").split(";").filter(Boolean).map((each) => { const at = each.lastIndexOf("="); return [each.slice(0, at), Date.parse(each.slice(at + 1))]; });
  const face = new Intl.DateTimeFormat("en-GB", { timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit", second: "2-digit" });
  const clock = document.getElementById("clock"), phase = document.getElementById("phase"), left = document.getElementById("countdown");
  const write = (part, text) => { if (part && part.textContent !== text) part.textContent = text; };
  const tell = () => {
    const now = told + (Date.now() - heard) * pace, next = marks.find((each) => each[1] > now), begun = marks.filter((each) => each[1] <= now).pop();
    write(clock, face.format(now));
    if (begun) write(phase, begun[0]);
    const s = next ? Math.max(0, Math.round((next[1] - now) / 1000)) : 0;
    write(left, next ? next[0] + " " + String(Math.floor(s / 60)).padStart(2, "0") + ":" + String(s % 60).padStart(2, "0") : "");
  };
  tell(); setInterval(tell, 500);
})();
