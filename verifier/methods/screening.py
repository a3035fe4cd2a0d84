"""Screening: which data of the day may be used, by the document's rules.

Each rule answers one question: does it take this datum out? Flags that leave a datum in
do not change a price and are not repeated here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

from verifier import exact
from verifier.methods.data import Datum, Day, UnknownMethod

Arguments = Mapping[str, Any]
Rule = Callable[[Datum, Day, Arguments], bool]


def required_fields(datum: Datum, day: Day, _: Arguments) -> bool:
    """A field that the document requires of this kind is missing."""
    required = day.document.get("required", {}).get(datum.kind, [])
    return datum.low is None or not all(_has(datum, name) for name in required)


def _has(datum: Datum, name: str) -> bool:
    if name == "price":
        return datum.low is not None or any(
            datum.text(each) is not None for each in ("premium_low", "premium_high")
        )
    if name in ("low", "high"):
        return (datum.low if name == "low" else datum.high) is not None
    return datum.text(name) is not None


def todays_data(datum: Datum, day: Day, _: Arguments) -> bool:
    """It is of another day, was concluded on another day, or came before the day began."""
    if datum.day != day.date:
        return True
    if datum.concluded is not None and not day.begins <= datum.concluded < day.ends:
        return True
    return datum.received is not None and datum.received < day.begins


def before_cutoff(datum: Datum, day: Day, arguments: Arguments) -> bool:
    """It came after the hard cut-off."""
    hard = day.clock("hard")
    if hard is None:
        return False
    if datum.received is None:
        return str(arguments.get("unknown", "flag")) == "exclude"
    return datum.received > hard


def minimum_quantity(datum: Datum, _: Day, arguments: Arguments) -> bool:
    """It is smaller than a deal must be."""
    kinds = arguments.get("kinds", ["transaction"])
    if datum.kind not in kinds or datum.quantity is None:
        return False
    return datum.quantity < exact.number(arguments["tonnes"])


def large_quantity(datum: Datum, _: Day, arguments: Arguments) -> bool:
    """It is larger than typical, where the document takes such data out."""
    if arguments.get("action", "flag") != "exclude" or datum.quantity is None:
        return False
    return datum.quantity > exact.number(arguments["tonnes"])


def qualified_contributor(datum: Datum, day: Day, _: Arguments) -> bool:
    """Its firm is not in the register, or not active on the day."""
    if day.firms is None:
        return False
    firm = day.firm(datum.contributor)
    return firm is None or not firm.active(day.date)


def arms_length(datum: Datum, day: Day, arguments: Arguments) -> bool:
    """It is a deal between affiliated firms."""
    if datum.kind != "transaction":
        return False
    own, other = day.firm(datum.contributor), day.firm(datum.text("counterparty") or "")
    if own is not None and other is not None and own.group == other.group:
        return True
    relation = datum.text("relation") or "undisclosed"
    if relation in ("affiliated", "arms_length"):
        return relation == "affiliated"
    return str(arguments.get("undisclosed", "flag")) == "exclude"


def unit_and_tax(datum: Datum, day: Day, _: Arguments) -> bool:
    """Its unit, currency or tax is not that of the series."""
    unit, wanted = datum.text("unit"), day.card["unit"]
    tax = day.card["tax"]
    basis = tax if isinstance(tax, str) else tax["basis"]
    rate = None if isinstance(tax, str) else tax.get("rate_percent")
    said = datum.text("tax_rate")
    return (
        (unit is not None and unit != wanted)
        or datum.text("currency") not in (None, wanted.partition("/")[0])
        or datum.text("tax") not in (None, basis)
        or (bool(said) and bool(rate) and _rate(str(said)) != _rate(str(rate)))
    )


def _rate(said: str) -> Fraction | str:
    bare = said.replace("%", "").strip()
    return exact.number(bare) if bare.replace(".", "", 1).isdigit() else bare


def terms(datum: Datum, day: Day, arguments: Arguments) -> bool:
    """A term is one the document refuses, or not typical where that takes it out."""
    said = datum.text(arguments["field"])
    if said is None or day.series not in (arguments.get("series") or [day.series]):
        return False
    folded = said.casefold()
    if any(word.casefold() in folded for word in arguments.get("refused", [])):
        return True
    typical = arguments.get("typical", [])
    if not typical or any(word.casefold() in folded for word in typical):
        return False
    return str(arguments.get("otherwise", "flag")) == "exclude"


def against_yesterday(datum: Datum, day: Day, arguments: Arguments) -> bool:
    """It is too far from the last published mid, where that takes it out."""
    if arguments.get("action", "flag") != "exclude":
        return False
    if datum.low is None or datum.high is None or day.last_mid is None:
        return False
    limit = exact.number(arguments.get("absolute", 0))
    if arguments.get("percent") is not None:
        limit = max(limit, abs(day.last_mid) * exact.number(arguments["percent"]) / 100)
    return max(abs(datum.low - day.last_mid), abs(datum.high - day.last_mid)) > limit


def allowed_kinds(datum: Datum, _: Day, arguments: Arguments) -> bool:
    """It is of a kind that this series does not use."""
    return datum.kind not in arguments["allowed"]


def only_flags(name: str) -> Rule:
    """A rule that this verifier knows as long as it takes nothing out."""

    def rule(_: Datum, __: Day, arguments: Arguments) -> bool:
        if arguments.get("action", "flag") != "flag":
            raise UnknownMethod(f"screening rule {name} that takes data out")
        return False

    return rule


RULES: dict[str, Rule] = {
    "required_fields": required_fields,
    "todays_data": todays_data,
    "before_cutoff": before_cutoff,
    "minimum_quantity": minimum_quantity,
    "large_quantity": large_quantity,
    "qualified_contributor": qualified_contributor,
    "arms_length": arms_length,
    "unit_and_tax": unit_and_tax,
    "terms": terms,
    "against_yesterday": against_yesterday,
    "against_series": only_flags("against_series"),
    "stale_repeat": only_flags("stale_repeat"),
    "kinds": allowed_kinds,
}
#: Rules that look at all remaining data of the day together.
PANEL = (
    "one_live_quote", "deal_once", "outlier_absolute", "outlier_percent", "outlier_mad",
    "concentration",
)  # fmt: skip


def screened(day: Day) -> list[Datum]:
    """The data of this series that every rule leaves in, normalised, panel rules not yet asked."""
    if day.document.get("cleaning"):
        raise UnknownMethod("a cleaning section")
    calls = [call for call in day.document.get("screening", []) if call["rule"] not in PANEL]
    for call in calls:
        if call["rule"] not in RULES:
            raise UnknownMethod(f"screening rule {call['rule']!r}")
    left = []
    for datum in day.data:
        if datum.series != day.series or not _concerns(datum, day):
            continue
        priced = _normalised(datum, day)
        if not _out(priced, day, calls) and priced.low is not None:
            left.append(priced)
    return left


def _concerns(datum: Datum, day: Day) -> bool:
    """Data of the day, and data that came on the day for another one."""
    if datum.day == day.date:
        return True
    return datum.received is not None and day.begins <= datum.received < day.ends


def _out(datum: Datum, day: Day, calls: list[Arguments]) -> bool:
    decision = datum.text("decision")
    if decision == "exclude":
        return True
    return any(
        RULES[call["rule"]](datum, day, call)
        for call in calls
        if not (decision == "include" and call.get("overridable", False))
    )


def _normalised(datum: Datum, day: Day) -> Datum:
    """Prices on other terms brought to the base terms by the declared differentials."""
    if datum.low is None or datum.high is None:
        return datum
    said = dict(datum.said)
    low, high = datum.low, datum.high
    for call in day.document.get("normalisation", []):
        if call["rule"] != "differential":
            raise UnknownMethod(f"normalisation {call['rule']!r}")
        named = datum.text(call["field"])
        if named is not None and named in call["add"]:
            amount = exact.number(call["add"][named])
            low, high = low + amount, high + amount
    return replace(datum, low=low, high=high, said=said)
