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
#: Half of a character outside the basic plane: no UTF-8 can write it.
_SURROGATE = re.compile("[\ud800-\udfff]")
_LARGEST = 2**53 - 1
_DOUBTFUL = re.compile(rb"\\u0000|[0-9]{16}")
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
    except (msgspec.ValidationError, TypeError) as problem:
        fields = ", ".join(checked.body.__struct_fields__)
        raise refused("entry.body", name, f"{problem}; fields: {fields}") from None
    completed: dict[str, Any] = msgspec.to_builtins(typed)
    if _doubtful(completed):
        _check_text(name, completed)
    return completed


def _doubtful(completed: dict[str, Any]) -> bool:
    """Whether a slow look is needed: compiled code sees quickly that it mostly is not."""
    try:
        return bool(_DOUBTFUL.search(msgspec.json.encode(completed)))
    except UnicodeEncodeError:
        return True


def _check_text(name: str, content: Any) -> None:
    """Refuse what one of the stores, or canonical JSON, could not give back unchanged."""
    if isinstance(content, str):
        if "\0" in content or (not content.isascii() and _SURROGATE.search(content)):
            raise refused("entry.text", name, "text holds neither U+0000 nor half a character")
    elif isinstance(content, dict):
        for key, each in content.items():
            _check_text(name, key)
            _check_text(name, each)
    elif isinstance(content, list):
        for each in content:
            _check_text(name, each)
    elif isinstance(content, int) and abs(content) > _LARGEST:
        raise refused("entry.number", name, "whole numbers above 2^53 - 1 travel as text")
