"""Build a comment: gather, compose, check, render. Each language from one fact set.

A finding of our own checker that blocks, or a required section that is not there, stops
the build from being offered as publishable; the files are still written, marked as draft.
This module writes files only into the folder it is given.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from assay.commentary.checker import blocks, check_text
from assay.commentary.checker.own import check_pair
from assay.commentary.compose import Comment, Composer
from assay.commentary.editor import Editorial, load_editorial
from assay.commentary.fact_file import fact_file
from assay.commentary.facts import FactSet
from assay.commentary.figures import ZONE
from assay.commentary.gather import gather
from assay.commentary.page import html_page
from assay.commentary.phrases import LANGUAGES, Phrases
from assay.commentary.references import referring
from assay.commentary.sources import LedgerSource, Source
from assay.commentary.specification import Report, load_report
from assay.commentary.text import chat_text, markdown, plain_text
from assay.core import Calendar, CalendarNotAnnounced, Finding, Severity, at, digest, refused
from assay.ledger import Ledger

#: ``txt`` carries its figures and is what the checker reads; ``chat.txt`` is short, to be pasted.
FORMATS = ("html", "md", "txt", "json", "pdf", "chat.txt")
#: When the morning comment of a day leaves the house, in the agency's zone.
MORNING = time(9, 6)


@dataclass(frozen=True, slots=True)
class House:
    """What is read once: specification, phrase table, calendar."""

    report: Report
    phrases: Phrases
    calendar: Calendar | None = None
    exchange: Calendar | None = None

    @classmethod
    def load(cls, reference: Path, report: str, calendar: Calendar | None = None) -> House:
        """From the reference folder; an unknown report is refused with the known ones."""
        path = reference / "reports" / f"{report}.toml"
        if not path.is_file():
            known = sorted(each.stem for each in (reference / "reports").glob("*.toml"))
            raise refused("comment.report", report, f"known reports: {', '.join(known)}")
        phrases = Phrases.load(reference / "phrases/comment.toml")
        return cls(load_report(path), phrases, calendar, _exchange(reference))


def _exchange(reference: Path) -> Calendar | None:
    """The trading days of the futures exchange, where the reference has them."""
    path = reference / "calendars" / "shfe.toml"
    if not path.is_file():
        return None
    return Calendar.from_document(tomllib.loads(path.read_text(encoding="utf-8")))


@dataclass(slots=True)
class Built:
    """A built comment: one per language, its findings, its rendered files by name."""

    facts: FactSet
    editorial: Editorial
    comments: dict[str, Comment]
    findings: list[Finding] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    house: House | None = None

    @property
    def publishable(self) -> bool:
        """Whether nothing blocks."""
        return not blocks(self.findings)

    @property
    def languages(self) -> dict[str, str]:
        """The content digest of each language."""
        return {language: comment.digest for language, comment in self.comments.items()}

    @property
    def content(self) -> str:
        """The digest that an approval is bound to."""
        return digest(self.languages)


def build(
    source: Source,
    house: House,
    day: date,
    *,
    published: datetime | None = None,
    editorial: Path | None = None,
    languages: Iterable[str] = LANGUAGES,
    formats: tuple[str, ...] = FORMATS,
    revision: int = 0,
    reason: str = "",
) -> Built:
    """The comment of `day` in these languages and formats, checked by our own checker."""
    moment = published or at(day, MORNING, ZONE)
    facts, findings = gather(source, house.report, day, moment, house.exchange)
    wrote, problems = _editorial(editorial, house)
    composer = Composer(house.report, house.phrases)
    wrote, unbound = referring(composer, facts, wrote, day)
    findings = [*_no_day(house, day), *findings, *problems, *unbound]
    comments = {
        language: composer.compose(facts, wrote, language, revision=revision, reason=reason)
        for language in languages
    }
    built = Built(facts, wrote, comments, findings, house=house)
    built.findings += _checked(comments, house)
    built.files = render(comments, house, formats)
    if "json" in formats:
        shown = json.dumps(fact_file(facts), ensure_ascii=False, indent=1)
        suffix = f"-r{revision}" if revision else ""
        name = f"{house.report.id}-{day.isoformat()}{suffix}.facts.json"
        built.files[name] = (shown + "\n").encode("utf-8")
    return built


def _no_day(house: House, day: date) -> list[Finding]:
    """A comment of a day without publication is no comment."""
    try:
        closed = house.calendar.why_closed(day) if house.calendar else None
    except CalendarNotAnnounced as unknown:
        closed = str(unknown)
    if closed is None:
        return []
    words = f"{closed}: no comment is published; name a publication day"
    return [Finding("commentary.no_publication_day", Severity.ERROR, day.isoformat(), words)]


def _editorial(path: Path | None, house: House) -> tuple[Editorial, list[Finding]]:
    if path is None:
        return Editorial(house.report.id), []
    return load_editorial(path, house.report, house.phrases)


def _checked(comments: Mapping[str, Comment], house: House) -> list[Finding]:
    texts = {language: plain_text(comment, house.phrases) for language, comment in comments.items()}
    findings = [each for text in texts.values() for each in check_text(text, house.calendar)]
    if set(LANGUAGES) <= set(texts):
        findings += check_pair(texts["en"], texts["zh"])
    return findings


def render(
    comments: Mapping[str, Comment], house: House, formats: tuple[str, ...] = FORMATS
) -> dict[str, bytes]:
    """The files of a comment by name: ``cast-alloy-morning-2025-12-31.en.html`` and so on."""
    unknown = sorted(set(formats) - set(FORMATS))
    if unknown:
        raise refused("comment.format", ", ".join(unknown), f"formats: {', '.join(FORMATS)}")
    files: dict[str, bytes] = {}
    for language, comment in comments.items():
        suffix = f"-r{comment.revision}" if comment.revision else ""
        stem = f"{comment.report}-{comment.day.isoformat()}{suffix}.{language}"
        for name in formats:
            files[f"{stem}.{name}"] = _one(name, comment, house)
    return files


def final_files(built: Built) -> dict[str, bytes]:
    """The files as they leave the house once a second person has approved this content."""
    if built.house is None:
        return dict(built.files)
    formats = tuple(
        each for each in FORMATS if any(name.endswith(f".{each}") for name in built.files)
    )
    final = {language: replace(comment, final=True) for language, comment in built.comments.items()}
    return {**built.files, **render(final, built.house, formats)}


def _one(name: str, comment: Comment, house: House) -> bytes:
    if name == "html":
        return html_page(comment, house.report, house.phrases).encode("utf-8")
    if name == "md":
        return markdown(comment, house.phrases).encode("utf-8")
    if name == "txt":
        return plain_text(comment, house.phrases).encode("utf-8")
    if name == "chat.txt":
        return chat_text(comment, house.phrases).encode("utf-8")
    if name == "pdf":
        from assay.commentary.pdf import pdf_bytes

        return pdf_bytes(comment, house.report, house.phrases)
    shown = json.dumps(document_of(comment, house), ensure_ascii=False, indent=1)
    return (shown + "\n").encode("utf-8")


def document_of(comment: Comment, house: House) -> dict[str, Any]:
    """The comment as plain values: words with their facts, and the fact list."""
    return {
        "report": comment.report, "date": comment.day.isoformat(), "language": comment.language,
        "published": comment.published.isoformat(), "revision": comment.revision,
        "final": comment.final, "content": comment.digest,
        "title": comment.title, "headline": comment.headline.text,
        "lede": [sentence.id for sentence in comment.lede],
        "sections": [
            {
                "name": part.name, "title": part.title,
                "as_of": part.as_of.isoformat() if part.as_of else None,
                "sentences": [
                    {
                        "id": each.id, "text": each.text, "depends": sorted(each.depends),
                        "spans": [
                            {key: text for key, text in (("text", s.text), ("fact", s.fact), ("word", s.word), ("typed", s.typed)) if text}
                            for s in each.spans
                        ],
                    }
                    for each in part.sentences
                ],
            }
            for part in comment.sections
        ],
        "absent": [{"section": title, "reason": reason} for title, reason in comment.absent],
        "facts": [comment.facts[key].document() for key in _listed(comment)],
        "phrases": str(house.phrases.tables["effective"]),
    }  # fmt: skip


def _listed(comment: Comment) -> list[str]:
    stated = comment.used()
    behind = [key for key in comment.facts.facts if key not in stated]
    return [*stated, *behind]


def write(built: Built, out: Path) -> list[Path]:
    """The files, written into `out`."""
    out.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, content in built.files.items():
        path = out / name
        path.write_bytes(content)
        paths.append(path)
    return paths


def build_from(ledger: Ledger, house: House, day: date, **given: Any) -> Built:
    """`build` from a ledger's book, as known at the moment of publication."""
    moment = given.get("published") or at(day, MORNING, ZONE)
    with ledger.read() as connection:
        return build(LedgerSource(connection, moment), house, day, **given)
