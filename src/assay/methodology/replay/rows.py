"""From a batch of a table to columns of integers, exactly; bad rows become findings.

Numbers are read by the one parser of the house (each distinct text once), so what is
no plain decimal there is no price here either. A row that cannot be read is counted,
noted with its line and left out; the rest goes on. Nothing is judged or repaired.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Context
from typing import Any

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]  # pyarrow ships no types
import pyarrow.compute as pc  # type: ignore[import-untyped]  # pyarrow ships no types

from assay.core import Finding, NaiveInstant, Severity, parse_instant
from assay.core.numbers import MAX_DIGITS
from assay.methodology.inputs import CONTRADICTING, KINDS, SIDES, SUBMISSION_FIELDS
from assay.methodology.replay.columns import (
    DAYS,
    INSTANTS,
    NULL,
    NUMBERS,
    Array,
    Columns,
    Dictionary,
    day_number,
    instant_number,
    null_numbers,
    rescaled,
)
from assay.methodology.replay.numerals import Machine, numerals_of

NEEDED = ("series", "pricing_date", "contributor", "low", "high")
WORDS = tuple(
    name
    for name in SUBMISSION_FIELDS
    if name not in (*NUMBERS, *INSTANTS, *DAYS, "id", "price", "pricing_date", "mode", "delivery_mode")
)  # fmt: skip
#: Findings of one code that are written out in full; more are counted.
MOST_FINDINGS = 10_000
_LIMIT = 2**63 - 1
#: So many decimal digits always fit 64 bits.
_SURE_DIGITS = 18
#: What nearly every number looks like; anything else is read one by one.
_USUAL = r"^-?[0-9]{1,17}(\.[0-9]{1,9})?$"
_EXACT = Context(prec=2 * MAX_DIGITS)


@dataclass(slots=True)
class Findings:
    """The bad rows of a run: counted all, written out up to a limit."""

    listed: list[Finding] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    def add(self, finding: Finding, times: int = 1) -> None:
        """Note one finding (that stands for `times` rows)."""
        self.counts[finding.code] = self.counts.get(finding.code, 0) + times
        if self.counts[finding.code] <= MOST_FINDINGS:
            self.listed.append(finding)

    @property
    def bad_rows(self) -> int:
        """How many rows were left out."""
        return sum(number for code, number in self.counts.items() if code.startswith("row."))


class RowReader:
    """Reads the batches of one table; keeps the dictionaries of its words."""

    def __init__(self, name: str, findings: Findings, machine: Machine | None = None) -> None:
        self.name = name
        #: Reads decimal texts by machine code, in large runs.
        self.machine = machine
        self.findings = findings
        self.dictionaries: dict[str, Dictionary] = {}
        self._seen = 0

    def dictionary(self, column: str) -> Dictionary:
        """The words of a column seen so far."""
        return self.dictionaries.setdefault(column, Dictionary())

    def read(self, batch: pa.RecordBatch) -> Columns:
        """One batch of submissions as columns, without its bad rows."""
        return self.read_as(batch, "pricing_date", ("series", "contributor", *WORDS))

    def read_as(self, batch: pa.RecordBatch, day: str, words: tuple[str, ...]) -> Columns:
        """One batch as columns: its day column, and which of its columns hold words."""
        size = batch.num_rows
        bad = np.zeros(size, dtype=bool)
        first = self._seen
        self._seen += size
        arrays = dict(zip(batch.schema.names, batch.columns, strict=True))
        days = self._days(arrays[day], day, bad, first)
        self._missing(days == NULL, day, bad, first)
        codes = {name: self._words(arrays[name], name) for name in words if name in arrays}
        for name in ("series", "contributor"):
            if name in codes:
                self._missing(codes[name] < 0, name, bad, first)
        self._contradicting(codes, bad, first)
        numbers, scales = self._prices(arrays, bad, first)
        columns = Columns(
            day=days,
            position=np.arange(first, first + size, dtype=np.int64),
            words=codes,
            numbers=numbers,
            scales=scales,
            instants={n: self._instants(arrays[n], n, bad, first) for n in INSTANTS if n in arrays},
            days={n: self._days(arrays[n], n, bad, first) for n in DAYS if n in arrays},
            ids=self._ids(arrays["id"]) if "id" in arrays else None,
        )
        columns = columns.take(~bad) if bad.any() else columns
        columns.day = columns.day.astype(np.int32)
        return columns

    # ---- one kind of column each -----------------------------------------------------

    def _words(self, array: pa.Array, name: str) -> Array:
        dictionary = self.dictionary(name)
        encoded = array if pa.types.is_dictionary(array.type) else pc.dictionary_encode(array)
        words = [each and each.strip() for each in encoded.dictionary.cast(pa.string()).to_pylist()]
        own = np.append(dictionary.codes(words), np.int32(-1))
        if encoded.null_count == 0:
            return _plain(pc.take(pa.array(own), encoded.indices, boundscheck=False))
        return own[_plain(pc.fill_null(encoded.indices.cast(pa.int32()), len(words)))]

    def _ids(self, array: pa.Array) -> Array:
        return np.array([each or "" for each in array.cast(pa.string()).to_pylist()], dtype=object)

    def _prices(
        self, arrays: Mapping[str, pa.Array], bad: Array, first: int
    ) -> tuple[dict[str, Array], dict[str, int]]:
        numbers: dict[str, Array] = {}
        scales: dict[str, int] = {}
        for name in (*NUMBERS, "price", "mid", "value", "revision"):
            if name in arrays:
                numbers[name], scales[name] = self._numbers(arrays[name], name, bad, first)
        price, scale = numbers.pop("price", None), scales.pop("price", 0)
        for low, high in (("low", "high"), ("premium_low", "premium_high")):
            _level(numbers, scales, low, high)
            if low not in numbers:
                continue
            if price is not None and low == "low":
                for name in (low, high):
                    numbers[name], scales[name] = _first_of(
                        numbers[name], scales[name], price, scale
                    )
                _level(numbers, scales, low, high)
            numbers[low], numbers[high] = _ends(numbers[low], numbers[high])
        if "low" not in numbers:
            return numbers, scales
        self._note(numbers["low"] > numbers["high"], "row.crossed", "low is above high", bad, first)
        return numbers, scales

    def _numbers(self, array: pa.Array, name: str, bad: Array, first: int) -> tuple[Array, int]:
        kind = array.type
        if pa.types.is_decimal128(kind) and kind.precision <= 38:  # noqa: PLR2004 all of them
            return self._of_decimals(array, name, bad, first)
        if pa.types.is_integer(kind):
            return _with_nulls(array, array.cast(pa.int64())), 0
        return self._of_texts(array, name, bad, first)

    def _of_decimals(self, array: pa.Array, name: str, bad: Array, first: int) -> tuple[Array, int]:
        scale = max(array.type.scale, 0)
        halves = np.frombuffer(array.buffers()[1], dtype=np.int64)
        halves = halves.reshape(-1, 2)[array.offset : array.offset + len(array)]
        whole = halves[:, 0].copy()
        there = _plain(pc.is_valid(array)) if array.null_count else np.bool_(True)
        if array.type.precision > _SURE_DIGITS:
            wide = ((halves[:, 1] != (whole >> 63)) | (whole == NULL)) & there
            said = f"{name} has more digits than a column holds"
            self._note(wide, "row.too_large", said, bad, first)
        if array.null_count:
            whole[~there] = NULL
        return whole, scale

    def _of_texts(self, array: pa.Array, name: str, bad: Array, first: int) -> tuple[Array, int]:
        if pa.types.is_dictionary(array.type) or self.machine is None:
            return self._of_encoded(array, name, bad, first)
        found = numerals_of(array, self.machine)
        for row, said in found.wrong.items():
            which = np.zeros(len(bad), dtype=bool)
            which[row] = True
            self._note(which, "row.number", f"{name}: {said}", bad, first)
        return found.wholes, found.scale

    def _of_encoded(self, array: pa.Array, name: str, bad: Array, first: int) -> tuple[Array, int]:
        """Each distinct text once."""
        encoded = array if pa.types.is_dictionary(array.type) else pc.dictionary_encode(array)
        found, codes = numerals_of(encoded.dictionary, self.machine), _codes(encoded)
        for number, said in found.wrong.items():
            self._note(codes == number, "row.number", f"{name}: {said}", bad, first)
        return np.append(found.wholes, NULL)[codes], found.scale

    def _days(self, array: pa.Array, name: str, bad: Array, first: int) -> Array:
        if pa.types.is_date32(array.type):
            return _with_nulls(array, array.cast(pa.int32()).cast(pa.int64()))

        def read(text: Any) -> int:
            return day_number(text if isinstance(text, date) else date.fromisoformat(text))

        return self._each(array, name, read, bad, first)

    def _instants(self, array: pa.Array, name: str, bad: Array, first: int) -> Array:
        wanted = pa.timestamp("us", tz="UTC")
        if not pa.types.is_timestamp(array.type):
            try:
                array = pc.cast(_text_of(array), wanted)
            except pa.ArrowInvalid:

                def read(text: Any) -> int:
                    return instant_number(
                        text if isinstance(text, datetime) else parse_instant(text)
                    )

                return self._each(_text_of(array), name, read, bad, first)
        return _with_nulls(array, pc.cast(array, wanted).cast(pa.int64()))

    def _each(
        self, array: pa.Array, name: str, read: Callable[[Any], int], bad: Array, first: int
    ) -> Array:
        encoded = array if pa.types.is_dictionary(array.type) else pc.dictionary_encode(array)
        texts = encoded.dictionary.to_pylist()
        wholes = np.full(len(texts) + 1, NULL, dtype=np.int64)
        codes = _codes(encoded)
        for number, text in enumerate(texts):
            try:
                said = text.strip() if isinstance(text, str) else text
                wholes[number] = NULL if said in (None, "") else read(said)
            except (ValueError, NaiveInstant) as problem:
                self._note(codes == number, "row.date", f"{name}: {problem}", bad, first)
        return wholes[codes]

    # ---- findings ----------------------------------------------------------------------

    def _missing(self, which: Array, name: str, bad: Array, first: int) -> None:
        self._note(which, "row.missing", f"{name} is missing", bad, first)

    def _contradicting(self, codes: Mapping[str, Array], bad: Array, first: int) -> None:
        """Kinds and sides that are none, and a bid that sells: as `determine` refuses them."""
        known = {"kind": KINDS, "side": SIDES}
        for name, words in known.items():
            if name in codes:
                own = [-1, *map(self.dictionary(name).known, words)]
                for code in np.unique(codes[name][~np.isin(codes[name], own)]):
                    said = f"{name} {self.dictionary(name).word(int(code))!r}; allowed: {', '.join(words)}"
                    self._note(codes[name] == code, f"row.{name}", said, bad, first)
        if "kind" in codes and "side" in codes:
            for kind, side in CONTRADICTING:
                both = codes["kind"] == self.dictionary("kind").known(kind)
                both &= codes["side"] == self.dictionary("side").known(side)
                self._note(both, "row.side", f"kind {kind} with side {side}", bad, first)

    def _note(self, which: Array, code: str, said: str, bad: Array, first: int) -> None:
        if not which.any():
            return
        for row in np.flatnonzero(which & ~bad):
            self.findings.add(
                Finding(code, Severity.ERROR, f"{self.name}, row {first + row + 1}", said)
            )
        bad |= which


def _plain(array: pa.Array) -> Array:
    return np.asarray(array.to_numpy(zero_copy_only=False))


def _text_of(array: pa.Array) -> pa.Array:
    return array.cast(pa.string()) if pa.types.is_dictionary(array.type) else array


def _codes(encoded: pa.DictionaryArray) -> Array:
    """Indices into the dictionary; nulls point one past its end."""
    if encoded.null_count == 0:
        return _plain(encoded.indices)
    return _plain(pc.fill_null(encoded.indices.cast(pa.int32()), len(encoded.dictionary)))


def _with_nulls(array: pa.Array, whole: pa.Array) -> Array:
    if array.null_count == 0:
        return _plain(whole)
    return _plain(pc.fill_null(whole, NULL))


def _first_of(one: Array, scale: int, other: Array, other_scale: int) -> tuple[Array, int]:
    common = max(scale, other_scale)
    one, other = rescaled(one, common - scale), rescaled(other, common - other_scale)
    return np.where(one == NULL, other, one), common


def _level(numbers: dict[str, Array], scales: dict[str, int], low: str, high: str) -> None:
    """Both ends there and at one scale, when either is there."""
    for one, other in ((low, high), (high, low)):
        if one in numbers and other not in numbers:
            numbers[other], scales[other] = null_numbers(len(numbers[one])), scales[one]
    if low in numbers:
        common = max(scales[low], scales[high])
        for name in (low, high):
            numbers[name] = rescaled(numbers[name], common - scales[name])
            scales[name] = common


def _ends(low: Array, high: Array) -> tuple[Array, Array]:
    """Where one end is missing it is the other."""
    without_low, without_high = low == NULL, high == NULL
    if not (without_low.any() or without_high.any()):
        return low, high
    return np.where(without_low, high, low), np.where(without_high, low, high)
