"""Findings, alarms and the loop of the house by commands."""

from __future__ import annotations

from .conftest import Shell
from .test_commands import DAY, at, morning


def test_what_falls_due_is_done_by_one_command_and_once(agency: Shell) -> None:
    morning(agency)
    at(agency, "16:00:00")
    agency.fine("integrity", "report", "threat", "--words", "lift it", "--as", "P-01")
    agency.fine("clock", "set", "2026-01-05T09:00:00+08:00")
    made = agency.fine("controls", "turn", "--json").document["entries"]
    kinds = [each["kind"] for each in made]
    assert "pressure.escalated/1" in kinds
    assert "surveillance.run/1" in kinds
    assert "finding.raised/1" in kinds
    assert agency.fine("controls", "turn", "--json").document["entries"] == []


def test_alarms_are_listed_for_whom_they_concern_and_go_with_their_cause(agency: Shell) -> None:
    agency.fine("controls", "turn")
    said = agency("controls", "alarms", "--as", "P-01", "--json")
    mine = [(each["code"], each["where_"]) for each in said.document["alarms"]]
    assert said.code == 1
    assert ("declaration.missing", "P-01") in mine
    assert ("declaration.missing", "P-03") not in mine
    agency.fine("integrity", "declare", "none", "--as", "P-01")
    agency.fine("controls", "turn")
    left = agency("controls", "alarms", "--as", "P-01", "--json").document["alarms"]
    assert ("declaration.missing", "P-01") not in [(e["code"], e["where_"]) for e in left]


def test_a_finding_of_the_day_is_settled_with_words_and_an_alarm_is_not(agency: Shell) -> None:
    morning(agency)
    agency.fine("controls", "turn")
    open_ = agency("controls", "findings", "--as", "P-05", "--json")
    assert open_.code == 1
    alarm = next(e for e in open_.document["findings"] if e["subject"])
    refused = agency(
        "controls", "settle", alarm["seq"], "--how", "done", "--words", "later", "--as", "P-05"
    )
    assert "it stands until its cause is gone" in refused.err
    agency.fine("ledger", "check")
    whole = agency("controls", "findings", "--date", DAY, "--all", "--as", "P-06", "--json")
    assert {each["pricing_date"] for each in whole.document["findings"]} <= {DAY}


def test_an_outside_audit_by_commands(agency: Shell, tmp_path) -> None:
    report, found = tmp_path / "report.pdf", tmp_path / "findings.json"
    report.write_bytes(b"%PDF report")
    found.write_text('[{"severity": "warning", "where": "mandates", "words": "two lack a date"}]')
    said = agency.fine(
        "audit", "conclude", "AU-2025", "--auditor", "Example Auditors", "--from", "2024-12-01",
        "--to", "2025-11-30", "--completed", "2025-12-01", "--report", report, "--findings", found,
        "--as", "P-05", "--json",
    ).document  # fmt: skip
    assert said["publish_by"] == "2026-03-02"
    (row,) = agency("controls", "findings", "--as", "P-05", "--json").document["findings"]
    agency.fine("controls", "settle", row["seq"], "--how", "done", "--words", "dated", "--as", "P-05")  # fmt: skip
    assert agency("controls", "findings", "--as", "P-05").code == 0
    agency.fine("audit", "publish", "AU-2025", "--statement", report, "--words", "One warning, settled.", "--as", "P-05")  # fmt: skip
    (row,) = agency.fine("audit", "list", "--json").document["audits"]
    assert row["published_on"] == "2025-12-29"
