"""Submissions as JSON (portal and API) -> offered submissions.

Accepts the shared field names and those of the public submission call. Numbers must come as
text, because a JSON number has no exact decimals; an unknown key is refused with those allowed.
"""

from __future__ import annotations

import json
from typing import Any

from assay.collection.clocks import parse_day
from assay.collection.lexicon import Lexicon
from assay.collection.quote_checks import check_offer, decimal_shown
from assay.collection.reading import (
    KINDS,
    SUBMISSION_FIELDS,
    Certainty,
    FieldRead,
    Offered,
    Reading,
    error,
    missing_fields,
    refusal,
    warning,
)
from assay.collection.safety import too_large
from assay.collection.series_match import fill_from_card, match_series
from assay.core import NaiveInstant, NotANumber, decimal_of, instant_text, parse_instant

#: Other names of the public call, and what they are here.
ALIASES = {
    "instrument": "series", "trade_date": "pricing_date", "price_low": "low",
    "price_high": "high", "quantity_t": "quantity", "spec": "grade", "location": "place",
    "counterparty_relation": "relation", "reference": "deal_reference",
}  # fmt: skip
_KIND_WORDS = {"deal": "transaction", "view": "indication"}
_NEVER_GIVEN = {"id", "evidence", "channel", "received_at", "contributor", "submitter"}
_AMOUNTS = {"low", "high", "premium_low", "premium_high", "quantity", "tax_rate"}
_CHOICES = {
    "kind": (*KINDS, *_KIND_WORDS),
    "side": ("buy", "sell"),
    "tax": ("included", "excluded", "none"),
    "relation": ("arms_length", "affiliated", "undisclosed"),
}
_MOST = 500
_LONGEST = 2_000


class _InexactNumber(float):
    """A JSON number: kept apart, because its digits are already lost to some readers."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose keys stand once each: of two prices under one name none is believed."""
    seen: set[str] = set()
    for name, _ in pairs:
        if name in seen:
            raise ValueError(f"{name} stands twice in one object")
        seen.add(name)
    return dict(pairs)


def read_portal(content: bytes, lexicon: Lexicon, where: str = "portal") -> Reading:
    """The submissions of one JSON call: an object, a list, or ``{"submissions": [...]}``."""
    large = too_large(content, where)
    if large is not None:
        return Reading(findings=(large,))
    try:
        call = json.loads(
            content,
            parse_float=_InexactNumber,
            parse_int=_InexactNumber,
            object_pairs_hook=_once,
        )
    except (ValueError, RecursionError) as problem:
        return refusal("portal.not_json", where, f"not JSON: {problem}"[:300])
    if isinstance(call, dict) and set(call) == {"submissions"}:
        call = call["submissions"]
    submissions = call if isinstance(call, list) else [call]
    if len(submissions) > _MOST:
        return refusal("portal.too_many", where, f"at most {_MOST} submissions a call")
    return _read_all(submissions, lexicon, where)


def _read_all(submissions: list[Any], lexicon: Lexicon, where: str) -> Reading:
    offers: list[Offered] = []
    findings = []
    for index, given in enumerate(submissions):
        place = f"{where}, submission {index + 1}"
        if not isinstance(given, dict):
            findings.append(error("portal.not_an_object", place, "a submission is an object"))
            continue
        unknown = sorted(set(given) - set(ALIASES) - set(_allowed()) - {"tax_included", "act"})
        if unknown:
            allowed = ", ".join(sorted({*ALIASES, *_allowed(), "tax_included", "act"}))
            findings.append(
                error("portal.unknown_keys", place, f"{', '.join(unknown)}; allowed: {allowed}")
            )
            continue
        offers.append(_offer(given, lexicon, place))
    return Reading(offers=tuple(offers), findings=tuple(findings))


def _allowed() -> list[str]:
    return [name for name in SUBMISSION_FIELDS if name not in _NEVER_GIVEN]


def _offer(given: dict[str, Any], lexicon: Lexicon, place: str) -> Offered:
    fields: dict[str, FieldRead] = {}
    findings = []
    for key, content in given.items():
        if content is None or key == "act":
            continue
        name = ALIASES.get(key, key)
        if key == "tax_included":
            name = "tax"
        known, problem = _field(name, _tax_word(content) if key == "tax_included" else content)
        if problem is not None:
            findings.append(error("portal.bad_field", f"{place}, {key}", problem))
        elif known is not None:
            fields[name] = FieldRead(known, Certainty.STATED, locator=f"{place}, {key}")
    rule = lexicon.rule(fields["series"].content) if "series" in fields else None
    if "series" not in fields:
        rule, series, found = match_series(fields, lexicon, place)
        findings += found
        if series is not None:
            fields["series"] = series
    elif rule is None:
        findings.append(
            warning("portal.unknown_series", place, f"{fields['series'].content} is no series here")
        )
    if rule is not None:
        fields = fill_from_card(fields, rule)
    findings += check_offer(fields, {}, rule, lexicon, place)
    act = given.get("act")
    return Offered(
        fields=fields,
        missing=missing_fields(fields),
        findings=tuple(findings),
        act=act if act in {"replace", "withdraw"} else "submit",
        locator=place,
    )


def _tax_word(content: Any) -> Any:
    if not isinstance(content, bool):
        return content
    return "included" if content else "excluded"


def _field(name: str, content: Any) -> tuple[str | None, str | None]:
    """(the content as text, None) or (None, what is wrong)."""
    if isinstance(content, _InexactNumber):
        return None, f'numbers come as text: "{float(content):g}", not a JSON number'
    if not isinstance(content, str) or len(content) > _LONGEST:
        return None, f"a text of at most {_LONGEST} characters"
    text = content.strip()
    if not text:
        return None, None
    if name in _AMOUNTS:
        try:
            return decimal_shown(decimal_of(text)), None
        except NotANumber as problem:
            return None, str(problem)
    if name in _CHOICES and text not in _CHOICES[name]:
        return None, f"{text!r}; allowed: {', '.join(_CHOICES[name])}"
    if name in {"pricing_date", "delivery_date"}:
        day = parse_day(text)
        return (day.isoformat(), None) if day else (None, f"{text!r}: write it as 2025-12-30")
    if name == "concluded_at":
        try:
            return instant_text(parse_instant(text)), None
        except NaiveInstant as problem:
            return None, str(problem)
    return _KIND_WORDS.get(text, text) if name == "kind" else text, None
