"""Canonical bytes: one content, one byte string, one hash (RFC 8785 JSON).

Numbers that matter travel as text: binary floats are refused outright, decimals,
dates, instants and enums become their canonical text.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, is_dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from typing import Any

import rfc8785

from assay.core.dates import instant_text
from assay.core.numbers import decimal_text, exact_text

_PLAIN = frozenset({str, int, bool})
_ENCODER = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
)
_UNSURE = re.compile("[\U00010000-\U0010ffff]|(?:^|[:,\\[])-?[0-9]{16}")


def plain(content: Any) -> Any:
    """`content` as JSON-able values: text for exact numbers and times, no floats.

    Raises `TypeError` for a float or an object without a canonical form.
    """
    if content is None or type(content) in _PLAIN:
        return content
    if isinstance(content, str | int) and not isinstance(content, Enum):
        return content
    if isinstance(content, dict):
        return {
            key if type(key) is str else _key(key): plain(each) for key, each in content.items()
        }
    if isinstance(content, list | tuple):
        return [plain(each) for each in content]
    if isinstance(content, set | frozenset):
        return sorted(plain(each) for each in content)
    if is_dataclass(content) and not isinstance(content, type):
        return plain(asdict(content))
    return _scalar(content)


def _key(key: Any) -> str:
    text = plain(key)
    if not isinstance(text, str):
        raise TypeError(f"{key!r} cannot be a key of canonical JSON: use text")
    return text


def _scalar(content: Any) -> str:
    if isinstance(content, Enum):
        return str(content.value)
    if isinstance(content, Decimal):
        return decimal_text(content)
    if isinstance(content, Fraction):
        return exact_text(content)
    if isinstance(content, datetime):
        return instant_text(content)
    if isinstance(content, date | time):
        return content.isoformat()
    raise TypeError(f"{type(content).__name__} has no canonical form (floats never have)")


def canonical_bytes(content: Any) -> bytes:
    """RFC 8785 bytes of `content` after `plain`.

    The standard library's encoder writes the same bytes several times faster, except for
    keys beyond the basic plane (sorted otherwise) and numbers of 16 digits and more
    (which may be refused); where such a text is met, the reference encoder decides.
    """
    ready = plain(content)
    text = _ENCODER.encode(ready)
    if _UNSURE.search(text):
        return rfc8785.dumps(ready)
    return text.encode()


def digest_of(content: bytes) -> str:
    """``sha256:<hex>`` of these bytes."""
    return "sha256:" + hashlib.sha256(content).hexdigest()


def digest(content: Any) -> str:
    """``sha256:<hex>`` of the canonical bytes of `content`."""
    return digest_of(canonical_bytes(content))
