"""Sections of a published comment: headline, lede, header line, labelled paragraphs.

Section names drift between days and publishers; each is brought to one of our names.
This module never reads a price.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

from assay.commentary.checker.claims import DatedWord
from assay.commentary.checker.dates import MONTH_DAY, dated, full_date, pair_of
from assay.commentary.checker.scan import normalised, snippet

_LABELS = (
    ("futures", r"Futures(?: Markets?| side| market side)?"),
    ("spread", r"(?:Spot-Futures (?:Price )?Spread|(?:Daily )?Basis|Price Spread)(?: Daily)?(?: Report)?"),
    ("warrants", r"(?:Daily )?Warrants?(?: Daily)?(?: Reports?)?"),
    ("industry", r"Industry (?:Dynamics|News|Updates?)|Macro(?: and Market News| side| front)?"),
    ("scrap", r"Aluminum Scrap(?: Markets?| Side)?|Scrap(?: Market)?"),
    ("silicon", r"Silicon(?: Metal)?(?: Market| side)?"),
    ("overseas", r"Overseas(?: Markets?)?|Import(?: Market)?"),
    ("inventory", r"Inventory(?: side)?|Social Inventory"),
    ("spot", r"Spot Markets?(?: side)?|Spot side|Spot"),
    ("summary", r"Summary|Market Summary|SMM Commentary|Conclusion"),
    ("source", r"\[?Data Source Statement|Source Statement"),
)  # fmt: skip
_LABEL = re.compile(
    r"(?:^|(?<=\n)|(?<=[.!?\])] )|(?<=# )|(?<=\*\*))[ \t>#*]*(?:"
    + "|".join(f"(?P<{name}>{pattern})" for name, pattern in _LABELS)
    + r")\s?\*{0,2}[:：]\*{0,2}",
    re.IGNORECASE,
)
_HEADER_WORDS = r"(?:Morning Comment|Daily Review|Daily Commentary|Midday Review|Morning Meeting|Brief Comment|Evening Comment|Daily Comment|Weekly Review|Weekly Comment|Comment)"
_HEADERS = (
    re.compile(rf"^\W*(?P<month>\d{{1,2}})\.(?P<day>\d{{1,2}})\s.*{_HEADER_WORDS}", re.IGNORECASE),
    re.compile(
        rf"{_HEADER_WORDS}.*?\b(?:on |of )?(?P<month>\d{{1,2}})\.(?P<day>\d{{1,2}})\W*$",
        re.IGNORECASE,
    ),
    re.compile(rf"^\W*{MONTH_DAY}.*{_HEADER_WORDS}"),
    re.compile(rf"{_HEADER_WORDS}.*?\b{MONTH_DAY}\W*$"),
)
_DATELINES = (
    re.compile(rf"\bSMM(?: News)?(?: reported)?,?\s(?:on )?{MONTH_DAY}\s*(?:News)?:"),
    re.compile(rf"^\s*[A-Z]{{4,}},? {MONTH_DAY} \([A-Z]{{2,}}\)", re.MULTILINE),
    re.compile(rf"^\s*SMM [A-Z][a-z]+ {MONTH_DAY}(?: News)?:", re.MULTILINE),
    re.compile(rf"^\s*Dateline:? {MONTH_DAY}", re.MULTILINE | re.IGNORECASE),
)


LONGEST_HEADLINE, LONGEST_HEADER, LONGEST_BYLINE, SHORTEST_LEDE = 300, 120, 90, 160
SHORT_LINE = 80


@dataclass(slots=True)
class Section:
    """One labelled paragraph, or the lede, headline or unlabelled body."""

    name: str
    text: str


@dataclass(slots=True)
class Page:
    """A comment cut into its parts."""

    text: str
    published: date | None = None
    headline: str = ""
    lede: str = ""
    sections: list[Section] = field(default_factory=list)
    headers: list[DatedWord] = field(default_factory=list)
    datelines: list[DatedWord] = field(default_factory=list)

    def named(self, *names: str) -> list[Section]:
        """The sections with one of these names, in order."""
        return [section for section in self.sections if section.name in names]


def page_of(raw: str) -> Page:
    """Cut a published text into its parts."""
    text = normalised(raw)
    page = Page(text=text)
    page.published = _published(text)
    page.lede, rest = _lede(text)
    page.headers = _headers(text, page.published)
    page.datelines = _datelines(text, page.published)
    page.headline = _headline(text, page.lede)
    page.sections = _sections(rest.replace(page.headline, "", 1) if page.headline else rest)
    return page


def _published(text: str) -> date | None:
    for line in text.splitlines():
        if len(line) < LONGEST_BYLINE and not re.search(_HEADER_WORDS, line):
            day = full_date(line)
            if day:
                return day
    return None


def _lede(text: str) -> tuple[str, str]:
    """The bracketed lead ("[... Comment: ...] words") and the text without it."""
    for match in re.finditer(r"^\W{0,3}\[[^\n]+", text, re.MULTILINE):
        line = match.group()
        if (
            len(line) >= SHORTEST_LEDE
            and re.search(_HEADER_WORDS, line)
            and "Data Source" not in line
        ):
            return line, text[: match.start()] + text[match.end() :]
    return "", text


def _headline(text: str, lede: str) -> str:
    for line in (each.strip() for each in text.splitlines()):
        if (
            not line
            or line == lede.strip()
            or line.startswith(("Published", "icon"))
            or full_date(line)
        ):
            continue
        if len(line) < SHORT_LINE and any(
            pattern.search(line) for pattern in (*_HEADERS, *_DATELINES)
        ):
            continue
        if (
            _LABEL.match(line)
            or len(line) > LONGEST_HEADLINE
            or re.search(r"\b(?:opened|closed) (?:at|and)", line)
        ):
            return ""
        return re.sub(r"^(?:#+ |Home / Metal News / )", "", line)
    return ""


def _headers(text: str, near: date | None) -> list[DatedWord]:
    found = []
    for line in (each.strip() for each in text.splitlines()):
        if len(line) > LONGEST_HEADER or "Published" in line:
            continue
        for pattern in _HEADERS:
            match = pattern.search(line)
            if match and not re.match(r"\s*,?\s*20\d\d", line[match.end("day") :]):
                pair = pair_of(match["month"], match["day"])
                found.append(DatedWord("header", snippet(line), dated(pair, near), pair))
                break
    return found


def _datelines(text: str, near: date | None) -> list[DatedWord]:
    found: list[DatedWord] = []
    for pattern in _DATELINES:
        for match in pattern.finditer(text):
            pair = pair_of(match["month"], match["day"])
            words = snippet(match.group())
            if all(each.words != words for each in found):
                found.append(DatedWord("dateline", words, dated(pair, near), pair))
    return found


def _sections(text: str) -> list[Section]:
    marks = list(_LABEL.finditer(text))
    if not marks:
        return [Section("body", text)]
    found = []
    before = text[: marks[0].start()]
    if before.strip():
        found.append(Section("body", before))
    for index, mark in enumerate(marks):
        end = marks[index + 1].start() if index + 1 < len(marks) else len(text)
        name = next(key for key, group in mark.groupdict().items() if group)
        found.append(Section(name, text[mark.end() : end].strip()))
    return found
