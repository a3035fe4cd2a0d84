"""Raw messages: each file is named by the hash of its salt and bytes.

An evidence file must be one that the journal archived, and every archived one that the
bundle shows must lie there, or be a tombstone that the journal explains.
"""

from __future__ import annotations

import re

from verifier.bundle import Bundle
from verifier.canonical import sha256
from verifier.chain import Journal
from verifier.report import Report

FOLDER = "evidence"
SALT_BYTES = 16
TOMBSTONE = b"assay tombstone: forgotten after its retention\n"
_NAME = re.compile(r"[0-9a-f]{64}\Z")


def check_evidence(bundle: Bundle, journal: Journal, report: Report) -> None:
    """The evidence folder against the journal's entries."""
    files = bundle.under(FOLDER)
    shredded = {each.body["reference"] for each in journal.of("evidence.shredded/1")}
    sizes: dict[str, int] = {}
    for act in journal.of("evidence.archived/1"):
        with report.place(act.where):
            reference = act.body["evidence"]
            sizes[reference] = act.body["size"]
            if reference.removeprefix("sha256:") not in files:
                report.problem("evidence.missing", act.where, f"{reference} is not in the bundle")
    for name, content in files.items():
        where = f"{FOLDER}/{name}"
        reference = f"sha256:{name}"
        if not _NAME.match(name) or reference not in sizes:
            report.problem("evidence.unknown", where, "the journal shows no such evidence")
        elif content == TOMBSTONE:
            if reference not in shredded:
                report.problem("evidence.forgotten", where, "no entry says why it was forgotten")
        elif sha256(content) != reference:
            report.problem("evidence.changed", where, "its hash is not its name")
        elif len(content) - SALT_BYTES != sizes[reference]:
            report.problem("evidence.size", where, f"the journal says {sizes[reference]} bytes")
    _check_references(journal, set(sizes), report)


def _check_references(journal: Journal, archived: set[str], report: Report) -> None:
    """What was read must have been archived before."""
    for act in journal.of("submission.received/1"):
        if act.body.get("evidence") not in archived:
            report.problem(
                "evidence.unarchived", act.where, f"{act.body.get('evidence')} was not archived"
            )
