"""What a firm sees of its own data: state and verdicts of the last days, nothing of others.

A verdict about the datum alone (a field that lacks, too small, late) is said at once. What
rests on the others' data, and whether the desk left the datum out, is said once the day of
the series has ended, without values and without the words of the desk: before that it would
tell where the price is going, and with values where the others are. A reading that nobody
confirmed is not shown: it may be another firm's.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from assay.governance.contributors.filing import OWN, reach
from assay.governance.office import Office
from assay.ledger.book.prices import days
from assay.ledger.book.screening import screenings
from assay.ledger.book.submissions import judgements, submissions

#: How many days back a firm sees its data.
DAYS = 14
#: Rules that look at the datum itself, at the firm's own other data, or at what is public.
OF_THE_DATUM = frozenset({
    "required_fields", "todays_data", "before_cutoff", "minimum_quantity", "large_quantity",
    "qualified_contributor", "arms_length", "unit_and_tax", "terms", "kinds",
    "positive_confidence", "received_between", "stale_repeat", "one_live_quote",
    "against_yesterday",
})  # fmt: skip
#: Verdicts that keep a datum out of the price.
OUT = ("exclude", "late", "incomplete", "missing", "duplicate", "replaced")
_ENDED = ("published", "not_assessed")
_SHOWN = ("low", "high", "kind", "side", "quantity", "premium_low", "premium_high", "unit")


def own_submissions(office: Office, person: str) -> list[dict[str, Any]]:
    """The last days' data of the firm that mandated `person`, newest first.

    Rows: ``submission pricing_date series channel received_at missing late outcome rules`` and the
    price fields; `outcome` is ``taken_in``, ``withdrawn``, ``discarded``, ``valid``, ``left_out`` or
    ``judged_out``; `rules` are (name, clause, verdict) of rules of the datum.
    """
    office.permit(person, OWN)
    firm, _ = reach(office, person, None)
    since = office.today() - timedelta(days=DAYS)
    named = sa.select(submissions).where(
        submissions.c.contributor == firm, submissions.c.confirmed_seq.is_not(None),
        submissions.c.pricing_date >= since,
    )  # fmt: skip
    with office.ledger.read() as connection:
        rows = [dict(r) for r in connection.execute(named.order_by(submissions.c.seq.desc())).mappings()]  # fmt: skip
        names = [row["submission"] for row in rows]
        ended = {
            (row.pricing_date, row.series)
            for row in connection.execute(sa.select(days).where(days.c.pricing_date >= since))
            if row.state in _ENDED
        }
        screened = _latest(connection, screenings, names)
        judged = _latest(connection, judgements, names)
    return [
        _told(
            row, screened.get(row["submission"]), judged.get(row["submission"]),
            over=(row["pricing_date"], row["series"]) in ended,
        )
        for row in rows
    ]  # fmt: skip


def _latest(connection: sa.Connection, table: sa.Table, names: list[str]) -> dict[str, Any]:
    query = sa.select(table).where(table.c.submission.in_(names)).order_by(table.c.seq)
    return {row["submission"]: dict(row) for row in connection.execute(query).mappings()}


def _told(
    row: Mapping[str, Any], screened: Mapping[str, Any] | None, judged: Mapping[str, Any] | None,
    *, over: bool,
) -> dict[str, Any]:  # fmt: skip
    verdicts = screened["verdicts"] if screened else []
    rules = [
        (each["rule"], each["clause"], each["verdict"])
        for each in verdicts if each.get("rule") in OF_THE_DATUM and each["verdict"] != "pass"
    ]  # fmt: skip
    kept = ("submission", "pricing_date", "series", "channel", "received_at", "missing")
    return {
        **{name: row[name] for name in kept},
        **{name: row["fields"].get(name) for name in _SHOWN},
        "late": bool(screened and screened["late"]),
        "rules": rules,
        "outcome": _outcome(row, rules, screened, judged, over=over),
    }


def _outcome(
    row: Mapping[str, Any], rules: list[Any], screened: Mapping[str, Any] | None,
    judged: Mapping[str, Any] | None, *, over: bool,
) -> str:  # fmt: skip
    if row["state"] in ("withdrawn", "discarded"):
        return str(row["state"])
    late = screened is not None and screened["late"]
    if late or any(verdict in OUT for _, _, verdict in rules):
        return "left_out"
    if not over:
        return "taken_in"
    if judged is not None and judged["decision"] == "exclude":
        return "judged_out"
    return "valid" if screened is not None and screened["passed"] else "left_out"
