"""Bundles: who sees what, the same bytes for the same journal, and when nothing may leave."""

from __future__ import annotations

import itertools
import json
import shutil
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from unit.verifier.small_agency import (
    A00,
    DAY,
    LC,
    METHODOLOGIES,
    SmallAgency,
    corrected,
    priced,
)

from assay.core import BrokenPromise, Refused, digest_of
from assay.publication import export_days
from assay.publication.disclosure import forbidden
from assay.publication.readme import README
from assay.publication.secrecy import may_be_public
from assay.publication.tables import COLUMNS
from verifier import tables as verifier_tables
from verifier.bundle import FORMAT


@pytest.fixture(scope="module")
def agency(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallAgency]:
    agency = priced(tmp_path_factory.mktemp("agency"))
    yield agency
    agency.ledger.close()


def exported(agency: SmallAgency, audience: str, out: Path) -> Path:
    export_days(agency.ledger, DAY, DAY, audience, out, METHODOLOGIES)
    return out


def lines(out: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (out / "journal.jsonl").read_text().splitlines()]


def shown(out: Path) -> list[str]:
    return [line["content"]["kind"] for line in lines(out) if "content" in line]


def files(out: Path) -> dict[str, bytes]:
    return {
        path.relative_to(out).as_posix(): path.read_bytes()
        for path in sorted(out.rglob("*"))
        if path.is_file()
    }


def code_of(refusal: pytest.ExceptionInfo[Refused]) -> str:
    return refusal.value.finding.code


# ---- what a bundle is ------------------------------------------------------------------


@pytest.mark.parametrize("audience", ["auditor", "public"])
def test_the_same_journal_gives_the_same_bytes(
    audience: str, agency: SmallAgency, tmp_path: Path
) -> None:
    one = files(exported(agency, audience, tmp_path / "one"))
    assert one == files(exported(agency, audience, tmp_path / "two"))


def test_the_manifest_names_every_file_with_its_hash(agency: SmallAgency, tmp_path: Path) -> None:
    out = files(exported(agency, "auditor", tmp_path / "out"))
    manifest = json.loads(out.pop("manifest.json"))
    assert manifest["files"] == {name: digest_of(content) for name, content in out.items()}
    assert (manifest["agency"], manifest["audience"]) == ("Example Metals", "auditor")
    assert manifest["days"] == ["2025-12-30"]
    assert manifest["head"]["seq"] == len(out["journal.jsonl"].splitlines())


def test_the_chain_runs_from_the_first_entry_to_the_signed_head(
    agency: SmallAgency, tmp_path: Path
) -> None:
    out = exported(agency, "public", tmp_path / "out")
    rows = lines(out)
    (head,) = json.loads((out / "heads.json").read_bytes())
    assert [row["seq"] for row in rows] == list(range(1, head["seq"] + 1))
    assert rows[-1]["digest"] == head["digest"]
    assert all(a["digest"] == b["previous"] for a, b in itertools.pairwise(rows))


def test_the_documents_are_the_exact_files(agency: SmallAgency, tmp_path: Path) -> None:
    out = files(exported(agency, "public", tmp_path / "out"))
    assert out["methodologies/al-a00/2021-12-27.toml"] == A00.read_bytes()
    assert out["methodologies/al-lc/2021-12-27.toml"] == LC.read_bytes()


def test_prices_for_people(agency: SmallAgency, tmp_path: Path) -> None:
    out = files(exported(agency, "public", tmp_path / "out"))
    assert out["prices.csv"].decode().splitlines() == [
        "series,pricing_date,revision,status,low,mid,high,unit,branch,late,reason,published_at,entry",
        (
            "AL-A00-FOSHAN,2025-12-30,0,published,22170,22180,22200,CNY/t,transactions,no,,"
            "2025-12-30T02:16:00Z,39"
        ),
        "AL-LC,2025-12-30,0,published,22947,22957,22977,CNY/t,formula,no,,2025-12-30T02:16:00Z,40",
    ]
    assert [row["mid"] for row in json.loads(out["prices.json"])] == ["22180", "22957"]


# ---- secrecy ---------------------------------------------------------------------------


def test_the_public_sees_public_kinds_only(agency: SmallAgency, tmp_path: Path) -> None:
    assert set(shown(exported(agency, "public", tmp_path / "out"))) == {
        "home.opened/1", "key.registered/1", "market.recorded/1", "factor.recorded/1",
        "day.opened/1", "price.proposed/1", "price.approved/1", "price.published/1", "day.closed/1",
    }  # fmt: skip


def test_nothing_of_a_firm_is_in_the_bytes_for_the_public(
    agency: SmallAgency, tmp_path: Path
) -> None:
    out = files(exported(agency, "public", tmp_path / "out"))
    assert not [name for name in out if name.startswith("evidence")]
    everything = b"".join(out.values())
    for secret in (b"F01", b"Firm", b"S-1", b"22300", b"vault:", b"sold 200t"):
        assert secret not in everything, secret


def test_an_auditor_sees_submissions_determinations_and_evidence(
    agency: SmallAgency, tmp_path: Path
) -> None:
    out = exported(agency, "auditor", tmp_path / "out")
    kinds = shown(out)
    assert kinds.count("submission.confirmed/1") == 4
    assert kinds.count("price.determined/1") == 2
    raw = [content for name, content in files(out).items() if name.startswith("evidence/")]
    assert min(content[16:] for content in raw) == b"F01 sold 200t A00 Foshan 22180"
    assert all(digest_of(c).removeprefix("sha256:") in {
        name.removeprefix("evidence/") for name in files(out)} for c in raw)  # fmt: skip


def test_an_unpublished_proposal_stays_in_the_house(tmp_path: Path) -> None:
    agency = SmallAgency(tmp_path)
    agency.morning()
    agency.clock.shanghai("10:13:30")
    secret = {"low": "22170", "mid": "22160", "high": "22200"}
    made = agency.determined("AL-A00-FOSHAN", secret, "transactions", agency.foshan_inputs())
    agency.decide(made, approvers=())
    agency.price()
    out = exported(agency, "public", tmp_path / "out")
    assert shown(out).count("price.proposed/1") == 2
    assert b"22160" not in b"".join(files(out).values())
    agency.ledger.close()


def test_a_value_under_licence_is_sealed_for_the_public(tmp_path: Path) -> None:
    agency = priced(tmp_path, licence="calculation only")
    assert "market.recorded/1" not in shown(exported(agency, "public", tmp_path / "public"))
    assert "market.recorded/1" in shown(exported(agency, "auditor", tmp_path / "auditor"))
    agency.ledger.close()


@pytest.mark.parametrize(
    ("licence", "sealed"),
    [(None, False), ("", False), ("made up for the example", False), ("free to republish", False),
     ("calculation only", True), ("restricted", True), ("ask the exchange", True)],
)  # fmt: skip
def test_any_licence_note_that_is_not_free_forbids(licence: str | None, sealed: bool) -> None:
    assert forbidden(licence) is sealed


@pytest.mark.parametrize(
    ("tonnes", "public"),
    [((200, 100, 100), True), ((201, 100, 100), False), ((100, 100), False), ((0, 0, 0), True), ((), False)],
)  # fmt: skip
def test_a_statistic_needs_three_firms_and_none_above_half(
    tonnes: tuple[int, ...], public: bool
) -> None:
    volumes = {f"F{number}": Fraction(each) for number, each in enumerate(tonnes)}
    assert may_be_public(volumes) is public


class Chatty(SmallAgency):
    """Prints statistics over two firms only."""

    def decide(self, determined: dict[str, Any], **more: Any) -> dict[str, Any]:
        return super().decide(determined, statistics={"contributors": 2}, **more)

    def trace(self, series: str, inputs: dict[str, Any]) -> dict[str, Any]:
        rows = inputs.get("submissions", [])[:2]
        terms = [{"name": row["contributor"], "terms": [{"name": row["id"]}]} for row in rows]
        return {"mid": {"terms": terms}}


def test_a_statistic_that_tells_of_one_firm_stops_the_export(tmp_path: Path) -> None:
    agency = Chatty(tmp_path)
    agency.morning()
    agency.price()
    with pytest.raises(BrokenPromise, match=r"statistic\.secrecy"):
        exported(agency, "public", tmp_path / "public")
    assert not (tmp_path / "public").exists()
    exported(agency, "auditor", tmp_path / "auditor")
    agency.ledger.close()


# ---- days ------------------------------------------------------------------------------


def test_other_days_stay_sealed(tmp_path: Path) -> None:
    agency = priced(tmp_path)
    agency.clock.shanghai("08:00:00", date(2025, 12, 31))
    digest = digest_of(A00.read_bytes())
    opened = {
        "pricing_date": "2025-12-31", "series": ["AL-A00-FOSHAN"],
        "documents": {"AL-A00-FOSHAN": digest},
    }  # fmt: skip
    agency.add("day.opened/1", opened)
    ended = {
        "series": "AL-A00-FOSHAN", "pricing_date": "2025-12-31", "reason": "suspended",
        "words": "exchange closed", "published_at": "2025-12-31T02:15:00Z",
    }  # fmt: skip
    agency.clock.shanghai("10:16:00", date(2025, 12, 31))
    agency.add("price.not_assessed/1", ended, "P-03")
    agency.sign()
    for audience in ("auditor", "public"):
        out = exported(agency, audience, tmp_path / audience)
        assert b"exchange closed" not in (out / "journal.jsonl").read_bytes()
    both = tmp_path / "both"
    found = export_days(agency.ledger, DAY, date(2025, 12, 31), "public", both, METHODOLOGIES)
    assert found.days == ("2025-12-30", "2025-12-31")
    assert b"exchange closed" in (both / "journal.jsonl").read_bytes()
    agency.ledger.close()


def test_a_correction_made_later_is_in_the_newer_bundle(tmp_path: Path) -> None:
    agency = priced(tmp_path)
    corrected(agency)
    out = files(exported(agency, "public", tmp_path / "out"))
    assert [(row["mid"], row["revision"]) for row in json.loads(out["prices.json"])] == [
        ("22180", 0), ("22190", 1), ("22957", 0), ("22967", 1),
    ]  # fmt: skip
    agency.ledger.close()


# ---- refusals --------------------------------------------------------------------------


def test_refusals_name_the_way_out(agency: SmallAgency, tmp_path: Path) -> None:
    with pytest.raises(Refused) as refusal:
        export_days(agency.ledger, DAY, DAY, "everybody", tmp_path / "out", METHODOLOGIES)
    assert code_of(refusal) == "export.audience"
    with pytest.raises(Refused) as refusal:
        export_days(
            agency.ledger,
            date(2025, 1, 2),
            date(2025, 1, 2),
            "public",
            tmp_path / "out",
            METHODOLOGIES,
        )
    assert code_of(refusal) == "export.no_day"
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "note").write_text("mine")
    with pytest.raises(Refused) as refusal:
        exported(agency, "public", tmp_path / "full")
    assert code_of(refusal) == "export.exists"


def test_no_bundle_before_a_head_is_signed(tmp_path: Path) -> None:
    agency = SmallAgency(tmp_path)
    agency.morning()
    with pytest.raises(Refused) as refusal:
        exported(agency, "public", tmp_path / "out")
    assert code_of(refusal) == "export.unsigned"
    agency.sign()
    with pytest.raises(Refused) as refusal:
        exported(agency, "public", tmp_path / "out")
    assert code_of(refusal) == "export.not_ended"
    agency.ledger.close()


def test_a_value_dated_for_later_waits(tmp_path: Path) -> None:
    agency = SmallAgency(tmp_path)
    agency.people()
    agency.clock.shanghai("08:00:00")
    digest = digest_of(A00.read_bytes())
    opened = {
        "pricing_date": "2025-12-30", "series": ["AL-A00-FOSHAN"],
        "documents": {"AL-A00-FOSHAN": digest},
    }  # fmt: skip
    agency.add("day.opened/1", opened)
    ended = {
        "series": "AL-A00-FOSHAN", "pricing_date": "2025-12-30",
        "reason": "insufficient_data", "published_at": "2025-12-30T02:15:00Z",
    }  # fmt: skip
    agency.clock.shanghai("10:14:00")
    agency.add("price.not_assessed/1", ended, "P-03")
    agency.sign()
    with pytest.raises(Refused) as refusal:
        exported(agency, "public", tmp_path / "early")
    assert code_of(refusal) == "export.embargo"
    agency.clock.shanghai("10:15:00")
    agency.sign()
    exported(agency, "public", tmp_path / "out")
    agency.ledger.close()


def test_a_document_that_is_gone_stops_the_export(agency: SmallAgency, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(METHODOLOGIES / "al-lc", tmp_path / "methodologies" / "al-lc"))
    with pytest.raises(BrokenPromise, match=r"export\.document"):
        export_days(agency.ledger, DAY, DAY, "public", tmp_path / "out", folder.parent)


# ---- one specification -----------------------------------------------------------------


def test_product_and_verifier_agree_on_the_fixed_parts() -> None:
    assert digest_of(README.encode()) == verifier_tables.README_DIGEST
    assert COLUMNS == verifier_tables.COLUMNS
    assert FORMAT == "assay-bundle/1"
