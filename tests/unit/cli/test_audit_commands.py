"""The auditor's room and the controls by commands, over one published morning."""

from __future__ import annotations

import json

from verifier.__main__ import main as verify

from .conftest import Shell
from .test_commands import DAY, FOSHAN, at, morning

PERIOD = ("--from", DAY, "--to", DAY)


def published(agency: Shell) -> Shell:
    morning(agency)
    agency.fine("day", "approve", "--date", DAY, "--as", "P-03")
    at(agency, "10:15:00")
    agency.fine("day", "publish", "--date", DAY, "--as", "P-03")
    return agency


def test_an_audit_by_commands(agency: Shell, tmp_path) -> None:
    published(agency)
    out = tmp_path / "dossier"
    found = agency.fine(
        "audit", "dossier", FOSHAN, "--date", DAY, "--out", out, "--as", "P-06", "--json"
    ).document
    assert [each["state"] for each in found["evidence"]] == ["intact"] * 3
    assert found["ticks"][0]["tick"]["mid"] == "22180"
    kept = json.loads((out / "dossier.json").read_text("utf-8"))
    assert kept["determination_digest"] == found["determination_digest"]
    raw = [path.read_bytes() for path in (out / "evidence").iterdir()]
    assert sum(b"22160" in each for each in raw) == 1
    drawn = agency.fine(
        "audit", "sample", *PERIOD, "--size", "1", "--seed", "s", "--as", "P-06", "--json"
    ).document
    assert (drawn["seed"], len(drawn["chosen"])) == ("s", 1)
    for series in (FOSHAN, "AL-LC"):
        made = agency.fine("audit", "reproduce", series, "--date", DAY, "--as", "P-06", "--json")
        assert made.document["outcome"] == "equal"
    views = agency.fine("audit", "log", "--person", "P-06", "--as", "P-05", "--json").document
    assert [each["view"] for each in views["views"]] == [
        "reproduction", "reproduction", "sample", "evidence", "dossier",
    ]  # fmt: skip
    assert agency.fine("ledger", "check", "--json").document["ok"]


def test_the_sealed_bundle_of_a_period_is_read_by_the_verifier(agency: Shell, tmp_path) -> None:
    published(agency)
    # What the auditor did before the export is in the journal too; a head after it is signed.
    agency.fine("audit", "reproduce", FOSHAN, "--date", DAY, "--as", "P-06")
    agency.fine("controls", "run", "--as", "P-05", "--json")
    agency.fine("ledger", "sign")
    out = tmp_path / "bundle"
    said = agency.fine("audit", "export", *PERIOD, "--out", out, "--as", "P-06", "--json").document
    assert said["sealed"]
    key = agency.environ["ASSAY_KEYS"] + "/publication.pub"
    assert verify([str(out), "--key", key, "--sealed"]) == 0


def test_only_the_auditor_comes_in_and_only_in_his_box(agency: Shell) -> None:
    published(agency)
    ask = ("audit", "dossier", FOSHAN, "--date", DAY, "--json")
    assert agency(*ask, "--as", "P-01").finding["code"] == "person.not_permitted"
    assert agency(*ask).code == 2
    agency.fine(
        "person", "add", "P-06", "--role", "auditor", "--since", "2025-01-02", "--as", "P-07"
    )
    assert agency(*ask, "--as", "P-06").finding["code"] == "audit.no_end"
    agency.fine(
        "person", "add", "P-06", "--role", "auditor", "--since", "2025-01-02",
        "--until", "2025-12-29", "--as", "P-07",
    )  # fmt: skip
    said = agency(*ask, "--as", "P-06")
    assert (said.code, said.finding["code"]) == (1, "person.unknown")


def test_controls_by_commands(agency: Shell) -> None:
    published(agency)
    found = agency.fine("controls", "list", "--as", "P-05", "--json").document
    rows = {each["control"]: each for each in found["controls"]}
    assert (rows["A4"]["result"], rows["G1"]["result"]) == ("met", "met")
    assert rows["Q5"]["result"] == "unsigned"
    agency.fine("controls", "sign", "Q5", "--answer", "met", "--words", "asked", "--as", "P-05")
    ran = agency.fine("controls", "run", "--as", "P-05", "--json").document
    rows = {each["control"]: each for each in ran["controls"]}
    assert (rows["Q5"]["result"], rows["Q5"]["date"]) == ("met", DAY)
    some = agency.fine("controls", "list", "--only", "unsigned", "--as", "P-05", "--json").document
    assert "Q5" not in {each["control"] for each in some["controls"]}
    wrong = agency("controls", "sign", "A4", "--answer", "met", "--words", "x", "--as", "P-05", "--json")  # fmt: skip
    assert wrong.finding["code"] == "control.tested"
    kept = agency.fine("controls", "retention", "--as", "P-05", "--json").document
    assert {each["class"]: each["over"] for each in kept["classes"]}["messages"] == 0
    assert agency("controls", "retention", "--as", "P-01", "--json").code == 1
    assert agency.fine("ledger", "check", "--json").document["ok"]
