"""Our own rendered text as sentences whose numbers are bound to the rows under it.

Both languages. A number may fit several rows; every row it fits is kept, and a rule
speaks only where none of them agrees. This module never judges and reads no table of
the generator: rows and prose are both on the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from assay.commentary.checker.own import OwnPage, Row
from assay.commentary.checker.scan import NUMBER, number, sentences
from assay.commentary.checker.words import band_of, movements

_PIECE = re.compile(
    rf"(?P<dollar>\$)?(?P<low>{NUMBER})(?:[-\u2013](?P<high>{NUMBER}))?(?P<unit>\s?(?:%|[a-z]+/[a-z]+|/[a-z]+|lots\b|mt\b)|(?:美元|元)/[千克吨磅]+|[手吨])?"
)
_SKIPPED = re.compile(
    r"^\W*(?:Published|发布|Draft|Approved|草稿|已由|Revision|修订|Not in this comment|本期未含|Data source|数据来源|Contact|联系)"
)
#: Names, times and days: their digits are no numbers of a row.
_NAMES = re.compile(
    r"[A-Z]{1,4}-?[0-9]+|#[0-9]+|[0-9]+#|[0-9]{1,2}:[0-9]{2}|[0-9]{1,2}月[0-9]{1,2}日|"
    r"\b(?:January|February|March|April|May|June|July|August|September|October|November|December) [0-9]{1,2}\b"
)
_ISO = re.compile(r"\d{4}-\d\d-\d\d")
_UNIT = re.compile(r"[\d.,\s](?P<unit>CNY/t|USD/t|lot|t|percent)(?:$|;)")
_BASE = re.compile(r"; from (?P<base>prev_\w+|full_day)\b")
_UP_ZH = r"上涨|上调|上升|上行|回升|反弹|走高|增加|暴涨|飙升|上冲"
_DOWN_ZH = r"下跌|下调|下降|下行|回落|走低|减少|暴跌|大跌|下探"
_MOVE_ZH = re.compile(rf"(?P<up>{_UP_ZH})|(?P<down>{_DOWN_ZH})")
_BANDS_ZH = (
    (4, re.compile("暴涨|暴跌|飙升")),
    (1, re.compile("小幅|略")),
    (3, re.compile("大幅|大跌")),
)
_FLAT = re.compile(r"\b(?:unchanged|held)(?: at)? $|(?:持平|持稳)于?$")
PLAIN = 2
CHANGES = ("change", "volume_change", "oi_change")
LEVELS = ("price", "range", "level", "total")


@dataclass(frozen=True, slots=True)
class Bound:
    """A number or range of a sentence: where, its words before it, the rows it fits."""

    start: int
    end: int
    gap: str
    words: str
    unit: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence with its bound numbers."""

    text: str
    bound: tuple[Bound, ...]

    def prefixes(self) -> set[str]:
        """The facts' stems that its numbers may belong to: ``fut``, ``a00``, ``scrap.region``."""
        return {stem(row.key) for each in self.bound for row in each.rows}


def stem(key: str) -> str:
    """``a00`` of ``a00.price``."""
    return key.rpartition(".")[0]


def leg(key: str) -> str:
    """``price`` of ``a00.price``."""
    return key.rpartition(".")[2]


def said(page: OwnPage) -> list[Said]:
    """The sentences of the prose, bound."""
    found = []
    for line in page.prose.splitlines():
        if line.strip() and not _SKIPPED.match(line):
            found += [_bind(page, text) for text in _parted(line.strip())]
    return found


def _parted(line: str) -> list[str]:
    return [part for each in sentences(line) for part in re.split(r"(?<=。)", each) if part]


def _bind(page: OwnPage, text: str) -> Said:
    masked = _NAMES.sub(lambda match: "\x00" * len(match.group()), text)
    found: list[Bound] = []
    last = 0
    for match in _PIECE.finditer(masked):
        values = {number(match["low"]), number(match["high"] or match["low"])}
        rows = tuple(row for row in page.rows.values() if _fits(row, values))
        if not rows:
            continue
        unit = ("$" if match["dollar"] else "") + (match["unit"] or "").strip()
        gap = re.split(r"[\]】]|: |：", text[last : match.start()])[-1]
        found.append(Bound(match.start(), match.end(), gap, match.group(), unit, rows))
        last = match.end()
    return Said(text, tuple(found))


def _fits(row: Row, values: set[Decimal | None]) -> bool:
    if row.behind or not row.numbers or row.key.startswith(("typed.", "day.", "name.")):
        return False
    shown = {abs(each) for each in row.numbers}
    return shown == values or (".region" in row.key and values == shown - {Decimal(0)})


def as_of(row: Row) -> date | None:
    """The day of a row."""
    match = _ISO.search(row.rest)
    try:
        return date.fromisoformat(match.group()) if match else None
    except ValueError:
        return None


def unit_of(row: Row) -> str:
    """The unit of a row's value, in the row's own spelling."""
    match = _UNIT.search(row.words)
    return match["unit"] if match else ""


def tax_of(row: Row) -> str:
    """``included``, ``excluded`` or nothing."""
    parts = {part.strip() for part in row.rest.split(";")}
    return next((tax for tax in ("included", "excluded") if tax in parts), "")


def base_of(row: Row) -> str:
    """What a change is counted from: ``prev_close`` and so on."""
    match = _BASE.search(row.rest)
    return match["base"] if match else ""


def is_forecast(text: str) -> bool:
    """Whether a sentence speaks of what is to come."""
    return bool(re.search(r"expected|[Ff]orecast|预计|预测|may |could ", text))


def is_longer(text: str) -> bool:
    """Whether the words speak of more than a day."""
    return bool(re.search(r"\b(?:week|month|year)|周度|本周|上周|本月|上月|年初|今年", text))


def movement(gap: str) -> tuple[int, int] | None:
    """(sign, strength) of the last direction word before a number; (0, 0) for flat."""
    gap = gap.replace("by up to", "by")
    if _FLAT.search(gap):
        return 0, 0
    english = movements(gap)
    chinese = list(_MOVE_ZH.finditer(gap))
    if english:
        at = english[-1][0]
        return english[-1][1].sign, band_of(gap[max(0, at - 10) : at + 30])
    if chinese:
        match = chinese[-1]
        around = gap[max(0, match.start() - 3) : match.end()]
        band = next((size for size, pattern in _BANDS_ZH if pattern.search(around)), PLAIN)
        return (1 if match["up"] else -1), band
    return None


def moved(rows: Mapping[str, Row], prefix: str) -> int | None:
    """The sign of the change that the rows give for a stem; None where they do not."""
    step = _only(rows.get(f"{prefix}.change"))
    if step is not None:
        return (step > 0) - (step < 0)
    for now, then in (("price", "base"), ("range", "before"), ("level", "before")):
        one, other = rows.get(f"{prefix}.{now}"), rows.get(f"{prefix}.{then}")
        if one and other and one.numbers and other.numbers:
            gap = sum(one.numbers) * len(other.numbers) - sum(other.numbers) * len(one.numbers)
            return (gap > 0) - (gap < 0)
    return None


def size(rows: Mapping[str, Row], prefix: str) -> Fraction | None:
    """The size of the change in percent that the rows give for a stem."""
    pct = _only(rows.get(f"{prefix}.pct"))
    if pct is not None:
        return abs(Fraction(pct))
    step, base = _only(rows.get(f"{prefix}.change")), _only(rows.get(f"{prefix}.base"))
    if step is not None and base:
        return abs(Fraction(step)) * 100 / Fraction(base)
    now, then = rows.get(f"{prefix}.range"), rows.get(f"{prefix}.before")
    if now and then and now.numbers and then.numbers and sum(then.numbers):
        middles = [Fraction(sum(each.numbers)) / len(each.numbers) for each in (now, then)]
        return abs(middles[0] - middles[1]) * 100 / middles[1]
    return None


def _only(row: Row | None) -> Decimal | None:
    return row.numbers[0] if row is not None and len(row.numbers) == 1 else None


def values(rows: Mapping[str, Row], *keys: str) -> list[Decimal] | None:
    """The single numbers of these rows; None when one is missing."""
    found = [_only(rows.get(key)) for key in keys]
    return None if None in found else [each for each in found if each is not None]


def headline(page: OwnPage) -> Iterator[str]:
    """The parts of the headline, one subject each."""
    first = next((line for line in page.prose.splitlines() if line.strip()), "")
    first = re.sub(r"\[[^\]]*\]|^#+ ", "", first)
    yield from (
        part.strip() for part in re.split(r"[,，;；]|(?<=[\u4e00-\u9fff]) ", first) if part.strip()
    )


def lead_headline(page: OwnPage) -> str | None:
    """The headline as the bracketed lead repeats it: ``[Title: headline] words``."""
    match = re.search(r"^\[[^\]:：]+[:：]\s?(?P<words>[^\]\n]*)\]", page.prose, re.MULTILINE)
    return match["words"] if match else None
