"""The floor of the bench: reading the same columns of the same file, and nothing else."""

import sys
import time
from pathlib import Path

FROM_START = time.perf_counter()


def once(table: Path) -> int:
    """Decode every column, batch by batch."""
    if table.suffix == ".csv":
        import pyarrow.csv as pc

        with pc.open_csv(table) as reader:
            return sum(batch.num_rows for batch in reader)
    import pyarrow.parquet as pq

    with pq.ParquetFile(table) as file:
        return sum(batch.num_rows for batch in file.iter_batches(batch_size=1 << 18))


if __name__ == "__main__":
    for number in range(int(sys.argv[5])):
        begun = FROM_START if number == 0 else time.perf_counter()
        spent = time.process_time() if number else 0.0
        once(Path(sys.argv[1]))
        print(f"{time.perf_counter() - begun:.4f} {time.process_time() - spent:.4f}")
