"""What commands say to people, and the commands that the morning does not need every day."""

from __future__ import annotations

from pathlib import Path

import pytest

from .conftest import AGENCY, ROOT, Shell
from .test_commands import CALL, DAY, FOSHAN, at, morning


def published(shell: Shell) -> None:
    morning(shell)
    shell.fine("day", "approve", "--date", DAY, "--as", "P-03")
    at(shell, "10:15:00")
    shell.fine("day", "publish", "--date", DAY, "--as", "P-03")


def test_answers_for_people_name_thing_and_numbers(agency: Shell) -> None:
    published(agency)
    said = {
        ("price", FOSHAN): "22160-22200 CNY/t, mid 22180 (published, revision 0)",
        ("day", "status", "--date", DAY): "22180",
        ("day", "submissions", "--date", DAY, "--as", "P-01"): "passed",
        ("ledger", "check"): "the journal is whole",
        ("ledger", "rebuild"): "entries folded",
        ("ledger", "sign"): "signed with key",
        ("ledger", "entries", "--as", "P-06", "--kind", "price.published/1"): "price.published/1",
        ("person", "list"): "price_manager",
        ("home", "show"): "Tidemark",
        ("clock", "show"): "simulated",
        ("settings",): "ASSAY_HOME",
        ("health",): "fine",
        ("methodology", "list"): "al-lc",
        ("methodology", "check"): "0 findings",
    }
    for arguments, words in said.items():
        assert words in agency.fine(*arguments).out, arguments


def test_what_changed_since_the_day_before_is_said(agency: Shell) -> None:
    history = AGENCY / "market" / "before" / "history-al-a00-shanghai.csv"
    taken = agency.fine("market", "import", history, "--as", "P-01", "--json").document["taken"][0]
    assert taken["feed"] == "price-history"
    price = agency.fine("price", "AL-A00-SHANGHAI", "--date", "2025-12-02", "--json").document
    assert price["status"] == "imported"
    assert price["change"] == {"of": "mid", "against": "2025-12-01", "value": "20"}
    said = agency.fine("price", "AL-A00-SHANGHAI", "--date", "2025-12-02").out
    assert "change of the mid against 2025-12-01: 20" in said


def test_factors_made_of_a_file_are_said(shell: Shell) -> None:
    shell.fine(
        "home", "create", "--agency", AGENCY / "agency.toml",
        "--simulated-from", "2025-12-29T18:00:00+08:00",
    )  # fmt: skip
    file = AGENCY / "market" / "before" / "carbon-intensity.csv"
    said = shell.fine("market", "import", file, "--takes-effect", "2025-11-17", "--as", "P-01").out
    assert "carbon-intensity, 0 recorded, 0 quarantined, 2 factors made of it" in said


def test_submissions_one_by_one(agency: Shell) -> None:
    at(agency, "09:00:00")
    agency.fine("day", "open", "--date", DAY, "--as", "P-01")
    at(agency, "09:50:00")
    names = []
    for firm in ("F03", "F08", "F12"):
        text = CALL.format(tonnes=100, price=22180)
        taken = agency.fine(
            "collect", "phone", "--contributor", firm, "--text", text, "--as", "P-01", "--json"
        )
        names += taken.document["taken"][0]["submissions"]
    first, second, third = names
    day = ("--date", DAY, "--as", "P-01")
    agency.fine("day", "discard", first, "--words", "said in jest", *day)
    agency.fine("day", "confirm", second, third, *day)
    agency.fine("day", "withdraw", second, "--words", "withdrawn by phone", *day)
    agency.fine("day", "judge", third, "exclude", "--code", "outlier", "--words", "alone", *day)
    rows = agency.fine("day", "submissions", *day, "--json").document["submissions"]
    states = {row["submission"]: (row["state"], row["judgement"]) for row in rows}
    assert states == {
        first: ("discarded", None),
        second: ("withdrawn", None),
        third: ("confirmed", "exclude: outlier"),
    }
    for wrong in (
        ("day", "confirm", *day),
        ("day", "confirm", second, third, "--set", "low=1", *day),
        ("day", "confirm", third, "--set", "low", *day),
        ("day", "arrange", "--date", DAY, "--words", "x", "--window", "noon", "--as", "P-03"),
    ):
        assert agency(*wrong).code == 2, wrong


def test_a_folder_tells_the_channel(agency: Shell, tmp_path: Path) -> None:
    at(agency, "10:09:00")
    messages = AGENCY / "messages" / DAY / "by-1010"
    said = agency("day", "collect", messages, "--date", DAY, "--as", "P-01")
    assert said.code == 1, "what could not be read is a finding"
    assert "submissions offered: confirm them" in said.out
    assert "workbook.broken" in said.err, (
        "a workbook cut off in the mail is refused, with a finding"
    )
    again = agency.fine("day", "collect", messages, "--date", DAY, "--as", "P-01", "--json")
    assert not any(each["submissions"] for each in again.document["taken"]), "read once"
    stray = tmp_path / "stray.bin"
    stray.write_bytes(b"x")
    assert agency("collect", stray).code == 2
    assert agency("day", "collect", messages, "--date", "2026-01-05", "--as", "P-01").code == 2


def test_a_closure_by_notice(agency: Shell) -> None:
    agency.fine("day", "arrange", "--date", DAY, "--closed", "--words", "typhoon", "--as", "P-03")
    at(agency, "09:00:00")
    agency.fine("day", "open", "--date", DAY, "--series", FOSHAN, "--as", "P-01")
    price = agency.fine("price", FOSHAN, "--date", DAY).out
    assert price.startswith(f"{FOSHAN} {DAY}: not_assessed (holiday)")


def test_the_publication_key_is_handed_over(agency: Shell) -> None:
    old = Path(agency.environ["ASSAY_KEYS"], "publication.pub").read_bytes()
    agency.fine("key", "rotate", "--reason", "yearly")
    assert Path(agency.environ["ASSAY_KEYS"], "publication.pub").read_bytes() != old
    agency.fine("ledger", "sign")
    assert agency.fine("ledger", "check", "--json").document["ok"] is True


def test_publishing_without_the_publication_key_raises_a_finding(agency: Shell) -> None:
    morning(agency)
    agency.fine("day", "approve", "--date", DAY, "--as", "P-03")
    at(agency, "10:15:00")
    Path(agency.environ["ASSAY_KEYS"], "publication.key").unlink()
    agency.fine("day", "publish", "--date", DAY, "--as", "P-03")
    said = agency.fine("ledger", "entries", "--kind", "finding.raised/1", "--as", "P-06", "--json")
    assert said.document["entries"][-1]["body"]["code"] == "head.unsigned"


@pytest.mark.parametrize("audience", ["public", "auditor"])
def test_a_bundle_of_the_day(agency: Shell, tmp_path: Path, audience: str) -> None:
    published(agency)
    out = tmp_path / audience
    for extra in ((), ("--json",)):
        said = agency(
            "export", "day", DAY, "--for", audience, "--out", str(out) + str(len(extra)), *extra
        )
        assert said.code == 0, said.err
    assert (tmp_path / f"{audience}0").is_dir()


def test_the_real_check_for_people(shell: Shell) -> None:
    inputs = ROOT / "examples" / "real-check" / "2023-08-18.json"
    document = ROOT / "methodologies" / "al-lc" / "2021-12-27.toml"
    said = shell.fine("determine", document, "--date", "2023-08-18", "--inputs", inputs)
    assert "19189" in said.out
    assert "cea = 70.1 CNY/tCO2" in said.out


def test_a_setting_or_an_audience_that_is_none_is_wrong_use(agency: Shell, tmp_path: Path) -> None:
    said = agency("export", "day", DAY, "--for", "nobody", "--out", str(tmp_path / "out"))
    assert (said.code, "auditor" in said.err) == (2, True)
    agency.environ["ASSAY_HOMEE"] = "elsewhere"
    said = agency("price", "AL-LC", "--date", DAY)
    assert (said.code, "settings.unknown_variable" in said.err) == (2, True)
