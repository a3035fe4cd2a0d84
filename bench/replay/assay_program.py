"""The bench in Assay: three documents over one reading, then the formula on top."""

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

FROM_START = time.perf_counter()
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "src"))


def once(table: Path, inputs: Path, out: Path, series: int, workers: int) -> None:
    """Read, price, write."""
    sys.path.insert(0, str(Path(__file__).resolve().parent))
    import documents

    from assay.methodology import load_methodology
    from assay.methodology.replay import Source, replay_together
    from assay.methodology.replay.writing import write_fixings

    held = [load_methodology(documents.assessed(name, series)) for name in documents.RUNGS]
    results = replay_together(held, Source(table, workers=workers))
    with ThreadPoolExecutor(workers) as pool:
        done = [
            pool.submit(write_fixings, out / f"{name}.parquet", fixings, document)
            for name, document, (fixings, _) in zip(documents.RUNGS, held, results, strict=True)
        ]
        on_top(held[1], results[1][0], inputs, out)
        for each in done:
            each.result()


def on_top(first, fixings, inputs: Path, out: Path) -> None:
    """The formula over the first series and the table of inputs."""
    import documents

    from assay.methodology import load_methodology
    from assay.methodology.replay import Source, replay
    from assay.methodology.replay.writing import write_fixings

    own = fixings.take(fixings.series == first.series.index("S-000"))
    write_fixings(out / "base.csv", own, first)
    joined = out / "formula-inputs.csv"
    lines = (out / "base.csv").read_text("utf-8").splitlines()
    given = inputs.read_text("utf-8").splitlines()
    with joined.open("w", encoding="utf-8") as file:
        file.write("series,date,low,mid,high,value\n")
        for line in lines[1:]:
            code, day, low, mid, high = line.split(",")[:5]
            if mid:
                file.write(f"{code},{day},{low},{mid},{high},\n")
        for line in given[1:]:
            code, day, number = line.split(",")
            file.write(f"{code},{day},,,,{number}\n")
    replay(
        load_methodology(documents.FORMULA), Source(None, inputs=joined), out / "formula.parquet"
    )


if __name__ == "__main__":
    table, inputs, out = (Path(each) for each in sys.argv[1:4])
    series, times = int(sys.argv[4]), int(sys.argv[5])
    for number in range(times):
        begun = FROM_START if number == 0 else time.perf_counter()
        spent = time.process_time() if number else 0.0
        once(table, inputs, out, series, workers=2)
        print(f"{time.perf_counter() - begun:.4f} {time.process_time() - spent:.4f}")
