"""From TOML to a checked `Methodology`: everything that can be checked is checked here.

The digest of a document is the SHA-256 of the raw bytes of its file, so anybody can
recompute it with one command. A document that names what the engine cannot execute is
refused with the clause named; it is never approximated.
"""

from __future__ import annotations

import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

from assay.core import UnitError, digest_of
from assay.methodology.document import checks, parts
from assay.methodology.document.model import (
    KINDS,
    STATUSES,
    Assessment,
    MarketRule,
    Methodology,
    Specification,
    Weighting,
)
from assay.methodology.document.reading import DocumentRefused, Reading, Section
from assay.methodology.reference import Reference, load_reference


def load_methodology(source: Path | str, reference: Reference | None = None) -> Methodology:
    """Load a document from its path, or from TOML text (anything with a line break).

    Raises `DocumentRefused` with every problem found: file, key, conflict, way out.
    """
    if isinstance(source, str) and "\n" in source:
        return parse_methodology(source.encode(), "<text>", reference)
    path = Path(source)
    return parse_methodology(path.read_bytes(), path.name, reference, path)


def parse_methodology(
    raw: bytes, file: str, reference: Reference | None = None, path: Path | None = None
) -> Methodology:
    """Parse and check the bytes of one document."""
    reading = Reading(f"{path.parent.name}/{path.name}" if path else file)
    try:
        table = tomllib.loads(raw.decode(), parse_float=Decimal)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        reading.wrong("not_toml", "file", str(problem))
        raise DocumentRefused(reading.findings) from None
    reference = load_reference() if reference is None else reference
    top = Section(reading, table, "")
    if "format" in top and table["format"] != 1:
        top.wrong("format", f"is {table['format']!r}; this engine reads format 1")
    try:
        found = _methodology(top, reading, digest_of(raw), reference)
    except (UnitError, AttributeError, TypeError, ValueError) as problem:
        if not reading.findings:
            reading.wrong("unreadable", "document", str(problem))
        raise DocumentRefused(reading.findings) from None
    top.close()
    checks.check(found, reading, table)
    reading.finish()
    return found


def _methodology(top: Section, reading: Reading, digest: str, reference: Reference) -> Methodology:
    kind = top.text("kind", choices=KINDS)
    series = top.texts("series")
    cards = _cards(top.section("specification"), series)
    outage = top.words("outage", None)
    return Methodology(
        id=top.text("id"),
        version=top.count("version"),
        effective=top.day("effective"),
        ends=top.day("ends", None) if "ends" in top else None,
        status=top.text("status", choices=STATUSES),
        kind=kind,
        series=series,
        title=top.words("title"),
        summary=top.words("summary"),
        modelled_on=top.text("modelled_on", ""),
        cards=cards,
        hours=parts.hours(top.section("hours")),
        calendar=top.text("calendar"),
        rounding=parts.rounding(top.section("rounding")),
        clauses=_clauses(top.section("clauses")),
        assessment=_assessment(top) if kind == "assessed" else None,
        pricing=_pricing(top) if kind == "formula" else None,
        weighting=_weighting(top.section("weighting"), series) if kind == "weighted" else None,
        market=_market(top.section("market")) if kind == "market" else None,
        correction=_optional(top, "correction", parts.correction),
        consultation=_optional(top, "consultation", parts.consultation),
        judgement=_optional(top, "judgement", parts.judgement) or checks.NO_JUDGEMENT,
        controls=_controls(top.maybe("controls")),
        licence=top.words("licence", None) if "licence" in top else None,
        outage=outage if outage and outage.en else None,
        channels=top.texts("channels", ()),
        presented_step=top.decimal("presented_step", None),
        influence_move=top.decimal("influence_move", None),
        digest=digest,
        file=reading.file,
        calendars=reference.calendars,
        tables=reference.tables,
    )


def _optional(top: Section, key: str, reader: Any) -> Any:
    section = top.maybe(key)
    return None if section is None else reader(section)


def _cards(section: Section, series: tuple[str, ...]) -> dict[str, Specification]:
    base = parts.specification(section)
    own = section.maybe("of")
    section.close()
    cards = dict.fromkeys(series, base)
    if own is not None:
        for code in own.table:
            if code not in cards:
                own.wrong(code, f"no series of this document; series: {', '.join(series)}")
                continue
            inner = own.section(code)
            cards[code] = parts.specification(inner, base)
            inner.close()
    return cards


def _clauses(section: Section) -> dict[str, Any]:
    return {number: section.words(number) for number in section.table}


def _controls(section: Section | None) -> dict[str, str]:
    """Which clause answers which control of the house (M1..M13)."""
    if section is None:
        return {}
    controls = {name: section.text(name) for name in checks.CONTROLS if name in section}
    section.close()
    return controls


def _assessment(top: Section) -> Assessment:
    own = top.section("assessment")
    estimator = top.maybe("estimator")
    trim = top.maybe("trim")
    top_estimator = parts.call(estimator, "estimator") if estimator else None
    top_trim = parts.call(trim, "trim") if trim else None
    ladder = tuple(parts.rung(each, top_estimator, top_trim) for each in top.sections("ladder"))
    if not ladder:
        top.wrong("ladder", "is missing: say which kinds are used, in which order", "missing_key")
    required = top.maybe("required")
    cap, split = top.maybe("cap"), top.maybe("split")
    found = Assessment(
        required=parts.required(required) if required else {},
        cleaning=tuple(parts.call(each, "cleaning") for each in top.sections("cleaning")),
        screening=tuple(
            parts.call(each, "screening", "panel") for each in top.sections("screening")
        ),
        normalisation=tuple(
            parts.call(each, "normalisation") for each in top.sections("normalisation")
        ),
        per=own.text("per", "contributor", ("contributor", "submission")),
        point=own.text("point", "middle", ("middle", "low", "high")),
        own_value=own.text("own_value", "transactions_first", ("transactions_first", "all")),
        ladder=ladder,
        cap=parts.cap(cap) if cap else None,
        split=parts.split(split) if split else None,
        range=parts.call(top.section("range"), "range"),
        quorum=own.count("quorum", 0),
        inputs=tuple(parts.input_spec(each) for each in top.sections("input")),
    )
    own.close()
    return found


def _pricing(top: Section) -> Any:
    inputs = tuple(parts.input_spec(each) for each in top.sections("input"))
    return parts.pricing(top.section("formula"), inputs)


def _weighting(section: Section, series: tuple[str, ...]) -> Weighting:
    members = section.section("members")
    named = {code: members.texts(code, ()) for code in members.table}
    for code in named:
        if code not in series:
            members.wrong(code, f"no series of this document; series: {', '.join(series)}")
    found = Weighting(
        clause=section.text("clause"),
        members=named,
        whole=section.texts("whole", ()),
        paired=section.flag("paired", False),
        expected_days=section.count("expected_days", 0),
        minimum_rows=section.count("minimum_rows", 1),
    )
    section.close()
    for code in series:
        if code not in named and code not in found.whole:
            section.wrong("members", f"nothing says which enterprises count for {code}")
    return found


def _market(section: Section) -> MarketRule:
    found = MarketRule(
        calendar=section.text("calendar"),
        carry=section.flag("carry", False),
        licence_restricted=section.flag("licence_restricted", False),
        definition=section.text("definition", "1"),
        call=parts.call(section, "market"),
    )
    return found  # noqa: RET504 keeps the order of reading visible
