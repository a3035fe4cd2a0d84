"""The command line: a morning by commands, exit codes, errors as findings, embargo."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import ROOT, Shell

DAY = "2025-12-30"
FOSHAN = "AL-A00-FOSHAN"
CALL = "sold {tonnes}t A00 Foshan {price} cash self pick-up VAT included"


def at(shell: Shell, clock: str) -> None:
    shell.fine("clock", "set", f"{DAY}T{clock}+08:00")


def morning(shell: Shell) -> None:
    """Three phone calls for Foshan: 22,160 x 100 t, 22,180 x 100 t, 22,200 x 100 t."""
    at(shell, "09:00:00")
    shell.fine("day", "open", "--date", DAY, "--series", f"{FOSHAN},AL-LC", "--as", "P-01")
    at(shell, "09:50:00")
    for firm, price in (("F03", "22160"), ("F08", "22180"), ("F12", "22200")):
        text = CALL.format(tonnes=100, price=price)
        taken = shell.fine(
            "collect", "phone", "--contributor", firm, "--text", text, "--as", "P-01", "--json"
        ).document["taken"][0]
        (name,) = taken["submissions"]
        shell.fine(
            "day", "confirm", name, "--date", DAY, "--set", "delivery=same day",
            "--set", "place=Foshan", "--set", "payment=cash", "--as", "P-01",
        )  # fmt: skip
    at(shell, "10:13:30")
    shell.fine("day", "screen", "--date", DAY, "--as", "P-01")
    shell.fine("day", "determine", "--date", DAY, "--as", "P-01")
    shell.fine("day", "propose", "--date", DAY, "--as", "P-01")


def test_a_morning_by_commands(agency: Shell) -> None:
    morning(agency)
    own = agency("day", "approve", "--date", DAY, "--as", "P-01", "--json")
    assert (own.code, own.finding["code"]) == (1, "person.not_permitted")
    agency.fine("day", "approve", "--date", DAY, "--as", "P-03")
    early = agency("day", "publish", "--date", DAY, "--as", "P-03", "--json")
    assert (early.code, early.finding["code"]) == (1, "window.not_open")
    at(agency, "10:15:00")
    out = agency.fine("day", "publish", "--date", DAY, "--as", "P-03", "--json").document
    assert [row["series"] for row in out["published"]] == [FOSHAN, "AL-LC"]
    price = agency.fine("price", FOSHAN, "--date", DAY, "--json").document
    assert (price["low"], price["mid"], price["high"]) == ("22160", "22180", "22200")
    assert price["published_at"] == "2025-12-30T02:15:00Z"
    assert list(price)[:7] == [
        "series", "pricing_date", "revision", "status", "low", "mid", "high",
    ]  # fmt: skip
    carbon = agency.fine("price", "AL-LC", "--json").document
    assert carbon["mid"] == "22957", "22,180 + (12.8 - 2.3) x 74.01 = 22,957.105"
    report = agency.fine("ledger", "check", "--json").document
    assert (report["ok"], report["book_equal"], report["heads"]) == (True, True, 1)


def test_known_at_an_instant_before_there_was_nothing(agency: Shell) -> None:
    morning(agency)
    agency.fine("day", "approve", "--date", DAY, "--as", "P-03")
    at(agency, "10:15:00")
    agency.fine("day", "publish", "--date", DAY, "--as", "P-03")
    said = agency("price", FOSHAN, "--known-at", f"{DAY}T10:14:59+08:00", "--json")
    assert (said.code, said.finding["code"]) == (1, "price.none")
    asked = agency.fine("price", FOSHAN, "--known-at", f"{DAY}T10:15:00+08:00", "--json").document
    assert asked["known_at"] == "2025-12-30T02:15:00Z"


def test_no_exit_shows_a_price_before_its_instant(agency: Shell) -> None:
    morning(agency)
    agency.fine("day", "approve", "--date", DAY, "--as", "P-03")
    said = [
        agency("price", FOSHAN, "--date", DAY),
        agency("day", "status", "--date", DAY),
        agency("day", "status", "--date", DAY, "--json"),
        agency("day", "status", "--date", DAY, "--as", "P-07", "--json"),
        agency("day", "determine", "--date", DAY, "--json"),
        agency("ledger", "entries", "--limit", "500", "--json"),
        agency("day", "submissions", "--date", DAY, "--as", "P-07", "--json"),
    ]
    for each in said:
        assert "22180" not in each.out + each.err
        assert "22957" not in each.out + each.err
    inside = agency.fine("day", "status", "--date", DAY, "--as", "P-03", "--json").document
    assert inside["series"][0]["proposal"]["mid"] == "22180"


def test_the_same_person_on_both_sides_is_refused_here_too(agency: Shell) -> None:
    agency.fine(
        "person", "add", "P-09", "--role", "analyst", "--role", "price_manager",
        "--since", "2025-01-02", "--as", "P-07",
    )  # fmt: skip
    agency.fine("key", "make", "P-09", "--as", "P-07")
    morning(agency)
    agency.fine("day", "propose", "--date", DAY, "--series", FOSHAN, "--as", "P-09")
    said = agency("day", "approve", "--date", DAY, "--series", FOSHAN, "--as", "P-09", "--json")
    assert (said.code, said.finding["code"]) == (1, "review.same_person")


def test_an_older_digest_is_void_and_says_what_changed(agency: Shell) -> None:
    morning(agency)
    before = agency.fine("day", "status", "--date", DAY, "--as", "P-01", "--json").document
    digest = before["series"][0]["proposal"]["proposal"]
    agency.fine(
        "day", "propose", "--date", DAY, "--series", FOSHAN, "--mid", "22190", "--guideline", "G2",
        "--words", "late deals point up", "--as", "P-02",
    )  # fmt: skip
    said = agency(
        "day", "approve", "--date", DAY, "--series", FOSHAN, "--proposal", digest, "--as", "P-03",
        "--json",
    )  # fmt: skip
    assert (said.code, said.finding["code"]) == (1, "proposal.void")
    assert "mid 22180 -> 22190" in said.finding["what_to_do"]


def test_returning_and_not_assessing(agency: Shell) -> None:
    morning(agency)
    agency.fine(
        "day", "return", "--date", DAY, "--series", FOSHAN, "--words", "ask F03", "--as", "P-03"
    )
    agency.fine(
        "day", "not-assess", "--date", DAY, "--series", FOSHAN, "--reason", "suspended",
        "--words", "warehouse closed", "--as", "P-03",
    )  # fmt: skip
    at(agency, "10:20:00")
    status = agency.fine("day", "window-end", "--date", DAY, "--json").document
    assert [e["kind"] for e in status["entries"]] == ["notice.published/1", "price.delayed/1"]
    price = agency.fine("price", FOSHAN, "--date", DAY, "--json").document
    assert (price["status"], price["reason"], price["mid"]) == ("not_assessed", "suspended", None)


def test_a_correction_by_commands(agency: Shell) -> None:
    morning(agency)
    agency.fine("day", "approve", "--date", DAY, "--as", "P-03")
    at(agency, "10:15:00")
    agency.fine("day", "publish", "--date", DAY, "--as", "P-03")
    at(agency, "14:00:00")
    rows = agency.fine("day", "submissions", "--date", DAY, "--as", "P-01", "--json").document
    name = next(r["submission"] for r in rows["submissions"] if r["price"] == "22160")
    agency.fine(
        "day", "confirm", name, "--date", DAY, "--set", "low=22060", "--set", "high=22060",
        "--words", "misread", "--as", "P-01",
    )  # fmt: skip
    out = agency.fine(
        "day", "correct", "--date", DAY, "--series", FOSHAN, "--reason", "misread",
        "--cause", "agency_error", "--as", "P-03", "--json",
    ).document  # fmt: skip
    assert [row["series"] for row in out["proposed"]] == [FOSHAN, "AL-LC"]
    agency.fine("day", "approve", "--date", DAY, "--as", "P-04")
    agency.fine("day", "publish", "--date", DAY, "--series", FOSHAN, "--as", "P-04")
    price = agency.fine("price", "AL-LC", "--date", DAY, "--json").document
    assert price["revision"] == 1
    assert price["mid"] == "22927", "mean of 22,060 22,180 22,200 = 22,146.67 -> 22,150; + 777.105"


# ---- exit codes and errors ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ((), 0),
        (("--help",), 0),
        (("--version",), 0),
        (("day", "--help"), 0),
        (("nonsense",), 2),
        (("day", "nonsense"), 2),
        (("day", "open"), 2),
        (("day", "open", "--date", "30.12.2025"), 2),
        (("day", "open", "--date", "2025-13-01"), 2),
        (("day", "open", "--date", "20251230"), 2),
        (("day", "open", "--date", DAY, "--nonsense"), 2),
        (("price",), 2),
        (("price", FOSHAN, "--known-at", "2025-12-30T10:14:00"), 2),
        (("price", FOSHAN), 1),
        (("ledger", "check"), 1),
        (("collect", "nowhere.txt"), 2),
        (("collect",), 2),
        (("settings", "--json"), 0),
        (("determine", "nowhere.toml", "--date", DAY, "--inputs", "nowhere.json"), 2),
        (("export", "day", "--for", "public", "--out", "x"), 2),
        (("export", "day", DAY, "--from", DAY, "--for", "public", "--out", "x"), 2),
    ],
)
def test_exit_codes_without_a_home(shell: Shell, arguments: tuple[str, ...], code: int) -> None:
    said = shell(*arguments)
    assert said.code == code, said.err
    assert "Traceback" not in said.err + said.out
    assert "program.fault" not in said.err
    if code:
        assert said.err.startswith("error: ")
        assert "-> " in said.err, "the way out"


def test_the_clockwork_needs_nobody_and_people_must_be_named(agency: Shell) -> None:
    at(agency, "09:00:00")
    agency.fine("day", "open", "--date", DAY)
    said = agency("day", "propose", "--date", DAY, "--json")
    assert (said.code, said.finding["where"]) == (2, "--as")
    said = agency("day", "propose", "--date", DAY, "--as", "P-99", "--json")
    assert (said.code, said.finding["code"]) == (1, "key.missing")


def test_somebody_elses_key_file_opens_nothing(agency: Shell) -> None:
    keys = Path(agency.environ["ASSAY_KEYS"])
    (keys / "P-03.key").write_bytes((keys / "P-01.key").read_bytes())
    said = agency("day", "status", "--date", DAY, "--as", "P-03", "--json")
    assert (said.code, said.finding["code"]) == (1, "key.unknown")


def test_persons_and_keys_are_the_administrators(agency: Shell) -> None:
    args = ("person", "add", "P-10", "--role", "analyst", "--since", "2025-01-02")
    assert agency(*args, "--json").finding["code"] == "person.admin"
    assert agency(*args, "--as", "P-03", "--json").finding["code"] == "person.not_permitted"
    agency.fine(*args, "--as", "P-07")
    bad = ("person", "add", "P-11", "--role", "king", "--since", "2025-01-02", "--as", "P-07")
    assert agency(*bad, "--json").finding["code"] == "person.roles"
    odd = ("person", "add", "../P", "--role", "analyst", "--since", "2025-01-02", "--as", "P-07")
    assert agency(*odd, "--json").finding["code"] == "person.code"
    made = agency("key", "make", "../../nobody", "--as", "P-07", "--json")
    assert made.finding["code"] == "person.unknown"


def test_a_simulated_clock_goes_forward_only(agency: Shell) -> None:
    said = agency("clock", "set", "2020-01-01T00:00:00+08:00", "--json")
    assert (said.code, said.finding["code"]) == (1, "clock.backwards")


def test_a_live_home_refuses_a_simulated_clock(shell: Shell) -> None:
    shell.fine("home", "create", "--name", "live agency")
    assert shell.fine("clock", "show", "--json").document["clock"] == "live"
    said = shell("clock", "set", "2030-01-01T00:00:00+08:00", "--json")
    assert (said.code, said.finding["code"]) == (1, "home.clock")
    shell.environ["ASSAY_CLOCK"] = "2030-01-01T00:00:00+08:00"
    assert shell("home", "show", "--json").finding["code"] == "home.clock"


def test_a_home_is_created_once(agency: Shell) -> None:
    said = agency("home", "create", "--name", "again", "--json")
    assert said.code == 1


def test_backup_copy_and_health(agency: Shell, tmp_path: Path) -> None:
    made = agency.fine("backup", "make", tmp_path / "backup", "--json").document
    agency.fine("backup", "verify", tmp_path / "backup")
    assert agency.fine("health", "--json").document["ok"] is True
    copied = agency.fine(
        "ledger", "copy", agency.environ["ASSAY_HOME"], tmp_path / "copy", "--json"
    ).document
    assert copied["equal"] is True
    agency.environ["ASSAY_HOME"] = str(tmp_path / "restored")
    assert (
        agency.fine("backup", "restore", tmp_path / "backup", "--json").document["head"]
        == made["head"]
    )


# ---- determine ---------------------------------------------------------------------------


def determined(shell: Shell, tmp_path: Path, inputs: object, *more: str):
    path = tmp_path / "inputs.json"
    path.write_text(inputs if isinstance(inputs, str) else json.dumps(inputs), "utf-8")
    document = ROOT / "methodologies" / "al-lc" / "2021-12-27.toml"
    return shell("determine", document, "--date", DAY, "--inputs", path, *more)


CARBON = {
    "series": {
        FOSHAN: {"low": "22160", "mid": "22180", "high": "22200"},
        "CI-AL-NATIONAL": "12.8",
        "CI-AL-YUNNAN": "2.3",
        "CEA-CLOSE": [{"date": "2025-12-29", "value": "74.01"}],
    }
}


def test_determine_prints_the_shape_others_script_against(shell: Shell, tmp_path: Path) -> None:
    said = determined(shell, tmp_path, CARBON, "--json")
    assert said.code == 0
    found = said.document
    assert set(found) == {
        "series", "pricing_date", "status", "reason", "low", "mid", "high", "unit", "branch",
        "n_received", "n_used", "findings", "trace", "methodology",
    }  # fmt: skip
    assert (found["low"], found["mid"], found["high"]) == ("22937", "22957", "22977")
    assert set(found["methodology"]) == {"id", "effective", "digest"}


def test_a_number_with_a_point_in_json_is_read_digit_for_digit(
    shell: Shell, tmp_path: Path
) -> None:
    bare = json.dumps(CARBON).replace('"74.01"', "74.01").replace('"12.8"', "12.8")
    assert determined(shell, tmp_path, bare, "--json").document["mid"] == "22957"


@pytest.mark.parametrize(
    "inputs", ["{", "[]", '{"serie": {}}', '{"series": 3}', '{"submissions": 7}', "\x00"]
)
def test_inputs_that_are_none_are_wrong_use(shell: Shell, tmp_path: Path, inputs: str) -> None:
    said = determined(shell, tmp_path, inputs, "--json")
    assert said.code == 2, said.out
    assert said.finding["where"].endswith("inputs.json")


def test_a_broken_document_says_everything_that_is_wrong(shell: Shell, tmp_path: Path) -> None:
    document = tmp_path / "broken.toml"
    document.write_text('format = 1\nid = "x"\nprize = 3\n', "utf-8")
    said = shell("methodology", "check", document, "--json")
    assert said.code == 1
    assert any(f["code"] == "methodology.unknown_key" for f in said.document["findings"])


def test_documents_are_listed_rendered_and_compared(shell: Shell, tmp_path: Path) -> None:
    rows = shell.fine("methodology", "list", "--on", DAY, "--json").document["documents"]
    assert "AL-LC" in {code for row in rows for code in row["series"]}
    lc = ROOT / "methodologies" / "al-lc" / "2021-12-27.toml"
    page = shell.fine("methodology", "render", lc, "--lang", "zh", "--format", "html").out
    assert "低碳铝" in page
    cea = ROOT / "methodologies" / "cea"
    said = shell.fine(
        "methodology", "differences", cea / "2021-07-16.toml", cea / "2023-08-24.toml", "--json"
    )
    assert said.document["differences"]


def test_a_later_version_beside_the_document_is_named(shell: Shell, tmp_path: Path) -> None:
    path = tmp_path / "inputs.json"
    row = {"series": "CEA-CLOSE", "date": "2025-12-29", "turnover": "74010", "volume": "1000"}
    path.write_text(json.dumps({"market": [row]}), "utf-8")

    def codes(version: str) -> list[str]:
        document = ROOT / "methodologies" / "cea" / version
        said = shell("determine", document, "--date", "2025-12-29", "--inputs", path, "--json")
        return [each["code"] for each in said.document["findings"]]

    assert "methodology.not_in_force" in codes("2021-07-16.toml")
    assert "methodology.not_in_force" not in codes("2023-08-24.toml")


def test_a_document_of_two_series_asks_which(shell: Shell, tmp_path: Path) -> None:
    path = tmp_path / "inputs.json"
    path.write_text("{}", "utf-8-sig")
    document = ROOT / "methodologies" / "al-a00" / "2021-12-27.toml"
    for named in ((), ("--series", "AL-A00-FUSHAN")):
        said = shell("determine", document, "--date", DAY, "--inputs", path, *named, "--json")
        assert said.code == 2
        assert said.finding["what_to_do"].startswith("it serves AL-A00-FOSHAN, AL-A00-SHANGHAI")


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (("--from", "2013-03-06", "--to", "2013-03-05"), "first day is after"),
        (("--workers", "0"), "at least 1"),
        (("--out", "quotes.csv"), "overwrite what is read"),
    ],
)
def test_a_senseless_replay_is_wrong_use(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: tuple[str, ...], says: str
) -> None:
    monkeypatch.chdir(tmp_path)
    quotes = "series,pricing_date,contributor,low,high\nEURIBOR-3M,2013-03-05,A,3.00,3.00\n"
    Path("quotes.csv").write_text(quotes, "utf-8")
    document = ROOT / "methodologies" / "conformance" / "euribor.toml"
    out = () if "--out" in more else ("--out", "out.csv")
    said = shell("replay", document, "--submissions", "quotes.csv", *out, *more, "--json")
    assert said.code == 2
    assert says in said.finding["what_to_do"]
    assert Path("quotes.csv").read_text("utf-8") == quotes


def test_the_price_of_a_series_nobody_serves_is_wrong_use(agency: Shell) -> None:
    said = agency("price", "AL-A00-FUSHAN", "--json")
    assert (said.code, said.finding["where"]) == (2, "series AL-A00-FUSHAN")
    assert "AL-A00-FOSHAN" in said.finding["what_to_do"]


@pytest.mark.parametrize("cut", [b"no database at all", b""])
def test_a_damaged_store_is_said_with_the_way_out(agency: Shell, cut: bytes) -> None:
    journal = Path(agency.environ["ASSAY_HOME"]) / "journal.sqlite"
    for beside in journal.parent.glob("journal.sqlite-*"):
        beside.unlink()
    journal.write_bytes(cut.ljust(100) if cut else journal.read_bytes()[:8192])
    said = agency("ledger", "check", "--json")
    assert (said.code, said.finding["code"]) == (1, "store.damaged")
    assert "restore" in said.finding["what_to_do"]


def test_a_folder_of_documents_is_checked_as_a_whole(shell: Shell, tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    for family in ("al-a00", "ci-al", "cea", "al-lc"):
        shutil.copytree(ROOT / "methodologies" / family, folder / family)
    assert shell("methodology", "check", folder, "--json").document["findings"] == []
    copied = folder / "al-lc" / "2021-12-28.toml"
    shutil.copy(folder / "al-lc" / "2021-12-27.toml", copied)
    said = shell("methodology", "check", folder, "--json")
    assert said.code == 1
    assert "methodology.overlap" in {each["code"] for each in said.document["findings"]}


def test_a_door_that_is_taken_or_none_is_said_before_anything_is_told(agency: Shell) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        for port in (taken.getsockname()[1], 99999):
            said = agency("serve", "--port", port)
            assert (said.code, said.out) == (2, "")
            assert f"127.0.0.1:{port}" in said.err
            assert "--port 0" in said.err


def test_a_reader_who_closes_the_pipe_is_no_finding() -> None:
    command = [sys.executable, "-m", "assay", "methodology", "list"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as listing:
        assert listing.stdout is not None
        listing.stdout.close()
        assert (listing.stderr.read() if listing.stderr else b"", listing.wait()) == (b"", 0)
