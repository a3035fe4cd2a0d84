"""A market value: read out of exchange rows by the document's rule, never assessed.

A close that the exchange carried is present and flagged; a licence that forbids
republishing travels in the trace so that every page can obey it.
"""

from __future__ import annotations

from datetime import date

from assay.core import Finding, Severity, exact_text
from assay.methodology.determination import Determination, identity, not_assessed, term
from assay.methodology.document.model import Methodology
from assay.methodology.engine.ladder import rounded
from assay.methodology.engine.screening import function_of
from assay.methodology.inputs import Inputs


def trade(methodology: Methodology, series: str, day: date, inputs: Inputs) -> Determination:
    """Determine one market series on one day."""
    market = methodology.market
    assert market is not None
    rows = [each for each in inputs.market if each.series == series]
    findings = list(inputs.findings)
    calendar = methodology.calendars.get(market.calendar)
    if calendar is not None and not calendar.is_open(day):
        return not_assessed(
            methodology, series, day, "holiday", findings=tuple(findings), n_received=len(rows)
        )
    found = function_of("market", market.call)(
        rows, day, zone=methodology.hours.zone, roll=inputs.roll, **market.call.arguments
    )
    if found is None or (found.carried and not market.carry):
        findings.append(
            Finding(
                "market.no_value",
                Severity.ERROR,
                f"{series} {day} (clause {market.call.clause})",
                f"the exchange rows give no value by `{market.call.rule}`: import them first",
            )
        )
        return not_assessed(
            methodology, series, day, "insufficient_data",
            findings=tuple(findings), n_received=len(rows),
        )  # fmt: skip
    if found.carried:
        findings.append(
            Finding(
                "market.carried_at_source",
                Severity.INFO,
                f"{series} {day}",
                f"no trade that day: the exchange carries its close of {found.date}",
            )
        )
    price = rounded(methodology, series, (found.number, found.number, found.number))
    operands = {name: exact_text(number) for name, number in (found.operands or {}).items()}
    whole = term(
        "mid", found.number, methodology.card(series).unit.code,
        source=found.source or market.call.rule, day=found.date, clause=market.call.clause,
        contract=found.contract, carried_at_source=found.carried, definition=market.definition,
        licence_restricted=market.licence_restricted, operands=operands,
        at=found.at.isoformat() if found.at else None,
    )  # fmt: skip
    return Determination(
        series=series,
        pricing_date=day,
        status="determined",
        reason=None,
        low=price[0],
        mid=price[1],
        high=price[2],
        unit=methodology.card(series).unit.code,
        branch="market",
        n_received=len(rows),
        n_used=1,
        findings=tuple(findings),
        methodology=identity(methodology),
        trace={"branch": "market", "clause": market.call.clause, "mid": whole},
        statistics={"contract": found.contract, "carried_at_source": found.carried},
    )
