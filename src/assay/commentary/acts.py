"""The acts on a comment: draft it, approve it by another person, publish it, revise it.

Everything goes through the ledger; the rendered files are evidence, and an approval is
bound to their content. A correction is a new revision with a reason, never a change.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

from assay.commentary.build import Built, House, final_files, render
from assay.core import Finding, Severity, instant_text, refused, utc
from assay.ledger import Draft, Entry, Ledger, Signer
from assay.ledger.book.comments import live_comment, published_comment


def next_revision(ledger: Ledger, report: str, day: date) -> int:
    """0 for a first comment, else one above the published revision."""
    with ledger.read() as connection:
        before = published_comment(connection, report, day)
    return 0 if before is None else int(before["revision"]) + 1


def draft_comment(
    ledger: Ledger,
    built: Built,
    *,
    actor: str,
    signer: Signer | None = None,
    editorial: Path | None = None,
    reason: str = "",
) -> Entry:
    """Record a built comment as a draft; one that our checker blocks is refused."""
    first = next(iter(built.comments.values()))
    place = f"{first.report} of {first.day}"
    if not built.publishable:
        worst = next(each for each in built.findings if each.severity is not Severity.INFO)
        raise refused(
            "comment.blocked", place, f"{worst.code} at {worst.where}: {worst.what_to_do}"
        )
    files = {name: ledger.evidence.put(content) for name, content in final_files(built).items()}
    document = ledger.evidence.put(editorial.read_bytes()) if editorial else None
    body = {
        "report": first.report, "day": first.day.isoformat(), "revision": first.revision,
        "content": built.content, "languages": built.languages, "facts": built.facts.digest,
        "files": files, "editorial": document, "reason": reason or first.reason,
        "findings": [each.document() for each in built.findings],
        "series": sorted({each.series for each in built.facts if each.series}),
    }  # fmt: skip
    return ledger.append([Draft("comment.drafted/1", actor, body)], signer=signer)[0]


def approve_comment(
    ledger: Ledger, report: str, day: date, content: str, *, actor: str, signer: Signer | None = None,
    words: str = "",
) -> Entry:  # fmt: skip
    """Approve exactly this content; the writer himself is refused."""
    with ledger.read() as connection:
        draft = live_comment(connection, report, day)
    if draft is None:
        raise refused(
            "comment.missing", f"{report} of {day}", "draft it first: assay comment draft"
        )
    body = {
        "report": report, "day": day.isoformat(), "revision": draft["revision"], "content": content,
        "words": words,
    }  # fmt: skip
    return ledger.append([Draft("comment.approved/1", actor, body)], signer=signer)[0]


def publish_comment(
    ledger: Ledger, report: str, day: date, *, actor: str, signer: Signer | None = None
) -> Entry:
    """Publish the approved draft: its files as they were approved."""
    with ledger.read() as connection:
        draft = live_comment(connection, report, day)
    if draft is None:
        raise refused("comment.missing", f"{report} of {day}", "draft and approve it first")
    body = {
        "report": report, "day": day.isoformat(), "revision": draft["revision"],
        "content": draft["content"], "languages": draft["languages"], "files": draft["files"],
        "published_at": instant_text(utc(ledger.clock())), "reason": draft["reason"],
    }  # fmt: skip
    return ledger.append([Draft("comment.published/1", actor, body)], signer=signer)[0]


def changed_since(ledger: Ledger, built: Built) -> dict[str, list[tuple[str, str, str]]]:
    """Per language, the sentences that differ from the last draft or publication: (id, old, new).

    Empty where there was none, or where it was recorded without its JSON.
    """
    first = next(iter(built.comments.values()))
    with ledger.read() as connection:
        row = live_comment(connection, first.report, first.day) or published_comment(
            connection, first.report, first.day
        )
    found: dict[str, list[tuple[str, str, str]]] = {}
    for language, comment in built.comments.items():
        name = next(
            (each for each in (row or {}).get("files", {}) if each.endswith(f".{language}.json")),
            None,
        )
        if row is None or name is None:
            continue
        before = json.loads(ledger.evidence.get(row["files"][name]))
        old = {
            each["id"]: each["text"] for part in before["sections"] for each in part["sentences"]
        }
        new = {each.id: each.text for part in comment.sections for each in part.sentences}
        found[language] = [
            (key, old.get(key, ""), new.get(key, ""))
            for key in dict.fromkeys([*old, *new])
            if old.get(key, "") != new.get(key, "")
        ]
    return found


def differences(before: Built, after: Built, language: str) -> list[tuple[str, str, str]]:
    """The sentences that differ between two builds in one language: (id, old, new)."""
    from assay.commentary.compose import changes

    return changes(before.comments[language], after.comments[language])


__all__ = [
    "Finding", "House", "approve_comment", "changed_since", "differences", "draft_comment", "next_revision",
    "publish_comment", "render",
]  # fmt: skip
