"""Founding an agency: its people with their keys, its contributors, from two plain files.

The files are read strictly: an unknown key is refused with the allowed ones. Names and
mail boxes of persons go to the vault; the journal keeps codes. Runs once, on a new home.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from assay.core import refused
from assay.desk.desk import Desk
from assay.desk.people import register_key, register_person
from assay.ledger import SYSTEM, Draft, Entry, Signer, make_key
from assay.ledger.heads import register_publication_key
from assay.ledger.keys import PUBLICATION

_AGENCY = {"code", "name", "name_zh", "zone", "calendar", "licence_note", "person"}
_PERSON = {"code", "name", "name_zh", "roles", "since", "until"}
_FIRM = {
    "code", "name", "name_zh", "group", "classes", "series", "since", "status", "agreement",
    "submitter", "alias",
}  # fmt: skip
_SUBMITTER = {"code", "name", "function", "since", "until", "series"}
_ALIAS = {"alias", "channel", "since", "until", "why"}


@dataclass(frozen=True)
class Agency:
    """The agency file: who it is and its people."""

    name: str
    people: list[dict[str, Any]]


def read_agency(path: Path) -> Agency:
    """Read an agency file; refused with the place when it does not fit."""
    table = _table(path)
    _only(table, _AGENCY, str(path))
    people = table.get("person", [])
    for each in people:
        _only(each, _PERSON, f"{path}, person {each.get('code')}")
        _need(each, ("code", "roles", "since"), f"{path}, person {each.get('code')}")
    _need(table, ("name",), str(path))
    return Agency(table["name"], people)


def _table(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise refused("file.missing", str(path), "no such file") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise refused("file.not_toml", str(path), str(problem)) from None


def _only(table: Mapping[str, Any], allowed: set[str], where: str) -> None:
    unknown = sorted(set(table) - allowed)
    if unknown:
        raise refused(
            "file.unknown_key",
            f"{where}: {', '.join(unknown)}",
            f"allowed: {', '.join(sorted(allowed))}",
        )


def _need(table: Mapping[str, Any], wanted: tuple[str, ...], where: str) -> None:
    missing = [name for name in wanted if name not in table]
    if missing:
        raise refused("file.missing_key", f"{where}: {', '.join(missing)}", "write them")


def found(desk: Desk, agency: Agency, keys: Path) -> list[Entry]:
    """Make the publication key and one key a person, and register all of them.

    Persons who have a key file already keep it. The administrator comes last, so that the
    house is set up when he takes over.
    """
    entries = [register_publication_key(desk.ledger, key_at(keys, PUBLICATION))]
    people = sorted(agency.people, key=lambda each: "admin" in each["roles"])
    for each in people:
        name = {str(part): each[part] for part in ("name", "name_zh") if part in each}
        entries.append(
            register_person(
                desk, None, each["code"], each["roles"], each["since"], name=name,
                until=each.get("until"),
            )
        )  # fmt: skip
    for each in people:
        entries += register_key(desk, None, key_at(keys, each["code"]))
    return entries


def key_at(keys: Path, person: str) -> Signer:
    """The key file of a person, made where there is none."""
    from assay.ledger import load_signer

    return (
        load_signer(keys, person) if (keys / f"{person}.key").is_file() else make_key(keys, person)
    )


def found_contributors(desk: Desk, path: Path, actor: Signer | None = None) -> list[Entry]:
    """Register the firms of a contributors file in one transaction."""
    table = _table(path)
    _only(table, {"contributor"}, str(path))
    drafts: list[Draft] = []
    by = actor.person if actor else SYSTEM
    for firm in table.get("contributor", []):
        drafts += [Draft(kind, by, body) for kind, body in _firm(desk, firm, str(path))]
    return desk.ledger.append(drafts, signer=actor) if drafts else []


def _firm(desk: Desk, firm: Mapping[str, Any], path: str) -> list[tuple[str, dict[str, Any]]]:
    where = f"{path}, contributor {firm.get('code')}"
    _only(firm, _FIRM, where)
    _need(firm, ("code", "name", "group", "classes", "since"), where)
    code, since = firm["code"], firm["since"]
    series = _expanded(desk, firm.get("series", []))
    card = {
        "contributor": code, "name": firm["name"], "name_zh": firm.get("name_zh"),
        "group": firm["group"], "classes": firm["classes"], "series": series,
        "since": since.isoformat(),
    }  # fmt: skip
    status = {
        "contributor": code, "status": firm.get("status", "candidate"),
        "since": since.isoformat(), "reason": firm.get("agreement", "taken over at the founding"),
    }  # fmt: skip
    acts = [("contributor.registered/1", card), ("contributor.status_set/1", status)]
    for each in firm.get("alias", []):
        _only(each, _ALIAS, where)
        alias = {
            "contributor": code, "alias": each["alias"], "channel": each.get("channel"),
            "since": each["since"].isoformat(), "until": _iso(each.get("until")),
        }  # fmt: skip
        acts.append(("contributor.alias_added/1", alias))
    for each in firm.get("submitter", []):
        _only(each, _SUBMITTER, where)
        mandate = {
            "contributor": code, "submitter": each["code"],
            "person": desk.ledger.remember({"submitter": each["code"], "name": each["name"]}),
            "series": _expanded(desk, each.get("series", [])) or series,
            "since": each["since"].isoformat(), "until": _iso(each.get("until")),
            "function": each.get("function", "back_office"),
        }  # fmt: skip
        acts.append(("submitter.mandated/1", mandate))
    return acts


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _expanded(desk: Desk, codes: list[str]) -> list[str]:
    """Codes with ``*`` written out; one that fits no document is kept as written: it serves none."""
    known = desk.library.series()
    wide: list[str] = []
    for code in codes:
        if "*" not in code:
            wide.append(code)
            continue
        wide += [each for each in known if fnmatchcase(each, code)] or [code]
    return list(dict.fromkeys(wide))
