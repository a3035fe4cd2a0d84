"""Rules for our own comments, in both languages: every digit has its row (L1, L2, L11, L12).

Our renderers print the figures under the text. This module reads those rows and the
prose from the page alone: a number of the prose without a row, a row the prose never
states, a derived row its formula does not give, a wrong check letter, a broken seal.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction

from assay.commentary.checker.dates import dated, full_date, is_stale, pair_of
from assay.commentary.checker.rules import found
from assay.commentary.checker.scan import NUMBER, number, snippet
from assay.commentary.seal import check_letter, seal_of
from assay.core import Calendar, Finding

_ROW = re.compile(
    r"^\s*(?:[-*]\s)?(?P<behind>~)?(?P<key>[a-z]\w*(?:\.\w+)+) = (?P<rest>.+)$", re.MULTILINE
)
_HEAD = re.compile(r"^\s*(?:Figures|数据)\s*$", re.MULTILINE)
_SEAL = re.compile(r"^\s*(?:Seal|封印) (sha256:[0-9a-f]{16})\s*$", re.MULTILINE)
_TOKEN = re.compile(rf"(?<![A-Za-z\d#._])(?<!sha256:){NUMBER}(?![\d#]|[A-Za-z])")
_CODE = re.compile(r"\b[A-Z]{2}\d{4}\b", re.ASCII)
_NAMES = re.compile(r"\b[A-Z]{1,4}-?\d+\b|#\d+|\d+#", re.ASCII)
_DATES = (
    re.compile(r"(?P<year>20\d\d)年(?P<month>\d{1,2})月(?P<day>\d{1,2})日(?: (?P<clock>\d\d:\d\d))?"),
    re.compile(r"(?P<month>[A-Z][a-z]{2,8})\.? (?P<day>\d{1,2}), (?P<year>20\d\d)(?: (?P<clock>\d\d:\d\d))?"),
    re.compile(r"(?P<month>\d{1,2})月(?P<day>\d{1,2})日"),
    re.compile(r"\b(?P<month>January|February|March|April|May|June|July|August|September|October|November|December) (?P<day>\d{1,2})\b"),
    re.compile(r"(?<!\d)(?P<iso>20\d\d-\d\d-\d\d)(?!\d)"),
)  # fmt: skip
_CLOCK = re.compile(r"\b\d{1,2}:\d\d\b", re.ASCII)
_SAID = re.compile(r"; stated (?P<times>\d+)x$")
_AS = re.compile(r"; as (?P<key>[a-z]\w*(?:\.\w+)+)$")
_UNCOUNTED = re.compile(
    r"^\W*(?:Published|发布|Draft|Approved|草稿|已审核|Not in this comment|本期未含|Data source|数据来源|Contact|联系|\w+ \d{1,2} [A-Z][\w ]+$|\d+月\d+日 \w+$)"
)
_MONTH_NAMES = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_FORMULA = re.compile(r"(?P<left>[a-z]\w*(?:\.\w+)+) (?P<sign>[-/]) (?P<right>[a-z]\w*(?:\.\w+)+)")
_ENTRY = re.compile(r"\b(?P<seq>\d+)-(?P<letter>[A-Z])\b")
_PUBLISHED = re.compile(r"^\s*(?:Published: |发布：)(?P<when>.+)$", re.MULTILINE)
_FORECAST = re.compile(
    r"(?:^|(?<=[.。；;：:]))[^.。]*(?:is expected to|are expected to|预计)[^.。]*", re.MULTILINE
)
_SIGNED = re.compile(r"signed by|\(by |Forecast|署名|预测")
LIMIT_DAYS = 45


@dataclass(slots=True)
class Row:
    """One row under the text."""

    key: str
    behind: bool
    numbers: list[Decimal]
    rest: str
    formula: tuple[str, str, str] | None = None
    words: str = ""


@dataclass(slots=True)
class OwnPage:
    """Our own rendered text: prose, rows, day of publication."""

    prose: str
    rows: dict[str, Row] = field(default_factory=dict)
    block: str = ""
    published: date | None = None


def own_page(text: str) -> OwnPage | None:
    """The parts of our own comment; None when the text is somebody else's."""
    head = _HEAD.search(text)
    if not head or not _ROW.search(text, head.end()):
        return None
    page = OwnPage(text[: head.start()], block=text[head.end() :])
    for match in _ROW.finditer(page.block):
        row = _row(match)
        page.rows[row.key] = row
    when = _PUBLISHED.search(text)
    if when:
        page.published = _whole_date(when["when"])
    return page


def _whole_date(text: str) -> date | None:
    match = _DATES[0].search(text)
    if match:
        pair = pair_of(match["month"], match["day"])
        return date(int(match["year"]), *pair) if pair else None
    return full_date(text)


def _row(match: re.Match[str]) -> Row:
    value, _, about = match["rest"].partition(";")
    formula = _FORMULA.search(about)
    signed = [
        number(("-" if each.group(1) == "-" else "") + each.group(2))
        for each in re.finditer(
            r"(?<![\d.])([+-]?)((?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)", _ranges(value)
        )
    ]
    return Row(
        match["key"], bool(match["behind"]), [each for each in signed if each is not None],
        match["rest"], (formula["left"], formula["sign"], formula["right"]) if formula else None, value.strip(),
    )  # fmt: skip


def _ranges(value: str) -> str:
    """A range's hyphen is no minus sign."""
    return re.sub(r"(?<=\d)-(?=\d)", " to ", value)


def check_own(text: str, calendar: Calendar | None, raw: str = "") -> list[Finding]:
    """Findings on our own rendered text; empty for somebody else's. `raw` carries the seal."""
    page = own_page(text)
    if page is None:
        return []
    return [
        *_bound(page), *_stated(page), *_recomputed(page), *_references(page),
        *_days(page, calendar), *_byline(page), *_forecasts(page), *_sealed(raw or text),
    ]  # fmt: skip


def _known(page: OwnPage) -> tuple[set[Decimal], set[str], set[date], set[str]]:
    """Numbers, contract codes, days and clocks that the rows give."""
    numbers: set[Decimal] = set()
    codes: set[str] = set()
    days: set[date] = set()
    clocks: set[str] = set()
    for row in page.rows.values():
        numbers.update(abs(each) for each in row.numbers)
        codes.update(_CODE.findall(row.words))
        clocks.update(_CLOCK.findall(row.words))
        for match in re.finditer(r"\d{4}-\d\d-\d\d", row.rest):
            try:
                days.add(date.fromisoformat(match.group()))
            except ValueError:
                continue
    return numbers, codes, days, clocks


def _bound(page: OwnPage) -> Iterator[Finding]:
    """L1: every number, contract, date and clock of the prose has its row."""
    numbers, codes, days, clocks = _known(page)
    typed = {row.words for row in page.rows.values() if row.key.startswith("typed.")}
    prose = page.prose
    prose = _without_typed(prose, page)
    for code in _CODE.findall(prose):
        if code not in codes:
            yield found("number.unbound", f'"{code}"', "no row carries this contract")
    prose, wrong = _without_dates(prose, page, days)
    for words in wrong:
        yield found(
            "number.unbound",
            f'"{words}"',
            "no row has this day, and it is not the day of publication",
        )
    byline = _PUBLISHED.search(page.prose)
    published = _CLOCK.search(byline["when"]) if byline else None
    for clock in _CLOCK.findall(prose):
        if clock not in clocks and not (published and published.group() == clock):
            yield found("number.unbound", f'"{clock}"', "no row carries this time")
    prose = _NAMES.sub(" ", _CLOCK.sub(" ", _CODE.sub(" ", prose)))
    for match in _TOKEN.finditer(prose):
        value = number(match.group())
        if value is not None and value not in numbers and match.group() not in typed:
            around = snippet(prose[max(0, match.start() - 30) : match.end() + 15])
            yield found(
                "number.unbound",
                f'"{around}"',
                f"{match.group()} stands in no row: refer to a fact",
            )


def _without_typed(prose: str, page: OwnPage) -> str:
    for words in sorted(_typed_words(page), key=len, reverse=True):
        if not _plain_number(words):
            prose = re.sub(_alone(words), " ", prose)
    return prose


def _plain_number(words: str) -> bool:
    """Whether typed words are one number, which is counted like any other."""
    return bool(re.fullmatch(NUMBER, words))


def _typed_words(page: OwnPage) -> list[str]:
    return [
        line.split(" = ", 1)[1].partition(";")[0].strip()
        for line in page.block.splitlines()
        if re.match(r"^\s*(?:- )?typed\.[\w.]+ = ", line)
    ]


def _byline(page: OwnPage) -> Iterator[Finding]:
    """L6: the printed moment of publication is the one in the rows; sessions name known contracts."""
    row = page.rows.get("day.published")
    byline = _PUBLISHED.search(page.prose)
    if row is not None and byline is not None:
        clock = _CLOCK.search(byline["when"])
        printed = f"{page.published} {clock.group() if clock else '?'}"
        if printed != row.words:
            yield found("number.unbound", f'"{byline["when"]}"', f"the rows say {row.words}")
    codes = {each.words for each in page.rows.values() if each.key.endswith("contract")}
    for each in page.rows.values():
        for code in _CODE.findall(each.rest.partition(";")[2]):
            if codes and code not in codes:
                yield found(
                    "number.unbound",
                    f"{each.key}: {code}",
                    f"the contracts are {', '.join(sorted(codes))}",
                )


def _without_dates(prose: str, page: OwnPage, days: set[date]) -> tuple[str, list[str]]:
    wrong: list[str] = []

    def judge(match: re.Match[str]) -> str:
        parts = match.groupdict()
        day = _day(parts, page.published)
        if day is None or (day not in days and day != page.published):
            wrong.append(match.group())
        return " " + (parts.get("clock") or "") + " "

    for pattern in _DATES:
        prose = pattern.sub(judge, prose)
    return prose, wrong


def _day(parts: dict[str, str | None], near: date | None) -> date | None:
    try:
        if parts.get("iso"):
            return date.fromisoformat(str(parts["iso"]))
        pair = pair_of(str(parts["month"]), str(parts["day"]))
        if pair and parts.get("year"):
            return date(int(str(parts["year"])), *pair)
    except ValueError:
        return None
    return dated(pair, near)


def _stated(page: OwnPage) -> Iterator[Finding]:
    """L1: every row is stated as often as it says, no number more or less often."""
    names, words = _counts(page)
    expected: Counter[Decimal] = Counter()
    for row in page.rows.values():
        said = _SAID.search(row.rest)
        leader = _AS.search(row.rest)
        if leader and (
            leader["key"] not in page.rows or page.rows[leader["key"]].numbers != row.numbers
        ):
            yield found("fact.two_values", row.key, f"it should equal {leader['key']}")
        if not said:
            continue
        times = int(said["times"])
        if _worded(row):
            there = _times(page, row, names)
            if not row.key.startswith(("name.", "day.", "typed.")):
                times = _together(page, row.words)
            if there != times:
                yield found(
                    "number.unused",
                    row.key,
                    f"{row.words} stands {there} times in the prose, not {times}",
                )
        elif row.numbers:
            for value in {abs(each) for each in row.numbers if each}:
                expected[value] += times
        elif row.words and row.words not in page.prose and not row.key.startswith("quote."):
            yield found("number.unused", row.key, f"the prose never says {row.words!r}")
    for value in sorted({*expected, *words}):
        if value and expected[value] != words[value]:
            yield found(
                "number.unbound" if words[value] > expected[value] else "number.unused", f"{value}",
                f"stands {words[value]} times in the prose, its rows say {expected[value]}",
            )  # fmt: skip


def _counts(page: OwnPage) -> tuple[Counter[str], Counter[Decimal]]:
    """How often each name with digits and each free number stands in the prose."""
    prose = _body(page)
    names = Counter(_NAMES.findall(_CODE.sub(" ", prose)))
    prose = _without_typed(prose, page)
    for pattern in _DATES:
        prose = pattern.sub(" ", prose)
    numbers = [number(token) for token in _prose_tokens(prose)]
    return names, Counter(abs(each) for each in numbers if each is not None)


def _body(page: OwnPage) -> str:
    """The prose without byline, status, source and contact lines, which no row counts."""
    return "\n".join(line for line in page.prose.splitlines() if not _UNCOUNTED.match(line))


def _worded(row: Row) -> bool:
    """Whether the row is counted by its words and not by its number."""
    if row.key.startswith("typed."):
        return not _plain_number(row.words)
    apart = row.key.startswith(("name.", "day."))
    return apart or bool(_CODE.fullmatch(row.words) or _CLOCK.fullmatch(row.words))


def _together(page: OwnPage, words: str) -> int:
    """How often all rows with these words (one contract in two roles) say they are stated."""
    said = [_SAID.search(row.rest) for row in page.rows.values() if row.words == words]
    return sum(int(each["times"]) for each in said if each)


def _times(page: OwnPage, row: Row, names: Counter[str]) -> int:
    """How often the words of a name, day, contract or time stand in the prose."""
    body = _body(page)
    if row.key.startswith("name."):
        return names[row.words]
    if row.key.startswith("day."):
        forms = _forms(row.words)
        typed = [
            each
            for each in page.rows.values()
            if each.key.startswith("typed.") and each.words in forms
        ]
        apart = sum(int(said["times"]) for each in typed if (said := _SAID.search(each.rest)))
        return sum(len(re.findall(_alone(form), body)) for form in forms) - apart
    if row.key.startswith("typed."):
        days = [
            each
            for each in page.rows.values()
            if each.key.startswith("day.") and row.words in _forms(each.words)
        ]
        apart = sum(int(said["times"]) for each in days if (said := _SAID.search(each.rest)))
        return len(re.findall(_alone(row.words), body)) - apart
    return len(re.findall(_alone(row.words), body))


def _alone(words: str) -> str:
    """A pattern for these words with no digit running on; a year after a day is another date."""
    return rf"(?<![\d,.年]){re.escape(words)}(?![\d,.]\d|\d|, 20\d\d)"


def _forms(iso: str) -> tuple[str, ...]:
    """A day in both languages; nothing for a day no calendar has."""
    try:
        day = date.fromisoformat(iso)
    except ValueError:
        return ()
    return f"{_MONTH_NAMES[day.month - 1]} {day.day}", f"{day.month}月{day.day}日"


def _prose_tokens(prose: str) -> list[str]:
    return _TOKEN.findall(_NAMES.sub(" ", _CLOCK.sub(" ", _CODE.sub(" ", prose))))


def _recomputed(page: OwnPage) -> Iterator[Finding]:
    """L2: a derived row is what its formula gives."""
    for row in page.rows.values():
        if row.formula is None:
            continue
        left, sign, right = row.formula
        operands = [page.rows.get(left), page.rows.get(right)]
        if None in operands or len(row.numbers) != 1:
            yield found(
                "figure.recomputed", row.key, f"an operand of {left} {sign} {right} has no row"
            )
            continue
        numbers = [each.numbers[0] for each in operands if each is not None and each.numbers]
        if len(numbers) != len(operands):
            continue
        if not _fits(row.numbers[0], sign, numbers):
            yield found(
                "figure.recomputed",
                row.key,
                f"{left} {sign} {right} does not give {row.numbers[0]}",
            )


def _fits(value: Decimal, sign: str, operands: list[Decimal]) -> bool:
    if sign == "-":
        return value == operands[0] - operands[1]
    if not operands[1]:
        return False
    exact = Fraction(operands[0]) * 100 / Fraction(operands[1])
    return abs(Fraction(value) - exact) <= Fraction(1, 200)


def _references(page: OwnPage) -> Iterator[Finding]:
    """L1: entry numbers carry their check letter."""
    for row in page.rows.values():
        _, entry, after = row.rest.partition("entry ")
        if not entry:
            continue
        if not _ENTRY.search(after):
            yield found(
                "figure.reference",
                row.key,
                f"{after.strip()!r} is no entry reference such as 212-K",
            )
        for match in _ENTRY.finditer(after):
            if _letter(match["seq"], row) != match["letter"]:
                yield found(
                    "figure.reference",
                    row.key,
                    f"{match.group()}: the letter does not fit the number and its row",
                )


def _letter(seq: str, row: Row) -> str:
    """The check letter over an entry number and the digits of its row."""
    apart = ("entry ", "stated ", "named", "as ")
    parts = [part for part in row.rest.split("; ") if not part.startswith(apart)]
    return check_letter(seq + "; ".join([row.key, *parts]))


def _days(page: OwnPage, calendar: Calendar | None) -> Iterator[Finding]:
    """L6: rows dated after publication, or older than any section may be."""
    for row in page.rows.values():
        for match in re.finditer(r"\d{4}-\d\d-\d\d", row.rest):
            try:
                day = date.fromisoformat(match.group())
            except ValueError:
                yield found(
                    "date.unreadable", f"{row.key}: {match.group()}", "no calendar has this date"
                )
                continue
            if page.published is None:
                continue
            if day > page.published:
                yield found("asof.future", f"{row.key}: {day}", f"published on {page.published}")
            elif (page.published - day).days > LIMIT_DAYS or (
                _daily(row) and is_stale(day, page.published, calendar)
            ):
                yield found("asof.stale", f"{row.key}: {day}", f"published on {page.published}")


def _daily(row: Row) -> bool:
    """Whether the row states a value of the day itself (not a base, weekly or quoted one)."""
    apart = row.key.startswith(("inventory.", "quote.", "typed.", "forecast."))
    return (
        not apart
        and not row.key.endswith((".base", ".before", "_base", "_full"))
        and "_before" not in row.key
    )


def _forecasts(page: OwnPage) -> Iterator[Finding]:
    """L12: a forecast sentence names its author."""
    for match in _FORECAST.finditer(page.prose):
        rest = page.prose[match.start() : match.end() + 60]
        if not _SIGNED.search(rest):
            yield found(
                "forecast.unlabelled",
                f'"{snippet(match.group())}"',
                "sign the outlook and name its horizon",
            )


def _sealed(text: str) -> Iterator[Finding]:
    match = _SEAL.search(text)
    if match and seal_of(text[: match.start()]) != match.group(1):
        yield found("text.altered", "seal", "the words or figures are not those that were rendered")


def check_pair(english: str, chinese: str) -> list[Finding]:
    """L11: both languages of one comment state the same figures."""
    pages = own_page(english), own_page(chinese)
    if pages[0] is None or pages[1] is None:
        return [found("languages.differ", "figures", "one of the two texts has no rows of figures")]
    sides = [
        {key: row.rest for key, row in page.rows.items() if not key.startswith(("typed.", "name."))}
        for page in pages
        if page
    ]
    return [
        found(
            "languages.differ", key, f"English: {sides[0].get(key)}; Chinese: {sides[1].get(key)}"
        )
        for key in sorted({*sides[0], *sides[1]})
        if sides[0].get(key) != sides[1].get(key)
    ]
