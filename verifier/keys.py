"""Keys and signatures: whose act was it, and did the publication sign this journal.

The publication's key comes from outside the bundle; every other key is one that the
journal itself registered, before the act that it signed.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from verifier.bundle import HEADS, JOURNAL, SEAL, Bundle
from verifier.canonical import Malformed, canonical_bytes, read_canonical
from verifier.chain import Act, Journal
from verifier.report import Report

ACTS, PUBLICATION = "acts", "publication"
#: What a publication key may sign besides heads: the handing over to the next one.
HANDOVER = ("key.registered/1", "key.retired/1")
_SIGNATURE = re.compile(r"[0-9a-f]{128}\Z")
_PUBLIC = re.compile(r"[0-9a-f]{64}\Z")


class NotAKey(Exception):
    """The key file cannot be read as an Ed25519 public key."""


def read_public_key(path: Path) -> str:
    """The raw public key of a PEM file, in hexadecimal."""
    try:
        key = serialization.load_pem_public_key(path.read_bytes())
    except (OSError, ValueError, UnsupportedAlgorithm) as problem:
        raise NotAKey(f"{path}: {problem}") from None
    if not isinstance(key, Ed25519PublicKey):
        raise NotAKey(f"{path}: not an Ed25519 public key")
    raw = key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return raw.hex()


def key_id(public: str) -> str:
    """A key's identity: the first 16 hexadecimal digits of its sha256."""
    return hashlib.sha256(bytes.fromhex(public)).hexdigest()[:16]


def holds(public: str, message: bytes, signature: Any) -> bool:
    """Whether `signature` over `message` was made with `public` (both hexadecimal)."""
    if not isinstance(signature, str) or not _SIGNATURE.match(signature):
        return False
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public))
        key.verify(bytes.fromhex(signature), message)
    except (InvalidSignature, ValueError):
        return False
    return True


@dataclass(frozen=True, slots=True)
class Key:
    """A registered key and the span of entries in which it signs."""

    id: str
    person: str
    public: str
    purpose: str
    since: int
    until: int | None


def registered_keys(journal: Journal, report: Report) -> dict[str, Key]:
    """Every key of the journal by its id."""
    retired = {each.body["key"]: each.seq for each in reversed(list(journal.of("key.retired/1")))}
    keys: dict[str, Key] = {}
    for act in journal.of("key.registered/1"):
        with report.place(act.where):
            body = act.body
            if not _PUBLIC.match(body["public"]) or key_id(body["public"]) != body["key"]:
                report.problem("key.identity", act.where, "the key's id is not that of its key")
            elif body["key"] in keys:
                report.problem("key.twice", act.where, "the same key is registered twice")
            else:
                keys[body["key"]] = Key(
                    body["key"], body["person"], body["public"], body["purpose"],
                    act.seq, retired.get(body["key"]),
                )  # fmt: skip
    return keys


def check_signatures(journal: Journal, keys: dict[str, Key], report: Report) -> None:
    """Every signed act was signed by the registered key of its own actor, in its time."""
    for act in journal.acts:
        if act.key is None and act.signature is None:
            continue
        with report.place(act.where):
            problem = _signature_problem(act, keys, journal.digests[0])
            if problem:
                report.problem("signature.act", act.where, problem)


def _signature_problem(act: Act, keys: dict[str, Key], home: str) -> str:
    key = keys.get(act.key or "")
    if key is None:
        return f"key {act.key} is not registered in this journal"
    if key.purpose != ACTS and act.kind not in HANDOVER:
        return f"key {key.id} is for {key.purpose}, not for acts"
    if key.person != act.actor:
        return f"key {key.id} belongs to {key.person}, the act is {act.actor}'s"
    if act.seq <= key.since or (key.until is not None and act.seq > key.until):
        return f"key {key.id} was not in force"
    if not holds(key.public, canonical_bytes(_act_message(act, home)), act.signature):
        return f"the signature is not {act.actor}'s over this act"
    return ""


def check_heads(
    bundle: Bundle, journal: Journal, keys: dict[str, Key], public: str, report: Report
) -> None:
    """The last head is the end of this chain, signed with the key from outside."""
    raw = bundle.files[HEADS]
    if not raw.endswith(b"\n"):
        raise Malformed("must end with one line feed")
    heads = read_canonical(raw[:-1])
    if not isinstance(heads, list) or not heads:
        raise Malformed("must list at least one signed head")
    told = [
        {each: act.body[each] for each in ("digest", "key", "seq", "signature")}
        for act in journal.of("head.signed/1")
    ]
    if heads[:-1] != told:
        report.problem("head.list", HEADS, "the earlier heads are not those of the journal")
    agency, good = bundle.manifest["agency"], 0
    for place, head in enumerate(heads, 1):
        before = len(report.problems)
        with report.place(f"{HEADS} head {place}"):
            last = place == len(heads)
            _check_head(head, agency, journal, keys, public if last else None, place, report)
            if len(report.problems) == before:
                good = head["seq"]
            elif good < head["seq"]:
                words = f"what is not as it was signed lies in entries {good + 1} to {head['seq']}"
                report.problem("head.span", JOURNAL, words)
    _check_end(heads[-1], bundle, journal, report)


def present_key(journal: Journal, public: str, report: Report) -> str:
    """The key that follows from the one you trust, by handovers that it signed itself."""
    seen = set()
    while public not in seen:
        seen.add(public)
        by_it = [act for act in journal.of(*HANDOVER) if _signed_with(act, public, journal)]
        retired = next((a.body for a in by_it if a.body["key"] == key_id(public)), None)
        if retired is None or not retired.get("successor"):
            return public
        for act in by_it:
            body = act.body
            if act.kind == HANDOVER[0] and body["key"] == retired["successor"]:
                report.note(f"the key you gave handed over to {body['key']} ({act.where})")
                public = body["public"]
    return public


def _signed_with(act: Act, public: str, journal: Journal) -> bool:
    message = canonical_bytes(_act_message(act, journal.digests[0]))
    return act.key == key_id(public) and holds(public, message, act.signature)


def _act_message(act: Act, home: str) -> dict[str, Any]:
    """What a person signs: the act, in this home."""
    return {
        "actor": act.actor, "body": act.body, "home": home, "key": act.key, "kind": act.kind,
    }  # fmt: skip


def head_bytes(agency: str, head: dict[str, Any]) -> bytes:
    """What the publication signs."""
    return canonical_bytes({"agency": agency, "digest": head["digest"], "seq": head["seq"]})


def _check_head(
    head: dict[str, Any],
    agency: str,
    journal: Journal,
    keys: dict[str, Key],
    outside: str | None,
    place: int,
    report: Report,
) -> None:
    where = f"{HEADS} head {place} (entry {head['seq']})"
    if sorted(head) != ["digest", "key", "seq", "signature"]:
        raise Malformed("a head holds exactly digest, key, seq and signature")
    seq = head["seq"]
    if not isinstance(seq, int) or not 1 <= seq <= journal.length:
        report.problem("head.place", where, "the journal of this bundle does not reach there")
    elif journal.digests[seq - 1] != head["digest"]:
        report.problem("head.digest", where, "the journal of this bundle says another digest")
    known = keys.get(head["key"])
    if known is None or known.purpose != PUBLICATION:
        report.problem("head.key", where, f"key {head['key']} is no registered publication key")
    elif known.since > seq or (known.until is not None and seq >= known.until):
        report.problem("head.key", where, f"key {head['key']} was not in force")
    if outside is not None:
        if head["key"] != key_id(outside):
            report.problem(
                "head.key", where,
                f"signed with key {head['key']}, the key you gave is {key_id(outside)}",
            )  # fmt: skip
        if not holds(outside, head_bytes(agency, head), head["signature"]):
            report.problem("head.signature", where, "the key you gave did not sign this head")
    elif known is not None and not holds(known.public, head_bytes(agency, head), head["signature"]):
        report.problem("head.signature", where, f"key {known.id} did not sign this head")


def _check_end(last: dict[str, Any], bundle: Bundle, journal: Journal, report: Report) -> None:
    if last["seq"] != journal.length:
        report.problem(
            "head.end", HEADS,
            f"the last signed head is entry {last['seq']}, the journal ends at {journal.length}",
        )  # fmt: skip
    if bundle.manifest["head"] != {"digest": last["digest"], "seq": last["seq"]}:
        report.problem("manifest.head", "manifest.json", "its head is not the last signed head")


def check_seal(bundle: Bundle, public: str, report: Report) -> bool:
    """Whether the agency itself sealed what is shown here; a wrong seal is a problem."""
    if bundle.seal is None:
        report.note(
            f"not sealed ({SEAL} is missing): whoever handed you this may have withheld entries that "
            "the agency shows; ask the agency itself for the bundle"
        )
        return False
    text = bundle.seal.decode("ascii", "replace")
    held = text.endswith("\n") and holds(public, bundle.raw_manifest, text[:-1])
    if not held:
        report.problem("manifest.seal", SEAL, "the key you gave did not seal this manifest")
    return held


def check_kept(path: Path, agency: str, journal: Journal, public: str, report: Report) -> None:
    """Heads somebody kept from earlier bundles must lie on this very chain."""
    heads = read_canonical(path.read_bytes().rstrip(b"\n"))
    for head in heads:
        where = f"{path.name} (kept head, entry {head['seq']})"
        with report.place(where):
            if head["key"] == key_id(public) and not holds(
                public, head_bytes(agency, head), head["signature"]
            ):
                report.problem("kept.signature", where, "the key you gave did not sign it")
            elif head["seq"] > journal.length:
                report.problem("kept.newer", where, "this bundle is older than what you kept")
            elif journal.digests[head["seq"] - 1] != head["digest"]:
                report.problem("kept.rewritten", where, "the journal was rewritten since")
