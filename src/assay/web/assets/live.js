// The live line: one EventSource, resumed by the browser with Last-Event-ID. Says when it is
// lost and when the session is over; keeps alarms and the clock of the page.
"use strict";
(() => {
  const REOPEN = 3000; // after the browser gave the line up, as it does when a server answers an error
  const body = document.body;
  const chip = document.getElementById("line");
  let seen = Number(body.dataset.head || 0);
  let source = null;
  let ended = false;

  function show(state) {
    if (ended) return;
    chip.className = "chip " + state;
    chip.textContent = state === "live" ? "● " + chip.dataset.live : "✕ " + chip.dataset.lost;
  }

  // The session is over: say so once, and lead to the door and back.
  function end() {
    if (ended) return;
    show("lost");
    ended = true;
    source?.close();
    const link = document.createElement("a");
    link.href = "/sign-in?next=" + encodeURIComponent(location.pathname + location.search);
    link.textContent = "✕ " + chip.dataset.ended;
    chip.replaceChildren(link);
    const said = document.getElementById("announce");
    if (said) said.textContent = chip.dataset.ended;
  }
  document.addEventListener("assay:ended", end);

  function heardEntry(event) {
    show("live");
    const entry = JSON.parse(event.data);
    if (entry.seq <= seen) return;
    seen = entry.seq;
    body.dataset.head = String(seen);
    document.dispatchEvent(new CustomEvent("assay:entry", { detail: entry }));
  }

  const over = () => document.dispatchEvent(new CustomEvent("assay:ended"));

  // Whether it was the session or the server: a small question tells.
  async function reopen() {
    if (ended) return;
    try {
      const answer = await fetch("/alarms", { headers: { "HX-Request": "true" } });
      if (answer.status === 401) over();
      else if (answer.ok) listen();
      else setTimeout(reopen, REOPEN);
    } catch {
      setTimeout(reopen, REOPEN);
    }
  }

  function lost() {
    show("lost");
    if (source.readyState === EventSource.CLOSED && !ended) setTimeout(reopen, REOPEN);
  }

  function listen() {
    source = new EventSource("/live?after=" + seen);
    source.addEventListener("hello", () => show("live"));
    source.addEventListener("beat", () => show("live"));
    source.addEventListener("entry", heardEntry);
    source.addEventListener("ended", over);
    source.addEventListener("clock", heardClock);
    source.onerror = lost;
  }
  window.addEventListener("pagehide", () => source.close());

  // Alarms stand at the head of every page: they come and go while it is open.
  let asked = null;
  async function alarms() {
    asked = null;
    const answer = await fetch("/alarms", { headers: { "HX-Request": "true" } });
    const box = document.getElementById("alarms");
    if (answer.ok && box) box.innerHTML = await answer.text();
  }
  document.addEventListener("assay:entry", (event) => {
    if (event.detail.kind.startsWith("finding.") && !asked) asked = setTimeout(alarms, 300);
  });

  // The clock of a demo home may run fast or stand: then the line tells it, and its pace.
  const span = document.querySelector(".clock");
  let told = Date.parse(span?.dataset.now);
  let heard = Date.now();
  let pace = 1;

  function heardClock(event) {
    const now = Date.parse(event.data);
    const at = Date.now();
    if (at - heard > 500) pace = Math.max(0, (now - told) / (at - heard));
    told = now;
    heard = at;
  }

  listen();
  if (!span) return;

  const marks = (span.dataset.marks || "").split(";").filter(Boolean).map((each) => {
    const at = each.lastIndexOf("=");
    return [each.slice(0, at), Date.parse(each.slice(at + 1))];
  });
  const face = new Intl.DateTimeFormat("en-GB", {
    timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit", second: "2-digit",
  });
  const clock = document.getElementById("clock");
  const phase = document.getElementById("phase");
  const left = document.getElementById("countdown");
  const two = (number) => String(number).padStart(2, "0");

  function write(part, text) {
    if (part && part.textContent !== text) part.textContent = text;
  }

  function tell() {
    const now = told + (Date.now() - heard) * pace;
    const next = marks.find((each) => each[1] > now);
    const begun = marks.filter((each) => each[1] <= now).pop();
    write(clock, face.format(now));
    if (begun) write(phase, begun[0]);
    const seconds = next ? Math.max(0, Math.round((next[1] - now) / 1000)) : 0;
    write(left, next ? `${next[0]} ${two(Math.floor(seconds / 60))}:${two(seconds % 60)}` : "");
  }
  tell();
  setInterval(tell, 500);
})();
