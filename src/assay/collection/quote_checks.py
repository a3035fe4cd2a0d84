"""What is suspicious in one offered quote: lost digits, other units, turned ranges.

Checks only look and say; a suspicious number is kept as read, made uncertain, and a person
decides. Nothing is converted or repaired here.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from assay.collection.lexicon import Lexicon, SeriesRule
from assay.collection.reading import Certainty, FieldRead, error, warning
from assay.core import Finding, NotANumber, exact_text, fraction_of, unit_of

_TEN = 10


def check_offer(
    fields: dict[str, FieldRead],
    said: dict[str, FieldRead],
    rule: SeriesRule | None,
    lexicon: Lexicon,
    where: str,
) -> tuple[Finding, ...]:
    """Every finding about the numbers and units of one offer."""
    found: list[Finding] = []
    low, high = _amount(fields, "low"), _amount(fields, "high")
    if low is not None and high is not None:
        found += _digits(low, high, lexicon, where)
        found += _mean(low, high, said, where)
        if rule is not None:
            found += _plausible(low, high, fields, rule, where)
    found += _units(fields, rule, where)
    found += _quantity(fields, lexicon, where)
    return tuple(found)


def _amount(fields: dict[str, FieldRead], name: str) -> Fraction | None:
    read = fields.get(name)
    if read is None:
        return None
    try:
        return fraction_of(read.content)
    except NotANumber:
        return None


def _digits(low: Fraction, high: Fraction, lexicon: Lexicon, where: str) -> list[Finding]:
    if low > 0 and high / low >= Fraction(lexicon.widest_range):
        return [
            error(
                "quote.digit_lost_or_doubled",
                where,
                f"{exact_text(low)}-{exact_text(high)} is wider than a factor "
                f"{lexicon.widest_range}: a digit was lost or doubled; ask the submitter",
            )
        ]
    return []


def _mean(low: Fraction, high: Fraction, said: dict[str, FieldRead], where: str) -> list[Finding]:
    stated = _amount(said, "mid")
    if stated is None or stated == (low + high) / 2:
        return []
    return [
        warning(
            "quote.mean_differs",
            where,
            f"the stated mean {exact_text(stated)} is not the middle of "
            f"{exact_text(low)}-{exact_text(high)}; one of the three may be mistyped",
        )
    ]


def _plausible(
    low: Fraction, high: Fraction, fields: dict[str, FieldRead], rule: SeriesRule, where: str
) -> list[Finding]:
    least, most = (Fraction(bound) for bound in rule.plausible)
    if least <= low and high <= most:
        return []
    unit = fields.get("unit")
    if unit is not None and unit.certainty is Certainty.STATED and unit.content != rule.unit:
        return []
    hint = "ask the submitter for the unit and the digits"
    for factor, words in (
        (Fraction(1000), "looks like a price per kilogram"),
        (Fraction(_TEN), "a digit seems lost"),
        (Fraction(1, _TEN), "a digit seems doubled"),
    ):
        if least <= low * factor and high * factor <= most:
            hint = f"{words}; ask the submitter"
            break
    return [
        error(
            "quote.implausible_price",
            where,
            f"{exact_text(low)}-{exact_text(high)} lies outside {rule.plausible[0]}-"
            f"{rule.plausible[1]} {rule.unit} for {rule.code}: {hint}",
        )
    ]


def _units(fields: dict[str, FieldRead], rule: SeriesRule | None, where: str) -> list[Finding]:
    unit, currency = fields.get("unit"), fields.get("currency")
    if unit is None and currency is not None and rule is not None:
        wanted_currency = rule.unit.partition("/")[0]
        if currency.content != wanted_currency:
            return [
                error(
                    "quote.currency_differs",
                    where,
                    f"the text says {currency.content}, {rule.code} is in {rule.unit}: "
                    "never converted",
                )
            ]
    if unit is None:
        return []
    stated = unit_of(unit.content)
    wanted = unit_of(rule.unit) if rule is not None else None
    if wanted is not None and stated.code != wanted.code:
        same = "same thing, other size" if stated.same_dimension(wanted) else "another currency"
        return [
            error(
                "quote.unit_differs",
                where,
                f"the text says {stated.code}, {rule.code if rule else ''} is in {wanted.code} "
                f"({same}); never converted: ask the submitter for {wanted.code}",
            )
        ]
    if wanted is None and stated.scale != 1:
        return [
            error(
                "quote.unit_differs",
                where,
                f"the text says {stated.code}; never converted: ask for a price per tonne",
            )
        ]
    return []


def _quantity(fields: dict[str, FieldRead], lexicon: Lexicon, where: str) -> list[Finding]:
    quantity = _amount(fields, "quantity")
    if quantity is None or 0 < quantity <= Fraction(lexicon.largest_quantity):
        return []
    return [
        warning(
            "quote.implausible_quantity",
            where,
            f"{exact_text(quantity)} t is not between 0 and {lexicon.largest_quantity} t: check it",
        )
    ]


def decimal_shown(amount: Decimal) -> str:
    """An amount as the plain text of a submission: no exponent, no useless zeros."""
    text = format(amount, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text
