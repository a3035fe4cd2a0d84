"""The life of a contributor, one act each: application, papers, checks, agreement, active, out, back.

Every status is dated and reversible only by a new act. A notice of rectification takes
the firm out of the list from its day on; the desk reads the status by pricing date.
Never touches a submission or a price.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy.engine import Connection

from assay.core import NotANumber, decimal_of, decimal_text, refused
from assay.governance.letters.secrecy import refuse_names
from assay.governance.office import Act, Office, need_words
from assay.ledger import Entry, Signer
from assay.ledger.book.contributors import contributors_on
from assay.ledger.book.files import papers_of, rectification_of, submitter_on

WRITE = "governance:contributor:write"
#: What must have passed before a firm becomes active.
CHECKS = ("identity", "chain", "reputation")
SUBMITTER_CHECKS = ("data_access", "mandate")


def card_on(connection: Connection, contributor: str, day: date) -> dict[str, Any]:
    """The firm as it stands on `day`; refused when the register does not know it."""
    for card in contributors_on(connection, day):
        if card["contributor"] == contributor:
            return card
    raise refused("contributor.unknown", f"{contributor} on {day}", "assay contributor apply")


def apply(
    office: Office, signer: Signer, card: Mapping[str, Any], words: str,
    escalation: Mapping[str, str] | None = None,
) -> list[Entry]:  # fmt: skip
    """A firm applies: its card (``contributor name group classes series``), and why."""
    code = card["contributor"]
    need_words(words, f"application of {code}")
    day = office.today().isoformat()
    contact = office.ledger.remember({"contributor": code, **escalation}) if escalation else None
    acts: list[Act] = [
        ("contributor.registered/1", {**card, "since": day}),
        ("contributor.applied/1", {"contributor": code, "day": day, "words": words, "escalation": contact}),
        ("contributor.status_set/1", _status(code, "candidate", day, words)),
    ]  # fmt: skip

    def new(connection: Connection) -> None:
        if any(each["contributor"] == code for each in contributors_on(connection, office.today())):
            raise refused("contributor.exists", code, "restate its card, or let it return")

    return office.record(signer, WRITE, acts, new)


def _status(code: str, status: str, since: str, reason: str) -> dict[str, Any]:
    return {"contributor": code, "status": status, "since": since, "reason": reason}


def file_document(
    office: Office, signer: Signer, contributor: str, document: str, kind: str, content: bytes,
    media_type: str, valid_from: date, valid_until: date | None = None, words: str = "",
) -> Entry:  # fmt: skip
    """Keep a paper of the firm as evidence, with its validity."""
    if valid_until is not None and valid_until < valid_from:
        raise refused(
            "document.validity", f"{document} of {contributor}", "it ends before it begins"
        )
    digest = _evidence(office, content, media_type)
    body = {
        "contributor": contributor, "document": document, "type": kind, "evidence": digest[1],
        "valid_from": valid_from.isoformat(), "words": words,
        "valid_until": valid_until.isoformat() if valid_until else None,
    }  # fmt: skip
    return office.record(signer, WRITE, [digest[0], ("contributor.document_filed/1", body)])[1]


def _evidence(office: Office, content: bytes, media_type: str) -> tuple[Act, str]:
    from assay.core import instant_text

    if not content:
        raise refused("document.empty", "document", "the file is empty")
    digest = office.ledger.evidence.put(content)
    body = {
        "evidence": digest, "channel": "portal", "media_type": media_type, "size": len(content),
        "received_at": instant_text(office.now()),
    }  # fmt: skip
    return ("evidence.archived/1", body), digest


def check(
    office: Office, signer: Signer, contributor: str, which: str, outcome: str, words: str,
    submitter: str | None = None, document: str | None = None,
) -> Entry:  # fmt: skip
    """Sign a check by name; those of a submitter name him."""
    need_words(words, f"{which} of {contributor}")
    if (which in SUBMITTER_CHECKS) != (submitter is not None):
        raise refused(
            "check.submitter", f"{which} of {contributor}",
            f"{', '.join(SUBMITTER_CHECKS)} are checks of a submitter: name him there, and only there",
        )  # fmt: skip
    body = {
        "contributor": contributor, "check": which, "outcome": outcome, "words": words,
        "submitter": submitter, "document": document,
    }  # fmt: skip

    def filed(connection: Connection) -> None:
        known = {row["name"] for row in papers_of(connection, contributor, "document")}
        if document is not None and document not in known:
            raise refused(
                "check.document", f"{document} of {contributor}", "file the document first"
            )

    return office.record(signer, WRITE, [("contributor.checked/1", body)], filed)[0]


def mandate(
    office: Office, signer: Signer, contributor: str, submitter: str, name: str,
    series: Sequence[str], since: date, until: date | None = None, function: str = "back_office",
) -> Entry:  # fmt: skip
    """A named person may submit for the firm; his name goes to the vault."""
    body = {
        "contributor": contributor, "submitter": submitter, "series": list(series),
        "person": office.ledger.remember({"submitter": submitter, "name": name}),
        "since": since.isoformat(), "until": until.isoformat() if until else None,
        "function": function,
    }  # fmt: skip

    def one_firm(connection: Connection) -> None:
        card_on(connection, contributor, office.today())
        other = submitter_on(connection, submitter, since)
        if other is not None and other != contributor:
            raise refused(
                "submitter.other_firm", f"{submitter} on {since}", f"he submits for {other}"
            )

    return office.record(signer, WRITE, [("submitter.mandated/1", body)], one_firm)[0]


def end_mandate(
    office: Office, signer: Signer, contributor: str, submitter: str, until: date, reason: str
) -> Entry:
    """The mandate holds until this day, the last included."""
    need_words(reason, f"mandate of {submitter}")
    body = {
        "contributor": contributor, "submitter": submitter, "until": until.isoformat(),
        "reason": reason,
    }  # fmt: skip
    return office.record(signer, WRITE, [("submitter.mandate_ended/1", body)])[0]


def reference(
    office: Office, signer: Signer, contributor: str, referee: str, outcome: str, words: str
) -> Entry:
    """What another participant said of the firm; who it was lies in the vault."""
    need_words(words, f"reference on {contributor}")
    body = {
        "contributor": contributor, "outcome": outcome, "words": words,
        "referee": office.ledger.remember({"referee": referee, "about": contributor}),
    }  # fmt: skip
    return office.record(signer, WRITE, [("contributor.reference_taken/1", body)])[0]


def agree(
    office: Office, signer: Signer, contributor: str, words: str,
    written: bytes | None = None, media_type: str = "application/pdf",
) -> Entry:  # fmt: skip
    """The agreement: its document, or in words what was agreed by speech."""
    need_words(words, f"agreement with {contributor}")
    acts: list[Act] = []
    digest = None
    if written is not None:
        archived, digest = _evidence(office, written, media_type)
        acts.append(archived)
    body = {
        "contributor": contributor, "form": "written" if digest else "recorded",
        "day": office.today().isoformat(), "words": words, "evidence": digest,
    }  # fmt: skip
    return office.record(signer, WRITE, [*acts, ("contributor.agreed/1", body)])[-1]


def alias(
    office: Office, signer: Signer, contributor: str, spelling: str, since: date,
    until: date | None = None, channel: str | None = None, submitter: str | None = None,
) -> Entry:  # fmt: skip
    """Another spelling of the firm, or of its submitter (then it lies in the vault)."""
    span = {"since": since.isoformat(), "until": until.isoformat() if until else None}
    if submitter is None:
        body = {"contributor": contributor, "alias": spelling, "channel": channel, **span}

        def free(connection: Connection) -> None:
            for card in contributors_on(connection, since):
                spellings = {card["name"], *(each["alias"] for each in card["aliases"])}
                if card["contributor"] != contributor and spelling in spellings:
                    raise refused(
                        "alias.taken", f"{spelling!r} on {since}", f"it is {card['contributor']}"
                    )

        return office.record(signer, WRITE, [("contributor.alias_added/1", body)], free)[0]
    hidden = office.ledger.remember({"submitter": submitter, "alias": spelling})
    named = {
        "contributor": contributor,
        "submitter": submitter,
        "alias": hidden,
        "channel": channel,
    }
    return office.record(signer, WRITE, [("submitter.alias_added/1", {**named, **span})])[0]


def shortcomings(connection: Connection, contributor: str, day: date) -> list[str]:
    """What the firm still lacks before it can be active on `day`."""
    rows = papers_of(connection, contributor)
    latest = {
        (row["content"]["check"], row["content"]["submitter"]): row["content"]["outcome"]
        for row in rows if row["what"] == "check"
    }  # fmt: skip
    lacking = [f"check {each}" for each in CHECKS if latest.get((each, None)) != "passed"]
    licences = [
        row for row in rows
        if row["what"] == "document" and row["content"]["type"] == "business_licence"
        and row["since"] <= day and (row["until"] is None or row["until"] >= day)
    ]  # fmt: skip
    if not licences:
        lacking.append("document business_licence in force")
    mandated = [each["submitter"] for each in card_on(connection, contributor, day)["submitters"]]
    fit = [
        each for each in mandated
        if all(latest.get((which, each)) == "passed" for which in SUBMITTER_CHECKS)
    ]  # fmt: skip
    if not fit:
        lacking.append("a submitter with mandate and access to the data, both checked")
    found = {row["what"]: row for row in rows}
    if "reference" not in found:
        lacking.append("reference of another participant")
    if "agreement" not in found:
        lacking.append("agreement")
    return lacking


def activate(office: Office, signer: Signer, contributor: str, words: str) -> Entry:
    """The firm becomes active today; refused while its file lacks anything."""
    need_words(words, contributor)
    day = office.today()

    def complete(connection: Connection) -> None:
        status = card_on(connection, contributor, day)["status"]
        if status != "candidate":
            raise refused(
                "contributor.status",
                f"{contributor} is {status}",
                "only a candidate is activated: see return",
            )
        _complete(connection, contributor, day)

    body = _status(contributor, "active", day.isoformat(), words)
    return office.record(signer, WRITE, [("contributor.status_set/1", body)], complete)[0]


def _complete(connection: Connection, contributor: str, day: date) -> None:
    lacking = shortcomings(connection, contributor, day)
    if lacking:
        raise refused(
            "contributor.incomplete", f"{contributor} on {day}", f"it lacks: {'; '.join(lacking)}"
        )


def _to_him(connection: Connection, contributor: str, day: date, *words: str) -> None:
    """What a letter to the firm prints names no other firm."""
    refuse_names(connection, "\n".join(words), day, f"letter to {contributor}", but=[contributor])


def notice_rectification(
    office: Office, signer: Signer, contributor: str, shortfalls: Sequence[str], words: str
) -> tuple[Entry, date]:
    """Notice of rectification: out of the list from today; gives its deadline.

    Thirty calendar days; on a closed day the next working day.
    """
    need_words(words, contributor)
    day = office.today()
    deadline = office.deadline(day, office.thresholds.of("clocks")["rectification_days"])
    body = {
        "contributor": contributor, "since": day.isoformat(), "deadline": deadline.isoformat(),
        "shortfalls": list(shortfalls), "words": words,
    }  # fmt: skip
    out = _status(contributor, "rectification", day.isoformat(), words)

    def active(connection: Connection) -> None:
        _to_him(connection, contributor, day, words, *shortfalls)
        status = card_on(connection, contributor, day)["status"]
        if status != "active":
            raise refused(
                "contributor.status",
                f"{contributor} is {status}",
                "only an active firm gets notice",
            )

    acts: list[Act] = [
        ("contributor.rectification_noticed/1", body), ("contributor.status_set/1", out),
    ]  # fmt: skip
    return office.record(signer, WRITE, acts, active)[0], deadline


def end_rectification(
    office: Office, signer: Signer, contributor: str, outcome: str, words: str
) -> list[Entry]:
    """Met: active again. Refused, or unmet after the deadline: terminated."""
    need_words(words, contributor)
    day = office.today()
    status = "active" if outcome == "met" else "terminated"
    ended = {
        "contributor": contributor,
        "since": day.isoformat(),
        "outcome": outcome,
        "words": words,
    }

    def running(connection: Connection) -> None:
        _to_him(connection, contributor, day, words)
        notice = rectification_of(connection, contributor)
        if notice is None:
            raise refused(
                "rectification.none", contributor, "no notice of rectification is running"
            )
        if outcome == "unmet" and day <= notice["until"]:
            raise refused(
                "rectification.running", f"{contributor} until {notice['until']}",
                "its time is not over: wait, or record that the firm refused",
            )  # fmt: skip
        if outcome == "met" and day > notice["until"]:
            raise refused(
                "rectification.over", f"{contributor}, deadline {notice['until']}",
                "the time is over: record it as unmet; it may return by a new act",
            )  # fmt: skip

    acts: list[Act] = [
        ("contributor.rectification_ended/1", ended),
        ("contributor.status_set/1", _status(contributor, status, day.isoformat(), words)),
    ]
    return office.record(signer, WRITE, acts, running)


def terminate(office: Office, signer: Signer, contributor: str, words: str) -> Entry:
    """The firm leaves by its own wish or for cause, outside of a rectification."""
    need_words(words, contributor)

    def there(connection: Connection) -> None:
        _to_him(connection, contributor, office.today(), words)
        if card_on(connection, contributor, office.today())["status"] == "terminated":
            raise refused("contributor.status", contributor, "it is terminated already")
        if rectification_of(connection, contributor) is not None:
            raise refused("rectification.running", contributor, "end its rectification instead")

    body = _status(contributor, "terminated", office.today().isoformat(), words)
    return office.record(signer, WRITE, [("contributor.status_set/1", body)], there)[0]


def take_back(office: Office, signer: Signer, contributor: str, words: str) -> Entry:
    """A terminated firm returns by a new act, its file complete as of today."""
    need_words(words, contributor)
    day = office.today()

    def fit(connection: Connection) -> None:
        status = card_on(connection, contributor, day)["status"]
        if status != "terminated":
            raise refused(
                "contributor.status", f"{contributor} is {status}", "only a terminated firm returns"
            )
        _complete(connection, contributor, day)

    body = _status(contributor, "active", day.isoformat(), words)
    return office.record(signer, WRITE, [("contributor.status_set/1", body)], fit)[0]


def file_certificate(office: Office, signer: Signer, body: Mapping[str, Any]) -> Entry:
    """Register a low-carbon certificate; a footprint not below the limit is refused."""
    where = f"{body['certificate']} of {body['contributor']}"
    limit = decimal_of(office.thresholds.of("low_carbon")[body["boundary"]])
    footprint = _footprint(body["footprint"], where)
    if footprint < 0 or footprint >= limit:
        raise refused(
            "certificate.footprint", f"{where}: {decimal_text(footprint)} tCO2/t",
            f"low-carbon is below {decimal_text(limit)} for {body['boundary']}",
        )  # fmt: skip
    if body["valid_until"] < body["valid_from"]:
        raise refused("certificate.validity", where, "it ends before it begins")
    return office.record(signer, WRITE, [("certificate.filed/1", dict(body))])[0]


def _footprint(text: str, where: str) -> Decimal:
    try:
        return decimal_of(text)
    except NotANumber:
        raise refused("certificate.footprint", f"{where}: {text!r}", "write tCO2/t as a number, e.g. 3.2") from None  # fmt: skip


def withdraw_certificate(
    office: Office, signer: Signer, contributor: str, certificate: str, reason: str
) -> Entry:
    """The certificate counts no more from today on."""
    need_words(reason, certificate)
    body = {
        "contributor": contributor, "certificate": certificate,
        "since": office.today().isoformat(), "reason": reason,
    }  # fmt: skip
    return office.record(signer, WRITE, [("certificate.withdrawn/1", body)])[0]
