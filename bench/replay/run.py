"""Run the replay bench: fresh processes side by side, results compared, medians printed.

    .venv/bin/python bench/replay/run.py --folder /somewhere/with/room --millions 1 10 --times 5
    .venv/bin/python bench/replay/run.py --folder ... --millions 1 --csv --markdown
    .venv/bin/python bench/replay/run.py --folder ... --memory 50 --markdown

Cold is a new process from its first line to its written files, warm the later runs inside one
process. Processor seconds are of all threads: on a busy machine they say more. The file is in the page cache for everybody (it is read once before). With `--markdown`
the figures are kept in `measured.json` and the tables of README.md are written anew from it;
what a run did not measure stays.
"""

import argparse
import os
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
import report

HERE = Path(__file__).resolve().parent
PROGRAMS = ("assay", "duckdb", "polars", "scan")


def process(
    name: str, table: Path, out: Path, series: int, times: int
) -> tuple[list[float], list[float], float]:
    """Seconds and processor seconds of each run inside one new process, and its peak memory in MB."""
    inputs = table.with_name(f"{table.stem.split('-')[0]}-inputs.csv")
    out.mkdir(exist_ok=True)
    command = [
        sys.executable,
        str(HERE / f"{name}_program.py"),
        *map(str, (table, inputs, out, series, times)),
    ]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    said = [float(number) for number in child.stdout.read().split()]
    _, status, used = os.wait4(child.pid, 0)
    if status:
        raise SystemExit(f"{name} failed")
    return said[::2], said[1::2], used.ru_maxrss / 1024


def measure(table: Path, series: int, times: int) -> dict[str, dict[str, float]]:
    """Medians of every program on one table, cold and warm."""
    found: dict[str, dict[str, list[float]]] = {
        name: {what: [] for what in report.FIGURES} for name in PROGRAMS
    }
    with tempfile.TemporaryDirectory() as folder:
        for name in PROGRAMS:
            seen = process(name, table, Path(folder) / name, series, 2 if times == 1 else 1)
            if times == 1:
                note(found[name], *seen)
        for peer in ("duckdb", "polars"):
            said = compare.difference(Path(folder) / "assay", Path(folder) / peer)
            print(f"{table.name}: assay and {peer}: {said or 'equal, cell for cell'}")
            if said:
                raise SystemExit(1)
        for _ in range(times if times > 1 else 0):
            for name in PROGRAMS:
                note(found[name], *process(name, table, Path(folder) / name, series, 1))
        for _ in range(times // 2):
            for name in PROGRAMS:
                runs, processor, _ = process(name, table, Path(folder) / name, series, 4)
                found[name]["warm"] += runs[1:]
                found[name]["warm_cpu"] += processor[1:]
    return {
        name: {what: round(statistics.median(seen), 4) for what, seen in each.items()}
        for name, each in found.items()
    }


def note(
    found: dict[str, list[float]], runs: list[float], processor: list[float], memory: float
) -> None:
    """The figures of one process: the first run is the cold one."""
    found["cold"].append(runs[0])
    found["cold_cpu"].append(processor[0])
    found["memory"].append(memory)
    found["warm"] += runs[1:]
    found["warm_cpu"] += processor[1:]


def memory_of(table: Path, series: int) -> dict[str, dict[str, float]]:
    """Time and peak memory of the command with one document, and of the three together."""
    with tempfile.TemporaryDirectory() as folder:
        runs, processor, memory = process("assay", table, Path(folder), series, 1)
        document = Path(folder) / "vwap.toml"
        document.write_text(documents.assessed("vwap", series), "utf-8")
        program = str(Path(sys.executable).with_name("assay"))
        out = str(Path(folder) / "out.parquet")
        given = [str(document), "--submissions", str(table), "--out", out]
        begun = time.perf_counter()
        child = subprocess.Popen([program, "replay", *given], stdout=subprocess.DEVNULL)
        _, status, used = os.wait4(child.pid, 0)
        if status:
            raise SystemExit("assay replay failed")
        one = {
            "cold": round(time.perf_counter() - begun, 2),
            "cold_cpu": round(used.ru_utime + used.ru_stime, 2),
            "memory": round(used.ru_maxrss / 1024),
        }
    return {
        "three documents": {"cold": runs[0], "cold_cpu": processor[0], "memory": round(memory)},
        "`assay replay`, one document": one,
    }


def made(folder: Path, millions: int, how: str = "") -> Path:
    """The table of this size (`-shuffled` or `.csv` instead of Parquet), generated when missing."""
    path = folder / f"{millions}m.parquet"
    if not path.exists():
        generate.generate(folder, millions)
    other = {"csv": f"{millions}m.csv", "shuffled": f"{millions}m-shuffled.parquet", "": path.name}
    wanted = folder / other[how]
    if not wanted.exists():
        (generate.as_csv if how == "csv" else generate.shuffle)(path, wanted)
    return wanted


def main() -> None:
    """Make what is missing, measure, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "assay-bench")
    parser.add_argument("--millions", type=int, nargs="*", default=[], choices=generate.SHAPES)
    parser.add_argument("--csv", action="store_true", help="the same rows as CSV instead")
    parser.add_argument("--shuffled", action="store_true", help="the same rows in no order instead")
    parser.add_argument(
        "--memory", type=int, choices=generate.SHAPES, help="peak memory of one run"
    )
    parser.add_argument("--times", type=int, default=5, help="1: one process each, two runs in it")
    parser.add_argument("--markdown", action="store_true", help="write the tables of README.md")
    given = parser.parse_args()
    how = "csv" if given.csv else "shuffled" if given.shuffled else ""
    print(report.machine())
    for millions in given.millions:
        table, load = made(given.folder, millions, how), os.getloadavg()[0]
        found = measure(table, generate.SHAPES[millions][0], given.times)
        said = {"csv": ", CSV", "shuffled": ", shuffled", "": ""}[how]
        entry = report.Entry(f"{millions} M{said}", given.times, load, os.getloadavg()[0], found)
        print(report.shown([entry]), flush=True)
        if given.markdown:
            report.keep(HERE, entry)
    if given.memory:
        table, load = made(given.folder, given.memory, how), os.getloadavg()[0]
        seen = memory_of(table, generate.SHAPES[given.memory][0])
        said = ", shuffled" if how == "shuffled" else ""
        entry = report.Entry(f"{given.memory} M{said}, memory", 1, load, os.getloadavg()[0], seen)
        print(report.shown([entry]), flush=True)
        if given.markdown:
            report.keep(HERE, entry)
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"load now {os.getloadavg()[0]:.1f}, this process {own} MB")


if __name__ == "__main__":
    main()
