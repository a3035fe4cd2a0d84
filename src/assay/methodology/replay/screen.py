"""Screening in columns: which rows the document's own rules let through.

Rules about words are asked of the catalogue itself, once for each combination of words
that occurs; rules about numbers and instants are the same comparisons on whole numbers.
Rules that judge rows against each other are the kernel's or the day engine's business.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, time, timedelta
from fractions import Fraction
from math import ceil, floor
from typing import Any

import numpy as np

from assay.core import at
from assay.methodology.catalogue import entry_of
from assay.methodology.catalogue.shapes import Day
from assay.methodology.document.model import Methodology, RuleCall
from assay.methodology.engine.screening import REJECTING
from assay.methodology.inputs import Inputs, Submission
from assay.methodology.replay.columns import (
    NULL,
    Array,
    Columns,
    Dictionary,
    day_of,
    instant_number,
)
from assay.methodology.replay.plan import KIND_CODES

#: The words each rule of words looks at.
_WORDS = {
    "arms_length": ("kind", "relation"),
    "unit_and_tax": ("series", "unit", "tax", "currency", "tax_rate"),
    "kinds": ("kind",),
}
_NEVER = np.iinfo(np.int64).max
_MIDNIGHT = time(0)
#: Combinations of words that are looked up in a table rather than sorted.
_MOST_COMBINATIONS = 1 << 20


class Screen:
    """One partition under screening."""

    def __init__(
        self,
        methodology: Methodology,
        columns: Columns,
        dictionaries: Mapping[str, Dictionary],
        days: Array,
        day_index: Array,
    ) -> None:
        assert methodology.assessment is not None
        self.methodology = methodology
        self.assessment = methodology.assessment
        self.columns = columns
        self.dictionaries = dictionaries
        self._days = days
        self._sizes = np.diff(np.searchsorted(day_index, np.arange(len(days) + 1)))
        self._bounds: dict[str, Array] = {}
        self._kinds: Array | None = None

    def passing(self) -> Array:
        """The rows that no row-wise rule rejects and that state a price."""
        columns = self.columns
        good: Array = columns.numbers["low"] != NULL
        decision = columns.words.get("decision")
        if decision is not None:
            good &= decision != self.dictionaries["decision"].known("exclude")
        for call in self.assessment.screening:
            reject = self._rejected(call)
            if reject is not None:
                good &= ~reject
        return good

    def _rejected(self, call: RuleCall) -> Array | None:
        if call.rule in _WORDS:
            return self._by_words(call, _WORDS[call.rule])
        if call.rule == "terms":
            of = ("series",) if call.arguments["series"] else ()
            return self._by_words(call, (*of, call.arguments["field"]))
        by_name = {
            "required_fields": self._required,
            "todays_data": self._todays,
            "before_cutoff": self._late,
            "minimum_quantity": self._small,
            "large_quantity": self._large,
            "positive_confidence": self._confidence,
            "received_between": self._too_old,
        }
        speak = by_name.get(call.rule)
        return None if speak is None else speak(call.arguments)

    # ---- words -------------------------------------------------------------------------

    def _by_words(self, call: RuleCall, fields: tuple[str, ...]) -> Array | None:
        found = entry_of("screening", call.rule)
        assert found is not None

        def rejects(submission: Submission, day: Day) -> bool:
            return found.function(submission, day, **call.arguments).verdict in REJECTING

        return self.by_words(fields, rejects)

    def by_words(self, fields: tuple[str, ...], holds: Callable[[Submission, Day], bool]) -> Array:
        """Of which rows something holds that depends on these words alone."""
        present = [name for name in fields if name in self.columns.words]
        if not present:
            return np.full(len(self.columns), holds(*self._example({})))
        codes, combinations = self._combined(present)
        verdicts = np.zeros(len(combinations), dtype=bool)
        for place, words in enumerate(combinations):
            verdicts[place] = words is not None and holds(*self._example(words))
        return verdicts[codes]

    def _combined(self, names: list[str]) -> tuple[Array, list[Mapping[str, str | None] | None]]:
        """A code for each row's combination of words, and what each code means."""
        sizes = [len(self.dictionaries[name].words) + 1 for name in names]
        code = np.zeros(len(self.columns), dtype=np.int64)
        room = 1
        for name, size in zip(names, sizes, strict=True):
            code = code * size + (self.columns.words[name].astype(np.int64) + 1)
            room *= size
        if room <= _MOST_COMBINATIONS:
            there = np.bincount(code, minlength=room) > 0
            return code, [self._meaning(c, names, sizes) if there[c] else None for c in range(room)]
        listed, place = np.unique(code, return_inverse=True)
        return place, [self._meaning(int(c), names, sizes) for c in listed]

    def _meaning(self, code: int, names: list[str], sizes: list[int]) -> dict[str, str | None]:
        words: dict[str, str | None] = {}
        for name, size in zip(reversed(names), reversed(sizes), strict=True):
            code, own = divmod(code, size)
            words[name] = self.dictionaries[name].word(own - 1)
        return words

    def _example(self, words: Mapping[str, str | None]) -> tuple[Submission, Day]:
        series = words.get("series") or self.methodology.series[0]
        if series not in self.methodology.cards:
            series = self.methodology.series[0]
        texts = {name: word for name, word in words.items() if word and name != "series"}
        kind = texts.pop("kind", None) or "indication"
        submission = Submission(
            "example", date.min, series, "", kind, Fraction(0), Fraction(0), texts=texts
        )
        card = self.methodology.card(series)
        return submission, Day(
            date.min, series, card, self.methodology.hours, self.assessment.required, Inputs()
        )

    # ---- fields, numbers, instants ----------------------------------------------------

    def kinds(self) -> Array:
        """The kind of each row in the kernel's numbers; -1 for a word that is no kind."""
        if self._kinds is None:
            self._kinds = self._read_kinds()
        return self._kinds

    def _read_kinds(self) -> Array:
        codes = self.columns.words.get("kind")
        if codes is None:
            return np.full(len(self.columns), KIND_CODES["indication"], dtype=np.int8)
        words = self.dictionaries["kind"].words
        own = [KIND_CODES.get(word, -1) for word in words]
        return np.array([*own, KIND_CODES["indication"]], dtype=np.int8)[codes]

    def _there(self, name: str) -> Array | bool:
        columns = self.columns
        if name == "price":
            premium = columns.numbers.get("premium_low")
            low: Array = columns.numbers["low"] != NULL
            return low if premium is None else low | (premium != NULL)
        if name in ("series", "contributor", "pricing_date", "kind", "id"):
            return True
        for family in (columns.numbers, columns.instants, columns.days):
            if name in family:
                there: Array = family[name] != NULL
                return there
        codes = columns.words.get(name)
        return False if codes is None else codes >= 0

    def _required(self, _arguments: Mapping[str, Any]) -> Array:
        kinds = self.kinds()
        missing = np.zeros(len(self.columns), dtype=bool)
        for kind, names in self.assessment.required.items():
            of_kind = kinds == KIND_CODES[kind]
            for name in names:
                missing |= of_kind & ~np.asarray(self._there(name))
        return missing

    def bound(self, which: str) -> Array:
        """An instant of each row's pricing day: ``begins``, ``ends`` or ``hard`` (in microseconds)."""
        if which not in self._bounds:
            zone, hard = self.methodology.hours.zone, self.methodology.hours.hard
            clock = (hard or _MIDNIGHT) if which == "hard" else _MIDNIGHT
            later = timedelta(days=1 if which == "ends" else 0)
            each = [instant_number(at(day_of(day) + later, clock, zone)) for day in self._days]
            self._bounds[which] = np.repeat(np.array(each, dtype=np.int64), self._sizes)
        return self._bounds[which]

    def _todays(self, _arguments: Mapping[str, Any]) -> Array:
        out = np.zeros(len(self.columns), dtype=bool)
        for name in ("concluded_at", "received_at"):
            instant = self.columns.instants.get(name)
            if instant is None:
                continue
            out |= (instant < self.bound("begins")) & (instant != NULL)
            if name == "concluded_at":
                out |= instant >= self.bound("ends")
        return out

    def _late(self, arguments: Mapping[str, Any]) -> Array | None:
        if self.methodology.hours.hard is None:
            return None
        received = self.columns.instants.get("received_at")
        unknown = arguments["unknown"] == "exclude"
        if received is None:
            return np.full(len(self.columns), True) if unknown else None
        late: Array = received > self.bound("hard")
        return np.asarray(late | (received == NULL)) if unknown else late

    def _too_old(self, arguments: Mapping[str, Any]) -> Array | None:
        received = self.columns.instants.get("received_at")
        if self.methodology.hours.hard is None or received is None:
            return None
        limit = floor(Fraction(arguments["seconds"]) * 1_000_000)
        there = received != NULL
        old: Array = self.bound("hard") - np.where(there, received, 0) > limit
        return np.asarray(old & there)

    def _small(self, arguments: Mapping[str, Any]) -> Array | None:
        tonnes = self.columns.numbers.get("quantity")
        if tonnes is None:
            return None
        least = _within(ceil(Fraction(arguments["tonnes"]) * self._quantity_scale))
        small = (tonnes < least) & (tonnes != NULL)
        if set(arguments["kinds"]) != set(KIND_CODES):
            wanted = [KIND_CODES[kind] for kind in arguments["kinds"]]
            if "kind" in self.columns.words:
                small &= np.isin(self.kinds(), wanted)
            elif KIND_CODES["indication"] not in wanted:
                return None
        return np.asarray(small)

    def _large(self, arguments: Mapping[str, Any]) -> Array | None:
        tonnes = self.columns.numbers.get("quantity")
        if tonnes is None or arguments["action"] != "exclude":
            return None
        large: Array = tonnes > _within(floor(Fraction(arguments["tonnes"]) * self._quantity_scale))
        return large

    @property
    def _quantity_scale(self) -> int:
        return int(10 ** self.columns.scales["quantity"])

    def _confidence(self, arguments: Mapping[str, Any]) -> Array:
        low, high = self.columns.numbers["low"], self.columns.numbers["high"]
        wide = np.where(low == NULL, 0, high) - np.where(low == NULL, 0, low)
        out: Array = (wide <= 0) & (low != NULL)
        if arguments["maximum"] is not None:
            most = floor(2 * Fraction(arguments["maximum"]) * 10 ** self.columns.scales["low"])
            out |= wide > _within(most)
        return out


def _within(whole: int) -> int:
    """A limit brought inside 64 bits, where every comparison with a column stays the same."""
    return max(min(whole, int(_NEVER)), NULL + 1)
