"""The register of the catalogue: which names a document may write, with which arguments.

Each entry is a small pure function under a name, a family and checked parameters.
The register never runs anything; the engine does. The loader, the reference pages and
the replay engine all read the same register, so a name cannot exist in one of them only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from typing import Any, TypeVar

from assay.core import NotANumber, decimal_of

#: What a rule of the catalogue may be asked for, and what each family means.
FAMILIES = {
    "cleaning": "puts raw rows in order before anybody judges them",
    "screening": "judges one submission against a clause",
    "panel": "judges the surviving submissions of a day against each other",
    "normalisation": "brings a price to the base terms by declared differentials",
    "trim": "sets values aside by a stated count or volume",
    "split": "divides the used values into parts, each with its own statistic",
    "estimator": "makes one value of the used values",
    "range": "makes low and high",
    "market": "reads one value out of exchange rows",
}

REQUIRED = object()
Function = TypeVar("Function", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Parameter:
    """One argument of a rule: its name, kind, default and allowed words."""

    name: str
    kind: str
    default: Any = REQUIRED
    choices: tuple[str, ...] = ()
    columns: Mapping[str, type] | None = None
    optional: frozenset[str] = frozenset()
    #: A decimal lies from the first up to the second (``below``: not reaching it).
    bounds: tuple[int, int | None] = (-(10**15), None)
    below: bool = False

    @property
    def required(self) -> bool:
        """Whether the document must give it."""
        return self.default is REQUIRED

    def read(self, given: Any) -> Any:
        """The argument as the rule wants it; `ValueError` says what is wrong with it."""
        reader = _READERS[self.kind]
        argument = reader(given)
        if self.kind == "decimal":
            self._check_bounds(argument)
        if self.columns is not None:
            self._check_rows(argument)
        if self.choices:
            for word in argument if isinstance(argument, tuple) else (argument,):
                if word not in self.choices:
                    raise ValueError(f"{word!r} is not one of {', '.join(self.choices)}")
        return argument

    def _check_bounds(self, number: Decimal) -> None:
        least, most = self.bounds
        if number < least or (
            most is not None and (number > most or (self.below and number == most))
        ):
            until = "" if most is None else f" to {'below ' if self.below else ''}{most}"
            raise ValueError(f"{number} does not lie from {least}{until}")

    def _check_rows(self, lines: tuple[Mapping[str, Any], ...]) -> None:
        assert self.columns is not None
        for number, line in enumerate(lines, 1):
            unknown = sorted(set(line) - set(self.columns))
            missing = sorted(set(self.columns) - self.optional - set(line))
            if unknown or missing:
                raise ValueError(
                    f"line {number}: unknown {unknown}, missing {missing}; "
                    f"columns: {', '.join(self.columns)}"
                )
            for name, kind in self.columns.items():
                if name in line and type(line[name]) is not kind:
                    raise ValueError(
                        f"line {number}: {name} is {line[name]!r}, not a {kind.__name__}"
                    )


@dataclass(frozen=True, slots=True)
class Entry:
    """One name of the catalogue."""

    name: str
    family: str
    parameters: tuple[Parameter, ...]
    function: Callable[..., Any]

    @property
    def meaning(self) -> str:
        """The first line of the function's docstring."""
        return (self.function.__doc__ or "").strip().splitlines()[0]

    def arguments(self, given: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
        """Checked arguments with defaults, and what is wrong with the given ones."""
        known = {each.name: each for each in self.parameters}
        wrong = [
            f"unknown argument {name!r}; allowed: {', '.join(known) or 'none'}"
            for name in given
            if name not in known
        ]
        read: dict[str, Any] = {}
        for each in self.parameters:
            if each.name in given:
                try:
                    read[each.name] = each.read(given[each.name])
                except ValueError as problem:
                    wrong.append(f"argument {each.name!r}: {problem}")
            elif each.required:
                wrong.append(f"argument {each.name!r} ({each.kind}) is missing")
            else:
                read[each.name] = each.default
        return read, wrong


_ENTRIES: dict[tuple[str, str], Entry] = {}


def entry(family: str, name: str, *parameters: Parameter) -> Callable[[Function], Function]:
    """Enter the decorated function into the catalogue under `family` and `name`."""
    assert family in FAMILIES, family

    def enter(function: Function) -> Function:
        assert (family, name) not in _ENTRIES, name
        _ENTRIES[family, name] = Entry(name, family, parameters, function)
        return function

    return enter


def entry_of(family: str, name: str) -> Entry | None:
    """The entry of this family and name, or None."""
    return _ENTRIES.get((family, name))


def names_of(family: str) -> tuple[str, ...]:
    """Every name of a family, in the order of the catalogue."""
    return tuple(name for kin, name in _ENTRIES if kin == family)


def entries() -> tuple[Entry, ...]:
    """The whole catalogue."""
    return tuple(_ENTRIES.values())


# ---- parameters ----------------------------------------------------------------------


def _decimal(given: Any) -> Decimal:
    if isinstance(given, float):
        raise ValueError(f"{given!r} is a binary float; give a decimal")  # noqa: TRY004 one error kind for arguments
    try:
        return decimal_of(given)
    except NotANumber as problem:
        raise ValueError(str(problem)) from None


def _count(given: Any) -> int:
    if isinstance(given, bool) or not isinstance(given, int) or given < 0:
        raise ValueError(f"{given!r} is not a whole number from 0 up")
    return given


def _text(given: Any) -> str:
    if not isinstance(given, str) or not given:
        raise ValueError(f"{given!r} is not a text")
    return given


def _flag(given: Any) -> bool:
    if not isinstance(given, bool):
        raise ValueError(f"{given!r} is not true or false")  # noqa: TRY004 one error kind for arguments
    return given


def _texts(given: Any) -> tuple[str, ...]:
    if not isinstance(given, list) or not all(isinstance(each, str) for each in given):
        raise ValueError(f"{given!r} is not a list of texts")
    return tuple(given)


def _rows(given: Any) -> tuple[Mapping[str, Any], ...]:
    if not isinstance(given, list) or not all(isinstance(each, dict) for each in given):
        raise ValueError("not a list of tables")
    return tuple(given)


def _decimals(given: Any) -> Mapping[str, Decimal]:
    if not isinstance(given, dict):
        raise ValueError("not a table of decimals")  # noqa: TRY004 one error kind for arguments
    return {name: _decimal(number) for name, number in given.items()}


def _day(given: Any) -> date:
    if not isinstance(given, date):
        raise ValueError(f"{given!r} is not a date such as 2025-12-30")  # noqa: TRY004 one error kind for arguments
    return given


def _clock(given: Any) -> str:
    said = _text(given)
    try:
        zoned = time.fromisoformat(said).tzinfo is not None
    except ValueError:
        zoned = True
    if zoned:
        raise ValueError(f"{said!r} is not a time such as 16:00")
    return said


_READERS: dict[str, Callable[[Any], Any]] = {
    "decimal": _decimal,
    "count": _count,
    "text": _text,
    "clock": _clock,
    "flag": _flag,
    "texts": _texts,
    "rows": _rows,
    "decimals": _decimals,
    "day": _day,
}


def decimal(
    name: str,
    default: Any = REQUIRED,
    *,
    least: int = 0,
    most: int | None = None,
    below: bool = False,
) -> Parameter:
    """A parameter that is an exact decimal from `least` up to `most` (or below it)."""
    return Parameter(name, "decimal", default, bounds=(least, most), below=below)


def count(name: str, default: Any = REQUIRED) -> Parameter:
    """A parameter that is a whole number from 0 up."""
    return Parameter(name, "count", default)


def word(name: str, *choices: str, default: Any = REQUIRED) -> Parameter:
    """A parameter that is one of the named words."""
    return Parameter(name, "text", default, choices)


def text(name: str, default: Any = REQUIRED) -> Parameter:
    """A parameter that is a free text."""
    return Parameter(name, "text", default)


def clock(name: str) -> Parameter:
    """A parameter that is a time of the day on the clock of the document's zone: ``16:00``."""
    return Parameter(name, "clock")


def flag(name: str, default: Any = REQUIRED) -> Parameter:
    """A parameter that is true or false."""
    return Parameter(name, "flag", default)


def texts(name: str, *choices: str, default: Any = REQUIRED) -> Parameter:
    """A parameter that is a list of texts."""
    return Parameter(name, "texts", default, choices)


def rows(name: str, columns: Mapping[str, type], optional: tuple[str, ...] = ()) -> Parameter:
    """A parameter that is a list of tables with these columns."""
    return Parameter(name, "rows", REQUIRED, (), columns, frozenset(optional))


def decimals(name: str, default: Any = REQUIRED) -> Parameter:
    """A parameter that is a table of name = decimal."""
    return Parameter(name, "decimals", default)
