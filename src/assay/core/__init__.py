"""Pure values: exact numbers, units, dates and windows, findings, canonical bytes.

Imports nobody of ours; no input, output, clock, randomness or float.
"""

from assay.core.canonical import canonical_bytes, digest, digest_of, plain
from assay.core.dates import (
    Calendar,
    CalendarNotAnnounced,
    NaiveInstant,
    Window,
    at,
    instant_text,
    parse_instant,
    utc,
    zone_of,
)
from assay.core.findings import BrokenPromise, Finding, Refused, Severity, refused
from assay.core.numbers import (
    NotANumber,
    Rounding,
    decimal_of,
    decimal_text,
    exact_text,
    fraction_of,
    parse_exact,
    round_to_step,
)
from assay.core.units import UNITS, TaxBasis, Unit, UnitError, divide, multiply, unit_of

__all__ = [
    "UNITS", "BrokenPromise", "Calendar", "CalendarNotAnnounced", "Finding", "NaiveInstant",
    "NotANumber", "Refused", "Rounding", "Severity", "TaxBasis", "Unit", "UnitError", "Window",
    "at", "canonical_bytes", "decimal_of", "decimal_text", "digest", "digest_of", "divide",
    "exact_text", "fraction_of", "instant_text", "multiply", "parse_exact", "parse_instant",
    "plain", "refused", "round_to_step", "unit_of", "utc", "zone_of",
]  # fmt: skip
