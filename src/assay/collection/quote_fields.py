"""The fields of one quote, read from its tokens, each with span and certainty.

Two different words for one field make it uncertain; a word that only suggests (铝锭 for A00)
gives way to one that says. Free words after a cue (counterparty, deal reference, basis) are
taken as typed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from decimal import Decimal

from assay.collection.lexicon import Lexicon
from assay.collection.phrases import Phrase
from assay.collection.quote_checks import decimal_shown
from assay.collection.reading import Certainty, FieldRead, error, notice, warning
from assay.collection.split import Part
from assay.collection.text import Normalised
from assay.collection.tokens import Token
from assay.core import UNITS, Finding, at, instant_text

_WORD_FIELDS = ("grade", "place", "pickup", "payment", "tax", "relation")
_CAPTURED = ("counterparty", "deal_reference", "brand", "basis", "contact")
_TAX_RATE = re.compile(
    r"(?:含|税率|vat|tax)\s?(?P<a>[0-9]{1,2})\s?(?:%|个点)|(?P<b>[0-9]{1,2})\s?%\s?(?:vat|增值税|税)"
)
_REFERENCE = re.compile(r"[:#号 是]*(?P<said>[a-z0-9][a-z0-9/_-]{2,40})")
_CONTACT = re.compile(r"[: 号是]*(?P<said>\+?[0-9][0-9 ()-]{3,24})")
_FREE = re.compile(r"[: 是]*(?P<said>[^,，、。;；\n|!！?？]{1,60})")
_TO_THE_END = re.compile(r"[: 是]*(?P<said>[^。;；\n|]{1,200})")
_DATE_PARTS = re.compile(r"[0-9]+")
_FULL_DATE = 3
_MOST_CAPTURED = 200


@dataclass(frozen=True, slots=True)
class QuoteContext:
    """What the channel knows: the day the message is for, the zone of its clocks, its place."""

    day: date | None = None
    zone: str = "Asia/Shanghai"
    locator: str = "text"


@dataclass(slots=True)
class Draft:
    """Fields of one quote while they are being read."""

    fields: dict[str, FieldRead] = field(default_factory=dict)
    said: dict[str, FieldRead] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    act: str | None = None
    bare: bool = False


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything that stays the same while one message is read."""

    text: Normalised
    tokens: list[Token]
    lexicon: Lexicon
    context: QuoteContext

    def read(self, content: str, first: Token, last: Token, certainty: Certainty) -> FieldRead:
        """A field from these tokens."""
        return FieldRead(
            content,
            certainty,
            self.text.span(first.start, last.end),
            self.context.locator,
        )

    def where(self, part: Part) -> str:
        """Where a part stands, for findings."""
        inside = self.tokens[part.first : part.last]
        if not inside:
            return self.context.locator
        said = self.text.said(inside[0].start, inside[-1].end)
        shown = said if len(said) <= _SHOWN else said[:_SHOWN] + "..."
        return f"{self.context.locator}, «{shown}»"


_SHOWN = 60


_PATTERNS = {"deal_reference": _REFERENCE, "basis": _TO_THE_END, "contact": _CONTACT}


def capture(text: Normalised, tokens: list[Token]) -> tuple[list[Token], list[Captured]]:
    """Free words after a cue, and the tokens without what they cover."""
    taken: list[Captured] = []
    for token in tokens:
        if len(taken) >= _MOST_CAPTURED:
            break
        if token.role not in _CAPTURED or any(each.covers(token) for each in taken):
            continue
        pattern = _PATTERNS.get(token.role, _FREE)
        match = pattern.match(text.text, token.end)
        if match is None or not match["said"].strip():
            continue
        start, end = match.span("said")
        end = _until(tokens, token, start, end)
        if end > start:
            taken.append(Captured(token.role, start, end, token.start))
    kept = [each for each in tokens if not any(one.hides(each) for one in taken)]
    return kept, taken


def _until(tokens: list[Token], cue: Token, start: int, end: int) -> int:
    """Names end where the next known word or number begins; a basis runs to its sentence end."""
    if cue.role in _PATTERNS:
        return end
    known = {"other", "joiner", "dash", "noise"}
    nexts = [each.start for each in tokens if each.start >= start and each.role not in known]
    return min([end, *nexts])


@dataclass(frozen=True, slots=True)
class Captured:
    """Free words after a cue."""

    role: str
    start: int
    end: int
    cue: int

    def covers(self, token: Token) -> bool:
        """Whether the token stands inside these words."""
        return self.start <= token.start < self.end

    def hides(self, token: Token) -> bool:
        """Whether the token must not be read again (its digits are no price)."""
        return self.covers(token)


def read_part(scene: Scene, part: Part, captured: list[Captured]) -> Draft:
    """All fields of one part of a message."""
    draft = Draft()
    tokens = scene.tokens[part.first : part.last]
    where = scene.where(part)
    for name in _WORD_FIELDS:
        _words(scene, draft, name, [each for each in tokens if each.role == name], where)
    _delivery(scene, draft, [each for each in tokens if each.role == "delivery"])
    _kind(scene, draft, tokens, part, where)
    _prices(scene, draft, part, where)
    _against(scene, draft, tokens, part)
    _quantities(scene, draft, part, where)
    _stated(scene, draft, part)
    _times(scene, draft, tokens, where)
    _tax_rate(scene, draft, tokens)
    _acts(draft, tokens)
    for each in captured:
        if each.role != "contact" and tokens and tokens[0].start <= each.cue <= tokens[-1].end:
            draft.fields[each.role] = FieldRead(
                scene.text.said(each.start, each.end).strip(),
                Certainty.STATED,
                scene.text.span(each.start, each.end),
                scene.context.locator,
            )
    return draft


def _words(scene: Scene, draft: Draft, name: str, tokens: list[Token], where: str) -> None:
    firm = [each for each in tokens if not each.loosely] or tokens
    if not firm:
        return
    contents = {each.content for each in firm}
    joint = scene.lexicon.combined.get((name, frozenset(contents)))
    if joint is not None:
        draft.fields[name] = scene.read(joint, firm[0], firm[-1], Certainty.STATED)
        return
    certainty = Certainty.UNCERTAIN if firm[0].loosely or len(contents) > 1 else Certainty.STATED
    draft.fields[name] = scene.read(firm[0].content, firm[0], firm[0], certainty)
    if len(contents) > 1:
        said = ", ".join(sorted(contents))
        draft.findings.append(
            warning(
                "quote.two_words", where, f"{name} says {said}: choose one, or enter two quotes"
            )
        )


def _delivery(scene: Scene, draft: Draft, tokens: list[Token]) -> None:
    if tokens:
        contents = list(dict.fromkeys(each.content for each in tokens))
        draft.fields["delivery"] = scene.read(
            ", ".join(contents), tokens[0], tokens[-1], Certainty.STATED
        )


def _kind(scene: Scene, draft: Draft, tokens: list[Token], part: Part, where: str) -> None:
    kinds = [each for each in tokens if each.role == "kind"]
    if not kinds:
        kinds = [each for each in tokens if each.role == "counterparty" and each.side is not None]
    if not kinds:
        return
    anchor = part.prices[0].start if part.prices else tokens[0].start
    before = [each for each in kinds if each.start < anchor]
    chosen = (before or kinds)[-1 if before else 0]
    same = [each for each in kinds if each.content == chosen.content]
    certainty = Certainty.STATED if len(same) == len(kinds) else Certainty.UNCERTAIN
    draft.fields["kind"] = scene.read(chosen.content, chosen, chosen, certainty)
    sided = [each for each in same if each.side is not None]
    if len({each.side for each in sided}) == 1 and sided[0].side is not None:
        draft.fields["side"] = scene.read(sided[0].side, sided[0], sided[0], certainty)
    if certainty is Certainty.UNCERTAIN:
        said = ", ".join(dict.fromkeys(each.content for each in kinds))
        draft.findings.append(
            warning("quote.two_kinds", where, f"one price, but the words say {said}: choose one")
        )


def _prices(scene: Scene, draft: Draft, part: Part, where: str) -> None:
    for phrase in part.prices:
        names = ("low", "high") if phrase.role == "price" else ("premium_low", "premium_high")
        certainty = Certainty.APPROXIMATE if phrase.approximate else Certainty.STATED
        if phrase.broken:
            draft.findings.append(
                error(
                    "quote.broken_number",
                    where,
                    "the digits are grouped wrongly: ask what is meant",
                )
            )
        for name, amount in zip(names, (phrase.low, phrase.high), strict=True):
            if amount is not None:
                draft.fields[name] = _number(scene, phrase, decimal_shown(amount), certainty)
        _unit(scene, draft, phrase, where)
        _remarks(scene, draft, phrase, where)


def _number(scene: Scene, phrase: Phrase, content: str, certainty: Certainty) -> FieldRead:
    return FieldRead(
        content, certainty, scene.text.span(phrase.start, phrase.end), scene.context.locator
    )


def _unit(scene: Scene, draft: Draft, phrase: Phrase, where: str) -> None:
    if phrase.unit in UNITS and "/" in phrase.unit and "unit" not in draft.fields:
        draft.fields["unit"] = _number(scene, phrase, phrase.unit, Certainty.STATED)
    elif phrase.unit is not None and phrase.unit.startswith("?"):
        draft.findings.append(
            error("quote.unit_unknown", where, f"per {phrase.unit[2:]} is no unit of our series")
        )
    if phrase.currency is not None and "currency" not in draft.fields:
        draft.fields["currency"] = _number(scene, phrase, phrase.currency, Certainty.STATED)


def _remarks(scene: Scene, draft: Draft, phrase: Phrase, where: str) -> None:
    if phrase.kind is not None:
        draft.said["price_kind"] = _number(scene, phrase, phrase.kind, Certainty.STATED)
    if phrase.reversed:
        draft.findings.append(
            warning("quote.range_reversed", where, "the larger end stands first: check the digits")
        )
    if phrase.two_sided:
        draft.findings.append(
            warning(
                "quote.two_sided", where, "two prices with a slash look like bid/offer: enter both"
            )
        )


def _against(scene: Scene, draft: Draft, tokens: list[Token], part: Part) -> None:
    premiums = [each for each in part.prices if each.role == "premium"]
    named = [each for each in tokens if each.role == "contract"]
    named += [each.against for each in premiums if each.against is not None]
    named += [each for each in tokens if each.role == "against"]
    if not premiums:
        named = [each for each in named if each.role != "contract"]
        named += [each for each in tokens if each.role == "mean"] if not part.prices else []
    if named:
        token = named[0]
        content = "average" if token.role == "mean" else token.content
        certainty = Certainty.STATED if token.role == "contract" else Certainty.UNCERTAIN
        draft.fields["against"] = scene.read(content, token, token, certainty)


def _quantities(scene: Scene, draft: Draft, part: Part, where: str) -> None:
    quantities = [each for each in part.phrases if each.role == "quantity"]
    for phrase in quantities:
        if phrase.unit not in {"t", None}:
            draft.findings.append(
                warning(
                    "quote.quantity_unit",
                    where,
                    f"the quantity is in {phrase.unit}, never converted: ask for tonnes",
                )
            )
        elif phrase.low is not None and phrase.low != phrase.high:
            shown = f"{phrase.low:f}-{phrase.high:f}"
            draft.said["quantity_range"] = _number(scene, phrase, shown, Certainty.STATED)
            draft.findings.append(
                notice("quote.quantity_range", where, f"{shown} t is a range: ask for one quantity")
            )
        elif phrase.low is not None:
            _quantity(scene, draft, phrase, where)


def _quantity(scene: Scene, draft: Draft, phrase: Phrase, where: str) -> None:
    certainty = Certainty.APPROXIMATE if phrase.approximate else Certainty.STATED
    if phrase.unit is None:
        certainty = Certainty.UNCERTAIN
    if "quantity" in draft.fields:
        draft.findings.append(
            warning("quote.two_quantities", where, "two quantities for one price: ask which")
        )
        known = draft.fields["quantity"]
        draft.fields["quantity"] = FieldRead(
            known.content, Certainty.UNCERTAIN, known.span, known.locator
        )
        return
    draft.fields["quantity"] = _number(
        scene, phrase, decimal_shown(phrase.low or Decimal(0)), certainty
    )


def _stated(scene: Scene, draft: Draft, part: Part) -> None:
    for phrase in part.phrases:
        if phrase.low is None or phrase.high is None or phrase.unit == "%":
            continue
        low, high = decimal_shown(phrase.low), decimal_shown(phrase.high)
        if phrase.role == "mean":
            draft.said["mid"] = _number(scene, phrase, low, Certainty.STATED)
        elif phrase.role == "change":
            draft.said["change_low"] = _number(scene, phrase, low, Certainty.STATED)
            draft.said["change_high"] = _number(scene, phrase, high, Certainty.STATED)
            draft.said["change"] = _number(
                scene, phrase, low if low == high else f"{low}..{high}", Certainty.STATED
            )
            if phrase.unit in UNITS and "/" in phrase.unit:
                draft.said["change_unit"] = _number(scene, phrase, phrase.unit, Certainty.STATED)


def _times(scene: Scene, draft: Draft, tokens: list[Token], where: str) -> None:
    day = scene.context.day
    for token in tokens:
        if token.role == "clock":
            _clock(scene, draft, token)
        elif token.role == "date":
            _date(scene, draft, token, where)
        elif token.role == "day" and day is not None:
            stated = day if token.content == "today" else day - timedelta(days=1)
            certainty = Certainty.STATED if token.content == "today" else Certainty.UNCERTAIN
            draft.fields["pricing_date"] = scene.read(stated.isoformat(), token, token, certainty)
        if token.role == "day" and token.content == "yesterday":
            draft.findings.append(
                warning("quote.other_day", where, "speaks of yesterday: not a price of today")
            )
        if token.role == "date_like":
            draft.findings.append(
                notice(
                    "quote.date_like_number",
                    where,
                    f"{token.content} may be a date or a number: not read as a price",
                )
            )


def _clock(scene: Scene, draft: Draft, token: Token) -> None:
    clock = time.fromisoformat(token.content.rjust(5, "0") if token.content.count(":") == 1
                               else token.content.rjust(8, "0"))  # fmt: skip
    draft.said["clock"] = scene.read(token.content, token, token, Certainty.STATED)
    if scene.context.day is not None:
        instant = instant_text(at(scene.context.day, clock, scene.context.zone))
        draft.fields["concluded_at"] = scene.read(instant, token, token, Certainty.INHERITED)


def _date(scene: Scene, draft: Draft, token: Token, where: str) -> None:
    parts = [int(each) for each in _DATE_PARTS.findall(token.content)]
    context = scene.context.day
    certainty = Certainty.STATED
    if len(parts) < _FULL_DATE:
        if context is None:
            return
        parts = [context.year, *parts]
        certainty = Certainty.INHERITED
    try:
        stated = date(*parts)
    except ValueError:
        draft.findings.append(
            warning("quote.no_such_day", where, f"{token.content} is not a day of the calendar")
        )
        return
    after = scene.text.text[token.end : token.end + 9].strip()
    name = "delivery_date" if after.startswith(("交", "提", "到货", "deliver")) else "pricing_date"
    draft.fields[name] = scene.read(stated.isoformat(), token, token, certainty)
    if name == "pricing_date" and context is not None and stated != context:
        draft.findings.append(
            warning("quote.other_day", where, f"speaks of {stated}, the message is of {context}")
        )


def _tax_rate(scene: Scene, draft: Draft, tokens: list[Token]) -> None:
    if not tokens:
        return
    match = _TAX_RATE.search(scene.text.text, tokens[0].start, tokens[-1].end + 3)
    if match is None:
        return
    span = scene.text.span(match.start(), match.end())
    rate = match["a"] or match["b"]
    draft.fields["tax_rate"] = FieldRead(rate, Certainty.STATED, span, scene.context.locator)
    if (
        "tax" not in draft.fields
        and "不" not in scene.text.text[max(0, match.start() - 1) : match.start()]
    ):
        draft.fields["tax"] = FieldRead("included", Certainty.STATED, span, scene.context.locator)


def _acts(draft: Draft, tokens: list[Token]) -> None:
    acts = [each.content for each in tokens if each.role == "act"]
    if acts:
        draft.act = "withdraw" if "withdraw" in acts else acts[0]
