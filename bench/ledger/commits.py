"""Entries a second, one a commit with full durability, against plain fsync appends.

    python bench/ledger/commits.py [--entries 300] [--rounds 5] [--postgresql] [--markdown]

Each round times every rung of the ladder once, so that a slow disk is slow for all; the
table shows medians over the rounds. A rung adds one thing to the rung before it.
"""

from __future__ import annotations

import argparse
import os
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]

import sqlalchemy as sa  # noqa: E402  (after the path is set)

from assay.ledger import Draft, Entry, Ledger, make_key  # noqa: E402  (after the path is set)
from assay.ledger.book.registry import FOLDS  # noqa: E402  (after the path is set)
from assay.ledger.clock import system_clock  # noqa: E402  (after the path is set)
from assay.ledger.journal import row_of  # noqa: E402  (after the path is set)
from assay.ledger.store import journal  # noqa: E402  (after the path is set)

Rung = Callable[[int], None]
GUARDS = ("journal_no_update", "journal_no_delete", "journal_only_append")


def act(number: int) -> Draft:
    """A submission as e-mail brings it: about 1.5 kB of content."""
    body = {
        "submission": f"S-{number}-{time.perf_counter_ns():x}", "channel": "email",
        "evidence": "sha256:" + "7f3a" * 16, "received_at": "2025-12-30T01:00:00Z",
        "fields": {
            "pricing_date": "2025-12-30", "series": "AL-A00-FOSHAN", "contributor": "C-07",
            "kind": "transaction", "side": "sell", "low": "22180", "high": "22200",
            "currency": "CNY", "unit": "CNY/t", "tax": "included", "quantity": "200",
        },
    }  # fmt: skip
    return Draft("submission.received/1", "P-01", body)


def sample(folder: Path) -> tuple[Entry, int]:
    """An entry as the journal holds it, and the bytes of its row."""
    ledger = home(folder / "sample")
    (entry,) = ledger.append([act(0)])
    ledger.close()
    return entry, sum(len(str(each)) for each in row_of(entry, entry.content().decode()).values())


def home(folder: Path, url: str | None = None) -> Ledger:
    return Ledger.create(folder, system_clock, agency="Bench", store_url=url)


def plain(folder: Path, size: int) -> Rung:
    """Append so many bytes to a file, fsync, again."""
    path, content = folder / "plain", b"x" * size

    def run(count: int) -> None:
        with path.open("ab", buffering=0) as file:
            for _ in range(count):
                file.write(content)
                os.fsync(file.fileno())

    return run


def raw_sqlite(folder: Path, entry: Entry) -> Rung:
    """One insert a commit by the sqlite3 module: same row, same indexes, WAL, synchronous=FULL."""
    connection = sqlite3.connect(folder / "raw.sqlite", isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute(
        "CREATE TABLE journal (seq INTEGER PRIMARY KEY, previous TEXT, commitment TEXT, "
        "digest TEXT UNIQUE, salt TEXT, content TEXT, kind TEXT, recorded_at TEXT)"
    )
    connection.execute("CREATE INDEX by_kind ON journal (kind)")
    connection.execute("CREATE INDEX by_time ON journal (recorded_at)")
    row = {**row_of(entry, entry.content().decode()), "recorded_at": entry.recorded_at.isoformat()}
    insert = (
        "INSERT INTO journal VALUES (:seq, :previous, :commitment, :digest, :salt, "
        ":content, :kind, :recorded_at)"
    )
    last = 0

    def run(count: int) -> None:
        nonlocal last
        for _ in range(count):
            last += 1
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(insert, {**row, "seq": last, "digest": f"sha256:{last:064d}"})
            connection.execute("COMMIT")

    return run


def rows_only(ledger: Ledger, entry: Entry, *, triggers: bool) -> Rung:
    """The same insert through our store (SQLAlchemy), without or with its triggers."""
    for name in () if triggers else GUARDS:
        with ledger.store.write() as connection:
            connection.execute(sa.text(f"DROP TRIGGER {name}"))
    row = row_of(entry, entry.content().decode())
    last = ledger.head().seq

    def run(count: int) -> None:
        nonlocal last
        for _ in range(count):
            last += 1
            with ledger.store.write() as connection:
                changed = {**row, "seq": last, "digest": f"sha256:{last:064d}"}
                connection.execute(journal.insert(), changed)

    return run


def appends(ledger: Ledger, *, fold: bool = True, keys: Path | None = None) -> Rung:
    """`Ledger.append`: read the tail, check the body, canonical bytes, hashes; then the fold."""
    signer = make_key(keys, "P-01") if keys else None
    if signer:
        body = {"key": signer.key, "person": "P-01", "public": signer.public}
        ledger.append([Draft("key.registered/1", "system", body)])

    def run(count: int) -> None:
        kept = FOLDS["submission.received/1"]
        if not fold:
            FOLDS["submission.received/1"] = []
        try:
            for number in range(count):
                ledger.append([act(number)], signer=signer)
        finally:
            FOLDS["submission.received/1"] = kept

    return run


def ladder(folder: Path, url: str | None, url_rows: str | None) -> dict[str, Rung]:
    entry, size = sample(folder)
    rungs = {
        f"plain append of {size} bytes + fsync": plain(folder, size),
        "raw SQLite insert (sqlite3 module)": raw_sqlite(folder, entry),
        "+ SQLAlchemy": rows_only(home(folder / "b"), entry, triggers=False),
        "+ triggers": rows_only(home(folder / "c"), entry, triggers=True),
        "+ tail, body check, canonical bytes, hashes": appends(home(folder / "d"), fold=False),
        "+ fold = Ledger.append": appends(home(folder / "e")),
        "+ Ed25519 signature": appends(home(folder / "f"), keys=folder / "keys"),
    }
    if url and url_rows:
        rows = rows_only(home(folder / "g", url_rows), entry, triggers=True)
        rungs["PostgreSQL: insert with triggers"] = rows
        rungs["PostgreSQL: Ledger.append"] = appends(home(folder / "h", url))
    return rungs


def measure(rungs: dict[str, Rung], entries: int, rounds: int) -> dict[str, list[float]]:
    """Seconds an entry, for each rung and round."""
    took: dict[str, list[float]] = {name: [] for name in rungs}
    for run in rungs.values():
        run(20)
    for number in range(rounds):
        for name, run in rungs.items():
            begun = time.perf_counter()
            run(entries)
            took[name].append((time.perf_counter() - begun) / entries)
        print(f"round {number + 1} of {rounds}", file=sys.stderr)
    return took


def table(took: dict[str, list[float]]) -> str:
    base = next(iter(took.values()))
    lines = [
        "| rung | entries/s | ratio to fsync | µs an entry | µs this rung adds |",
        "|---|---:|---:|---:|---:|",
    ]
    before = 0.0
    for name, each in took.items():
        cost = statistics.median(each)
        ratio = statistics.median(b / e for b, e in zip(base, each, strict=True))
        adds = "" if name.startswith(("plain", "PostgreSQL")) else f"{(cost - before) * 1e6:.0f}"
        lines.append(f"| {name} | {1 / cost:.0f} | {ratio:.2f} | {cost * 1e6:.0f} | {adds} |")
        before = cost
    return "\n".join(lines)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--entries", type=int, default=300)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--postgresql", action="store_true")
    options.add_argument("--folder", type=Path, help="on which disk (default: the temp folder)")
    chosen = options.parse_args()
    server = None
    if chosen.postgresql:
        from postgres import start_server

        server = start_server()
    try:
        with tempfile.TemporaryDirectory(dir=chosen.folder) as folder:
            urls = (server.new_database(), server.new_database()) if server else (None, None)
            rungs = ladder(Path(folder), *urls)
            print(table(measure(rungs, chosen.entries, chosen.rounds)))
    finally:
        if server:
            server.stop()


if __name__ == "__main__":
    main()
