"""Values in force from a day on: the weighted pair of carbon intensities of a quarter.

Reported quantities go through the weighted document; what it gives takes effect for the
whole pair together, on a stated date. The desk types no factor in by hand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from assay.core import decimal_text, refused
from assay.desk.desk import Desk
from assay.ledger import Entry, Signer
from assay.methodology import determine, inputs_from_document


def record_factors(
    desk: Desk,
    signer: Signer | None,
    series: str,
    takes_effect: date,
    quantities: Sequence[Mapping[str, Any]],
    source: str,
    evidence: str | None = None,
) -> list[Entry]:
    """Determine every series of the document that serves `series` and put them in force.

    `quantities` are rows ``enterprise quarter output emission|intensity``, all of one quarter.
    """
    document = desk.document(series, takes_effect)
    if document.weighting is None:
        raise refused("factor.kind", series, f"{document.id} is no weighted document")
    quarters = sorted({str(row.get("quarter")) for row in quantities})
    if len(quarters) != 1:
        raise refused(
            "factor.quarter", f"{series}: {', '.join(quarters) or 'no rows'}",
            "both of a pair are of the same quarter: give the rows of one",
        )  # fmt: skip
    effective = takes_effect.isoformat()
    inputs = {"quantities": [{**row, "effective": effective} for row in quantities]}
    acts = []
    for code in document.series:
        found = determine(document, takes_effect, inputs_from_document(inputs), code)
        if found.mid is None:
            first = found.findings[0] if found.findings else None
            raise refused(
                "factor.no_value", f"{code} of {quarters[0]}: {found.reason}",
                str(first) if first else "look at the rows",
            )  # fmt: skip
        body = {
            "series": code, "value": decimal_text(found.mid), "unit": found.unit,
            "takes_effect": effective, "source": source, "period": quarters[0],
            "evidence": evidence,
            "determination": {"determination": found.document(), "inputs": inputs},
        }  # fmt: skip
        acts.append(("factor.recorded/1", body))
    return desk.record(signer, "desk:price:determine", acts)
