"""Offered submissions -> bodies of entries: fields, spans, findings, without personal words.

Pure: which names stand for whom comes in as arguments. Senders' names and addresses never
enter a body; findings lose the quoted words of the message.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from assay.collection.reading import SUBMISSION_FIELDS, Certainty, FieldRead, Offered
from assay.core import Finding, Severity, instant_text

_OUTSIDE = {"id", "channel", "evidence", "received_at"}
_QUOTED_WORDS = re.compile(r",? ?«.*?»", re.DOTALL)
_LONGEST = 400
#: What it says of the delivery that this side picks up.
_DELIVERY = {"buyer": "self pick-up", "seller": "delivered"}
_UNKEEPABLE = re.compile("[\x00\ud800-\udfff]")


def kept(text: str) -> str:
    """The text as the journal keeps it: bounded, without what no store gives back."""
    return _UNKEEPABLE.sub("\N{REPLACEMENT CHARACTER}", text)[:_LONGEST]


def delivery_stated(offer: Offered) -> Offered:
    """The offer with `delivery` said by whoever picks up, or by the day, where no word names it.

    The terms of delivery are one thing in a document and three fields in a message.
    """
    if offer["delivery"]:
        return offer
    pickup, when = offer.fields.get("pickup"), offer.fields.get("delivery_date")
    if pickup is not None and pickup.content in _DELIVERY:
        return offer.with_fields(delivery=replace(pickup, content=_DELIVERY[pickup.content]))
    if when is not None:
        return offer.with_fields(delivery=replace(when, content=f"on {when.content}"))
    return offer


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


def submission_name(day: date, evidence: str, number: int, turn: int = 1) -> str:
    """The name of a submission: its day, its evidence (its second reading: r2), its place in it."""
    again = f"r{turn}" if turn > 1 else ""
    return f"S{day:%Y%m%d}-{evidence.rpartition(':')[2][:8]}{again}-{number}"


def lacking(body: dict[str, Any]) -> list[Finding]:
    """What an offered submission does not say yet, as a notice with the way to fill it in."""
    if not body["missing"]:
        return []
    said = f"does not say {', '.join(body['missing'])}: assay day confirm {body['submission']} --set field=value"
    return [Finding("submission.incomplete", Severity.INFO, body["submission"], said)]


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
