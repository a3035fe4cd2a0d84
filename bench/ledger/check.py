"""How long the thorough check, a rebuild and a past state take, by entries.

python bench/ledger/check.py [--entries 10000]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[2] / "src"), str(Path(__file__).parent)]

from commits import act, home  # noqa: E402  (after the path is set)

from assay.ledger.check import as_known_at  # noqa: E402  (after the path is set)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--entries", type=int, default=10_000)
    count = options.parse_args().entries
    with tempfile.TemporaryDirectory() as folder:
        ledger = home(Path(folder) / "home")
        begun = time.perf_counter()
        for first in range(0, count, 100):
            ledger.append([act(number) for number in range(first, first + 100)])
        filled = time.perf_counter() - begun
        print("| what | entries/s |\n|---|---:|")
        print(f"| append, 100 acts a commit | {count / filled:.0f} |")
        for name, run in (("check", ledger.check), ("rebuild", ledger.rebuild)):
            begun = time.perf_counter()
            run()
            print(f"| {name} | {count / (time.perf_counter() - begun):.0f} |")
        begun = time.perf_counter()
        with as_known_at(ledger, ledger.entry(count).recorded_at):
            print(f"| past state | {count / (time.perf_counter() - begun):.0f} |")
        ledger.close()


if __name__ == "__main__":
    main()
