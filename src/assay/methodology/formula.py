"""One arithmetic line: parsed, checked for units, evaluated exactly. Nothing else.

A formula is ``foshan + (national - yunnan) * cea``: named inputs, plain decimal
literals, ``+ - * /`` and parentheses. No functions, no comparisons, no loops; it is
never handed to Python's own evaluator.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from assay.core import TaxBasis, Unit, exact_text, fraction_of, multiply, unit_of

_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<name>[a-z][a-z0-9_]*)|(?P<sign>[-+*/()]))"
)
MAX_DEPTH = 40


class FormulaError(ValueError):
    """The line is not a formula, or its units do not fit."""


@dataclass(frozen=True, slots=True)
class Literal:
    """A plain number in the line."""

    number: Fraction


@dataclass(frozen=True, slots=True)
class Name:
    """A named input in the line."""

    name: str


@dataclass(frozen=True, slots=True)
class Operation:
    """Two parts joined by one of ``+ - * /``."""

    sign: str
    left: Node
    right: Node


Node = Literal | Name | Operation


@dataclass(frozen=True, slots=True)
class Measure:
    """What a part of a formula measures: its unit and its tax basis."""

    unit: Unit
    tax: TaxBasis


@dataclass(frozen=True, slots=True)
class Formula:
    """A parsed line and its text."""

    text: str
    root: Node

    def names(self) -> tuple[str, ...]:
        """The inputs it names, each once, in the order of the line."""
        return tuple(dict.fromkeys(_names(self.root)))

    def evaluate(self, numbers: Mapping[str, Fraction]) -> Fraction:
        """The exact result; `ZeroDivisionError` when it divides by zero."""
        return _evaluate(self.root, numbers)

    def filled(self, numbers: Mapping[str, Fraction]) -> str:
        """The line with each name replaced by its number, for people."""
        return re.sub(
            r"[a-z][a-z0-9_]*",
            lambda found: exact_text(numbers[found.group()]) if found.group() in numbers else found.group(),
            self.text,
        )  # fmt: skip

    def measure(self, measures: Mapping[str, Measure], mixing: str = "") -> Measure:
        """Unit and tax basis of the result; `FormulaError` names what does not fit.

        `mixing` is the document's declared reason for meeting tax-included and
        tax-excluded prices in one line; without it that is refused.
        """
        return _measure(self.root, measures, mixing)


def parse_formula(line: str) -> Formula:
    """Parse one arithmetic line; `FormulaError` says where it stops being one."""
    tokens = _tokens(line)
    node, rest = _sum(tokens, 0, 0, line)
    if rest != len(tokens):
        raise FormulaError(
            f"{line!r}: unexpected {tokens[rest]!r}; allowed: + - * / ( ) names numbers"
        )
    return Formula(line.strip(), node)


def _tokens(line: str) -> list[str]:
    tokens, place = [], 0
    stripped = line.rstrip()
    while place < len(stripped):
        found = _TOKEN.match(stripped, place)
        if not found:
            raise FormulaError(
                f"{line!r}: cannot read {stripped[place:].strip()[:12]!r}; "
                "allowed: + - * / ( ), lower-case input names and plain numbers"
            )
        tokens.append(found.group().strip())
        place = found.end()
    if not tokens:
        raise FormulaError("the formula is empty")
    return tokens


def _sum(tokens: list[str], place: int, depth: int, line: str) -> tuple[Node, int]:
    node, place = _product(tokens, place, depth, line)
    while place < len(tokens) and tokens[place] in "+-":
        right, after = _product(tokens, place + 1, depth, line)
        node, place = Operation(tokens[place], node, right), after
    return node, place


def _product(tokens: list[str], place: int, depth: int, line: str) -> tuple[Node, int]:
    node, place = _atom(tokens, place, depth, line)
    while place < len(tokens) and tokens[place] in "*/":
        right, after = _atom(tokens, place + 1, depth, line)
        node, place = Operation(tokens[place], node, right), after
    return node, place


def _atom(tokens: list[str], place: int, depth: int, line: str) -> tuple[Node, int]:
    if depth > MAX_DEPTH:
        raise FormulaError(f"{line!r}: more than {MAX_DEPTH} parentheses deep")
    if place >= len(tokens):
        raise FormulaError(f"{line!r}: ends where a name, number or '(' should stand")
    sign = tokens[place]
    if sign == "-":
        node, place = _atom(tokens, place + 1, depth + 1, line)
        return Operation("*", Literal(Fraction(-1)), node), place
    if sign == "(":
        node, place = _sum(tokens, place + 1, depth + 1, line)
        if place >= len(tokens) or tokens[place] != ")":
            raise FormulaError(f"{line!r}: a '(' is not closed")
        return node, place + 1
    if sign[0].isdigit():
        return Literal(fraction_of(sign)), place + 1
    if sign[0].isalpha():
        return Name(sign), place + 1
    raise FormulaError(f"{line!r}: {sign!r} stands where a name, number or '(' should")


def _names(node: Node) -> list[str]:
    if isinstance(node, Name):
        return [node.name]
    if isinstance(node, Operation):
        return _names(node.left) + _names(node.right)
    return []


def _evaluate(node: Node, numbers: Mapping[str, Fraction]) -> Fraction:
    if isinstance(node, Literal):
        return node.number
    if isinstance(node, Name):
        return numbers[node.name]
    left, right = _evaluate(node.left, numbers), _evaluate(node.right, numbers)
    if node.sign == "+":
        return left + right
    if node.sign == "-":
        return left - right
    if node.sign == "*":
        return left * right
    return left / right


def _measure(node: Node, measures: Mapping[str, Measure], mixing: str) -> Measure:
    if isinstance(node, Literal):
        return Measure(unit_of("ratio"), TaxBasis("none"))
    if isinstance(node, Name):
        if node.name not in measures:
            raise FormulaError(
                f"{node.name!r} is no input; inputs: {', '.join(measures) or 'none'}"
            )
        return measures[node.name]
    left = _measure(node.left, measures, mixing)
    right = _measure(node.right, measures, mixing)
    if node.sign in "+-":
        if left.unit.dimensions != right.unit.dimensions or left.unit.scale != right.unit.scale:
            raise FormulaError(
                f"cannot {'add' if node.sign == '+' else 'subtract'} {left.unit} and {right.unit}"
            )
        return Measure(left.unit, _common_tax(left.tax, right.tax, node.sign, mixing))
    unit = multiply(left.unit, right.unit, 1 if node.sign == "*" else -1)
    return Measure(unit, left.tax if left.tax.basis != "none" else right.tax)


def _common_tax(left: TaxBasis, right: TaxBasis, sign: str, mixing: str) -> TaxBasis:
    if left == right or right.basis == "none":
        return left
    if left.basis == "none":
        return right
    if mixing:
        return left
    raise FormulaError(
        f"one side of {sign!r} has {left}, the other {right}; "
        "convert one, or declare why in `tax_conversion`"
    )
