"""A random sample of prices that anybody can draw again from the printed seed.

Each ended series-day is in one stratum: corrected, judgement, late, ordinary (the first
that holds). Within a stratum the order is that of ``sha256(seed|series|date)``, so that
no generator of any language is needed to check it; strata take turns, scarce ones first.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from assay.core import refused
from assay.ledger import Draft, Entry, Ledger, Signer
from assay.ledger.book.prices import days, ticks
from assay.ledger.book.submissions import judgements

STRATA = ("corrected", "judgement", "late", "ordinary")


@dataclass(frozen=True, slots=True)
class Sample:
    """The seed, how many there were of each stratum, and the rows that were drawn."""

    seed: str
    first: date
    last: date
    size: int
    strata: dict[str, int]
    chosen: tuple[dict[str, str], ...]

    def body(self) -> dict[str, Any]:
        """The body of a ``sample.drawn/1``."""
        return {
            "seed": self.seed, "first": self.first.isoformat(), "last": self.last.isoformat(),
            "size": self.size, "strata": self.strata, "chosen": list(self.chosen),
        }  # fmt: skip


def population(connection: Connection, first: date, last: date) -> list[dict[str, str]]:
    """Every ended series-day of a period with its stratum, by date and series."""
    query = sa.select(days).where(
        days.c.pricing_date >= first, days.c.pricing_date <= last,
        days.c.state.in_(("published", "not_assessed")),
    )  # fmt: skip
    corrected, judged = set(), set()
    told = sa.select(ticks).where(ticks.c.pricing_date >= first, ticks.c.pricing_date <= last)
    for row in connection.execute(told).mappings():
        key = (row["series"], row["pricing_date"])
        if row["revision"] > 0:
            corrected.add(key)
        if ((row["tick"] or {}).get("judgement") or {}).get("used"):
            judged.add(key)
    acts = sa.select(judgements.c.series, judgements.c.pricing_date).where(
        judgements.c.pricing_date >= first, judgements.c.pricing_date <= last
    )
    judged |= {(row.series, row.pricing_date) for row in connection.execute(acts)}
    rows = []
    ordered = query.order_by(days.c.pricing_date, days.c.series)
    for row in connection.execute(ordered).mappings():
        key = (row["series"], row["pricing_date"])
        held = (key in corrected, key in judged, row["late"], True)
        stratum = next(name for name, holds in zip(STRATA, held, strict=True) if holds)
        rows.append(
            {"series": key[0], "pricing_date": key[1].isoformat(), "stratum": stratum}
        )  # fmt: skip
    return rows


def draw(connection: Connection, first: date, last: date, size: int, seed: str) -> Sample:
    """Draw `size` series-days of a period (all where there are fewer) by `seed`."""
    if size < 1 or not seed.strip():
        raise refused("sample.size", f"{size} by seed {seed!r}", "a size of 1 or more, and a seed")
    rows = population(connection, first, last)
    if not rows:
        raise refused("sample.empty", f"{first} to {last}", "no price ended in this period")
    piles = {
        name: sorted((each for each in rows if each["stratum"] == name), key=lambda e: _rank(seed, e))
        for name in STRATA
    }  # fmt: skip
    chosen = tuple(_in_turns(list(piles.values()), size))
    strata = {name: len(pile) for name, pile in piles.items()}
    return Sample(seed, first, last, size, strata, chosen)


def record_sample(
    ledger: Ledger, sample: Sample, person: str, signer: Signer | None = None
) -> Entry:
    """Keep the drawn sample in the journal: a second seed is seen to be a second one."""
    (entry,) = ledger.append([Draft("sample.drawn/1", person, sample.body())], signer=signer)
    return entry


def _rank(seed: str, row: dict[str, str]) -> str:
    text = f"{seed}|{row['series']}|{row['pricing_date']}"
    return hashlib.sha256(text.encode()).hexdigest()


def _in_turns(piles: Sequence[list[dict[str, str]]], size: int) -> list[dict[str, str]]:
    """One of each pile in turn until `size` are drawn or none is left."""
    drawn: list[dict[str, str]] = []
    depth = max(map(len, piles))
    for place in range(depth):
        for pile in piles:
            if place < len(pile) and len(drawn) < size:
                drawn.append(pile[place])
    return drawn
