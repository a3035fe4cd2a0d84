"""The reference page of the entry kinds, written from the register. Holds no kind itself."""

from __future__ import annotations

import typing

import msgspec

from assay.ledger.kinds.registry import KINDS, Kind

HEADER = """# Entry kinds

Every act that the journal can hold. Written from the register by
`python -c "from assay.ledger.kinds.page import kinds_page; print(kinds_page(), end='')"`;
a test compares. A kind never changes once released: a new need is a new version. How an entry is bound into the journal
is said in [journal](journal.md).

*Disclosure* says who may ever see the body: `public` after publication, `auditor` under secrecy (a public bundle shows the
commitment only). Dates, instants and exact decimals are text; `sha256:` and `vault:` references are text. A field with a default
may be left out when an act is given, and is written out in the entry. Unknown fields are refused.
"""


def kinds_page() -> str:
    """The page as Markdown, kinds in order of their names."""
    parts = [HEADER]
    noun = ""
    for name in sorted(KINDS):
        if name.partition(".")[0] != noun:
            noun = name.partition(".")[0]
            parts.append(f"\n## {noun}\n")
        parts.append(_section(KINDS[name]))
    return "".join(parts)


def _section(kind: Kind) -> str:
    lines = [f"\n### `{kind.name}`", f"{kind.disclosure}: {kind.says}", ""]
    lines += ["| field | type | default |", "|---|---|---|"]
    for field in msgspec.structs.fields(kind.body):
        lines.append(f"| `{field.name}` | {_type(field.type)} | {_default(field)} |")
    return "\n".join(lines) + "\n"


def _type(kind: object) -> str:
    """A type for people: text, whole number, list of text, one of `a`, `b`."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is typing.Literal:
        return "one of " + ", ".join(f"`{each}`" for each in arguments)
    if origin is list:
        return f"list of {_type(arguments[0])}" if arguments else "list"
    if origin is dict:
        return f"table of text to {_type(arguments[1])}"
    if arguments:
        return " or ".join(_type(each) for each in arguments)
    plain = {str: "text", int: "whole number", bool: "yes or no", type(None): "none"}
    if isinstance(kind, type) and kind in plain:
        return plain[kind]
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        inner = ", ".join(f"`{each.name}`" for each in msgspec.structs.fields(kind))
        return f"{kind.__name__} ({inner})"
    return "anything plain"


def _default(field: msgspec.structs.FieldInfo) -> str:
    if field.default_factory is not msgspec.NODEFAULT:
        return "empty"
    if field.default is msgspec.NODEFAULT:
        return ""
    if isinstance(field.default, bool):
        return "yes" if field.default else "no"
    if field.default is None:
        return "none"
    return "empty" if field.default == "" else f"`{field.default}`"
