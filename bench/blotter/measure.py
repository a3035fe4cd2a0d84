"""A blotter of 300 submissions with 20 changes a second, measured in headless Chromium.

Founds the example's agency, offers and confirms the submissions of one series, serves the
home by `assay serve`, and changes one row after the other by journal entries from outside.
Measured in the page: the time between frames, long tasks, the work of the main thread, and
how long after its journal entry each change stood in its row.

    python bench/blotter/measure.py [--rows 300] [--rate 20] [--seconds 20]
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "examples")]

from demo import Demo, prepared  # noqa: E402  (lies beside the package, on no path)
from play import found, free_port, make_accounts  # noqa: E402
from playwright.sync_api import sync_playwright  # noqa: E402
from rich.console import Console  # noqa: E402

from assay.core import instant_text, parse_instant  # noqa: E402
from assay.desk.wiring import open_ledger  # noqa: E402
from assay.ledger import SYSTEM, Draft, Ledger  # noqa: E402
from assay.ledger.clock import SimulatedClock  # noqa: E402
from assay.settings import load_settings  # noqa: E402

DAY, SERIES = "2025-12-30", "AL-A00-FOSHAN"
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
#: What the page records: frame times, long tasks, and when each row first showed a price.
WATCH = """() => {
  window.seen = []; window.frames_ = []; window.tasks = [];
  const shown = new Map();
  const look = () => {
    const now = performance.timeOrigin + performance.now();
    for (const row of document.querySelectorAll("#blotter tr.row")) {
      const price = row.children[3].textContent.trim(), name = row.dataset.submission;
      if (shown.get(name) !== price) { shown.set(name, price); window.seen.push([name, price, now]); }
    }
  };
  look();
  let due = false;
  new MutationObserver(() => { if (!due) { due = true; requestAnimationFrame(() => { due = false; look(); }); } })
    .observe(document.getElementById("blotter"), { childList: true, subtree: true, characterData: true });
  new PerformanceObserver((list) => { for (const each of list.getEntries()) window.tasks.push(each.duration); })
    .observe({ type: "longtask" });
  let last = performance.now();
  const frame = (now) => { window.frames_.push(now - last); last = now; requestAnimationFrame(frame); };
  requestAnimationFrame((now) => { last = now; requestAnimationFrame(frame); });
}"""


def fields(number: int, price: int, firms: list[str]) -> dict[str, str]:
    """A complete deal of one firm."""
    return {
        "pricing_date": DAY, "series": SERIES, "contributor": firms[number % len(firms)],
        "kind": "transaction", "low": str(price), "high": str(price), "currency": "CNY",
        "unit": "CNY/t", "tax": "included", "quantity": str(50 + number % 200), "grade": "A00",
        "place": "Foshan", "delivery": "spot", "pickup": "self pick-up",
        "payment": "same-day bank transfer", "relation": "arms_length",
        "deal_reference": f"D-{number}",
    }  # fmt: skip


def offer(ledger: Ledger, rows: int, firms: list[str]) -> None:
    """The rows: archived, offered, confirmed."""
    begun = parse_instant(f"{DAY}T09:30:00+08:00")
    for number in range(rows):
        name, raw = f"S-{number:03d}", f"deal {number}".encode()
        at = instant_text(begun + timedelta(seconds=6 * number))
        said = fields(number, 22100 + number % 60, firms)
        archived = {
            "evidence": ledger.evidence.put(raw), "channel": "wechat", "media_type": "text/plain",
            "size": len(raw), "received_at": at,
        }  # fmt: skip
        received = {
            "submission": name, "channel": "wechat", "evidence": archived["evidence"],
            "received_at": at, "fields": said,
        }  # fmt: skip
        ledger.append([
            Draft("evidence.archived/1", SYSTEM, archived),
            Draft("submission.received/1", SYSTEM, received),
            Draft("submission.confirmed/1", "P-01", {"submission": name, "fields": said}),
        ])  # fmt: skip


def change(ledger: Ledger, given: argparse.Namespace, firms: list[str], page) -> dict:
    """Change rows at the rate; gives when each price of each row was in the journal."""
    written: dict[tuple[str, str], float] = {}
    began = time.perf_counter()
    for turn in range(given.rate * given.seconds):
        wait = began + turn / given.rate - time.perf_counter()
        if wait > 0:
            time.sleep(wait)
        number = (turn * 7) % given.rows
        price = 22160 + turn % 97  # no row is offered at 22,160 or more: each change shows
        said = fields(number, price, firms)
        body = {"submission": f"S-{number:03d}", "fields": said}
        ledger.append([Draft("submission.confirmed/1", "P-01", body)])
        written[f"S-{number:03d}", f"{price:,}"] = time.time() * 1000
    page.wait_for_timeout(3000)
    return written


def summary(numbers: list[float]) -> dict[str, float]:
    """Median, 95th percentile and largest, in milliseconds."""
    ordered = sorted(numbers)
    if not ordered:
        return {"n": 0}
    return {
        "n": len(ordered),
        "median": round(statistics.median(ordered), 1),
        "p95": round(ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))], 1),
        "max": round(ordered[-1], 1),
    }


def measured(page, written: dict[tuple[str, str], float]) -> dict:
    """What the page recorded, against what the journal says."""
    seen = page.evaluate("window.seen")
    first: dict[tuple[str, str], float] = {}
    for name, price, at in seen:
        key = (name, price)
        if key in written and at >= written[key] - 50:
            first.setdefault(key, at)
    delays = [first[key] - at for key, at in written.items() if key in first]
    return {
        "frame": summary(page.evaluate("window.frames_")),
        "long_task": summary(page.evaluate("window.tasks")),
        "delay": summary(delays),
        "shown": f"{len(delays)} of {len(written)}",
    }


def run(given: argparse.Namespace, folder: Path) -> dict:
    """One house, one browser, one measurement."""
    demo = Demo(folder / "home", folder / "keys", folder / "out", Console(quiet=True))
    assert prepared(demo)
    found(demo)
    SimulatedClock(demo.home).set(parse_instant(f"{DAY}T10:05:00+08:00"))
    demo.command(f"assay day open --date {DAY} --as P-01")
    firms = [f"F{number:02d}" for number in range(1, 16)]
    port = free_port(0)
    environ = {**demo.environ, "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "assay", "serve", "--port", str(port)]
    with open_ledger(load_settings(demo.environ)) as ledger:
        password = make_accounts(ledger)["P-01"]
        offer(ledger, given.rows, firms)
        with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, text=True) as server:
            try:
                assert server.stdout is not None
                while "serving" not in server.stdout.readline():
                    assert server.poll() is None
                return watched(given, ledger, firms, f"http://127.0.0.1:{port}", password)
            finally:
                server.terminate()


def watched(
    given: argparse.Namespace, ledger: Ledger, firms: list[str], address: str, password: str
) -> dict:
    """Sign in, open the desk, change rows, read what the page recorded."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.set_default_timeout(60_000)
        for _ in range(50):
            try:
                page.goto(f"{address}/sign-in")
                break
            except Exception:  # noqa: BLE001  (it says that it serves a moment before it listens)
                time.sleep(0.2)
        page.fill("input[name=person]", "P-01")
        page.fill("input[name=password]", password)
        page.press("input[name=password]", "Enter")
        page.wait_for_selector("form.me")
        page.goto(f"{address}/desk/{SERIES}?day={DAY}")
        page.wait_for_selector("#line.live")
        assert page.locator("#blotter tr.row").count() == given.rows
        page.evaluate(WATCH)
        page.wait_for_timeout(3000)
        quiet = summary(page.evaluate("window.frames_"))
        page.evaluate("window.frames_.length = 0; window.tasks.length = 0")
        line = page.context.new_cdp_session(page)
        line.send("Performance.enable")
        before = work(line)
        written = change(ledger, given, firms, page)
        spent = {name: round(at - before[name], 2) for name, at in work(line).items()}
        found_ = {"quiet_frame": quiet, **measured(page, written), "seconds": spent}
        browser.close()
    return found_


def work(line) -> dict[str, float]:
    """What the page's main thread spent so far, in seconds, by kind of work."""
    metrics = line.send("Performance.getMetrics")["metrics"]
    kinds = ("TaskDuration", "ScriptDuration", "LayoutDuration", "RecalcStyleDuration")
    return {each["name"]: each["value"] for each in metrics if each["name"] in kinds}


def main() -> None:
    """Measure once and print JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=300)
    parser.add_argument("--rate", type=int, default=20)
    parser.add_argument("--seconds", type=int, default=20)
    given = parser.parse_args()
    os.environ.setdefault("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(run(given, Path(folder)), indent=2))


if __name__ == "__main__":
    main()
