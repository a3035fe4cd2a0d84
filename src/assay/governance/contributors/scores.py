"""Scores of a contributor, computed from the journal and explained in a sentence each.

Eight scores over a span of pricing dates. Everything is counted from
what the desk recorded; nothing is stored, so a score can be asked again for any span. The
standards stand in `reference/surveillance.toml`. A firm itself never reads a score that
rests on what others told. Decides nothing: a person gives notice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from assay.core import Rounding, decimal_text, fraction_of, round_to_step
from assay.governance.contributors.life import card_on
from assay.governance.office import Office, Thresholds
from assay.ledger.book.contributors import contributors, contributors_on, statuses
from assay.ledger.book.prices import days, ticks
from assay.ledger.book.screening import screenings
from assay.ledger.book.submissions import judgements, submissions

#: Reasons of exclusion that say the datum was wrong, not merely unusual.
WRONG = ("inconsistent", "unverifiable")
#: Scores that rest on what others told: said to the house, never to the firm.
OF_OTHERS = frozenset({"selective_sending"})
#: The span of scores when nobody names one: so many days back.
USUAL_DAYS = 90
_STEP = Decimal("0.1")


@dataclass(frozen=True)
class Score:
    """One score: `part` of `whole` (a share), or a figure; `meets` the standard or None."""

    name: str
    figure: Fraction | None
    unit: str
    sentence: str
    sentence_zh: str
    meets: bool | None = None

    def document(self) -> dict[str, Any]:
        """The score as plain values, the figure rounded half up to one decimal."""
        figure = None if self.figure is None else _shown(self.figure)
        return {
            "score": self.name, "figure": figure, "unit": self.unit, "meets": self.meets,
            "sentence": self.sentence, "sentence_zh": self.sentence_zh,
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


@dataclass(frozen=True)
class _Span:
    """What the journal holds of all firms over a span, read once."""

    rows: list[dict[str, Any]]
    assessed: list[tuple[date, str]]
    active: dict[str, set[date]]
    finals: dict[tuple[date, str], Fraction]
    late: set[str]
    wrong: set[str]


def scores_of(
    connection: Connection, contributor: str, first: date, last: date, thresholds: Thresholds,
    card_day: date | None = None,
) -> list[Score]:  # fmt: skip
    """Every score of the firm from `first` to `last`, both included.

    Its card is that of `card_day` where given: a firm may be younger than the span.
    """
    cards = {contributor: card_on(connection, contributor, card_day or last)}
    return _scores(connection, cards, first, last, thresholds)[contributor]


def scores_of_all(
    connection: Connection, firms: Sequence[str], first: date, last: date, thresholds: Thresholds
) -> dict[str, list[Score]]:
    """Every score of each of these firms, the journal read once for all of them."""
    known = {each["contributor"]: each for each in contributors_on(connection, last)}
    cards = {firm: known[firm] for firm in firms if firm in known}
    return _scores(connection, cards, first, last, thresholds)


def _scores(
    connection: Connection, cards: Mapping[str, Mapping[str, Any]], first: date, last: date,
    thresholds: Thresholds,
) -> dict[str, list[Score]]:  # fmt: skip
    span, standard = _span(connection, first, last), thresholds.of("standard")
    found = {}
    for contributor, card in cards.items():
        seen = _seen(span, contributor, card)
        found[contributor] = [
            _timeliness(seen, standard), _completeness(seen, standard),
            _share_of_days(seen, standard), _share_of_transactions(seen), _distance(seen, standard),
            _corrections(seen), _later_wrong(seen), _selective(seen, standard, contributor),
        ]  # fmt: skip
    return found


def usual_span(office: Office, first: date | None = None, last: date | None = None) -> tuple[date, date]:  # fmt: skip
    """First and last day of the scores; what is left out is the usual."""
    end = last or office.today()
    return first or end - timedelta(days=USUAL_DAYS), end


def told_to_the_firm(score: Score) -> Score:
    """The score as the firm itself may read it: nothing of what others told of it."""
    if score.name not in OF_OTHERS:
        return score
    return replace(
        score, figure=None, meets=None,
        sentence="This is computed from what others told the house, and shown to the house only.",
        sentence_zh="本项依据其他方向本机构提供的信息计算，仅供本机构内部使用。",
    )  # fmt: skip


def below_standard(scores: list[Score]) -> list[str]:
    """The names of the scores that do not meet the standard."""
    return [score.name for score in scores if score.meets is False]


def _span(connection: Connection, first: date, last: date) -> _Span:
    between = submissions.c.pricing_date.between(first, last)
    query = sa.select(submissions).where(between, submissions.c.state != "discarded")
    latest = {
        row["submission"]: row["late"]
        for row in connection.execute(
            sa.select(screenings.c.submission, screenings.c.late)
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
    ended = sa.select(days.c.pricing_date, days.c.series).where(
        days.c.pricing_date.between(first, last), days.c.state != "not_assessed"
    )
    assessed = [(row[0], row[1]) for row in connection.execute(ended)]
    return _Span(
        rows=[dict(row) for row in connection.execute(query).mappings()],
        assessed=assessed,
        active=_active(connection, {day for day, _ in assessed}),
        finals=_finals(connection, first, last),
        late={name for name, late in latest.items() if late},
        wrong={
            name for name, row in verdicts.items()
            if row["decision"] == "exclude" and row["code"] in WRONG
        },
    )  # fmt: skip


def _active(connection: Connection, wanted: set[date]) -> dict[str, set[date]]:
    """On which of the days each firm was active: its status by day, once it was registered."""
    begun: dict[str, date] = {}
    for code, since in connection.execute(sa.select(contributors.c.contributor, contributors.c.since)):  # fmt: skip
        begun[code] = min(since, begun.get(code, since))
    steps: dict[str, list[tuple[date, str]]] = defaultdict(list)
    query = sa.select(statuses.c.contributor, statuses.c.since, statuses.c.status)
    for code, since, status in connection.execute(query.order_by(statuses.c.since, statuses.c.seq)):
        steps[code].append((since, status))
    return {
        code: {day for day in wanted if day >= begun[code] and _status_on(held, day) == "active"}
        for code, held in steps.items() if code in begun
    }  # fmt: skip


def _status_on(held: list[tuple[date, str]], day: date) -> str | None:
    past = [status for since, status in held if since <= day]
    return past[-1] if past else None


def _seen(span: _Span, contributor: str, card: Mapping[str, Any]) -> _Seen:
    rows = [row for row in span.rows if row["contributor"] == contributor]
    names = {row["submission"] for row in rows}
    active = span.active.get(contributor, set())
    return _Seen(
        rows=rows,
        opened={
            (day, series) for day, series in span.assessed
            if day in active and (not card["series"] or series in card["series"])
        },
        finals=span.finals,
        late=names & span.late,
        wrong=names & span.wrong,
        told=_told(span.rows, contributor, card),
    )  # fmt: skip


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
    chinese = f"共 {len(seen.rows)} 条数据，{timely} 条在截止前收到（标准 {wanted}%）。"
    meets = _judge(share, wanted, None, _enough(seen, standard))
    return Score("timeliness", share, "%", words, chinese, meets)


def _completeness(seen: _Seen, standard: Mapping[str, Any]) -> Score:
    whole = sum(1 for row in seen.rows if not row["missing"])
    share = _share(whole, len(seen.rows))
    wanted = standard["completeness_percent"]
    words = f"{whole} of {len(seen.rows)} data had every required field (standard {wanted} %)."
    chinese = f"共 {len(seen.rows)} 条数据，{whole} 条必填项齐全（标准 {wanted}%）。"
    meets = _judge(share, wanted, None, _enough(seen, standard))
    return Score("completeness", share, "%", words, chinese, meets)


def _share_of_days(seen: _Seen, standard: Mapping[str, Any]) -> Score:
    sent = {(row["pricing_date"], row["series"]) for row in seen.rows} & seen.opened
    share = _share(len(sent), len(seen.opened))
    wanted = standard["share_of_days_percent"]
    words = (
        f"It sent data on {len(sent)} of {len(seen.opened)} days of its series on which it was "
        f"active (standard {wanted} %)."
    )
    chinese = f"在其有效且涉及的品种的 {len(seen.opened)} 个品种日中，{len(sent)} 个有报送（标准 {wanted}%）。"
    meets = _judge(share, wanted, None, _enough(seen, standard))
    return Score("share_of_days", share, "%", words, chinese, meets)


def _share_of_transactions(seen: _Seen) -> Score:
    deals = sum(1 for row in seen.rows if row["kind"] == "transaction")
    words = f"{deals} of {len(seen.rows)} data were concluded transactions."
    chinese = f"共 {len(seen.rows)} 条数据，{deals} 条为已成交。"
    return Score("share_of_transactions", _share(deals, len(seen.rows)), "%", words, chinese)


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
    chinese = (
        f"其 {len(away)} 个价格与发布中间价平均相差 {_shown(mean)} 个基点（标准不超过 {wanted}）。"
        if mean is not None else "其价格均无已发布的中间价可比。"
    )  # fmt: skip
    meets = _judge(mean, None, wanted, _enough(seen, standard))
    return Score("distance_to_final", mean, "bp", words, chinese, meets)


def _corrections(seen: _Seen) -> Score:
    changed = sum(1 for row in seen.rows if row["state"] == "withdrawn" or row["replaces"])
    words = f"{changed} of {len(seen.rows)} data were withdrawn or replaced an earlier one."
    chinese = f"共 {len(seen.rows)} 条数据，{changed} 条被撤回或替换了先前的数据。"
    return Score("corrections", _share(changed, len(seen.rows)), "%", words, chinese)


def _later_wrong(seen: _Seen) -> Score:
    words = (
        f"{len(seen.wrong)} of {len(seen.rows)} data were left out by judgement as "
        f"{' or '.join(WRONG)}."
    )
    chinese = f"共 {len(seen.rows)} 条数据，{len(seen.wrong)} 条经判断为不一致或无法核实而未采用。"
    return Score("later_found_wrong", _share(len(seen.wrong), len(seen.rows)), "%", words, chinese)


def _selective(seen: _Seen, standard: Mapping[str, Any], contributor: str) -> Score:
    others, own = seen.told["others"], seen.told["own"]
    untold = others - own
    share = _share(len(untold), len(others))
    wanted = standard["unreported_percent"]
    words = (
        f"Of {len(others)} deals that another side told of {contributor}, it did not tell "
        f"{len(untold)} itself (standard at most {wanted} %)."
    )
    chinese = (
        f"另一方报送的与 {contributor} 的 {len(others)} 笔成交中，其本身未报送 {len(untold)} 笔"
        f"（标准不超过 {wanted}%）。"
    )
    meets = _judge(share, None, wanted, len(others) >= standard["least_deals"])
    return Score("selective_sending", share, "%", words, chinese, meets)
