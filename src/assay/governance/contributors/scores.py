"""Scores of a contributor, computed from the journal and explained in a sentence each.

Eight scores over a span of pricing dates (DOMAIN section 5). Everything is counted from
what the desk recorded; nothing is stored, so a score can be asked again for any span. The
standards stand in `reference/surveillance.toml`. Decides nothing: a person gives notice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from assay.core import Rounding, decimal_text, fraction_of, round_to_step
from assay.governance.contributors.life import card_on
from assay.governance.office import Thresholds
from assay.ledger.book.contributors import contributors_on
from assay.ledger.book.prices import days, ticks
from assay.ledger.book.screening import screenings
from assay.ledger.book.submissions import judgements, submissions

#: Reasons of exclusion that say the datum was wrong, not merely unusual.
WRONG = ("inconsistent", "unverifiable")
_STEP = Decimal("0.1")


@dataclass(frozen=True)
class Score:
    """One score: `part` of `whole` (a share), or a figure; `meets` the standard or None."""

    name: str
    figure: Fraction | None
    unit: str
    sentence: str
    meets: bool | None = None

    def document(self) -> dict[str, Any]:
        """The score as plain values, the figure rounded half up to one decimal."""
        figure = None if self.figure is None else _shown(self.figure)
        return {
            "score": self.name, "figure": figure, "unit": self.unit, "meets": self.meets,
            "sentence": self.sentence,
        }  # fmt: skip


def _shown(figure: Fraction) -> str:
    return decimal_text(round_to_step(figure, _STEP, Rounding.HALF_UP))


@dataclass(frozen=True)
class _Seen:
    """What the journal holds of one firm over a span."""

    rows: list[dict[str, Any]]
    opened: set[tuple[date, str]]
    finals: dict[tuple[date, str], Fraction]
    late: set[str]
    wrong: set[str]
    told: dict[str, set[str]]


def scores_of(
    connection: Connection, contributor: str, first: date, last: date, thresholds: Thresholds
) -> list[Score]:
    """Every score of the firm from `first` to `last`, both included."""
    seen = _seen(connection, contributor, first, last)
    standard = thresholds.of("standard")
    return [
        _timeliness(seen, standard), _completeness(seen, standard), _share_of_days(seen, standard),
        _share_of_transactions(seen), _distance(seen, standard), _corrections(seen),
        _later_wrong(seen), _selective(seen, standard, contributor),
    ]  # fmt: skip


def below_standard(scores: list[Score]) -> list[str]:
    """The names of the scores that do not meet the standard."""
    return [score.name for score in scores if score.meets is False]


def _seen(connection: Connection, contributor: str, first: date, last: date) -> _Seen:
    card = card_on(connection, contributor, last)
    span = submissions.c.pricing_date.between(first, last)
    query = sa.select(submissions).where(span, submissions.c.state != "discarded")
    everything = [dict(row) for row in connection.execute(query).mappings()]
    rows = [row for row in everything if row["contributor"] == contributor]
    names = [row["submission"] for row in rows]
    latest = {
        row["submission"]: row["late"]
        for row in connection.execute(
            sa.select(screenings)
            .where(screenings.c.pricing_date.between(first, last))
            .order_by(screenings.c.seq)
        ).mappings()
    }
    judged = sa.select(judgements.c.submission, judgements.c.code, judgements.c.decision).where(
        judgements.c.pricing_date.between(first, last)
    )
    verdicts = {
        row["submission"]: row for row in connection.execute(judged.order_by(judgements.c.seq)).mappings()
    }  # fmt: skip
    return _Seen(
        rows=rows,
        opened=_opened(connection, contributor, card, first, last),
        finals=_finals(connection, first, last),
        late={name for name in names if latest.get(name)},
        wrong={
            name for name in names
            if name in verdicts and verdicts[name]["decision"] == "exclude" and verdicts[name]["code"] in WRONG
        },
        told=_told(everything, contributor, card),
    )  # fmt: skip


def _opened(
    connection: Connection, contributor: str, card: Mapping[str, Any], first: date, last: date
) -> set[tuple[date, str]]:
    """The series' days on which the firm was active and served the series."""
    query = sa.select(days.c.pricing_date, days.c.series).where(
        days.c.pricing_date.between(first, last), days.c.state != "not_assessed"
    )
    if card["series"]:
        query = query.where(days.c.series.in_(card["series"]))
    found = [(row[0], row[1]) for row in connection.execute(query)]
    active: dict[date, bool] = {}
    for day in {each[0] for each in found}:
        now = {each["contributor"]: each["status"] for each in contributors_on(connection, day)}
        active[day] = now.get(contributor) == "active"
    return {each for each in found if active[each[0]]}


def _finals(connection: Connection, first: date, last: date) -> dict[tuple[date, str], Fraction]:
    query = (
        sa.select(ticks.c.pricing_date, ticks.c.series, ticks.c.mid)
        .where(ticks.c.pricing_date.between(first, last), ticks.c.mid.is_not(None))
        .order_by(ticks.c.seq)
    )
    return {(day, series): Fraction(mid) for day, series, mid in connection.execute(query)}


def _told(
    everything: list[dict[str, Any]], contributor: str, card: Mapping[str, Any]
) -> dict[str, set[str]]:
    """Deals with this firm as another side told them, and those it told itself, by reference."""
    names = {contributor, card["name"], *(each["alias"] for each in card["aliases"])}
    others, own = set(), set()
    for row in everything:
        deal = row["fields"].get("deal_reference")
        if row["kind"] != "transaction" or not deal:
            continue
        if row["contributor"] == contributor:
            own.add(deal)
        elif row["fields"].get("counterparty") in names:
            others.add(deal)
    return {"others": others, "own": own}


def _share(part: int, whole: int) -> Fraction | None:
    return Fraction(100 * part, whole) if whole else None


def _judge(
    figure: Fraction | None, at_least: int | None, at_most: int | None, enough: bool
) -> bool | None:
    if figure is None or not enough:
        return None
    if at_least is not None:
        return figure >= at_least
    return None if at_most is None else figure <= at_most


def _enough(seen: _Seen, standard: Mapping[str, Any]) -> bool:
    least: int = standard["least_days"]
    return len({day for day, _ in seen.opened}) >= least


def _timeliness(seen: _Seen, standard: Mapping[str, Any]) -> Score:
    timely = len(seen.rows) - len(seen.late)
    share = _share(timely, len(seen.rows))
    wanted = standard["timeliness_percent"]
    words = f"{timely} of {len(seen.rows)} data came before the cut-off (standard {wanted} %)."
    return Score(
        "timeliness", share, "%", words, _judge(share, wanted, None, _enough(seen, standard))
    )


def _completeness(seen: _Seen, standard: Mapping[str, Any]) -> Score:
    whole = sum(1 for row in seen.rows if not row["missing"])
    share = _share(whole, len(seen.rows))
    wanted = standard["completeness_percent"]
    words = f"{whole} of {len(seen.rows)} data had every required field (standard {wanted} %)."
    return Score(
        "completeness", share, "%", words, _judge(share, wanted, None, _enough(seen, standard))
    )


def _share_of_days(seen: _Seen, standard: Mapping[str, Any]) -> Score:
    sent = {(row["pricing_date"], row["series"]) for row in seen.rows} & seen.opened
    share = _share(len(sent), len(seen.opened))
    wanted = standard["share_of_days_percent"]
    words = (
        f"It sent data on {len(sent)} of {len(seen.opened)} days of its series on which it was "
        f"active (standard {wanted} %)."
    )
    return Score(
        "share_of_days", share, "%", words, _judge(share, wanted, None, _enough(seen, standard))
    )


def _share_of_transactions(seen: _Seen) -> Score:
    deals = sum(1 for row in seen.rows if row["kind"] == "transaction")
    words = f"{deals} of {len(seen.rows)} data were concluded transactions."
    return Score("share_of_transactions", _share(deals, len(seen.rows)), "%", words)


def middle_of(fields: Mapping[str, Any]) -> Fraction | None:
    """The middle of a datum's own price, or None where it gives none."""
    ends = [fraction_of(fields[leg]) for leg in ("low", "high") if fields.get(leg)]
    return sum(ends, Fraction(0)) / len(ends) if ends else None


def _distance(seen: _Seen, standard: Mapping[str, Any]) -> Score:
    away = []
    for row in seen.rows:
        middle, final = (
            middle_of(row["fields"]),
            seen.finals.get((row["pricing_date"], row["series"])),
        )
        if middle is not None and final:
            away.append(abs(middle - final) * 10_000 / abs(final))
    mean = sum(away, Fraction(0)) / len(away) if away else None
    wanted = standard["distance_bp"]
    words = (
        f"Its {len(away)} prices lay {_shown(mean)} basis points from the published middle on "
        f"average (standard at most {wanted})." if mean is not None
        else "None of its prices has a published middle to compare with."
    )  # fmt: skip
    return Score(
        "distance_to_final", mean, "bp", words, _judge(mean, None, wanted, _enough(seen, standard))
    )


def _corrections(seen: _Seen) -> Score:
    changed = sum(1 for row in seen.rows if row["state"] == "withdrawn" or row["replaces"])
    words = f"{changed} of {len(seen.rows)} data were withdrawn or replaced an earlier one."
    return Score("corrections", _share(changed, len(seen.rows)), "%", words)


def _later_wrong(seen: _Seen) -> Score:
    words = (
        f"{len(seen.wrong)} of {len(seen.rows)} data were left out by judgement as "
        f"{' or '.join(WRONG)}."
    )
    return Score("later_found_wrong", _share(len(seen.wrong), len(seen.rows)), "%", words)


def _selective(seen: _Seen, standard: Mapping[str, Any], contributor: str) -> Score:
    others, own = seen.told["others"], seen.told["own"]
    untold = others - own
    share = _share(len(untold), len(others))
    wanted = standard["unreported_percent"]
    words = (
        f"Of {len(others)} deals that another side told of {contributor}, it did not tell "
        f"{len(untold)} itself (standard at most {wanted} %)."
    )
    return Score(
        "selective_sending",
        share,
        "%",
        words,
        _judge(share, None, wanted, len(others) >= standard["least_deals"]),
    )
