"""Facts: the only source of digits in a comment.

A fact has a kind, a number or an interval (open-ended and hedged ones too), a unit, a
tax basis, a series, a contract and session, a comparison base, an as-of day, source
entries and a revision. A derived fact carries its formula and operands. This module
never formats a number for people and never reads a ledger.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from assay.core import Rounding, decimal_of, decimal_text, digest, round_to_step

KINDS = (
    "price", "range", "change", "pct", "volume", "oi", "spread", "fx", "count", "forecast",
    "quote", "identifier", "date", "time",
)  # fmt: skip
#: What a number may be compared with; the words stand in reference/phrases/comment.toml.
BASES = ("prev_close", "prev_settlement", "prev_trading_day", "prev_week", "full_day")
HEDGES = ("", "around", "over", "below", "near")
HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Base:
    """What a change or percent is compared with: its kind, its fact and that fact's day."""

    kind: str
    fact: str
    as_of: date

    def __post_init__(self) -> None:
        if self.kind not in BASES:
            raise ValueError(f"unknown comparison base {self.kind!r}; known: {', '.join(BASES)}")


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact. `low` equals `high` for a single number; None marks an open end.

    `entries` are the journal's sequence numbers it stems from; `words` holds the text of
    an identifier, date or time, or a typed forecast or quote that is not a number.
    """

    key: str
    kind: str
    unit: str = ""
    low: Decimal | None = None
    high: Decimal | None = None
    as_of: date | None = None
    words: str = ""
    hedge: str = ""
    tax: str = ""
    series: str = ""
    contract: str = ""
    session: str = ""
    at: str = ""
    base: Base | None = None
    entries: tuple[int, ...] = ()
    revision: int = 0
    formula: str = ""
    operands: tuple[str, ...] = ()
    author: str = ""
    source: str = ""
    horizon: str = ""
    step: str = ""
    signed: bool = False

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"{self.key}: unknown kind {self.kind!r}; known: {', '.join(KINDS)}")
        if self.hedge not in HEDGES:
            raise ValueError(f"{self.key}: unknown hedge {self.hedge!r}; known: {HEDGES}")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError(f"{self.key}: low {self.low} is above high {self.high}")

    @property
    def number(self) -> Decimal:
        """The single number; `ValueError` for an interval or a fact in words."""
        if self.low is None or self.low != self.high:
            raise ValueError(f"{self.key} is no single number")
        return self.low

    @property
    def is_single(self) -> bool:
        """Whether the fact is one number."""
        return self.low is not None and self.low == self.high

    def document(self) -> dict[str, Any]:
        """Plain values for JSON and hashing; empty parts are left out."""
        plain: dict[str, Any] = {"key": self.key, "kind": self.kind}
        for name in ("low", "high"):
            number = getattr(self, name)
            if number is not None:
                plain[name] = decimal_text(number)
        for name in (
            "unit", "words", "hedge", "tax", "series", "contract", "session", "at", "formula",
            "author", "source", "horizon", "step",
        ):  # fmt: skip
            if getattr(self, name):
                plain[name] = getattr(self, name)
        if self.as_of:
            plain["as_of"] = self.as_of.isoformat()
        if self.base:
            plain["base"] = {
                "kind": self.base.kind, "fact": self.base.fact, "as_of": self.base.as_of.isoformat(),
            }  # fmt: skip
        if self.entries:
            plain["entries"] = list(self.entries)
        if self.operands:
            plain["operands"] = list(self.operands)
        if self.revision:
            plain["revision"] = self.revision
        return plain

    @property
    def hash(self) -> str:
        """``sha256:`` of the canonical bytes of the fact."""
        return digest(self.document())


@dataclass(frozen=True, slots=True)
class SectionState:
    """The as-of day of a section, whether it is there, and why not."""

    as_of: date | None
    present: bool = True
    reason: str = ""
    variant: str = ""


@dataclass(slots=True)
class FactSet:
    """The facts of one comment by key, its sections' states and its day."""

    report: str
    day: date
    published: datetime
    facts: dict[str, Fact] = field(default_factory=dict)
    sections: dict[str, SectionState] = field(default_factory=dict)
    pictures: dict[str, Any] = field(default_factory=dict)

    def __contains__(self, key: str) -> bool:
        return key in self.facts

    def __getitem__(self, key: str) -> Fact:
        try:
            return self.facts[key]
        except KeyError:
            raise KeyError(
                f"no fact {key!r} on {self.day}; there are {', '.join(sorted(self.facts)) or 'none'}"
            ) from None

    def __iter__(self) -> Iterator[Fact]:
        return iter(self.facts.values())

    def add(self, *facts: Fact) -> None:
        """Put facts in; a key stands once."""
        for fact in facts:
            if fact.key in self.facts:
                raise ValueError(f"the fact {fact.key} is there already")
            self.facts[fact.key] = fact

    def under(self, prefix: str) -> list[Fact]:
        """The facts whose key begins with ``prefix.``, in order."""
        return [fact for key, fact in self.facts.items() if key.startswith(prefix + ".")]

    def changed(self, key: str, **parts: Any) -> FactSet:
        """A copy with one fact changed and every derived fact computed anew."""
        facts = {**self.facts, key: replace(self.facts[key], **parts)}
        copy = FactSet(
            self.report, self.day, self.published, {}, dict(self.sections), self.pictures
        )
        for name, fact in facts.items():
            copy.facts[name] = recompute(fact, copy.facts) if fact.formula else fact
        return copy

    def closure(self, key: str) -> set[str]:
        """The key and all derived facts that rest on it."""
        found = {key}
        for fact in self.facts.values():
            if any(operand in found for operand in fact.operands):
                found.add(fact.key)
        return found

    @property
    def digest(self) -> str:
        """``sha256:`` over all facts."""
        return digest([fact.document() for fact in self.facts.values()])


def single(key: str, kind: str, number: str | Decimal | int, unit: str = "", **parts: Any) -> Fact:
    """A fact of one number."""
    exact = decimal_of(number)
    return Fact(key, kind, unit, exact, exact, **parts)


def interval(key: str, low: Any, high: Any, unit: str = "", **parts: Any) -> Fact:
    """A fact of an interval; None at an open end."""
    kind = parts.pop("kind", "range")
    ends = [None if end is None else decimal_of(end) for end in (low, high)]
    return Fact(key, kind, unit, ends[0], ends[1], **parts)


def worded(key: str, kind: str, words: str, **parts: Any) -> Fact:
    """An identifier, a date, a time, or a typed quote in words."""
    return Fact(key, kind, words=words, **parts)


def difference(key: str, left: Fact, right: Fact, kind: str = "change", **parts: Any) -> Fact:
    """Left - right, with formula and operands; both in one unit and tax basis."""
    if (left.unit, left.tax) != (right.unit, right.tax):
        raise ValueError(
            f"{key}: {left.key} is {left.unit} {left.tax}, {right.key} {right.unit} {right.tax}: "
            "declare a conversion first"
        )
    fact = Fact(
        key, kind, left.unit, tax=left.tax, as_of=left.as_of, series=left.series,
        contract=left.contract, session=left.session, formula=f"{left.key} - {right.key}",
        operands=(left.key, right.key), signed=kind in {"change", "volume", "oi"}, **parts,
    )  # fmt: skip
    return recompute(fact, {left.key: left, right.key: right})


def percent(key: str, change: Fact, base: Fact, **parts: Any) -> Fact:
    """Change / base in percent, two decimals, half away from zero."""
    fact = Fact(
        key, "pct", "percent", as_of=change.as_of, series=change.series,
        contract=change.contract, session=change.session, base=change.base,
        formula=f"{change.key} / {base.key}", operands=(change.key, base.key), signed=True, **parts,
    )  # fmt: skip
    return recompute(fact, {change.key: change, base.key: base})


def recompute(fact: Fact, known: Mapping[str, Fact]) -> Fact:
    """The derived fact with its number computed from its operands."""
    left, right = (known[key] for key in fact.operands)
    if fact.kind == "pct":
        exact = Fraction(left.number) * 100 / Fraction(right.number)
        number = round_to_step(exact, HUNDREDTH, Rounding.HALF_AWAY_FROM_ZERO)
    else:
        number = left.number - right.number
    entries = tuple(sorted({*left.entries, *right.entries}))
    return replace(fact, low=number, high=number, entries=entries)


def from_documents(documents: Iterable[Mapping[str, Any]]) -> dict[str, Fact]:
    """Facts from their `document` form (JSON), by key."""
    found = {}
    for plain in documents:
        parts = dict(plain)
        for name in ("low", "high"):
            if name in parts:
                parts[name] = decimal_of(parts[name])
        if "as_of" in parts:
            parts["as_of"] = date.fromisoformat(parts["as_of"])
        if "base" in parts:
            base = parts["base"]
            parts["base"] = Base(base["kind"], base["fact"], date.fromisoformat(base["as_of"]))
        for name in ("entries", "operands"):
            parts[name] = tuple(parts.get(name, ()))
        parts["signed"] = parts["kind"] in {"change", "pct"} or bool(
            parts.get("formula") and parts["kind"] in {"volume", "oi"}
        )
        found[parts["key"]] = Fact(**parts)
    return found
