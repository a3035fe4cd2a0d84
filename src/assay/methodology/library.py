"""The library: every document of a folder, which is in force when, and in which order.

Checks between documents live here: two documents for one series on one day, inputs that
no series answers, units that differ from the series' own card, a cycle between series.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path

from assay.core import Finding, refused
from assay.methodology.document.loading import load_methodology
from assay.methodology.document.model import Methodology
from assay.methodology.document.reading import DocumentRefused, Reading
from assay.methodology.reference import METHODOLOGIES, Reference, load_reference

CONFORMANCE = "conformance"


@dataclass(frozen=True)
class Library:
    """Documents by series and date."""

    held: tuple[Methodology, ...]

    def documents(self) -> tuple[Methodology, ...]:
        """Every document, by id and effective date."""
        return self.held

    def series(self) -> tuple[str, ...]:
        """Every series code any document serves, sorted."""
        return tuple(sorted({code for each in self.held for code in each.series}))

    def versions(self, series: str) -> tuple[Methodology, ...]:
        """The documents of one series, oldest first."""
        return tuple(
            sorted((m for m in self.held if series in m.series), key=lambda m: m.effective)
        )

    def in_force(self, series: str, day: date) -> Methodology:
        """The document in force for `series` on `day`; `Refused` when there is none."""
        versions = self.versions(series)
        if not versions:
            raise refused(
                "methodology.unknown_series",
                series,
                f"no document serves it; known series: {', '.join(self.series())}",
            )
        ruling = [m for m in versions if m.effective <= day and (m.ends is None or day < m.ends)]
        if not ruling:
            first = versions[0]
            raise refused(
                "methodology.not_in_force",
                f"{series} on {day}",
                f"the first document ({first.id}) takes effect on {first.effective}"
                if day < first.effective
                else f"the last document ({versions[-1].id}) ended on {versions[-1].ends}",
            )
        return ruling[-1]

    def order(self, day: date | None = None) -> tuple[str, ...]:
        """Every series after the series it is made of; ties by code."""
        needs: dict[str, set[str]] = {code: set() for code in self.series()}
        for each in self.held:
            if day is not None and (each.effective > day or (each.ends and each.ends <= day)):
                continue
            for code in each.series:
                needs[code] |= {
                    need for need in each.depends_on() if need in needs and need != code
                }
        return _sorted_by_need(needs)

    def dependents(self, series: str) -> tuple[str, ...]:
        """Every series made of `series`, directly or not, in dependency order."""
        reached = {series}
        for code in self.order():
            if any(code in each.series and reached & set(each.depends_on()) for each in self.held):
                reached.add(code)
        return tuple(code for code in self.order() if code in reached and code != series)


def _sorted_by_need(needs: dict[str, set[str]]) -> tuple[str, ...]:
    done: list[str] = []
    left = dict(needs)
    while left:
        ready = sorted(code for code, wanted in left.items() if wanted <= set(done))
        if not ready:
            raise refused(
                "methodology.cycle",
                ", ".join(sorted(left)),
                "these series are made of each other: break the circle in one document",
            )
        done += ready
        for code in ready:
            del left[code]
    return tuple(done)


def load_library(
    folder: Path = METHODOLOGIES,
    reference: Reference | None = None,
    conformance: bool = False,
) -> Library:
    """Load every ``<family>/<effective>.toml`` under `folder`, checked against each other.

    The folder `conformance/` holds other people's methods; it is left out unless asked for.
    Raises `DocumentRefused` with everything found.
    """
    reference = load_reference() if reference is None else reference
    documents: list[Methodology] = []
    findings: list[Finding] = []
    for path in sorted(folder.rglob("*.toml")):
        if "cases" in path.parts or (CONFORMANCE in path.parts and not conformance):
            continue
        try:
            documents.append(load_methodology(path, reference))
        except DocumentRefused as problem:
            findings += problem.findings
    if findings:
        raise DocumentRefused(findings)
    return library_of(documents)


def library_of(documents: Iterable[Methodology]) -> Library:
    """A library of these documents, checked against each other."""
    library = Library(tuple(sorted(documents, key=lambda m: (m.id, m.effective))))
    reading = Reading("library")
    for code in library.series():
        _check_dates(library, code, reading)
    _check_inputs(library, reading)
    reading.finish()
    library.order()
    return library


def _check_dates(library: Library, code: str, reading: Reading) -> None:
    versions = library.versions(code)
    for older, newer in pairwise(versions):
        where = f"{code}: {older.file} and {newer.file}"
        if older.effective == newer.effective:
            reading.wrong(
                "overlap", where, f"both take effect on {older.effective}: keep one of them"
            )
        elif older.id != newer.id and older.ends is None:
            reading.wrong(
                "overlap",
                where,
                f"two families serve it: give {older.id} an `ends` not after {newer.effective}",
            )
        elif older.ends is not None and older.ends > newer.effective:
            reading.wrong(
                "overlap", where, f"the older ends {older.ends}, after {newer.effective} begins"
            )


def _check_inputs(library: Library, reading: Reading) -> None:
    known = set(library.series())
    for document in library.documents():
        for spec in document.inputs:
            if spec.lag in ("table", "constant"):
                continue
            where = f"{document.file}: input {spec.name} (clause {spec.clause})"
            if spec.series not in known:
                reading.wrong("unknown_series", where, f"no document serves {spec.series}: add one")
                continue
            for version in library.versions(spec.series):
                card = version.card(spec.series)
                if card.unit.code != spec.unit.code or card.tax.basis != spec.tax.basis:
                    reading.wrong(
                        "units",
                        where,
                        f"says {spec.unit}, {spec.tax}; the card of {spec.series} says "
                        f"{card.unit}, {card.tax}",
                    )
