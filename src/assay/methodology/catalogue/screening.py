# ruff: noqa: ARG001 (rules of a family share one signature)
"""Screening rules that judge one submission: against the document, the clock, the register.

Each returns an `Outcome` with the values it saw. A rule that has nothing to say of a
kind (a minimum quantity of an indication) passes it. None looks at other submissions
of the day: that is the panel rules' business.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from assay.core import exact_text, instant_text
from assay.methodology.catalogue.registry import decimal, entry, texts, word
from assay.methodology.catalogue.shapes import Day, Outcome, excluded, flagged, passed
from assay.methodology.inputs import Submission

SUBMISSION_KINDS = ("transaction", "bid", "offer", "indication")
ACTIONS = ("exclude", "flag")


def _say(action: str, code: str, **seen: object) -> Outcome:
    return excluded(code, **seen) if action == "exclude" else flagged(code, **seen)


@entry("screening", "required_fields")
def required_fields(submission: Submission, day: Day) -> Outcome:
    """Every field the document requires of this kind is there, and a price."""
    missing = [name for name in day.required.get(submission.kind, ()) if not submission.has(name)]
    if submission.low is None and "price" not in missing:
        missing.insert(0, "price")
    if missing:
        return Outcome("incomplete", "submission.incomplete", {"missing": missing})
    return passed(kind=submission.kind)


@entry("screening", "todays_data")
def todays_data(submission: Submission, day: Day) -> Outcome:
    """The datum is of the pricing day itself: yesterday's price is never today's."""
    seen: dict[str, object] = {"pricing_date": submission.pricing_date.isoformat()}
    if submission.pricing_date != day.date:
        return excluded("submission.not_todays", **seen)
    concluded, received = submission.concluded_at, submission.received_at
    if concluded is not None:
        seen["concluded_at"] = instant_text(concluded)
        if day.begins is not None and not day.begins <= concluded < (day.ends or concluded):
            return excluded("submission.not_todays", **seen)
    if received is not None:
        seen["received_at"] = instant_text(received)
        if day.begins is not None and received < day.begins:
            return excluded("submission.not_todays", **seen)
    return passed(**seen)


@entry("screening", "before_cutoff", word("unknown", *ACTIONS, "pass", default="flag"))
def before_cutoff(submission: Submission, day: Day, *, unknown: str) -> Outcome:
    """Received no later than the hard cut-off; after the soft one it is noted."""
    if day.hard_at is None:
        return passed()
    if submission.received_at is None:
        if unknown == "pass":
            return passed()
        return _say(unknown, "submission.received_at_unknown")
    seen = {
        "received_at": instant_text(submission.received_at),
        "hard": instant_text(day.hard_at),
    }
    if submission.received_at > day.hard_at:
        return Outcome("late", "submission.late", seen)
    if day.soft_at is not None and submission.received_at > day.soft_at:
        return flagged("submission.after_soft_cutoff", **seen)
    return passed(**seen)


@entry(
    "screening",
    "minimum_quantity",
    decimal("tonnes"),
    texts("kinds", *SUBMISSION_KINDS, default=("transaction",)),
)
def minimum_quantity(
    submission: Submission, day: Day, *, tonnes: Decimal, kinds: tuple[str, ...]
) -> Outcome:
    """A deal of at least this many tonnes (kinds without quantity duty pass)."""
    if submission.kind not in kinds or submission.quantity is None:
        return passed()
    seen = {"quantity": exact_text(submission.quantity), "minimum": str(tonnes)}
    if submission.quantity < Fraction(tonnes):
        return excluded("submission.below_minimum", **seen)
    return passed(**seen)


@entry(
    "screening",
    "large_quantity",
    decimal("tonnes"),
    word("action", *ACTIONS, default="flag"),
)
def large_quantity(submission: Submission, day: Day, *, tonnes: Decimal, action: str) -> Outcome:
    """A deal above this many tonnes is shown to the analyst."""
    if submission.quantity is None:
        return passed()
    seen = {"quantity": exact_text(submission.quantity), "typical_maximum": str(tonnes)}
    if submission.quantity > Fraction(tonnes):
        return _say(action, "submission.above_typical", **seen)
    return passed(**seen)


@entry("screening", "qualified_contributor")
def qualified_contributor(submission: Submission, day: Day) -> Outcome:
    """The firm is in the register and active on the pricing day."""
    if day.inputs.contributors is None:
        return passed(register="not given")
    firm = day.firm(submission.contributor)
    if firm is None:
        return excluded("submission.unknown_contributor", contributor=submission.contributor)
    if not firm.active_on(day.date):
        return excluded(
            "submission.contributor_not_active",
            contributor=firm.code,
            active_from=str(firm.active_from),
            active_to=str(firm.active_to),
        )
    return passed(contributor=firm.code)


@entry(
    "screening",
    "arms_length",
    word("undisclosed", *ACTIONS, "pass", default="flag"),
)
def arms_length(submission: Submission, day: Day, *, undisclosed: str) -> Outcome:
    """A deal between firms that are independent financially and legally."""
    if submission.kind != "transaction":
        return passed()
    relation = submission.text("relation") or "undisclosed"
    own = day.firm(submission.contributor)
    other = day.firm(submission.text("counterparty") or "")
    if own is not None and other is not None and own.group == other.group:
        return excluded("submission.affiliated", relation=relation, group=own.group)
    if relation == "affiliated":
        return excluded("submission.affiliated", relation=relation)
    if relation != "arms_length" and undisclosed != "pass":
        return _say(undisclosed, "submission.relation_undisclosed", relation=relation)
    return passed(relation=relation)


@entry("screening", "unit_and_tax")
def unit_and_tax(submission: Submission, day: Day) -> Outcome:
    """Unit, currency and tax basis are those of the series: nothing is converted silently."""
    unit, tax = submission.text("unit"), submission.text("tax")
    currency = submission.text("currency")
    seen = {"unit": unit or "", "tax": tax or "", "currency": currency or ""}
    if unit is not None and unit != day.card.unit.code:
        return excluded("submission.unit", wanted=day.card.unit.code, **seen)
    if currency is not None and currency != day.card.unit.code.split("/")[0]:
        return excluded("submission.currency", wanted=day.card.unit.code.split("/")[0], **seen)
    if tax is not None and tax != day.card.tax.basis:
        return excluded("submission.tax", wanted=day.card.tax.basis, **seen)
    rate, wanted = submission.text("tax_rate"), day.card.tax.rate_percent
    if rate is not None and wanted is not None and _rate(rate) != _rate(wanted):
        return excluded("submission.tax_rate", wanted=wanted, given=rate)
    return passed(**seen)


def _rate(said: str) -> str:
    bare = said.replace("%", "").strip()
    return bare.rstrip("0").rstrip(".") if "." in bare else bare


@entry(
    "screening",
    "terms",
    word("field", "grade", "place", "delivery", "payment", "pickup", "brand"),
    texts("typical", default=()),
    texts("refused", default=()),
    word("otherwise", *ACTIONS, "pass", default="flag"),
    texts("series", default=()),
)
def terms(
    submission: Submission,
    day: Day,
    *,
    field: str,
    typical: tuple[str, ...],
    refused: tuple[str, ...],
    otherwise: str,
    series: tuple[str, ...],
) -> Outcome:
    """A term is one of the typical ones (of the series named, where some are); refused words exclude, others are flagged."""
    said = submission.text(field)
    if said is None or (series and day.series not in series):
        return passed()
    folded = said.casefold()
    if any(word.casefold() in folded for word in refused):
        return excluded("submission.terms_refused", **{field: said})
    if not typical or any(word.casefold() in folded for word in typical):
        return passed(**{field: said})
    if otherwise == "pass":
        return passed(**{field: said})
    return _say(otherwise, "submission.terms_unusual", **{field: said})


@entry(
    "screening",
    "against_yesterday",
    decimal("percent", default=None),
    decimal("absolute", default=None),
    word("action", *ACTIONS, default="flag"),
)
def against_yesterday(
    submission: Submission,
    day: Day,
    *,
    percent: Decimal | None,
    absolute: Decimal | None,
    action: str,
) -> Outcome:
    """Near the last published mid: a digit lost or doubled stands out (near zero use absolute)."""
    if submission.low is None or submission.high is None or day.last_mid is None:
        return passed()
    last = day.last_mid.mid
    limit = Fraction(absolute) if absolute is not None else Fraction(0)
    if percent is not None:
        limit = max(limit, abs(last) * Fraction(percent) / 100)
    far = max(abs(submission.low - last), abs(submission.high - last))
    seen = {"last": exact_text(last), "distance": exact_text(far), "limit": exact_text(limit)}
    return _say(action, "submission.far_from_yesterday", **seen) if far > limit else passed(**seen)


@entry(
    "screening",
    "against_series",
    word("leg", "low", "mid", "high", default="mid"),
    decimal("below"),
    decimal("above"),
    texts("series"),
    word("action", *ACTIONS, default="flag"),
)
def against_series(
    submission: Submission,
    day: Day,
    *,
    leg: str,
    below: Decimal,
    above: Decimal,
    series: tuple[str, ...],
    action: str,
) -> Outcome:
    """Within a band around the same day's value of a related series."""
    if submission.low is None:
        return passed()
    for code in series:
        known = [each for each in day.inputs.series.get(code, ()) if each.date in (day.date, None)]
        if not known:
            continue
        anchor = known[-1].leg(leg)
        away = submission.point - anchor
        seen = {"series": code, "anchor": exact_text(anchor), "distance": exact_text(away)}
        if not -Fraction(below) <= away <= Fraction(above):
            return _say(action, "submission.far_from_series", **seen)
    return passed()


@entry("screening", "stale_repeat", word("action", *ACTIONS, default="flag"))
def stale_repeat(submission: Submission, day: Day, *, action: str) -> Outcome:
    """The firm's price is not, to the digit, the one it gave last time."""
    before = day.previous.get(submission.contributor)
    if before is None or submission.low is None or submission.kind == "transaction":
        return passed()
    if (before.low, before.high) != (submission.low, submission.high):
        return passed(before=before.pricing_date.isoformat())
    return _say(action, "submission.stale_repeat", before=before.pricing_date.isoformat())


@entry("screening", "kinds", texts("allowed", *SUBMISSION_KINDS))
def allowed_kinds(submission: Submission, day: Day, *, allowed: tuple[str, ...]) -> Outcome:
    """The kind of datum is one this series uses."""
    if submission.kind in allowed:
        return passed(kind=submission.kind)
    return excluded("submission.kind_not_used", kind=submission.kind, allowed=list(allowed))


@entry("screening", "positive_confidence", decimal("maximum", default=None))
def positive_confidence(submission: Submission, day: Day, *, maximum: Decimal | None) -> Outcome:
    """The quote states an interval wider than nothing (and not above a maximum)."""
    if submission.low is None or submission.high is None:
        return passed()
    half = (submission.high - submission.low) / 2
    seen = {"confidence": exact_text(half)}
    if half <= 0 or (maximum is not None and half > Fraction(maximum)):
        return excluded("submission.confidence", **seen)
    return passed(**seen)


@entry("screening", "received_between", decimal("seconds"))
def received_between(submission: Submission, day: Day, *, seconds: Decimal) -> Outcome:
    """Received no longer than this many seconds before the hard cut-off."""
    if day.hard_at is None or submission.received_at is None:
        return passed()
    age = day.hard_at - submission.received_at
    old = Fraction(age.days * 86400 + age.seconds) + Fraction(age.microseconds, 1_000_000)
    seen = {"age_seconds": exact_text(old), "maximum": str(seconds)}
    return excluded("submission.too_old", **seen) if old > Fraction(seconds) else passed(**seen)
