"""All checks of one bundle, in order. Trusts the public key it is given and nothing else.

A check that cannot be carried out is a failed check; what fails early does not stop what
comes later, so that the report names every place.
"""

from __future__ import annotations

from pathlib import Path

from verifier.approvals import check_approvals
from verifier.bundle import FORMAT, HEADS, JOURNAL, MANIFEST, Bundle, read_bundle
from verifier.canonical import Malformed
from verifier.chain import Journal, check_times, read_journal
from verifier.days import Days, read_days
from verifier.documents import read_documents
from verifier.evidence import check_evidence
from verifier.keys import (
    Key,
    check_heads,
    check_kept,
    check_seal,
    check_signatures,
    present_key,
    read_public_key,
    registered_keys,
)
from verifier.recompute import recompute_all
from verifier.report import Report
from verifier.tables import check_tables
from verifier.windows import check_windows

#: What only an auditor is shown.
SECRET_KINDS = ("submission.", "evidence.", "person.", "contributor.", "submitter.")


def verify(folder: Path, key_file: Path, kept: Path | None = None) -> Report:
    """The report on the bundle in `folder`.

    Raises `NotABundle` or `NotAKey` where there is nothing to check or to check with.
    """
    report = Report()
    public = read_public_key(key_file)
    bundle = read_bundle(folder, report)
    journal = Journal()
    with report.place(JOURNAL):
        journal = read_journal(bundle.files[JOURNAL], report)
    if not journal.digests:
        report.problem("journal.empty", JOURNAL, "it holds no entry")
        return report
    with report.place(MANIFEST):
        _check_manifest(bundle, journal, report)
    check_times(journal, report)
    keys = registered_keys(journal, report)
    check_signatures(journal, keys, report)
    with report.place(JOURNAL):
        public = present_key(journal, public, report)
    with report.place(HEADS):
        check_heads(bundle, journal, keys, public, report)
    sealed = check_seal(bundle, public, report)
    if kept is not None:
        with report.place(str(kept)):
            check_kept(kept, bundle.manifest["agency"], journal, public, report)
    _check_prices(bundle, journal, keys, report)
    report.facts = {
        "format": FORMAT,
        "agency": bundle.manifest["agency"],
        "audience": bundle.audience,
        "days": bundle.days,
        "entries": journal.length,
        "disclosed": len(journal.acts),
        "sealed": sealed,
        "head": dict(bundle.manifest["head"]),
    }
    return report


def _check_prices(bundle: Bundle, journal: Journal, keys: dict[str, Key], report: Report) -> None:
    with report.place(JOURNAL):
        days = read_days(bundle, journal, report)
        documents = read_documents(bundle, journal, report)
        check_approvals(journal, days, documents, keys, report)
        check_windows(journal, days, documents, report)
        _note_sealed_entries(bundle, journal, days, report)
        with report.place("evidence"):
            check_evidence(bundle, journal, report)
        with report.place("prices"):
            check_tables(bundle, days, report)
        recompute_all(bundle, journal, days, documents, report)


def _note_sealed_entries(bundle: Bundle, journal: Journal, days: Days, report: Report) -> None:
    """How much was recorded during the days and is not shown, to the one who may see all."""
    told = [price for price in days.values() if price.pricing_date in bundle.days]
    first = min((price.opened.seq for price in told if price.opened), default=0)
    last = max((act.seq for price in told for act in price.ends), default=0)
    shown = {act.seq for act in journal.acts}
    hidden = [seq for seq in range(first, last) if seq not in shown]
    if hidden and bundle.audience == "auditor":
        report.note(
            f"{len(hidden)} entries recorded between opening and last value are not shown, "
            f"as a rule another day's (the first is entry {hidden[0]})"
        )


def _check_manifest(bundle: Bundle, journal: Journal, report: Report) -> None:
    """The manifest says nothing that the journal does not say too."""
    first = journal.acts[0] if journal.acts else None
    if first is None or first.seq != 1:
        raise Malformed("the first entry is not disclosed")
    for name in ("agency", "software"):
        if bundle.manifest[name] != first.body[name]:
            report.problem(f"manifest.{name}", MANIFEST, f"entry 1 says {first.body[name]!r}")
    if first.body["clock"] == "simulated":
        report.note("this home runs on a simulated clock: a demonstration, no market price")
    secret = [each for each in journal.acts if each.kind.startswith(SECRET_KINDS)]
    if bundle.audience == "public" and (secret or bundle.under("evidence")):
        where = secret[0].where if secret else "evidence"
        report.problem("manifest.audience", where, "a bundle for the public must not show this")
