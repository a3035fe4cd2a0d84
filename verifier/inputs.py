"""The inputs of a determination, held against the journal: nothing added, nothing left out.

Without this a price could be recomputed from invented inputs. Every row that a
determination was given must say what the disclosed entries say, and every confirmed
datum of the day must be among them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from verifier import exact
from verifier.chain import Act, Journal, instant
from verifier.facts import Card, Told, register, submissions, tick_value, ticks
from verifier.methods.pricing import BEFORE, Seen
from verifier.report import Report
from verifier.windows import at

#: What the desk adds to the fields that were confirmed.
_ADDED = {"id", "channel", "evidence", "received_at", "group", "decision", "decision_reason"}


Seens = Mapping[str, Sequence[Seen]]


def check_inputs(
    journal: Journal, document: dict[str, Any], act: Act, seen: Seens, report: Report
) -> None:
    """The inputs of the determination `act` against the journal.

    `seen` are the values of other series as this program reads them from the journal.
    """
    inputs = act.body["inputs"]
    day = date.fromisoformat(act.body["pricing_date"])
    if document["kind"] == "assessed":
        cards = register(journal, day.isoformat(), act.seq)
        _check_submissions(journal, document, act, day, cards, report)
        _check_register(inputs.get("contributors", []), act, cards, report)
    if document["kind"] == "formula":
        _check_series(document, act, seen, day, report)
    _check_history(journal, inputs.get("history", []), act, day, report)


def _wrong(report: Report, act: Act, what: str) -> None:
    report.problem("inputs.differ", act.where, f"{act.body['series']}: {what}")


# ---- submissions -----------------------------------------------------------------------


def _check_submissions(
    journal: Journal,
    document: dict[str, Any],
    act: Act,
    day: date,
    cards: dict[str, Card],
    report: Report,
) -> None:
    series = act.body["series"]
    told = submissions(journal, act.seq)
    given = {row["id"]: row for row in act.body["inputs"].get("submissions", [])}
    if len(given) != len(act.body["inputs"].get("submissions", [])):
        _wrong(report, act, "a submission is listed twice")
    for name, each in told.items():
        if _counts(each, series, day, document) and name not in given:
            _wrong(report, act, f"submission {name} (entry {each.received.seq}) was left out")
    for name, row in given.items():
        known = told.get(name)
        if known is None or known.fields is None or not known.live:
            _wrong(report, act, f"submission {name} is not a confirmed one of the journal")
            continue
        expected = _expected(known, cards)
        for field in sorted(set(row) | set(expected)):
            if not _same(field, row.get(field), expected.get(field)):
                _wrong(
                    report, act,
                    f"submission {name} says {field} {row.get(field)!r}, "
                    f"the journal says {expected.get(field)!r}",
                )  # fmt: skip


def _same(field: str, given: Any, expected: Any) -> bool:
    if field == "received_at" and given and expected:
        return instant(given) == instant(expected)
    return bool(given == expected)


def _counts(told: Told, series: str, day: date, document: dict[str, Any]) -> bool:
    """A live datum of this series and day, or one that came on the day for an earlier one."""
    fields = told.fields
    if not told.live or fields is None or fields["series"] != series or not fields["pricing_date"]:
        return False
    own = date.fromisoformat(fields["pricing_date"])
    zone = document["hours"]["zone"]
    received = _moment(told)
    begins, ends = at(day, time(0), zone), at(day + timedelta(days=1), time(0), zone)
    return own == day or (own < day and begins <= received < ends)


def _moment(told: Told) -> datetime:
    return instant(told.received.body["received_at"])


def _expected(told: Told, cards: dict[str, Card]) -> dict[str, Any]:
    """The row that the journal makes of a submission."""
    row = {k: v for k, v in (told.fields or {}).items() if v not in (None, "")}
    body = told.received.body
    row |= {"id": body["submission"], "channel": body["channel"], "evidence": body["evidence"]}
    row["received_at"] = body["received_at"]
    card = cards.get(row.get("contributor", ""))
    if card is not None:
        row["group"] = card.body["group"]
    if told.judged is not None and told.judged["decision"] != "none":
        row["decision"] = told.judged["decision"]
        row["decision_reason"] = told.judged["code"]
    return row


def _check_register(
    given: list[dict[str, Any]], act: Act, cards: dict[str, Card], report: Report
) -> None:
    day = date.fromisoformat(act.body["pricing_date"])
    rows = {row["code"]: row for row in given}
    if sorted(rows) != sorted(cards):
        _wrong(report, act, f"firms differ: {', '.join(sorted(set(rows) ^ set(cards)))}")
    for code in sorted(set(rows) & set(cards)):
        row, card = rows[code], cards[code]
        serves = not card.body["series"] or act.body["series"] in card.body["series"]
        active = card.status == "active" and serves
        until = row.get("active_to")
        if active == (until is not None and date.fromisoformat(until) < day):
            _wrong(report, act, f"firm {code} is {card.status} in the journal")
        if row.get("group") != card.body["group"]:
            _wrong(report, act, f"firm {code} is in group {card.body['group']}")
        if row.get("class") != (card.body["classes"] or [""])[0]:
            _wrong(report, act, f"firm {code} is a {card.body['classes']}")
        if set(row.get("aliases", [])) != card.names:
            _wrong(report, act, f"firm {code} has other names in the journal")


# ---- other series ----------------------------------------------------------------------


def _check_series(
    document: dict[str, Any], act: Act, seen: Seens, day: date, report: Report
) -> None:
    given = act.body["inputs"].get("series", {})
    for spec in document["input"]:
        series = spec.get("series")
        if spec["lag"] == "table" or not series:
            continue
        last = day - timedelta(days=1) if spec["lag"] in BEFORE else day
        known = {each.date: each for each in seen.get(series, ()) if each.date <= last}
        rows = given.get(series, [])
        for row in rows:
            _check_row(series, row, known, act, report)
        told = {_date(row) for row in rows}
        late = [each for each in known if each not in told and (not told or each > min(told))]
        if late:
            _wrong(report, act, f"the value of {series} of {max(late)} was left out")


def _date(row: dict[str, Any]) -> date:
    return date.fromisoformat(row.get("date") or row["effective"])


def _check_row(
    series: str, row: dict[str, Any], known: Mapping[date, Seen], act: Act, report: Report
) -> None:
    day = _date(row)
    if row.get("status", "determined") not in ("determined", "published"):
        if day in known:
            _wrong(report, act, f"{series} of {day} has a value in the journal")
        return
    seen = known.get(day)
    if seen is None:
        _wrong(report, act, f"the journal has no value of {series} of {day}")
        return
    mid = row.get("mid") if row.get("mid") is not None else row.get("value")
    legs = (row.get("low") or mid, mid, row.get("high") or mid)
    if tuple(exact.number(each) for each in legs) != (seen.low, seen.mid, seen.high):
        _wrong(
            report, act, f"{series} of {day} is {exact.text(seen.mid)} in the journal, not {mid}"
        )
    if (row.get("period") or "") != seen.period:
        _wrong(report, act, f"{series} of {day} is of the period {seen.period!r} in the journal")


def _check_history(
    journal: Journal, rows: list[dict[str, Any]], act: Act, day: date, report: Report
) -> None:
    """Earlier values of the series itself, as they were known then."""
    own = [e for e in ticks(journal, act.body["series"], act.seq) if "not_assessed" not in e.kind]
    for row in rows:
        if date.fromisoformat(row["date"]) >= day:
            _wrong(report, act, f"its history holds a value of {row['date']}")
        same = [e for e in own if e.body["pricing_date"] == row["date"]]
        if not same:
            _wrong(report, act, f"its history holds {row['date']}, which has no published value")
        elif exact.number(row["mid"]) != tick_value(same[-1]).mid:
            _wrong(report, act, f"its history differs on {row['date']}")
