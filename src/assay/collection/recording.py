"""Offered submissions -> bodies of entries: fields, spans, findings, without personal words.

Pure: which names stand for whom comes in as arguments. Senders' names and addresses never
enter a body; findings lose the quoted words of the message.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

from assay.collection.reading import SUBMISSION_FIELDS, Certainty, FieldRead, Offered
from assay.core import Finding, instant_text

_OUTSIDE = {"id", "channel", "evidence", "received_at"}
_QUOTED_WORDS = re.compile(r",? ?«.*?»", re.DOTALL)
_LONGEST = 400
_UNKEEPABLE = re.compile("[\x00\ud800-\udfff]")


def kept(text: str) -> str:
    """The text as the journal keeps it: bounded, without what no store gives back."""
    return _UNKEEPABLE.sub("\N{REPLACEMENT CHARACTER}", text)[:_LONGEST]


def fields_body(
    offer: Offered,
    *,
    contributor: str | None,
    submitter: str | None,
    day: date | None,
) -> dict[str, str | None]:
    """The fields of a submission; the pricing date falls back to the message's day, if known."""
    fields: dict[str, str | None] = {}
    for name in SUBMISSION_FIELDS:
        if name not in _OUTSIDE:
            content = offer[name]
            fields[name] = None if content is None else kept(content)
    fields["contributor"] = contributor
    fields["submitter"] = submitter
    fields["pricing_date"] = fields["pricing_date"] or (day.isoformat() if day else None)
    if offer.said and not fields["note"]:
        words = (f"{name} {read.content}" for name, read in sorted(offer.said.items()))
        fields["note"] = kept("also said: " + ", ".join(words))
    return fields


def spans_body(offer: Offered) -> dict[str, list[dict[str, Any]]]:
    """Where each field was read; what the series' card supplied is marked conventional."""
    return {
        name: [_span(offer, read)]
        for name, read in offer.fields.items()
        if name not in {"contributor", "submitter"}
    }


def _span(offer: Offered, read: FieldRead) -> dict[str, Any]:
    start = end = 0
    text = "" if read.certainty is Certainty.CONVENTIONAL else read.content
    if read.span is not None:
        start, end = read.span.origin_start, read.span.origin_end
        if offer.origin is not None:
            text = offer.origin.text[start:end]
    return {
        "start": start,
        "end": end,
        "text": kept(text),
        "certain": read.certainty is Certainty.STATED,
        "certainty": read.certainty.value,
        "where": kept(read.locator or offer.locator),
    }


def finding_body(finding: Finding) -> dict[str, Any]:
    """A finding without the words of the message it quotes."""
    shown = finding.document()
    shown["where"] = kept(_QUOTED_WORDS.sub("", shown["where"]))
    shown["what_to_do"] = kept(shown["what_to_do"])
    return shown


def submission_name(day: date, evidence: str, number: int) -> str:
    """The name of a submission: its day, its evidence, its place in it."""
    return f"S{day:%Y%m%d}-{evidence.rpartition(':')[2][:8]}-{number}"


def received_body(
    offer: Offered,
    *,
    name: str,
    channel: str,
    evidence: str,
    received_at: datetime,
    fields: dict[str, str | None],
    findings: list[Finding],
    replaces: str | None,
) -> dict[str, Any]:
    """The body of ``submission.received/1``."""
    missing = list(offer.missing)
    missing += [each for each in ("contributor", "pricing_date") if fields[each] is None]
    return {
        "submission": name,
        "channel": channel,
        "evidence": evidence,
        "received_at": instant_text(received_at),
        "fields": fields,
        "spans": spans_body(offer),
        "missing": missing,
        "findings": [finding_body(finding) for finding in findings],
        "replaces": replaces,
    }
