"""Exit code 1 where something needs eyes, the rest of the work done all the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .conftest import Shell
from .test_commands import CALL, DAY, FOSHAN, at

ON = ("--date", DAY, "--as", "P-01")
CEA = "date,mode,open,high,low,close,volume,turnover\n"


def codes(said) -> set[str]:
    return {each["code"] for each in said}


def call(shell: Shell, firm: str, text: str):
    return shell(
        "collect", "phone", "--contributor", firm, "--text", text, "--as", "P-01", "--json"
    )


def test_quarantined_rows_are_said_with_their_reason(agency: Shell, tmp_path: Path) -> None:
    path = tmp_path / "fx.csv"
    path.write_text(
        "date,usdcny\n2025-12-25,7.0070\n2025-12-26,70.081\n2025-12-29,7.0057\n", "utf-8"
    )
    said = agency("market", "import", path, "--feed", "usdcny-daily", "--as", "P-01", "--json")
    assert said.code == 1
    (taken,) = said.document["taken"]
    assert (taken["recorded"], taken["quarantined"]) == (2, 1)
    assert taken["findings"], "the reason of the quarantined row"
    people = agency("collect", "feed", path, "--feed", "usdcny-daily", "--as", "P-01")
    assert people.code == 1
    assert "-> " in people.err
    path.write_text("date,usdcny\n2025-12-26,7.0081\n", "utf-8")
    agency.fine("market", "import", path, "--feed", "usdcny-daily", "--as", "P-01")


def test_a_file_of_no_declared_feed_is_kept_and_stops_no_other(
    agency: Shell, tmp_path: Path
) -> None:
    mood, rate = tmp_path / "mood.csv", tmp_path / "fx.csv"
    mood.write_text("date,mood\n2025-12-29,good\n", "utf-8")
    rate.write_text("date,usdcny\n2025-12-26,7.0081\n", "utf-8")
    said = agency("market", "import", mood, rate, "--as", "P-01", "--json")
    assert said.code == 1
    unknown, known = said.document["taken"]
    assert codes(unknown["findings"]) == {"feed.not_recognised"}
    assert unknown["evidence"].startswith("sha256:"), "archived all the same"
    assert known["recorded"] == 1


def test_the_first_trades_of_a_day_are_no_close_that_changed(agency: Shell) -> None:
    """The shipped evening: the path of the morning goes on, the exchange's own figures come."""
    market = Path(__file__).parents[3] / "examples" / "agency" / "market" / "2025-12-29"
    at(agency, "08:00:00")
    for path in ("1015/ad-trades.csv", "close/ad-sessions.csv", "close/ad-trades.csv"):
        said = agency.fine("market", "import", market / path, "--as", "P-01", "--json").document
        assert codes(said["taken"][0]["findings"]) == set(), path


def test_one_unclear_file_does_not_stop_a_folder(agency: Shell, tmp_path: Path) -> None:
    at(agency, "09:50:00")
    inbox = tmp_path / "inbox"
    (inbox / "sub").mkdir(parents=True)
    (inbox / "a.eml").write_text("From: x@y.example\nSubject: hello\n\nhow are you\n", "utf-8")
    (inbox / "sub" / "notes.bin").write_bytes(b"\x00\x01")
    (inbox / "gone").symlink_to(tmp_path / "nowhere")
    said = agency("collect", inbox, "--as", "P-01", "--json")
    assert said.code == 1
    assert len(said.document["taken"]) == 1, "the mail is taken in"
    places = {each["where"] for each in said.document["findings"]}
    assert places == {str(inbox / "sub" / "notes.bin"), str(inbox / "gone")}
    assert codes(said.document["findings"]) == {"file.unclear"}
    assert agency("collect", inbox / "sub" / "notes.bin", "--as", "P-01").code == 2


def test_a_call_of_an_unknown_firm_is_kept_and_said(agency: Shell) -> None:
    at(agency, "09:00:00")
    agency.fine("day", "open", "--series", FOSHAN, *ON)
    said = call(agency, "F99", CALL.format(tonnes=100, price=22180))
    assert said.code == 1
    (taken,) = said.document["taken"]
    assert "contributor.unknown" in codes(taken["findings"])
    (name,) = taken["submissions"]
    left = agency("day", "confirm", "--all", *ON, "--json")
    assert left.code == 1
    assert [each["where"] for each in left.document["left_out"]] == [f"{name} ({FOSHAN})"]
    agency.fine("day", "confirm", name, "--set", "contributor=F03", *ON)


def test_confirm_all_says_what_it_leaves_out_and_acts_at_once(agency: Shell) -> None:
    at(agency, "09:00:00")
    agency.fine("day", "open", "--series", FOSHAN, *ON)
    good = [
        call(agency, firm, CALL.format(tonnes=100, price=22180)).document["taken"][0]
        for firm in ("F03", "F08", "F12")
    ]
    call(agency, "F04", "sold 200t A00 Foshan 22180")
    call(agency, "F05", CALL.format(tonnes=100, price=221800))
    said = agency("day", "confirm", "--all", *ON, "--json")
    assert said.code == 1
    first, second = said.document["left_out"]
    assert "lacks" in first["what_to_do"]
    assert "payment" in first["what_to_do"]
    assert "quote.implausible_price" in second["what_to_do"]
    assert len(said.document["entries"]) == 3
    kinds = ("--kind", "submission.confirmed/1")
    rows = agency.fine("ledger", "entries", *kinds, "--as", "P-06", "--json").document["entries"]
    assert [row["body"]["submission"] for row in rows] == [e["submissions"][0] for e in good]
    assert len({row["recorded_at"] for row in rows}) == 1, "one transaction"
    again = agency("day", "confirm", "--all", *ON)
    assert again.code == 1
    assert "nothing to do" in again.out


def test_nobody_else_takes_data_in(agency: Shell, tmp_path: Path) -> None:
    """The auditor and compliance read; what they hand over is not kept."""
    path = tmp_path / "fx.csv"
    path.write_text("date,usdcny\n2025-12-26,7.0081\n", "utf-8")
    before = agency.fine("home", "show", "--json").document["entries"]
    for person in ("P-04", "P-06"):
        for line in (
            ("market", "import", path),
            ("collect", path, "--channel", "workbook"),
            ("collect", "phone", "--contributor", "F03", "--text", "sold 200t A00 Foshan 22180"),
        ):
            said = agency(*line, "--as", person, "--json")
            assert (said.code, said.finding["code"]) == (1, "person.not_permitted"), line
    assert agency.fine("home", "show", "--json").document["entries"] == before


def test_wrong_channel_by_command(agency: Shell, tmp_path: Path) -> None:
    at(agency, "09:50:00")
    path = tmp_path / "group.txt"
    path.write_text(
        "Chat history with Metals group (timezone: UTC+08:00)\n\n"
        "someone 2025-12-30 09:41:07\nA00佛山 22180 成交200吨 现货 自提 货到付款\n",
        "utf-8",
    )
    agency("collect", path, "--channel", "phone", "--as", "P-01")
    line = ("collect", path, "--channel", "wechat", "--as", "P-01", "--json")
    known = agency(*line)
    assert known.code == 1
    assert codes(known.document["taken"][0]["findings"]) == {"evidence.known"}
    for missing in (line[:2], line[:4]):
        assert agency(*missing, "--again", "why").code == 2, missing
    (taken,) = agency(*line, "--again", "a chat, not a call").document["taken"]
    assert len(taken["submissions"]) == 1
    rows = agency.fine(
        "ledger", "entries", "--kind", "evidence.reopened/1", "--as", "P-06", "--json"
    ).document["entries"]
    assert [json.loads(json.dumps(row["body"]["words"])) for row in rows] == ["a chat, not a call"]


@pytest.mark.parametrize("as_json", [(), ("--json",)])
def test_what_publish_leaves_out_is_exit_one(agency: Shell, as_json: tuple[str, ...]) -> None:
    at(agency, "09:00:00")
    agency.fine("day", "open", "--series", f"{FOSHAN},AL-LC,ADC12", *ON)
    for firm, price in (("F03", "22160"), ("F08", "22180"), ("F12", "22200")):
        call(agency, firm, CALL.format(tonnes=100, price=price))
    agency.fine("day", "confirm", "--all", *ON)
    at(agency, "10:14:00")
    series = ("--series", f"{FOSHAN},AL-LC")
    for act in ("screen", "determine", "propose"):
        agency.fine("day", act, *series, *ON)
    agency.fine("day", "approve", "--date", DAY, "--as", "P-03")
    at(agency, "10:16:00")
    said = agency("day", "publish", "--date", DAY, "--as", "P-03", *as_json)
    assert said.code == 1
    assert "price.not_proposed" in said.err
    assert "22180" in said.out, "the rest is out"
    agency.fine("price", FOSHAN, "--date", DAY)


def test_a_bundle_without_the_seal_says_so(agency: Shell, tmp_path: Path) -> None:
    at(agency, "09:00:00")
    agency.fine("day", "open", "--series", FOSHAN, *ON)
    at(agency, "10:16:00")
    ended = ("--series", FOSHAN, "--reason", "insufficient_data", "--words", "nobody quoted")
    agency.fine("day", "not-assess", "--date", DAY, *ended, "--as", "P-03")
    agency.fine("ledger", "sign")
    line = ("export", "day", DAY, "--for", "public", "--json", "--out")
    assert agency.fine(*line, tmp_path / "sealed").document["findings"] == []
    assert (tmp_path / "sealed" / "manifest.sig").is_file()
    Path(agency.environ["ASSAY_KEYS"], "publication.key").unlink()
    said = agency(*line, tmp_path / "unsealed")
    assert said.code == 1
    assert codes(said.document["findings"]) == {"export.unsealed"}
    assert not (tmp_path / "unsealed" / "manifest.sig").exists()
