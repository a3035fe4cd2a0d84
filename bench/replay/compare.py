"""Are the results of the programs the same, cell for cell? Says the first difference."""

from pathlib import Path

import polars as pl

NAMES = ["low", "high", "trimmed", "vwap", "median"]


def ours(folder: Path) -> pl.DataFrame:
    """The three tables of Assay as one, in the shape of the others.

    Low and high are of all used values, so those of the trimmed document are not taken.
    """
    whole = None
    for name in ("vwap", "trimmed", "median"):
        part = pl.read_parquet(folder / f"{name}.parquet")
        part = part.with_columns(pl.col("low", "mid", "high").cast(pl.Int64))
        if whole is None:
            whole = part.select(
                "series", "pricing_date", pl.col("n_received").cast(pl.Int64), pl.col("n_used").cast(pl.Int64),
                "branch", "low", "high", pl.col("mid").alias(name),
            )  # fmt: skip
        else:
            assert part["branch"].equals(whole["branch"])
            whole = whole.with_columns(part["mid"].alias(name))
    return whole.select("series", "pricing_date", "n_received", "n_used", "branch", *NAMES)


def theirs(folder: Path) -> pl.DataFrame:
    """A peer's table with the same types and order."""
    table = pl.read_parquet(folder / "fixings.parquet").sort("series", "pricing_date")
    return table.select(
        "series", "pricing_date", *[pl.col(n).cast(pl.Int64) for n in ("n_received", "n_used")], "branch",
        *[pl.col(n).cast(pl.Int64) for n in NAMES],
    )  # fmt: skip


def difference(mine: Path, other: Path) -> str:
    """Empty when every cell is equal; else what differs first."""
    one, two = ours(mine), theirs(other)
    if one.shape != two.shape:
        return f"shapes {one.shape} and {two.shape}"
    for name in one.columns:
        unequal = ~one[name].eq_missing(two[name])
        if unequal.any():
            place = unequal.arg_true()[0]
            return f"{name}: {unequal.sum()} cells, first {one.row(place)} against {two.row(place)}"
    a = pl.read_parquet(mine / "formula.parquet").filter(pl.col("mid").is_not_null())
    b = pl.read_parquet(other / "formula.parquet").sort("pricing_date")
    for name in ("low", "mid", "high"):
        if a[name].cast(pl.Int64).to_list() != b[name].cast(pl.Int64).to_list():
            return f"formula {name} ({len(a)} and {len(b)} rows)"
    return ""
