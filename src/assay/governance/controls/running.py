"""Running every control over one house: tests computed now, signatures as they stand.

A signature counts for as many days as its row says; then the row is overdue. Signing and
recording a run are acts; running is not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy.engine import Connection

from assay.core import instant_text, refused, zone_of
from assay.governance.controls import on_changes, on_documents, on_people, on_prices
from assay.governance.controls.records import Records
from assay.governance.controls.registry import NOT_MET, OVERDUE, RESULTS, TESTS, UNSIGNED
from assay.governance.controls.rows import Controls, Row
from assay.ledger import Draft, Entry, Ledger, Signer
from assay.ledger.book.audit import signature_of
from assay.ledger.book.findings import standing_alarms
from assay.ledger.book.home import person_on

#: The modules whose import registers the tests.
CATALOGUE = (on_changes, on_documents, on_people, on_prices)
ZONE = "Asia/Shanghai"
Day = date
_MOST = 5


@dataclass(frozen=True, slots=True)
class Result:
    """One row with what it says today.

    `alarms` are those that bear on it and stand (rows of the findings register); `again_by` is
    the day by which a signed row is signed again.
    """

    row: Row
    result: str
    says: str
    links: tuple[str, ...]
    decided_by: str
    date: date | None
    alarms: tuple[dict[str, Any], ...] = ()
    again_by: Day | None = None

    def document(self, language: str = "en") -> dict[str, Any]:
        """The result as plain values."""
        return {
            "control": self.row.id,
            "section": self.row.section,
            "title": self.row.title[language],
            "source": self.row.source,
            "result": self.result,
            "says": self.says,
            "links": list(self.links),
            "decided_by": self.decided_by,
            "date": self.date.isoformat() if self.date else None,
            "again_by": self.again_by.isoformat() if self.again_by else None,
            "alarms": [f"{each['code']} {each['where_']}" for each in self.alarms],
        }


def run_controls(controls: Controls, records: Records) -> list[Result]:
    """Every row's result, computed from the journal as it stands, with the alarms that bear on it."""
    with records.ledger.read() as connection:
        standing = standing_alarms(connection)
        found = [
            _signed(connection, each, records.today)
            if each.test is None
            else _tested(each, records)
            for each in controls.rows
        ]
    return [_alarmed(each, standing) for each in found]


def _alarmed(result: Result, standing: Sequence[dict[str, Any]]) -> Result:
    """A row is not met while an alarm of the kind error stands, whatever test or signer say."""
    own = tuple(each for each in standing if each["code"] in result.row.alarms)
    wrong = [each for each in own if each["severity"] == "error"]
    if not wrong:
        return replace(result, alarms=own)
    said = "; ".join(f"{each['code']}: {each['where_']}" for each in wrong[:_MOST])
    links = [f"entry {each['seq']}" for each in wrong]
    links += [each for each in result.links if each not in links]
    says = f"an alarm stands ({said}); {result.says}"
    return replace(result, result=NOT_MET, says=says, links=tuple(links[:_MOST]), alarms=own)


def _tested(row: Row, records: Records) -> Result:
    test = TESTS.get(row.test or "")
    if test is None:
        known = ", ".join(sorted(TESTS))
        raise refused("control.no_test", f"{row.id}: {row.test}", f"known tests: {known}")
    found = test(records, row)
    return Result(row, found.result, found.says, found.links, f"test {row.test}", records.today)


def _signed(connection: Connection, row: Row, today: date) -> Result:
    last = signature_of(connection, row.id)
    role = (row.signer or "").replace("_", " ")
    who = f"signed by {row.signer}"
    if last is None:
        return Result(row, UNSIGNED, f"{role} signs; nobody has yet", (), who, None)
    on = last["recorded_at"].astimezone(zone_of(ZONE)).date()
    links = [f"entry {last['seq']}"] + ([last["evidence"]] if last["evidence"] else [])
    over = on + timedelta(days=row.every_days) < today
    says = f"{last['person']} on {on}: {last['words']}"
    again = on + timedelta(days=row.every_days)
    result = OVERDUE if over else last["answer"]
    return Result(row, result, says, tuple(links), who, on, again_by=again)


def summary_of(results: Iterable[Result]) -> dict[str, int]:
    """How many rows stand at each result."""
    counted = Counter(each.result for each in results)
    return {name: counted[name] for name in RESULTS}


def sign_control(
    ledger: Ledger,
    row: Row,
    *,
    person: str,
    today: date,
    answer: str,
    words: str,
    evidence: str | None = None,
    signer: Signer | None = None,
) -> Entry:
    """A person of the row's role answers it; refused for a row that a test decides."""
    if row.signer is None:
        raise refused(
            "control.tested", row.id, f"the test {row.test} decides it: nobody signs over a test"
        )

    def holds_role(connection: Connection) -> None:
        known = person_on(connection, person, today)
        if known is None or row.signer not in known.roles:
            raise refused("control.signer", f"{row.id} by {person}", f"{row.signer} signs this row")

    body = {"control": row.id, "answer": answer, "words": words, "evidence": evidence}
    draft = Draft("control.signed/1", person, body)
    return ledger.append([draft], signer=signer, guard=holds_role)[0]


def record_run(
    ledger: Ledger, results: Sequence[Result], person: str, signer: Signer | None = None
) -> Entry:
    """Keep a run in the journal, so that what stood when can be asked later."""
    body = {
        "head": ledger.head().seq,
        "results": [
            {"control": each.row.id, "result": each.result, "says": each.says} for each in results
        ],
        "summary": summary_of(results),
    }
    return ledger.append([Draft("control.tested/1", person, body)], signer=signer)[0]


def run_document(results: Sequence[Result], records: Records) -> dict[str, Any]:
    """A whole run as plain values, for JSON and pages."""
    return {
        "as_of": instant_text(records.now),
        "summary": summary_of(results),
        "controls": [each.document() for each in results],
    }
