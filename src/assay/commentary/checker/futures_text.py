"""Futures statements in English prose, read by section and role.

One statement is the stretch of sentences about one contract up to the next one. Open,
high, low, close, change, percent, base, volume, open interest and the positions label
are found by the words around them. This module never judges.
"""

from __future__ import annotations

import re
from decimal import Decimal

from assay.commentary.checker.claims import FuturesClaim
from assay.commentary.checker.contracts import Mention, mentions
from assay.commentary.checker.scan import NUMBER, number, places, sentences, snippet
from assay.commentary.checker.words import last_movement, movements, sign_of

_PRICE = rf"\$?(?P<n>{NUMBER})(?!\s?(?:lots|%|percent|mt\b))"
_FILL = r"(?:\s(?:at|of|to|was|were|the|a|an|around|about|near|nearly|day's|session's|intraday|daily|session|price|higher|lower|flat|slightly|sharply|overnight|today|last|night|evening|friday|level|point|slight|finally|up|down|back|and|peaked|bottomed|highest|lowest|high|low|opening|reported|it|on|yesterday|mark|close|with|only|yuan)){0,8}\s"
_OPEN = re.compile(rf"\b(?:open(?:ed|ing|s)?)(?P<fill>{_FILL}){_PRICE}", re.IGNORECASE)
_CLOSE = re.compile(
    rf"\b(?:closed|closing|closes|to close|settled|settling|settle|finished|finish|ended|ending)(?P<fill>{_FILL}){_PRICE}(?!\s(?:yuan/mt\s|points\s)?(?:lower|higher))",
    re.IGNORECASE,
)
_CLOSE_LATE = re.compile(
    rf"(?:to|at)\s{_PRICE}(?:\s(?:yuan/mt|usd/mt))?\s(?:by|at|towards?|near|into)\s(?:the\s)?(?:close|end of the (?:night )?session)",
    re.IGNORECASE,
)
_HIGH = re.compile(
    rf"(?:\bhigh(?:est)?(?:-end)?(?:\s(?:point|price|level))?|\bpeak(?:ed|ing)?|\bsurg(?:ed|ing)|\bclimb(?:ed|ing)|\brebound(?:ed|ing)|\brall(?:ied|ying)|\bsoar(?:ed|ing)|\bjump(?:ed|ing)|\brose|\brising|\brecover(?:ed|ing))(?P<fill>{_FILL}){_PRICE}",
    re.IGNORECASE,
)
_LOW = re.compile(
    rf"(?:\blow(?:est)?(?:-end)?(?:\s(?:point|price|level))?|\bbottom(?:ed|ing)?(?:\sout)?|\bdipp(?:ed|ing)|\bfell|\bfalling|\bdropp(?:ed|ing)|\bplung(?:ed|ing)|\bslid|\bdeclin(?:ed|ing)|\btrough(?:ed)?)(?P<fill>{_FILL}){_PRICE}",
    re.IGNORECASE,
)
_STATED = re.compile(
    rf"\b(?:hit|hitting|touched|touching|reached|reaching|with|and)\s(?:an?\s|the\s)(?:intraday\s|day's\s|session\s)?"
    rf"(?P<what>high|low)(?:-end)?(?:\spoint|\sprice)?\s(?:of|at)\s{_PRICE}",
    re.IGNORECASE,
)
_BYWORD = re.compile(
    r"(?:previous|prior|recent|resistance|support|former|historical|key|psychological|earlier|"
    r"breaking|break|above|below|week's|month's|year)\s(?:\w+\s){0,3}$",
    re.IGNORECASE,
)
_CHANGE = re.compile(
    rf"(?P<word>\bup|\bdown|\brose|\brising|\bfell|\bfalling|\bgained|\bgaining|\blost|\blosing|\bdropped|\bdropping|"
    rf"\bincreased|\bdecreased|\bdeclined|\bdeclining|\b(?:an? )?(?:gain|increase|rise|decrease|decline|drop|loss|fall) of|[+-](?=\d))"
    rf"(?:\s(?:by|a|just|only|slightly|sharply|about|around|modestly)){{0,3}}\s?\$?(?P<n>{NUMBER})(?!\s?(?:%|lots|mt\b))"
    r"(?!\s?-\s?\d)",
    re.IGNORECASE,
)
_LOWER = re.compile(
    rf"\b(?P<n>{NUMBER})(?:\s(?:yuan/mt|usd/mt|yuan))?\s(?P<word>lower|higher)\sthan", re.IGNORECASE
)
_UNCHANGED = re.compile(r"\b(?:unchanged|flat|held steady)\b", re.IGNORECASE)
_PCT = re.compile(rf"(?P<sign>[+-]?)(?P<n>{NUMBER})\s?%")
_BASE = re.compile(
    r"(?:from|than|compared (?:with|to)|versus|vs\.?|over|on|against|relative to)\s+(?:the\s+|that of the\s+|its\s+)?"
    r"(?P<base>(?:previous|prior|last|preceding|listing|yesterday|settlement)(?:[^,.;()\n]|,(?=\d{3})){0,60})",
    re.IGNORECASE,
)
_BASE_VALUE = re.compile(
    rf"(?:price|settlement|close|benchmark)\s(?:of|at)\s\$?(?P<n>{NUMBER})", re.IGNORECASE
)
_AMOUNT = rf"(?:\s(?:was|were|stood|at|reached|of|totaled|came|in|recorded|only|around|about|is|fell|rose|decreased|increased|dropped|declined|to|slightly|sharply)){{1,5}}\s(?P<n>{NUMBER})(?!\s?%)(?:\slots)?(?P<tail>[^.;]{{0,80}})"
_VOLUME = re.compile(rf"\b(?:trading\s)?volumes?{_AMOUNT}", re.IGNORECASE)
_INTEREST = re.compile(rf"\bopen interest{_AMOUNT}", re.IGNORECASE)
_BY_TO = re.compile(
    rf"\b(?P<what>open interest|(?:trading )?volume)\s(?:was\s)?(?P<word>decreased|increased|fell|rose|dropped|declined|up|down)(?:\sby)?\s(?P<d>{NUMBER})(?:\slots)?(?:\sto\s(?P<n>{NUMBER}))?",
    re.IGNORECASE,
)
_TAIL_CHANGE = re.compile(
    rf"^\s?,?\s?\(?(?:(?P<sign>[+-])(?P<a>{NUMBER})|(?:an?\s)?(?P<word>up|down|decrease|increase|decreased|increased|gain|drop|decline|rise)(?:\s(?:of|by))?\s(?P<b>{NUMBER}))(?!\s?%)(?!\s?(?:yuan|usd))",
    re.IGNORECASE,
)
_POSITIONS = (
    re.compile(r"\b(?P<who>bulls?|longs?|bears?|shorts?)'?\s(?:\w+\s){0,3}?(?P<act>adding|add(?:ed)?|increas\w+|reduc\w+|cover\w+|cut\w*|liquidat\w+)\s(?:their\s|more\s|long\s|short\s)?positions?", re.IGNORECASE),
    re.compile(r"\b(?P<who>bulls?|longs?|bears?|shorts?)\s(?:mainly\s)?(?:leading|dominating|dominated|led)\sthe\s(?P<act>increase|reduction|decrease)\s(?:in|of)\spositions", re.IGNORECASE),
    re.compile(r"\bwith the (?P<act>increase|reduction|decrease) (?:mainly )?(?:driven|led) by (?P<who>bulls?|longs?|bears?|shorts?)", re.IGNORECASE),
    re.compile(r"\b(?P<act>reduced|increased) (?P<who>bear|bull|short|long) positions", re.IGNORECASE),
)  # fmt: skip
NEAR_WORD = 40
_SUMS_UP = re.compile(
    r"open interest|volume|mainly|domina|suggest|indicat|driven|led by|lead", re.IGNORECASE
)
_ALIKE = re.compile(
    r"(?:than|from|against|over|versus|to) (?:that of |in )?(?:the )?(?:night before|(?:previous|last|prior) night)",
    re.IGNORECASE,
)
_NIGHT = re.compile(r"\bovernight\b|(?<!no )\bnight\b|last evening", re.IGNORECASE)
_DAY = re.compile(r"\btoday\b|during the day\b|day(?:time)? session|daytime trading", re.IGNORECASE)
_SPOT = re.compile(r"\b(?:A00|ADC12|spot price|spot primary)\b")
_VERBS = re.compile(
    r"\bopen(?:ed|ing)?\b|\bclos(?:ed|ing)\b|\bsettl(?:ed|ing)\b|\bfinish(?:ed)?\b", re.IGNORECASE
)


def read_futures(where: str, text: str) -> list[FuturesClaim]:
    """Every futures statement of one section."""
    kept = [each for each in sentences(text) if not _SPOT.search(each) or _VERBS.search(each)]
    kept = [_without_spot(each) for each in kept]
    groups: list[tuple[Mention, list[str]]] = []
    for sentence in kept:
        named = _first_mention(sentence)
        same = named is None or (groups and _same(groups[-1][0], named))
        if groups and same:
            groups[-1][1].append(sentence)
        elif named is not None:
            groups.append((named, [sentence]))
        elif where == "futures" and not groups:
            groups.append((Mention(0, "AD", None), [sentence]))
    claims = [_statement(where, mention, parts) for mention, parts in groups]
    return [claim for claim in claims if claim.close is not None or claim.open is not None]


def _without_spot(sentence: str) -> str:
    match = _SPOT.search(sentence)
    return sentence[: match.start()] if match else sentence


def _first_mention(sentence: str) -> Mention | None:
    named = mentions(sentence)
    if not named:
        return None
    shfe = [each for each in named if each.contract]
    return shfe[0] if shfe and not named[0].product.startswith("LME") else named[0]


def _same(left: Mention, right: Mention) -> bool:
    if left.contract and right.contract:
        return left.contract[-4:] == right.contract[-4:] and (
            left.product == right.product or {left.product, right.product} <= {"AD", "AL"}
        )
    return left.product == right.product


def _statement(where: str, mention: Mention, parts: list[str]) -> FuturesClaim:
    text = " ".join(parts)
    claim = FuturesClaim(where, mention.product, mention.contract, said=snippet(text), words=text)
    claim.volume_alike = bool(_ALIKE.search(text))
    claim.session = "night" if _NIGHT.search(text) else ("day" if _DAY.search(text) else None)
    story, rest = _story(text)
    _prices(claim, story)
    _stated_extremes(claim, text)
    _change(claim, rest)
    _amounts(claim, text)
    claim.positions = _positions(rest if claim.close is not None else text)
    return claim


def _story(text: str) -> tuple[str, str]:
    """(up to and with the close, from the close on)."""
    for pattern in (_CLOSE, _CLOSE_LATE):
        match = pattern.search(text)
        if match:
            later = _CLOSE.search(text, match.end()) if pattern is _CLOSE_LATE else None
            end = later or match
            return text[: end.end()], text[end.end("n") :]
    return text, text


def _prices(claim: FuturesClaim, story: str) -> None:
    opened, closed = _OPEN.search(story), _CLOSE.search(story) or _CLOSE_LATE.search(story)
    claim.open = number(opened["n"]) if opened else None
    claim.close = number(closed["n"]) if closed else None
    claim.open_at = _extreme_word(opened["fill"]) if opened else None
    claim.close_at = (
        _extreme_word(closed["fill"]) if closed and "fill" in closed.groupdict() else None
    )
    taken = {match.start("n") for match in (closed,) if match}
    claim.high = _extreme(_HIGH, story, max, taken)
    claim.low = _extreme(_LOW, story, min, taken)
    if claim.high is None and claim.open_at == "high":
        claim.high = claim.open
    if claim.low is None and claim.open_at == "low":
        claim.low = claim.open


def _stated_extremes(claim: FuturesClaim, text: str) -> None:
    """Extremes named after the close: "with the low-end of 8,603 and the high-end of ..."."""
    for match in _STATED.finditer(text):
        what = match["what"].lower()
        if getattr(claim, what) is None:
            setattr(claim, what, number(match["n"]))


def _extreme_word(fill: str) -> str | None:
    fill = fill.lower()
    if re.search(r"\b(?:high|highest|peaked)\b", fill):
        return "high"
    return "low" if re.search(r"\b(?:low|lowest|bottomed)\b", fill) else None


def _extreme(pattern: re.Pattern[str], story: str, pick: object, taken: set[int]) -> Decimal | None:
    found = []
    for match in pattern.finditer(story):
        if match.start("n") in taken and not re.search(r"high|low", match.group(), re.IGNORECASE):
            continue
        if _BYWORD.search(story[max(0, match.start() - 30) : match.start()]):
            continue
        if re.search(r"\bby\b", match["fill"], re.IGNORECASE):
            continue
        value = number(match["n"])
        if value is not None:
            found.append(value)
    return (max(found) if pick is max else min(found)) if found else None


def _change(claim: FuturesClaim, rest: str) -> None:
    reach = rest[:260]
    match = _CHANGE.search(reach) or _LOWER.search(reach)
    percent = _PCT.search(reach)
    if match and not re.search(r"volume|open interest|lots", reach[: match.start()], re.IGNORECASE):
        word = match["word"]
        sign = {"+": 1, "-": -1, "higher": 1, "lower": -1}.get(word.lower(), 0) or _sign(word)
        value = number(match["n"])
        claim.change = None if value is None else sign * value
    elif _UNCHANGED.search(reach[:60]):
        claim.change = Decimal(0)
    if percent and not re.search(
        r"volume|open interest|RSI|lots", reach[: percent.start()], re.IGNORECASE
    ):
        claim.pct, claim.pct_places = _percent(claim, percent, reach), places(percent["n"])
    base = _BASE.search(reach)
    if base:
        claim.base_words = base["base"].strip()
        claim.base = base_class(claim.base_words)
        stated = _BASE_VALUE.search(base["base"])
        claim.base_value = number(stated["n"]) if stated else None
    claim.movement = last_movement(reach[: percent.start()] if percent else reach[:80])


def _sign(word: str) -> int:
    for part in word.lower().split():
        if sign_of(part):
            return sign_of(part)
    return 1 if re.search(r"gain|increase|rise", word, re.IGNORECASE) else -1


def _percent(claim: FuturesClaim, match: re.Match[str], reach: str) -> Decimal | None:
    value = number(match["n"])
    if value is None:
        return None
    if match["sign"]:
        return -value if match["sign"] == "-" else value
    near = [
        move for at, move in movements(reach[: match.start()]) if match.start() - at < NEAR_WORD
    ]
    if near:
        return near[-1].sign * value
    return -value if (claim.change or 0) < 0 else value


def base_class(words: str) -> str:
    """``settlement``, ``close``, ``listing`` or ``day`` for the words of a base."""
    lowered = words.lower().replace("_", " ")
    if "settle" in lowered:
        return "settlement"
    if "listing" in lowered or "benchmark" in lowered:
        return "listing"
    if re.search(r"\bclos", lowered):
        return "close"
    return "day"


def _amounts(claim: FuturesClaim, text: str) -> None:
    for pattern, what in ((_VOLUME, "volume"), (_INTEREST, "open_interest")):
        match = pattern.search(text)
        if match and not _is_change(match):
            setattr(claim, what, number(match["n"]))
            delta = "volume_change" if what == "volume" else "oi_change"
            setattr(claim, delta, _tail_change(match["tail"]))
    for match in _BY_TO.finditer(text):
        _by_to(claim, match)


def _by_to(claim: FuturesClaim, match: re.Match[str]) -> None:
    """Change first, level after: "decreased by 210 to 9,249"."""
    step = number(match["d"])
    if step is None:
        return
    level = number(match["n"]) if match["n"] else None
    if "interest" in match["what"].lower():
        claim.oi_change = sign_of(match["word"]) * step
        claim.open_interest = level if level is not None else claim.open_interest
    else:
        claim.volume_change = sign_of(match["word"]) * step
        claim.volume = level if level is not None else claim.volume


def _is_change(match: re.Match[str]) -> bool:
    lead = match.group()[: match.start("n") - match.start()]
    return bool(
        re.search(r"\b(?:fell|rose|decreased|increased|dropped|declined)\b", lead)
    ) and not re.search(r"\bto\s$", lead)


def _tail_change(tail: str) -> Decimal | None:
    match = _TAIL_CHANGE.search(tail)
    if not match:
        return None
    value = number(match["a"] or match["b"])
    if value is None:
        return None
    if match["sign"]:
        return -value if match["sign"] == "-" else value
    return _sign(match["word"]) * value


def _positions(text: str) -> tuple[str, str, str] | None:
    """The label after the close; what bulls did in the middle of a session is no label."""
    told = " ".join(each for each in sentences(text) if _SUMS_UP.search(each))
    for pattern in _POSITIONS:
        match = pattern.search(told)
        if match and not re.search(
            r"\b(?:rather than|not|instead of|without)\b[^.]{0,40}$", told[: match.start()]
        ):
            who = "bulls" if match["who"].lower().startswith(("bull", "long")) else "bears"
            act = "adding" if re.match(r"add|increas", match["act"], re.IGNORECASE) else "reducing"
            return who, act, snippet(match.group())
    return None
