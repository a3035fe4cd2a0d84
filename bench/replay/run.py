"""Run the replay bench: fresh processes side by side, results compared, medians printed.

    .venv/bin/python bench/replay/run.py --folder /somewhere/with/room --millions 1 10 --times 5
    .venv/bin/python bench/replay/run.py --folder /somewhere/with/room --memory 50

Cold is a new process from its first line to its written files, warm the best later run inside
one process. The file is in the page cache for everybody (it is read once before).
"""

import argparse
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import compare
import documents
import generate

HERE = Path(__file__).resolve().parent
PROGRAMS = ("assay", "duckdb", "polars", "scan")


def process(
    name: str, table: Path, out: Path, series: int, times: int
) -> tuple[list[float], float, float]:
    """Seconds of each run inside one new process, its peak memory in MB, and its processor seconds."""
    inputs = table.with_name(table.name.split("-")[0].removesuffix(".parquet") + "-inputs.csv")
    out.mkdir(exist_ok=True)
    command = [
        sys.executable,
        str(HERE / f"{name}_program.py"),
        str(table),
        str(inputs),
        str(out),
        str(series),
        str(times),
    ]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    said = child.stdout.read()
    _, status, used = os.wait4(child.pid, 0)
    if status:
        raise SystemExit(f"{name} failed")
    return (
        [float(line) for line in said.split()],
        used.ru_maxrss / 1024,
        used.ru_utime + used.ru_stime,
    )


def measure(table: Path, series: int, times: int) -> dict[str, dict[str, float]]:
    """Medians of every program on one table, cold and warm."""
    found: dict[str, dict[str, list[float]]] = {
        name: {"cold": [], "warm": [], "memory": [], "cpu": []} for name in PROGRAMS
    }
    with tempfile.TemporaryDirectory() as folder:
        for name in PROGRAMS:
            process(name, table, Path(folder) / name, series, 1)
        for peer in ("duckdb", "polars"):
            said = compare.difference(Path(folder) / "assay", Path(folder) / peer)
            print(f"{table.name}: assay and {peer}: {said or 'equal, cell for cell'}")
            if said:
                raise SystemExit(1)
        for _ in range(times):
            for name in PROGRAMS:
                runs, memory, processor = process(name, table, Path(folder) / name, series, 1)
                found[name]["cold"].append(runs[0])
                found[name]["memory"].append(memory)
                found[name]["cpu"].append(processor)
        for _ in range(max(1, times // 2)):
            for name in PROGRAMS:
                runs, _, _ = process(name, table, Path(folder) / name, series, 4)
                found[name]["warm"] += runs[1:]
    return {
        name: {what: statistics.median(seen) for what, seen in each.items()}
        for name, each in found.items()
    }


def show(table: Path, found: dict[str, dict[str, float]]) -> None:
    """One table of medians and ratios."""
    best = {
        what: min(found[peer][what] for peer in ("duckdb", "polars"))
        for what in ("cold", "warm", "cpu")
    }
    print(f"\n{table.name}\n")
    print("| program | cold s | warm s | processor s (cold) | peak MB |\n|---|---|---|---|---|")
    for name in PROGRAMS:
        each = found[name]
        print(
            f"| {name} | {each['cold']:.2f} | {each['warm']:.2f} | {each['cpu']:.2f} | {each['memory']:.0f} |"
        )
    mine, scan = found["assay"], found["scan"]
    print(
        f"\nbest peer / Assay: cold {best['cold'] / mine['cold']:.1f}, warm {best['warm'] / mine['warm']:.1f}, "
        f"processor time {best['cpu'] / mine['cpu']:.1f}; Assay / bare scan: cold {mine['cold'] / scan['cold']:.1f}, "
        f"warm {mine['warm'] / scan['warm']:.1f}",
        flush=True,
    )


def memory_of(table: Path, series: int) -> None:
    """Time and peak memory of the command with one document, and of the three together."""
    with tempfile.TemporaryDirectory() as folder:
        runs, memory, processor = process("assay", table, Path(folder), series, 1)
        print(
            f"{table.name}, three documents: {runs[0]:.1f} s, {processor:.1f} processor s, peak {memory:.0f} MB"
        )
        document = Path(folder) / "vwap.toml"
        document.write_text(documents.assessed("vwap", series), "utf-8")
        program = str(Path(sys.executable).with_name("assay"))
        given = [
            str(document),
            "--submissions",
            str(table),
            "--out",
            str(Path(folder) / "out.parquet"),
        ]
        begun = time.perf_counter()
        child = subprocess.Popen([program, "replay", *given], stdout=subprocess.DEVNULL)
        _, status, used = os.wait4(child.pid, 0)
        if status:
            raise SystemExit("assay replay failed")
        took = time.perf_counter() - begun
        print(f"{table.name}, assay replay: {took:.1f} s, peak {used.ru_maxrss / 1024:.0f} MB")


def main() -> None:
    """Make what is missing, measure, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "assay-bench")
    parser.add_argument("--millions", type=int, nargs="*", default=[], choices=generate.SHAPES)
    parser.add_argument("--shuffled", action="store_true", help="also the same rows in no order")
    parser.add_argument(
        "--memory", type=int, choices=generate.SHAPES, help="peak memory of one run"
    )
    parser.add_argument("--times", type=int, default=5)
    given = parser.parse_args()
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, Python {platform.python_version()}"
    )
    for millions in given.millions:
        table = made(given.folder, millions)
        show(table, measure(table, generate.SHAPES[millions][0], given.times))
        if given.shuffled:
            mixed = table.with_name(f"{millions}m-shuffled.parquet")
            if not mixed.exists():
                generate.shuffle(table, mixed)
            show(mixed, measure(mixed, generate.SHAPES[millions][0], given.times))
    if given.memory:
        memory_of(made(given.folder, given.memory), generate.SHAPES[given.memory][0])
    print(
        f"load now {os.getloadavg()[0]:.1f}, this process {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB"
    )


def made(folder: Path, millions: int) -> Path:
    """The table of this size, generated when it is not there yet."""
    path = folder / f"{millions}m.parquet"
    return path if path.exists() else generate.generate(folder, millions)


if __name__ == "__main__":
    main()
