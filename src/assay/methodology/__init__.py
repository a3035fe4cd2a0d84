"""Methodology documents and the engine that executes them.

Reads a document (TOML), checks it, runs it on one day to a determination with its trace,
compares two versions, renders it for people. Pure: no store, network or clock.
"""

from assay.methodology.cases import Case, cases_of, load_cases
from assay.methodology.comparing import Difference, changed_clauses, differences_between
from assay.methodology.determination import Determination, Verdict
from assay.methodology.document.loading import load_methodology, parse_methodology
from assay.methodology.document.model import Methodology
from assay.methodology.document.reading import DocumentRefused
from assay.methodology.engine.assessing import observation_of
from assay.methodology.engine.determining import determine, determine_all
from assay.methodology.inputs import (
    Contributor,
    Inputs,
    MarketRow,
    Observation,
    Quantity,
    Submission,
)
from assay.methodology.inputs_reading import inputs_from_document, register_of
from assay.methodology.library import Library, library_of, load_library
from assay.methodology.reference import METHODOLOGIES, REFERENCE, Reference, load_reference
from assay.methodology.rendering import render

__all__ = [
    "METHODOLOGIES", "REFERENCE", "Case", "Contributor", "Determination", "Difference",
    "DocumentRefused", "Inputs", "Library", "MarketRow", "Methodology", "Observation",
    "Quantity", "Reference", "Submission", "Verdict", "cases_of", "changed_clauses",
    "determine", "determine_all", "differences_between", "inputs_from_document",
    "library_of", "load_cases", "load_library", "load_methodology", "load_reference",
    "observation_of", "parse_methodology", "register_of", "render",
]  # fmt: skip
