"""Reading TOML tables strictly: every key asked for by name, every other key refused.

A `Section` remembers what was asked for; closing it names unknown keys together with
the allowed ones. Problems are collected as findings, so that a writer of a document
sees all of them at once. Nothing is defaulted that the caller did not name.
"""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from assay.core import Finding, NotANumber, Refused, Severity, decimal_of
from assay.methodology.document.model import Words

REQUIRED = object()


class DocumentRefused(Refused):
    """A document that cannot be executed; `findings` says everything that is wrong."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__(findings[0])
        self.findings = tuple(findings)

    def __str__(self) -> str:
        return "; ".join(str(each) for each in self.findings)


class Reading:
    """One document being read: its file and what was found wrong so far."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.findings: list[Finding] = []

    def wrong(self, code: str, place: str, what_to_do: str) -> None:
        """Note a problem at `place` (key or clause) of the file."""
        self.findings.append(
            Finding(f"methodology.{code}", Severity.ERROR, f"{self.file}: {place}", what_to_do)
        )

    def finish(self) -> None:
        """Raise `DocumentRefused` when anything was wrong."""
        if self.findings:
            raise DocumentRefused(self.findings)


class Section:
    """One table of the document under strict reading."""

    def __init__(self, reading: Reading, table: Any, path: str) -> None:
        self.reading = reading
        self.path = path
        self.table: dict[str, Any] = table if isinstance(table, dict) else {}
        self._asked: list[str] = []
        if not isinstance(table, dict):
            reading.wrong("not_a_table", path or "top", "write a table here")

    def __contains__(self, key: str) -> bool:
        if key not in self._asked:
            self._asked.append(key)
        return key in self.table

    def place(self, key: str) -> str:
        """The full key, for findings."""
        return f"{self.path}.{key}" if self.path else key

    def wrong(self, key: str, what_to_do: str, code: str = "bad_key") -> None:
        """Note a problem with one key of this table."""
        self.reading.wrong(code, self.place(key), what_to_do)

    def _get(self, key: str, default: Any, kinds: tuple[type, ...], named: str) -> Any:
        if key not in self:
            if default is REQUIRED:
                self.wrong(key, f"is missing: write {named}", "missing_key")
                return None
            return default
        given = self.table[key]
        if not isinstance(given, kinds) or (isinstance(given, bool) and bool not in kinds):
            self.wrong(key, f"is {given!r}: write {named}")
            return None if default is REQUIRED else default
        return given

    def text(self, key: str, default: Any = REQUIRED, choices: tuple[str, ...] = ()) -> str:
        """A text, one of `choices` where some are given."""
        given = self._get(key, default, (str,), "a text")
        if choices and given is not None and given != default and given not in choices:
            self.wrong(key, f"is {given!r}; allowed: {', '.join(choices)}")
        return given if given is not None else (choices[0] if choices else "")

    def words(self, key: str, default: Any = REQUIRED) -> Words:
        """Words in both languages: ``{en = "...", zh = "..."}``, or one text for both."""
        given = self._get(key, default, (str, dict), '{en = "...", zh = "..."}')
        if isinstance(given, str):
            return Words(given, given)
        if isinstance(given, dict):
            inner = Section(self.reading, given, self.place(key))
            words = Words(inner.text("en"), inner.text("zh"))
            inner.close()
            return words
        return given if isinstance(given, Words) else Words("", "")

    def day(self, key: str, default: Any = REQUIRED) -> Any:
        """A date."""
        given = self._get(key, default, (date,), "a date such as 2025-12-30")
        if isinstance(given, datetime):
            self.wrong(key, "is an instant: write a date such as 2025-12-30")
        return given if given is not None else date.max

    def clock(self, key: str, default: Any = REQUIRED) -> Any:
        """A time of day."""
        return self._get(key, default, (time,), "a time such as 10:15:00")

    def count(self, key: str, default: Any = REQUIRED) -> int:
        """A whole number from 0 up."""
        given = self._get(key, default, (int,), "a whole number")
        if given is not None and given < 0:
            self.wrong(key, f"is {given}: write a number from 0 up")
        return given if given is not None else 0

    def flag(self, key: str, default: Any = REQUIRED) -> bool:
        """True or false."""
        return bool(self._get(key, default, (bool,), "true or false"))

    def decimal(self, key: str, default: Any = REQUIRED) -> Any:
        """An exact decimal, bare or as text."""
        given = self._get(key, default, (str, int, Decimal), 'an exact decimal such as "0.10"')
        if given is None or given is default:
            return Decimal(1) if default is REQUIRED else default
        try:
            return decimal_of(given)
        except NotANumber as problem:
            self.wrong(key, str(problem))
            return Decimal(1)

    def texts(self, key: str, default: Any = REQUIRED) -> tuple[str, ...]:
        """A list of texts."""
        given = self._get(key, default, (list, tuple), "a list of texts")
        if given is None:
            return ()
        if not all(isinstance(each, str) for each in given):
            self.wrong(key, "must hold texts only")
            return ()
        return tuple(given)

    def section(self, key: str) -> Section:
        """A table inside this one (empty, and noted, when it is missing)."""
        given = self._get(key, REQUIRED, (dict,), "a table")
        return Section(self.reading, given if given is not None else {}, self.place(key))

    def maybe(self, key: str) -> Section | None:
        """A table inside this one, or None."""
        return self.section(key) if key in self else None

    def sections(self, key: str) -> list[Section]:
        """A list of tables inside this one (none when the key is missing)."""
        given = self._get(key, [], (list,), "a list of tables ([[...]])")
        return [
            Section(self.reading, each, f"{self.place(key)}[{number}]")
            for number, each in enumerate(given or [], 1)
        ]

    def rest(self) -> dict[str, Any]:
        """Every key not asked for yet; they count as asked for from now on."""
        left = {key: self.table[key] for key in self.table if key not in self._asked}
        self._asked.extend(left)
        return left

    def close(self) -> None:
        """Refuse the keys nobody asked for, listing the allowed ones."""
        unknown = [key for key in self.table if key not in self._asked]
        if unknown:
            self.reading.wrong(
                "unknown_key",
                self.path or "top",
                f"unknown keys {', '.join(unknown)}; allowed: {', '.join(sorted(self._asked))}",
            )
