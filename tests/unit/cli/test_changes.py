"""`assay change` and `assay complaint` on the shipped agency: refused early, followed to the end."""

from __future__ import annotations

import hashlib
import shutil

import pytest

from .conftest import ROOT

TEXT = (ROOT / "methodologies" / "al-a00" / "2021-12-27.toml").read_text("utf-8")


def proposed(tmp_path, effective):
    path = tmp_path / f"{effective}.toml"
    text = TEXT.replace("effective = 2021-12-27", f"effective = {effective}")
    path.write_text(
        text.replace("version = 1", "version = 2").replace("percent = 8", "percent = 9"), "utf-8"
    )
    return path


@pytest.fixture
def here(agency, tmp_path):
    """The agency with a folder of documents of its own, on 2025-12-29 at 18:00."""
    folder = tmp_path / "documents"
    shutil.copytree(ROOT / "methodologies", folder)
    agency.environ["ASSAY_METHODOLOGIES"] = str(folder)
    return agency


def people(shell):
    found = {}
    for each in shell.fine("person", "list", "--json").document["persons"]:
        for role in each["roles"]:
            found.setdefault(role, each["person"])
    return found


def propose(shell, path, who):
    return shell.fine(
        "change", "propose", path, "--class", "material", "--title", "A wider cut",
        "--rationale", "Eight cut too much.", "--as", who, "--json",
    ).document["change"]  # fmt: skip


def test_an_early_change_is_refused_and_a_timely_one_takes_effect(here, tmp_path):
    who = people(here)
    early = propose(here, proposed(tmp_path, "2026-01-25"), who["price_manager"])
    here.fine("change", "study", early, "--as", who["price_manager"])
    said = here("change", "notice", early, "--as", who["price_manager"], "--json")
    # Noticed on 2025-12-29: two days to the 31st and 26 in January make 2026-01-26.
    assert said.code == 1
    assert said.finding["code"] == "change.notice_short"
    assert "2026-01-26" in said.finding["what_to_do"]
    timely = propose(here, proposed(tmp_path, "2026-01-26"), who["price_manager"])
    here.fine("change", "study", timely, "--as", who["price_manager"])
    here.fine("change", "notice", timely, "--as", who["price_manager"])
    here.fine("change", "comment", timely, "--text", "Nine.", "--as", who["price_manager"])
    here.fine("change", "answer", f"{timely}-V-001", "--text", "Yes.", "--as", who["compliance"])
    here.fine("clock", "set", "2026-01-20T09:00:00+08:00")
    here.fine(
        "change", "decide", timely, "adopted", "--reason", "It is.", "--as", who["compliance"]
    )
    document = here.fine("change", "show", timely, "--json").document
    assert document["state"] == "adopted"
    assert document["clock"]["gone"] == 22
    listed = here.fine("change", "list", "--known-at", "2025-12-29T18:00:00+08:00", "--json")
    assert all(each["state"] in ("proposed", "noticed") for each in listed.document["changes"])
    here.fine("clock", "set", "2026-01-26T08:00:00+08:00")
    kinds = [
        e["kind"]
        for e in here.fine("day", "open", "--date", "2026-01-26", "--json").document["entries"]
    ]
    assert "change.activated/1" in kinds
    assert here.fine("ledger", "check").code == 0


def test_a_complaint_by_the_commands(here, tmp_path):
    who = people(here)["compliance"]
    said = here.fine(
        "complaint", "receive", "editorial", "--text", "No comment on rod.", "--name", "N",
        "--contact", "n@x.example", "--as", who, "--json",
    ).document  # fmt: skip
    name = said["complaint"]
    here.fine("complaint", "acknowledge", name, "--about", "The comment on rod", "--as", who)
    here.fine("complaint", "assign", name, who, "--as", who)
    here.fine(
        "complaint", "decide", name, "not_upheld", "--reasons", "Rod did not trade.", "--as", who
    )
    here.fine("complaint", "letters", name, "--out", tmp_path / "letters", "--as", who)
    assert (tmp_path / "letters" / f"{name}-outcome.pdf").read_bytes().startswith(b"%PDF")
    (row,) = here.fine("complaint", "register", "--json").document["complaints"]
    assert row["outcome"] == "not_upheld"
    assert here.fine("complaint", "alarms").code == 0
    assert here.fine("complaint", "corrections", "--json").document["statistics"]["errors"] == 0
    assert here("change", "alarms").code in (0, 1)


def test_letters_and_a_long_study_of_a_change_by_the_commands(here, tmp_path):
    manager, day = people(here)["price_manager"], "2026-01-26"
    path = proposed(tmp_path, day)
    name = here.fine(
        "change", "propose", path, "--class", "material", "--title", "A wider cut", "--title-zh",
        "放宽界限", "--rationale", "Eight cut too much.", "--as", manager, "--json",
    ).document["change"]  # fmt: skip
    known = here.fine("change", "show", name, "--json").document
    folder = tmp_path / "study"
    (folder / "desk").mkdir(parents=True)
    page = f"Old document: `{known['previous']}`. New document: `{known['document']}`.\n"
    (folder / "study.md").write_text(page, "utf-8")
    (folder / "desk" / "days.csv").write_text("series\n", "utf-8")
    said = here.fine(
        "change", "attach", name, folder, "--words", "eight years", "--as", manager, "--json"
    ).document
    assert [each["name"] for each in said["desk_files"]] == ["desk/days.csv"]
    assert (
        here("change", "attach", name, tmp_path / "none", "--words", "x", "--as", manager).code == 2
    )
    letter = ("change", "letter", name, "notice", "--out", tmp_path / "letters" / "notice.pdf")
    assert here(*letter, "--json").finding["code"] == "change.state"
    here.fine("change", "study", name, "--as", manager)
    here.fine("change", "notice", name, "--as", manager)
    told = here.fine(*letter, "--lang", "zh", "--sent", "email", "--as", manager, "--json").document
    assert told["letter"] == "L-2025-001"
    raw = (tmp_path / "letters" / "notice.pdf").read_bytes()
    assert told["digest"] == "sha256:" + hashlib.sha256(raw).hexdigest()
    here.fine("change", "letter", name, "--out", tmp_path / "notice.html", "--lang", "zh")
    assert "放宽界限" in (tmp_path / "notice.html").read_text("utf-8")
    assert here("change", "letter", name, "--out", tmp_path / "notice.docx").code == 2


def test_letters_of_a_complaint_and_to_a_firm_by_the_commands(here, tmp_path):
    officer = people(here)["compliance"]
    given = (
        "complaint",
        "receive",
        "editorial",
        "--text",
        "T",
        "--name",
        "N",
        "--contact",
        "n@x.example",
    )
    complaint = here.fine(*given, "--as", officer, "--json").document["complaint"]
    here.fine(
        "complaint", "acknowledge", complaint, "--about", "A line", "--lang", "zh", "--as", officer
    )
    here.fine(
        "complaint", "letter", complaint, "acknowledgement", "--out", tmp_path / "a.html", "--lang",
        "zh", "--sent", "post", "--as", officer,
    )  # fmt: skip
    assert "A line" in (tmp_path / "a.html").read_text("utf-8")
    none = here(
        "complaint", "correction-notice", "AL-LC", "--date", "2025-12-29", "--out",
        tmp_path / "c.pdf", "--json",
    )  # fmt: skip
    assert none.finding["code"] == "letter.none"
    firm = here.fine("contributor", "list", "--as", officer, "--json").document["contributors"][0]
    code = firm["contributor"]
    here.fine(
        "contributor",
        "rectify",
        code,
        "--shortfall",
        "timeliness",
        "--words",
        "Late.",
        "--as",
        officer,
    )
    here.fine(
        "contributor", "letter", code, "rectification", "--out", tmp_path / "r.html", "--sent",
        "email", "--as", officer,
    )  # fmt: skip
    assert "Late." in (tmp_path / "r.html").read_text("utf-8")
    assert here.fine("ledger", "check").code == 0
