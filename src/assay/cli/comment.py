"""`assay comment`: build the morning comment, check anybody's, approve and publish ours.

Chooses files and prints; the words, the rules and the acts are the commentary's own.
"""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, Parameter

from assay.cli.session import (
    FINDING,
    FINE,
    As,
    Date,
    Json,
    OptionalInstant,
    WrongUse,
    answer,
    say,
    say_finding,
    session,
    verdict,
)

if TYPE_CHECKING:
    from assay.commentary.build import Built, House

app = App(name="comment", help="The daily comment: build, check, approve, publish.")

Report = Annotated[str, Parameter(name="--report", help="Id of a file in reference/reports.")]
Languages = Annotated[str, Parameter(name="--lang", help="Languages, e.g. en,zh.")]
Editorial = Annotated[
    Path | None,
    Parameter(
        name="--editorial", help="The analyst's document; beside the agency's when left out."
    ),
]
DEFAULT = "cast-alloy-morning"


def _house(report: str) -> House:
    from assay.commentary.build import House

    reference = Path(session().settings.reference)
    return House.load(reference, report, _calendar(reference))


def _calendar(reference: Path) -> Any:
    import tomllib

    from assay.core import Calendar

    path = reference / "calendars" / "cn-publication.toml"
    if not path.is_file():
        return None
    return Calendar.from_document(tomllib.loads(path.read_text(encoding="utf-8")))


def _document(given: Path | None, day: date, report: str) -> Path | None:
    """The analyst's document: the one named, or the example agency's of this day."""
    if given is not None:
        if not given.is_file():
            raise WrongUse(str(given), "no such file")
        return given
    import tomllib

    folders = [Path(folder) for folder in (os.environ.get("AGENCY"), "examples/agency") if folder]
    root = Path(session().settings.reference).parent
    for folder in (*folders, root / "examples/agency"):
        path = folder / f"comment-{day.isoformat()}.toml"
        if path.is_file() and tomllib.loads(path.read_text("utf-8")).get("report") == report:
            return path
    return None


def _languages(text: str) -> tuple[str, ...]:
    from assay.commentary.phrases import LANGUAGES

    chosen = tuple(each.strip() for each in text.split(",") if each.strip())
    wrong = [each for each in chosen if each not in LANGUAGES]
    if wrong or not chosen:
        raise WrongUse(f"--lang {text}", f"languages: {', '.join(LANGUAGES)}")
    return chosen


def _build(day: date, report: str, languages: str, editorial: Path | None, **given: Any) -> Built:
    from assay.commentary.build import build_from

    house = _house(report)
    with session().ledger() as ledger:
        return build_from(
            ledger, house, day, editorial=_document(editorial, day, report),
            languages=_languages(languages), **given,
        )  # fmt: skip


def _say_findings(built: Built) -> None:
    for finding in built.findings:
        say_finding(finding)


@app.command
def build(
    *,
    date: Date,
    out: Annotated[Path, Parameter(name="--out", help="Folder to write into.")],
    report: Report = DEFAULT,
    lang: Languages = "en,zh",
    editorial: Editorial = None,
    published: Annotated[OptionalInstant, Parameter(name="--published")] = None,
    json: Json = False,
) -> int:
    """Write the comment of a day from the ledger: HTML, PDF, Markdown, text, JSON.

    Example: `assay comment build --date 2025-12-31 --out out`
    """
    from assay.commentary.build import write

    built = _build(date, report, lang, editorial, published=published)
    paths = write(built, out)
    document = {
        "report": report, "date": date, "content": built.content, "publishable": built.publishable,
        "files": [str(path) for path in paths],
        "findings": [each.document() for each in built.findings],
    }  # fmt: skip
    if not answer(document, json):
        _say_findings(built)
        say(*(str(path) for path in paths), f"content {built.content}")
    return verdict(built.findings) if built.publishable else FINDING


@app.command
def check(
    file: Path,
    *,
    previous: Annotated[
        Path | None,
        Parameter(name="--previous", help="The comment of the day before, for continuity."),
    ] = None,
    json: Json = False,
) -> int:
    """Check a comment, ours or anybody's: a text (English), or a fact file (.json).

    Example: `assay comment check comment.txt --json`
    """
    from assay.commentary.checker import blocks, check_file
    from assay.commentary.checker import document as checked

    for path in (file, previous):
        if path is not None and not path.is_file():
            raise WrongUse(str(path), "no such file")
    findings = check_file(file, _calendar(Path(session().settings.reference)), previous)
    if not answer(checked(file.name, findings), json):
        for finding in findings:
            say(str(finding))
        say(f"{file.name}: " + ("clean" if not blocks(findings) else f"{len(findings)} findings"))
    return FINDING if blocks(findings) else FINE


@app.command
def draft(
    *,
    date: Date,
    report: Report = DEFAULT,
    editorial: Editorial = None,
    reason: Annotated[str, Parameter(name="--reason", help="Why a published one is revised.")] = "",
    as_: As = None,
    json: Json = False,
) -> int:
    """Record the built comment as a draft; one that the checker blocks is refused.

    Example: `assay comment draft --date 2025-12-31 --as P-01`
    """
    from assay.commentary.acts import changed_since, draft_comment, next_revision
    from assay.commentary.build import build_from

    signer = session().must_sign(as_)
    house, path = _house(report), _document(editorial, date, report)
    with session().ledger() as ledger:
        revision = next_revision(ledger, report, date)
        built = build_from(ledger, house, date, editorial=path, revision=revision, reason=reason)
        _say_findings(built)
        changed = changed_since(ledger, built)
        entry = draft_comment(
            ledger, built, actor=str(as_), signer=signer, editorial=path, reason=reason
        )
    document = {
        "seq": entry.seq,
        "content": built.content,
        "revision": revision,
        "changed": changed,
    }
    if not answer(document, json):
        for language, rows in changed.items():
            for name, old, new in rows:
                say(f"{language} {name}", f"  - {old}", f"  + {new}")
        say(f"entry {entry.seq}: revision {revision}, content {built.content}")
    return verdict(built.findings)


@app.command
def approve(
    *,
    date: Date,
    content: Annotated[str, Parameter(name="--content", help="The digest that was read.")],
    report: Report = DEFAULT,
    as_: As = None,
    json: Json = False,
) -> int:
    """Approve exactly this content; the writer himself is refused.

    Example: `assay comment approve --date 2025-12-31 --content sha256:... --as P-03`
    """
    from assay.commentary.acts import approve_comment

    signer = session().must_sign(as_)
    with session().ledger() as ledger:
        entry = approve_comment(ledger, report, date, content, actor=str(as_), signer=signer)
    if not answer({"seq": entry.seq}, json):
        say(f"entry {entry.seq}: approved")
    return FINE


@app.command
def publish(*, date: Date, report: Report = DEFAULT, as_: As = None, json: Json = False) -> int:
    """Publish the approved comment.

    Example: `assay comment publish --date 2025-12-31 --as P-03`
    """
    from assay.commentary.acts import publish_comment

    signer = session().must_sign(as_)
    with session().ledger() as ledger:
        entry = publish_comment(ledger, report, date, actor=str(as_), signer=signer)
    if not answer({"seq": entry.seq, "files": entry.body["files"]}, json):
        say(f"entry {entry.seq}: published", *sorted(entry.body["files"]))
    return FINE
