"""An agency that cheats with all of its own keys: signature and chain hold, the checks do not.

Each forgery is signed by the right persons and by the publication; what gives it away is
what the bundle says about how the price came about.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from unit.verifier.forger import Forger, dumps, sha
from unit.verifier.small_agency import (
    DAY,
    FOSHAN,
    LOW_CARBON,
    METHODOLOGIES,
    SmallAgency,
    priced,
    signer,
)

from assay.publication import export_days
from verifier import verify

Content = dict[str, Any]


@pytest.fixture(scope="module")
def agency(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallAgency]:
    agency = priced(tmp_path_factory.mktemp("agency"))
    for audience in ("auditor", "public"):
        export_days(agency.ledger, DAY, DAY, audience, agency.folder / audience, METHODOLOGIES)
    yield agency
    agency.ledger.close()


@pytest.fixture
def forger(agency: SmallAgency, tmp_path: Path) -> Forger:
    return Forger(Path(shutil.copytree(agency.folder / "auditor", tmp_path / "bundle")))


def codes(folder: Path, agency: SmallAgency) -> set[str]:
    return {problem.code for problem in verify(folder, agency.key).problems}


def test_signing_again_what_is_honest_passes(forger: Forger, agency: SmallAgency) -> None:
    assert codes(forger.insider(), agency) == set()


def price_not_as_approved(content: Content) -> None:
    content["body"]["tick"]["mid"] = "22190"


def by_the_proposer(content: Content) -> None:
    content.update(actor="P-01", key=signer("P-01").key)


def by_an_analyst(content: Content) -> None:
    content["body"]["roles"] = ["analyst"]


def before_the_window(content: Content) -> None:
    content["body"]["published_at"] = "2025-12-30T02:14:59Z"


def after_the_window(content: Content) -> None:
    content["body"]["published_at"] = "2025-12-30T02:20:00Z"
    content["recorded_at"] = "2025-12-30T02:20:00Z"


def late_though_in_time(content: Content) -> None:
    content["body"]["late"] = True


def other_proposal(content: Content) -> None:
    content["body"]["proposal"] = "sha256:" + "1" * 64


def unsigned(content: Content) -> None:
    content.update(key=None, signature=None)


def other_price_of_a_firm(content: Content) -> None:
    content["body"]["fields"]["low"] = content["body"]["fields"]["high"] = "22150"


def other_group(content: Content) -> None:
    content["body"]["group"] = "G-F02"


def terminated(content: Content) -> None:
    content["body"]["status"] = "terminated"


def other_close(content: Content) -> None:
    content["body"]["content"]["value"] = "75.01"


def other_intensity(content: Content) -> None:
    content["body"]["value"] = "12.9"


@pytest.mark.parametrize(
    ("kind", "edit", "code"),
    [
        ("price.published/1", price_not_as_approved, "price.not_as_proposed"),
        ("price.proposed/1", price_not_as_approved, "proposal.digest"),
        ("price.approved/1", by_the_proposer, "approval.invalid"),
        ("price.approved/1", unsigned, "approval.invalid"),
        ("price.approved/1", other_proposal, "price.not_approved"),
        ("price.proposed/1", unsigned, "approval.invalid"),
        ("price.published/1", before_the_window, "price.before_window"),
        ("price.published/1", after_the_window, "price.after_window"),
        ("price.published/1", late_though_in_time, "price.not_late"),
        ("submission.confirmed/1", other_price_of_a_firm, "inputs.differ"),
        ("contributor.registered/1", other_group, "inputs.differ"),
        ("contributor.status_set/1", terminated, "inputs.differ"),
        ("market.recorded/1", other_close, "price.differs"),
        ("factor.recorded/1", other_intensity, "price.differs"),
    ],
)
def test_one_changed_act(
    kind: str,
    edit: Callable[[Content], None],
    code: str,
    forger: Forger,
    agency: SmallAgency,
) -> None:
    assert code in codes(forger.change(kind, edit).insider(), agency)


def test_an_approver_without_the_role(forger: Forger, agency: SmallAgency) -> None:
    forger.change("person.registered/1", by_an_analyst, place=1)
    assert "approval.invalid" in codes(forger.insider(), agency)


def test_two_persons_with_one_key(forger: Forger, agency: SmallAgency) -> None:
    one = signer("P-01")

    def same_key(content: Content) -> None:
        content["body"].update(key=one.key, public=one.public)

    forger.change("key.registered/1", same_key, place=1)
    assert "key.twice" in codes(forger.insider(), agency)


@pytest.mark.parametrize("kind", ["price.approved/1", "price.proposed/1", "price.determined/1"])
def test_withheld_though_it_must_be_shown(kind: str, forger: Forger, agency: SmallAgency) -> None:
    assert {"price.not_approved", "price.not_proposed", "determination.missing"} & codes(
        forger.withhold(kind).insider(), agency
    )


@pytest.mark.parametrize(
    "kind", ["price.published/1", "day.opened/1", "key.registered/1", "head.signed/1"]
)
def test_left_out_of_the_journal(kind: str, forger: Forger, agency: SmallAgency) -> None:
    forger.remove(kind)
    found = codes(forger.insider(), agency)
    assert found or kind == "head.signed/1"  # the small day has no earlier signed head


def test_a_price_that_the_data_does_not_give(tmp_path: Path) -> None:
    agency = SmallAgency(tmp_path)
    agency.morning()
    agency.price(foshan={**FOSHAN, "mid": "22190"}, low_carbon={**LOW_CARBON, "mid": "22967"})
    export_days(agency.ledger, DAY, DAY, "auditor", tmp_path / "out", METHODOLOGIES)
    report = verify(tmp_path / "out", agency.key)
    assert [(line.series, line.verdict) for line in report.lines] == [
        ("AL-A00-FOSHAN", "differs"),
        ("AL-LC", "recomputed"),
    ]
    assert "computed 22170/22180/22200" in report.lines[0].why
    agency.ledger.close()


class Inventor(SmallAgency):
    """Feeds the determination a price that nobody submitted."""

    def foshan_inputs(self) -> dict[str, Any]:
        inputs = super().foshan_inputs()
        # 0.4 x 22,280 + 0.3 x 22,170 + 0.3 x 22,200 = 8,912 + 6,651 + 6,660 = 22,223 -> 22,220
        inputs["submissions"][0] |= {"low": "22280", "high": "22280"}
        return inputs


class Omitter(SmallAgency):
    """Leaves the lowest deal out."""

    def foshan_inputs(self) -> dict[str, Any]:
        inputs = super().foshan_inputs()
        inputs["submissions"] = [row for row in inputs["submissions"] if row["id"] != "S-4"]
        return inputs


class Decider(SmallAgency):
    """Claims a decision of the desk that no entry records."""

    def foshan_inputs(self) -> dict[str, Any]:
        inputs = super().foshan_inputs()
        inputs["submissions"][3] |= {"decision": "exclude", "decision_reason": "outlier"}
        return inputs


@pytest.mark.parametrize(
    ("cheat", "foshan", "low_carbon", "said"),
    [
        (
            Inventor,
            {"low": "22170", "mid": "22220", "high": "22280"},
            {"low": "22947", "mid": "22997", "high": "23057"},
            "submission S-1 says high '22280', the journal says '22180'",
        ),
        (Omitter, FOSHAN, LOW_CARBON, "submission S-4"),
        (Decider, FOSHAN, LOW_CARBON, "submission S-4 says decision 'exclude'"),
    ],
)
def test_forged_inputs_do_not_pass_though_they_compute(
    cheat: type[SmallAgency],
    foshan: dict[str, str],
    low_carbon: dict[str, str],
    said: str,
    tmp_path: Path,
) -> None:
    agency = cheat(tmp_path)
    agency.morning()
    agency.price(foshan, low_carbon)
    export_days(agency.ledger, DAY, DAY, "auditor", tmp_path / "out", METHODOLOGIES)
    report = verify(tmp_path / "out", agency.key)
    assert report.lines[0].verdict == "differs"
    assert any(said in p.what for p in report.problems if p.code == "inputs.differ")
    agency.ledger.close()


def test_other_evidence_under_the_same_name(forger: Forger, agency: SmallAgency) -> None:
    path = next((forger.folder / "evidence").iterdir())
    path.write_bytes(path.read_bytes().replace(b"22", b"23"))
    found = verify(forger.write(), agency.key).problems
    assert [(problem.code, problem.where) for problem in found] == [
        ("evidence.changed", f"evidence/{path.name}")
    ]


def test_a_tombstone_needs_its_entry(forger: Forger, agency: SmallAgency) -> None:
    path = next((forger.folder / "evidence").iterdir())
    path.write_bytes(b"assay tombstone: forgotten after its retention\n")
    assert codes(forger.write(), agency) == {"evidence.forgotten"}


def test_another_document_though_the_journal_names_it(forger: Forger, agency: SmallAgency) -> None:
    """The rule changed in the night: a cap of 90 % gives another price."""
    path = forger.folder / "methodologies" / "al-a00" / "2021-12-27.toml"
    old = sha(path.read_bytes())
    path.write_bytes(path.read_bytes().replace(b"percent = 40", b"percent = 90"))
    for line in forger.lines:
        if "content" in line and old.encode() in dumps(line["content"]):
            text = dumps(line["content"]).decode().replace(old, sha(path.read_bytes()))
            line["content"] = __import__("json").loads(text)
    # Without the cap: 8,873,000 / 400 = 22,182.5 -> 22,180: the same price, so the digest of
    # the determination is what gives it away.
    assert "determination.digest" in codes(forger.insider(), agency)


def test_an_older_bundle_is_found_by_whoever_kept_a_head(
    agency: SmallAgency, tmp_path: Path
) -> None:
    later = tmp_path / "kept.json"
    heads = Forger(agency.folder / "auditor").heads
    later.write_bytes(dumps([{**heads[0], "seq": heads[0]["seq"] + 1}]))
    report = verify(agency.folder / "auditor", agency.key, later)
    assert "kept.signature" in {problem.code for problem in report.problems}
    later.write_bytes(dumps(heads))
    assert verify(agency.folder / "auditor", agency.key, later).ok


def test_a_rewritten_journal_is_found_by_whoever_kept_a_head(
    forger: Forger, agency: SmallAgency, tmp_path: Path
) -> None:
    kept = tmp_path / "kept.json"
    kept.write_bytes(dumps(forger.heads))
    folder = forger.change(
        "home.opened/1", lambda c: c["body"].update(software="assay 9")
    ).insider()
    report = verify(folder, agency.key, kept)
    assert "kept.rewritten" in {problem.code for problem in report.problems}
