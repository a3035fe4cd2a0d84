"""Which series a read quote speaks of, by the word lists in data.

All conditions of a rule must have been read; the rule with most conditions wins. Nothing is
matched by resemblance, and what the card supplies is marked `conventional`.
"""

from __future__ import annotations

from assay.collection.lexicon import Lexicon, SeriesRule
from assay.collection.reading import Certainty, FieldRead, warning
from assay.core import Finding

_WEAKEST = (Certainty.UNCERTAIN, Certainty.INHERITED, Certainty.APPROXIMATE, Certainty.STATED)


def match_series(
    fields: dict[str, FieldRead], lexicon: Lexicon, where: str, *, change: bool = False
) -> tuple[SeriesRule | None, FieldRead | None, tuple[Finding, ...]]:
    """The rule that fits these fields, the series field it gives, and findings."""
    fitting = [rule for rule in lexicon.series if _fits(rule, fields, change=change)]
    if not fitting:
        return None, None, ()
    most = max(len(rule.when) for rule in fitting)
    best = [rule for rule in fitting if len(rule.when) == most]
    if len(best) > 1:
        names = ", ".join(rule.code for rule in best)
        finding = warning(
            "quote.several_series", where, f"could be {names}; ask for grade, place and delivery"
        )
        return None, None, (finding,)
    rule = best[0]
    used = [fields[name] for name in rule.when if name in fields]
    certainty = next(each for each in _WEAKEST if any(read.certainty is each for read in used))
    if rule.places and "place" not in fields:
        certainty = Certainty.UNCERTAIN
    anchor = fields.get("grade") or used[0]
    return rule, FieldRead(rule.code, certainty, anchor.span, anchor.locator), ()


def _fits(rule: SeriesRule, fields: dict[str, FieldRead], *, change: bool) -> bool:
    if (rule.when.get("change") == "yes") is not change:
        return False
    place = fields.get("place")
    if rule.places and place is not None and place.content not in rule.places:
        return False
    for name, wanted in rule.when.items():
        if name == "change":
            continue
        read = fields.get(name)
        if read is None:
            return False
        if wanted != read.content and not (
            name == "delivery" and wanted in read.content.split(", ")
        ):
            return False
    return True


def fill_from_card(fields: dict[str, FieldRead], rule: SeriesRule) -> dict[str, FieldRead]:
    """The fields with unit, currency and tax of the card, where the text says nothing of them."""
    filled = dict(fields)
    if "unit" not in filled and _same_currency(filled, rule):
        filled["unit"] = FieldRead(rule.unit, Certainty.CONVENTIONAL)
    if "currency" not in filled and "unit" in filled:
        unit = filled["unit"]
        filled["currency"] = FieldRead(
            unit.content.split("/")[0], unit.certainty, unit.span, unit.locator
        )
    if "tax" not in filled:
        filled["tax"] = FieldRead(rule.tax, Certainty.CONVENTIONAL)
    if rule.tax_rate and "tax_rate" not in filled and filled["tax"].content == "included":
        filled["tax_rate"] = FieldRead(rule.tax_rate, Certainty.CONVENTIONAL)
    return filled


def _same_currency(fields: dict[str, FieldRead], rule: SeriesRule) -> bool:
    currency = fields.get("currency")
    return currency is None or currency.content == rule.unit.split("/")[0]
