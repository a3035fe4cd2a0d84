"""A bundle: the days' prices with everything needed to check them, as a folder of files.

The chain runs from the home's first entry to the newest signed head, which must lie
after the last value of the days. Same journal, same documents: same bytes. Never writes
to the ledger, never signs; `docs/reference/bundle.md` is the specification.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from assay.core import canonical_bytes, digest_of, refused
from assay.ledger import Entry, Ledger, Signer
from assay.publication.disclosure import TICKS, Asked, embargoed
from assay.publication.documents import documents_in_force, named_documents
from assay.publication.readme import FORMAT, README
from assay.publication.secrecy import check_statistics
from assay.publication.tables import as_csv, as_json, price_rows

AUDIENCES = ("auditor", "public")
_HEAD = ("seq", "digest", "key", "signature")


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written: where, for which days, up to which entry, how much of it shown."""

    folder: Path
    days: tuple[str, ...]
    audience: str
    head_seq: int
    head_digest: str
    files: int
    disclosed: int


def export_days(
    ledger: Ledger,
    first: date,
    last: date,
    audience: str,
    out: Path,
    methodologies_folder: Path,
    reference_folder: Path | None = None,
    signer: Signer | None = None,
) -> Exported:
    """Write the bundle of the pricing days from `first` to `last` into the new folder `out`.

    `audience` is ``auditor`` or ``public``; `reference_folder` defaults to ``reference``
    beside the methodologies. With the publication's `signer` the bundle is sealed: what it
    shows and what it withholds is then the agency's own word. Refused when a day was not opened or has not
    ended, or when no signed head lies after it; stops loudly when a document that was
    in force can no longer be found, or a value would leave before its time.
    """
    if audience not in AUDIENCES:
        raise refused("export.audience", audience, f"choose one of {', '.join(AUDIENCES)}")
    if out.exists() and any(out.iterdir()):
        raise refused("export.exists", str(out), "choose a folder that is empty or not there yet")
    signed = list(ledger.entries(kinds=["head.signed/1"]))
    if not signed:
        raise refused("export.unsigned", f"{first}", "no head was signed yet: publish first")
    heads = [{name: each.body[name] for name in _HEAD} for each in signed]
    end = heads[-1]["seq"]
    asked = _asked(ledger, first, last, audience, end)
    shown = [each for each in _entries(ledger, end) if asked.shows(each)]
    shown = _out_by(shown, signed[-1].recorded_at, audience)
    _check_shown(ledger, asked, shown, end)
    reference = reference_folder or methodologies_folder.parent / "reference"
    files = _files(ledger, asked, shown, heads, methodologies_folder, reference)
    agency = shown[0].body
    manifest = {
        "format": FORMAT,
        "agency": agency["agency"],
        "software": agency["software"],
        "audience": audience,
        "days": sorted(asked.days),
        "head": {name: heads[-1][name] for name in ("seq", "digest")},
        "files": {name: digest_of(content) for name, content in files.items()},
    }
    files["manifest.json"] = canonical_bytes(manifest) + b"\n"
    if signer is not None:
        files["manifest.sig"] = _seal(files["manifest.json"], signer, heads[-1]["key"])
    _write(out, files)
    return Exported(
        folder=out,
        days=tuple(sorted(asked.days)),
        audience=audience,
        head_seq=end,
        head_digest=heads[-1]["digest"],
        files=len(files),
        disclosed=len(shown),
    )


def _seal(manifest: bytes, signer: Signer, key: str) -> bytes:
    if signer.key != key:
        raise refused(
            "export.seal", f"key {signer.key}", f"seal with the key that signed the head: {key}"
        )
    return signer.sign(manifest).encode() + b"\n"


def _entries(ledger: Ledger, end: int) -> Iterator[Entry]:
    for entry in ledger.entries():
        if entry.seq > end:
            return
        yield entry


def _asked(ledger: Ledger, first: date, last: date, audience: str, end: int) -> Asked:
    asked = Asked(first, last, audience)
    for entry in _entries(ledger, end):
        asked.learn(entry)
    if not asked.days:
        raise refused(
            "export.no_day",
            f"{first}" if first == last else f"{first} to {last}",
            "no pricing day was opened there before the last signed head",
        )
    asked.settle(_entries(ledger, end))
    return asked


def _out_by(shown: list[Entry], now: datetime, audience: str) -> list[Entry]:
    """What is out when the head is signed; a value dated for later stops the public bundle."""
    if audience != "public":
        return shown
    for entry in shown:
        if entry.kind in TICKS and embargoed(entry, now):
            raise refused(
                "export.embargo",
                f"{entry.body['series']} on {entry.body['pricing_date']}",
                f"it is for all from {entry.body['published_at']} on: sign a head after that",
            )
    return [each for each in shown if not embargoed(each, now)]


def _check_shown(ledger: Ledger, asked: Asked, shown: list[Entry], end: int) -> None:
    """Every series ended under the signed head, and its statistics keep the firms' secrets."""
    open_series = {
        (series, entry.body["pricing_date"])
        for entry in shown
        if entry.kind == "day.opened/1"
        for series in entry.body["series"]
    }
    ended = {(e.body["series"], e.body["pricing_date"]) for e in shown if e.kind in TICKS}
    for series, day in sorted(open_series - ended):
        raise refused(
            "export.not_ended", f"{series} on {day}",
            f"publish it or declare it not assessed, and sign a head after entry {end}",
        )  # fmt: skip
    if asked.audience == "public":
        check_statistics(ledger, shown, asked.days)


def _files(
    ledger: Ledger,
    asked: Asked,
    shown: list[Entry],
    heads: list[dict[str, Any]],
    methodologies: Path,
    reference: Path,
) -> dict[str, bytes]:
    rows = price_rows(shown, asked.days)
    disclosed = {each.seq for each in shown}
    return {
        "README.md": README.encode(),
        "heads.json": canonical_bytes(heads) + b"\n",
        "journal.jsonl": b"".join(
            canonical_bytes(_line(each, each.seq in disclosed)) + b"\n"
            for each in _entries(ledger, heads[-1]["seq"])
        ),
        "prices.csv": as_csv(rows),
        "prices.json": as_json(rows),
        **documents_in_force(ledger, named_documents(shown), methodologies, reference),
        **(_evidence(ledger, shown) if asked.audience == "auditor" else {}),
    }


def _line(entry: Entry, disclosed: bool) -> dict[str, Any]:
    link: dict[str, Any] = {
        "seq": entry.seq,
        "previous": entry.previous,
        "commitment": entry.commitment,
        "digest": entry.digest,
    }
    if disclosed:
        link |= {"salt": entry.salt, "content": json.loads(entry.content())}
    return link


def _evidence(ledger: Ledger, shown: list[Entry]) -> dict[str, bytes]:
    references = {e.body["evidence"] for e in shown if e.kind == "evidence.archived/1"}
    return {
        f"evidence/{each.removeprefix('sha256:')}": ledger.evidence.whole(each)
        for each in sorted(references)
    }


def _write(out: Path, files: dict[str, bytes]) -> None:
    """Files first, the manifest last: an interrupted export is no bundle."""
    for name, content in files.items():
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
