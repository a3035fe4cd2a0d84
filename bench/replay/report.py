"""What was measured, kept in `measured.json` and written as the tables of README.md."""

import json
import os
import platform
import re
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

PEERS = ("duckdb", "polars")
NAMES = {"assay": "Assay", "duckdb": "DuckDB", "polars": "Polars", "scan": "bare scan"}
#: What is measured of each program.
FIGURES = ("cold", "warm", "cold_cpu", "warm_cpu", "memory")
FENCE = ("<!-- measured: written by run.py --markdown -->", "<!-- measured: end -->")


@dataclass
class Entry:
    """One table measured: medians by program, and how busy the machine was before and after."""

    name: str
    times: int
    before: float
    after: float
    found: dict[str, dict[str, float]]
    machine: str = ""
    date: str = ""


def machine() -> str:
    """The processor, its cores, the versions."""
    model = platform.machine()
    seen = Path("/proc/cpuinfo")
    if seen.exists():
        model = next(
            (
                line.split(":")[1].strip()
                for line in seen.read_text().splitlines()
                if line.startswith("model name")
            ),
            model,
        )
    return f"{model}, {os.cpu_count()} cores, Python {platform.python_version()}"


def keep(folder: Path, entry: Entry) -> None:
    """Put one entry among those measured before, and write the tables anew."""
    path = folder / "measured.json"
    held = json.loads(path.read_text("utf-8")) if path.exists() else {}
    entry.machine, entry.date = machine(), datetime.now(UTC).date().isoformat()
    held[entry.name] = asdict(entry)
    path.write_text(json.dumps(held, indent=1, sort_keys=True) + "\n", "utf-8")
    readme = folder / "README.md"
    text = readme.read_text("utf-8")
    start, end = text.index(FENCE[0]) + len(FENCE[0]), text.index(FENCE[1])
    tables = shown([Entry(**held[name]) for name in sorted(held, key=order)])
    readme.write_text(f"{text[:start]}\n\n{tables}\n\n{text[end:]}", "utf-8")


def order(name: str) -> tuple[bool, int, str]:
    """Speed before memory, small before large."""
    found = re.match(r"\d+", name)
    return "memory" in name, int(found.group()) if found else 0, name


def shown(entries: list[Entry]) -> str:
    """The tables of these entries as Markdown."""
    speed = [each for each in entries if "assay" in each.found]
    memory = [each for each in entries if "assay" not in each.found]
    lines: list[str] = []
    if speed:
        lines += ["| rows | program | cold s | warm s | cold, processor s | warm, processor s | peak MB |"]  # fmt: skip
        lines += ["|---|---|---:|---:|---:|---:|---:|"]
        lines += [_row(entry, name) for entry in speed for name in NAMES]
        lines += ["", "Best peer / Assay, each by its own figure; Assay / bare scan; runs of each, and load before and after:", ""]  # fmt: skip
        lines += ["| rows | peer cold | peer warm | peer cold, processor | peer warm, processor | scan cold | scan warm | scan warm, processor | runs | load |"]  # fmt: skip
        lines += ["|---|---:|---:|---:|---:|---:|---:|---:|---:|---|"]
        lines += [_ratios(entry) for entry in speed]
    if memory:
        lines += ["", "| rows | what | s | processor s | peak MB | load |"]
        lines += ["|---|---|---:|---:|---:|---|"]
        for entry in memory:
            for what, seen in entry.found.items():
                lines.append(
                    f"| {entry.name.removesuffix(', memory')} | {what} | {seen['cold']:.1f} "
                    f"| {seen['cold_cpu']:.1f} | {seen['memory']:.0f} | {_load(entry)} |"
                )
    said = sorted({f"{each.machine} ({each.date})" for each in entries if each.machine})
    return "\n".join([*lines, *(["", f"Measured on {'; '.join(said)}."] if said else [])])


def _row(entry: Entry, name: str) -> str:
    each = entry.found[name]
    cells = " | ".join(f"{each[what]:.2f}" for what in FIGURES[:4])
    return f"| {entry.name} | {NAMES[name]} | {cells} | {each['memory']:.0f} |"


def _ratios(entry: Entry) -> str:
    mine, scan = entry.found["assay"], entry.found["scan"]
    own = [min(entry.found[peer][what] for peer in PEERS) / mine[what] for what in FIGURES[:4]]
    floor = [mine[what] / scan[what] for what in ("cold", "warm", "warm_cpu")]
    cells = " | ".join(f"{each:.1f}" for each in (*own, *floor))
    return f"| {entry.name} | {cells} | {entry.times} | {_load(entry)} |"


def _load(entry: Entry) -> str:
    return f"{entry.before:.1f} to {entry.after:.1f}"
