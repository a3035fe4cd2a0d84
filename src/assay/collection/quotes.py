"""The quote language: a message in the trade's shorthand -> offered submissions.

Reads Chinese and English quotes, several in one message, each field with its span and
certainty and the list of what is missing. It offers; a person confirms. It never fills a gap
by guessing and never converts a unit.
"""

from __future__ import annotations

from dataclasses import replace

from assay.collection.lexicon import Lexicon
from assay.collection.phrases import phrases_of
from assay.collection.quote_checks import check_offer
from assay.collection.quote_fields import Captured, Draft, QuoteContext, Scene, capture, read_part
from assay.collection.reading import (
    Certainty,
    FieldRead,
    Offered,
    Reading,
    missing_fields,
    notice,
    refusal,
    warning,
)
from assay.collection.series_match import fill_from_card, match_series
from assay.collection.split import Part, parts_of
from assay.collection.text import LONGEST_MESSAGE, normalise
from assay.collection.tokens import tokens_of
from assay.core import Finding

#: What a heading or an earlier quote of the same message says for those that follow.
_HEADING_FIELDS = (
    "grade", "place", "kind", "side", "delivery", "pickup", "payment", "tax", "tax_rate",
    "pricing_date", "relation", "against",
)  # fmt: skip
_CARRIED_FIELDS = ("grade", "place", "kind", "side", "pricing_date")
_TERM_FIELDS = ("place", "delivery", "pickup", "payment", "tax", "tax_rate", "relation", "side")
_ANCHORS = ("grade", "place", "kind", "against", "unit")
_SHORT_SENTENCE = 60
#: More numbers than any message of quotes has.
_MOST_NUMBERS = 1_000
_NUMBER_ROLES = {"number", "premium"}
#: A later price with none of these of its own may be any number (a room, a bus, a QQ number).
_OWN = (*_ANCHORS, "premium_low", "quantity")
_DIGIT_CODES = {"quote.digit_lost_or_doubled", "quote.implausible_price"}


def read_quotes(text: str, lexicon: Lexicon, context: QuoteContext | None = None) -> Reading:
    """The quotes of one message text as offered submissions, with findings."""
    context = context or QuoteContext()
    if len(text) > LONGEST_MESSAGE:
        return refusal(
            "message.too_long",
            context.locator,
            f"{len(text)} characters are no quote (at most {LONGEST_MESSAGE}); read it by hand",
        )
    normal = normalise(text, lexicon.traditional)
    findings: list[Finding] = []
    if normal.invisible:
        findings.append(
            warning(
                "text.invisible_characters",
                context.locator,
                f"{normal.invisible} invisible characters were passed over: look at the original",
            )
        )
    found = tokens_of(normal.text, lexicon)
    if sum(token.role in _NUMBER_ROLES for token in found) > _MOST_NUMBERS:
        return refusal(
            "message.too_many_numbers",
            context.locator,
            f"more than {_MOST_NUMBERS} numbers are a table: ask for a workbook",
        )
    tokens, captured = capture(normal, found)
    scene = Scene(normal, tokens, lexicon, context)
    offers, loose = _offers(scene, captured)
    return Reading(offers=tuple(offers), findings=(*findings, *loose))


def _offers(scene: Scene, captured: list[Captured]) -> tuple[list[Offered], list[Finding]]:
    parts = parts_of(scene.tokens, phrases_of(scene.tokens))
    drafts: list[tuple[Part, Draft]] = []
    heading = Draft()
    loose: list[Finding] = []
    for part in parts:
        draft = read_part(scene, part, captured)
        if part.prices:
            draft.bare = bool(drafts) and not any(each in draft.fields for each in _OWN)
            _inherit(draft, heading, drafts[-1][1] if drafts else None)
            drafts.append((part, draft))
            continue
        if _is_regional_change(scene, draft) or _acts_alone(draft, drafts):
            _inherit(draft, heading, None)
            drafts.append((part, draft))
        elif drafts:
            _trail(drafts, draft)
        else:
            _head(heading, draft)
    offers: list[Offered] = []
    for part, draft in drafts:
        offer = _offer(scene, part, draft)
        if offer is None:
            loose.append(_without_context(scene, part))
        else:
            offers.append(offer)
    if not offers and not loose:
        offers = _without_number(scene, parts, captured)
    if not offers and not loose and _priceless(scene, heading):
        loose.append(
            warning(
                "quote.no_price",
                scene.context.locator,
                "names goods and a deal, and no number that can be read as a price: ask for it",
            )
        )
    if not offers and "mid" in heading.said and "grade" in heading.fields:
        loose.append(
            notice(
                "quote.mean_alone",
                scene.context.locator,
                f"states a mean ({heading.said['mid'].content}) and no price: not offered",
            )
        )
    return offers, loose


def _priceless(scene: Scene, heading: Draft) -> bool:
    """Whether the message quotes goods with numbers of which none is a price."""
    numbers = any(token.role in _NUMBER_ROLES for token in scene.tokens)
    return numbers and {"grade", "kind"} <= set(heading.fields) and "mid" not in heading.said


def _is_regional_change(scene: Scene, draft: Draft) -> bool:
    """A day's change of a grade at a place, said without any price."""
    if "change_low" not in draft.said:
        return False
    rule, _, _ = match_series(draft.fields, scene.lexicon, "", change=True)
    return rule is not None


def _acts_alone(draft: Draft, drafts: list[tuple[Part, Draft]]) -> bool:
    """A withdrawal without a price, when no quote stands before it in the message."""
    return draft.act == "withdraw" and not drafts


def _head(heading: Draft, draft: Draft) -> None:
    for name in _HEADING_FIELDS:
        if name in draft.fields:
            heading.fields[name] = draft.fields[name]
    heading.said.update(draft.said)
    heading.act = draft.act or heading.act


def _inherited(read: FieldRead) -> FieldRead:
    if read.certainty is Certainty.UNCERTAIN:
        return read
    return replace(read, certainty=Certainty.INHERITED)


def _inherit(draft: Draft, heading: Draft, before: Draft | None) -> None:
    own_kind = "kind" in draft.fields
    for name, read in heading.fields.items():
        if name == "side" and own_kind:
            continue
        if name == "against" and "premium_low" not in draft.fields:
            continue
        if name not in draft.fields:
            draft.fields[name] = _inherited(read)
    if before is not None:
        for name in _CARRIED_FIELDS:
            if name in before.fields and name not in draft.fields:
                if name == "side" and _kind_of(draft) != _kind_of(before):
                    continue
                draft.fields[name] = _inherited(before.fields[name])
    draft.act = draft.act or heading.act


def _kind_of(draft: Draft) -> str | None:
    read = draft.fields.get("kind")
    return None if read is None else read.content


def _trail(drafts: list[tuple[Part, Draft]], draft: Draft) -> None:
    """A sentence without a price: terms of the one quote before it, or of all of them."""
    alone = len(drafts) == 1
    names = (*_TERM_FIELDS, "kind", "quantity", "grade", "counterparty", "deal_reference", "basis")
    for _, quote in drafts if not alone else drafts[-1:]:
        for name in names if alone else _TERM_FIELDS:
            read = draft.fields.get(name)
            if read is not None and name not in quote.fields:
                quote.fields[name] = read if alone else _inherited(read)
    last = drafts[-1][1]
    if alone:
        for name, said in draft.said.items():
            last.said.setdefault(name, said)
        last.findings.extend(draft.findings)
    last.act = last.act or draft.act


def _offer(scene: Scene, part: Part, draft: Draft) -> Offered | None:
    where = scene.where(part)
    premium = any(each.role == "premium" for each in part.prices)
    act = draft.act or "submit"
    anchored = premium or draft.act is not None or any(each in draft.fields for each in _ANCHORS)
    if part.prices and not anchored:
        return None
    change = not part.prices and "change_low" in draft.said
    rule, series, found = match_series(draft.fields, scene.lexicon, where, change=change)
    fields = dict(draft.fields)
    if series is not None:
        fields["series"] = series
    if change:
        fields["low"], fields["high"] = draft.said["change_low"], draft.said["change_high"]
        if "change_unit" in draft.said:
            fields["unit"] = draft.said["change_unit"]
    if rule is not None:
        fields = fill_from_card(fields, rule)
    if fields.get("kind") is None or fields["kind"].content != "transaction":
        fields.pop("concluded_at", None)
    findings = [*draft.findings, *found]
    if not change:
        findings += check_offer(fields, draft.said, rule, scene.lexicon, where)
    findings += _remarks(scene, part, where)
    if draft.bare:
        findings.append(
            warning("quote.bare_number", where, "a number alone, read as a price: is it one?")
        )
    if draft.bare or any(each.code in _DIGIT_CODES for each in findings):
        fields = _doubt(fields)
    missing = () if act == "withdraw" else missing_fields(fields)
    inside = scene.tokens[part.first : part.last]
    return Offered(
        fields=fields,
        missing=missing,
        findings=tuple(findings),
        act=act,
        said=draft.said,
        text=scene.text.said(inside[0].start, inside[-1].end) if inside else "",
        locator=scene.context.locator,
    )


def _doubt(fields: dict[str, FieldRead]) -> dict[str, FieldRead]:
    return {
        name: replace(read, certainty=Certainty.UNCERTAIN) if name in {"low", "high"} else read
        for name, read in fields.items()
    }


def _remarks(scene: Scene, part: Part, where: str) -> list[Finding]:
    found: list[Finding] = []
    if part.crowded:
        found.append(
            warning("quote.two_prices", where, "two prices side by side: a range, or two quotes?")
        )
    for phrase in part.phrases:
        if phrase.role == "unread" and phrase.low is not None:
            shown = scene.text.said(phrase.start, phrase.end)
            found.append(
                notice("quote.number_unread", where, f"{shown!r} has no unit and was not used")
            )
    return found


def _without_context(scene: Scene, part: Part) -> Finding:
    return notice(
        "quote.number_without_context",
        scene.where(part),
        "a number that may be a price, but no grade, place or kind: not offered",
    )


def _without_number(scene: Scene, parts: list[Part], captured: list[Captured]) -> list[Offered]:
    """A short sentence that quotes "around the average" without any number."""
    for part in parts:
        inside = scene.tokens[part.first : part.last]
        if not inside or inside[-1].end - inside[0].start > _SHORT_SENTENCE:
            continue
        draft = read_part(scene, part, captured)
        if "kind" not in draft.fields or "against" not in draft.fields:
            continue
        finding = warning(
            "quote.no_number",
            scene.where(part),
            "quotes against something without saying how far: ask for the number",
        )
        return [
            Offered(
                fields=draft.fields,
                missing=missing_fields(draft.fields),
                findings=(finding,),
                act=draft.act or "submit",
                text=scene.text.said(inside[0].start, inside[-1].end),
                locator=scene.context.locator,
            )
        ]
    return []
