"""The register of entry kinds: name -> struct, disclosure. Holds no kind itself."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

import msgspec

from assay.core import plain, refused

Disclosure = Literal["public", "auditor"]
_NAME = re.compile(r"[a-z_]+\.[a-z_]+/\d+\Z")


class Body(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of every entry body. Decimals, dates and instants are canonical text."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One entry kind: its name, its body, who may see it, what it says."""

    name: str
    body: type[Body]
    disclosure: Disclosure
    says: str


KINDS: dict[str, Kind] = {}
_B = TypeVar("_B", bound=type[Body])


def kind(name: str, *, disclosure: Disclosure) -> Callable[[_B], _B]:
    """Register a body struct under ``noun.verbed/version``."""
    if not _NAME.match(name):
        raise ValueError(f"{name!r} is not of the form noun.verbed/version")

    def register(body: _B) -> _B:
        if name in KINDS:
            raise ValueError(f"entry kind {name} is registered twice")
        says = (body.__doc__ or "").strip().splitlines()[0] if body.__doc__ else ""
        KINDS[name] = Kind(name, body, disclosure, says)
        return body

    return register


def load_kinds() -> None:
    """Import every module beside this one, so that all kinds are known."""
    package = importlib.import_module("assay.ledger.kinds")
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"assay.ledger.kinds.{module.name}")


def kind_of(name: str) -> Kind:
    """The kind of this name; an unknown one is refused with the known ones."""
    try:
        return KINDS[name]
    except KeyError:
        noun = name.partition(".")[0]
        near = [each for each in KINDS if each.startswith(noun)] or list(KINDS)
        raise refused(
            "entry.unknown_kind", name, f"known kinds: {', '.join(sorted(near))}"
        ) from None


def body_of(name: str, body: dict[str, Any]) -> dict[str, Any]:
    """`body` checked against its kind and completed with the defaults; plain values only."""
    checked = kind_of(name)
    try:
        typed = msgspec.convert(plain(body), checked.body, strict=True)
    except msgspec.ValidationError as problem:
        fields = ", ".join(checked.body.__struct_fields__)
        raise refused("entry.body", name, f"{problem}; fields: {fields}") from None
    completed: dict[str, Any] = msgspec.to_builtins(typed)
    return completed
