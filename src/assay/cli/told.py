"""How desk commands tell what they did: the entries they wrote, in short."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from assay import desk as acts
from assay.cli.session import answer, say
from assay.ledger import Entry


def wanted(series: str) -> Sequence[str] | str:
    """What ``--series`` means: all, or codes parted by commas."""
    return series if series == acts.ALL else [each.strip() for each in series.split(",")]


def _brief(entry: Entry) -> dict[str, Any]:
    kept = (
        "series",
        "pricing_date",
        "submission",
        "proposal",
        "revision",
        "reason",
        "notice",
        "published_at",
    )
    return {
        "seq": entry.seq, "kind": entry.kind, "actor": entry.actor,
        "recorded_at": entry.recorded_at, "digest": entry.digest,
        **{name: entry.body[name] for name in kept if entry.body.get(name) is not None},
    }  # fmt: skip


def told(entries: Sequence[Entry], as_json: bool, **more: Any) -> None:
    """Say which entries an act wrote, for people or as JSON."""
    rows = [_brief(each) for each in entries]
    if answer({**more, "entries": rows}, as_json):
        return
    if not rows:
        say("nothing to do: it stands as it is")
        return
    for row in rows:
        about = row.get("series") or row.get("submission") or ""
        about = ", ".join(about) if isinstance(about, list) else about
        tail = row.get("reason") or row.get("proposal") or ""
        say(f"{row['seq']:>6}  {row['kind']:<24} {about} {tail}".rstrip())
