"""Canonical JSON as the journal writes it (RFC 8785, without floating-point numbers).

Reading is as strict as writing: floats, duplicate keys and lone surrogates are refused,
so that a text has exactly one meaning and a meaning exactly one text.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any, NoReturn

MAX_INTEGER = 2**53 - 1


class Malformed(ValueError):
    """Bytes that are not what the specification says should stand there."""


def canonical_bytes(content: Any) -> bytes:
    """The one byte string of `content`."""
    parts: list[str] = []
    _write(content, parts)
    try:
        return "".join(parts).encode()
    except UnicodeEncodeError:
        raise Malformed("a text holds half a character (a lone surrogate)") from None


def _write(content: Any, parts: list[str]) -> None:
    if content is None or isinstance(content, bool):
        parts.append({None: "null", True: "true", False: "false"}[content])
    elif isinstance(content, str):
        if "\0" in content:
            raise Malformed("a text holds U+0000")
        parts.append(json.dumps(content, ensure_ascii=False))
    elif isinstance(content, int):
        if abs(content) > MAX_INTEGER:
            raise Malformed(f"{content} is too large for a JSON number")
        parts.append(str(content))
    elif isinstance(content, list):
        parts.append("[")
        for place, each in enumerate(content):
            if place:
                parts.append(",")
            _write(each, parts)
        parts.append("]")
    elif isinstance(content, dict):
        _write_table(content, parts)
    else:
        raise Malformed(f"{type(content).__name__} has no canonical form")


def _write_table(table: dict[Any, Any], parts: list[str]) -> None:
    parts.append("{")
    for place, key in enumerate(sorted(table, key=_order)):
        if place:
            parts.append(",")
        parts.append(json.dumps(key, ensure_ascii=False) + ":")
        _write(table[key], parts)
    parts.append("}")


def _order(key: str) -> bytes:
    """RFC 8785 sorts keys by their UTF-16 code units."""
    return key.encode("utf-16-be", "surrogatepass")


def read_json(content: bytes) -> Any:
    """The JSON value of `content`; `Malformed` when there are several, or none."""
    try:
        return json.loads(
            content.decode(),
            parse_float=_no_float,
            parse_constant=_no_float,
            object_pairs_hook=_no_duplicates,
        )
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as problem:
        raise Malformed(f"not JSON: {problem}") from None


def read_canonical(content: bytes) -> Any:
    """The JSON value of `content`, which must be written canonically."""
    found = read_json(content)
    if canonical_bytes(found) != content:
        raise Malformed("not canonical JSON (spaces, order of keys or escapes differ)")
    return found


def _no_float(text: str) -> NoReturn:
    raise Malformed(f"{text} is a floating-point number; exact numbers travel as text")


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) != len(pairs):
        raise Malformed("a key stands twice in one table")
    return table


def sha256(content: bytes) -> str:
    """``sha256:<hex>`` of these bytes."""
    return "sha256:" + hashlib.sha256(content).hexdigest()


def digest(content: Any) -> str:
    """``sha256:<hex>`` of the canonical bytes of `content`."""
    return sha256(canonical_bytes(content))
