"""Days other than the plain one: corrected, late, by indications, without a price, licensed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from unit.verifier.forger import Forger
from unit.verifier.small_agency import (
    A00,
    DAY,
    METHODOLOGIES,
    ROOT,
    SmallAgency,
    corrected,
    priced,
    public_pem,
    signer,
)

from assay.core import Refused, digest_of
from assay.ledger import Signer
from assay.ledger.heads import rotate_publication_key, sign_head
from assay.publication import export_days
from verifier import verify
from verifier.__main__ import main
from verifier.report import Report


def exported(agency: SmallAgency, audience: str = "auditor", *, seal: bool = False) -> Path:
    out = agency.folder / audience
    key = signer("publication") if seal else None
    export_days(agency.ledger, DAY, DAY, audience, out, METHODOLOGIES, signer=key)
    agency.ledger.close()
    return out


def lines(report: Report) -> list[tuple[str, int, str, str]]:
    return [(each.series, each.revision, each.value, each.verdict) for each in report.lines]


def test_a_correction_with_its_cascade(tmp_path: Path) -> None:
    agency = priced(tmp_path)
    corrected(agency)
    report = verify(exported(agency), agency.key)
    assert report.problems == []
    assert lines(report) == [
        ("AL-A00-FOSHAN", 0, "22170/22180/22200", "recomputed"),
        ("AL-A00-FOSHAN", 1, "22170/22190/22230", "recomputed"),
        ("AL-LC", 0, "22947/22957/22977", "recomputed"),
        ("AL-LC", 1, "22947/22967/23007", "recomputed"),
    ]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"previous": {"low": "22170", "mid": "22170", "high": "22200", "revision": 0}}, "correction.previous"),
        ({"revision": 2}, "price.revision"),
        ({"reason": " "}, "correction.words"),
    ],
)  # fmt: skip
def test_a_correction_keeps_the_earlier_value_and_its_reason(
    change: dict[str, Any], code: str, tmp_path: Path
) -> None:
    agency = priced(tmp_path)
    corrected(agency)
    forger = Forger(exported(agency))
    forger.change("price.corrected/1", lambda content: content["body"].update(change))
    report = verify(forger.insider(), agency.key)
    assert code in {problem.code for problem in report.problems}


def test_the_earlier_value_cannot_be_made_to_vanish(tmp_path: Path) -> None:
    agency = priced(tmp_path)
    corrected(agency)
    forger = Forger(exported(agency))
    forger.remove("price.published/1").remove("head.signed/1")
    forger.heads = forger.heads[-1:]
    report = verify(forger.insider(), agency.key)
    assert "correction.first" in {problem.code for problem in report.problems}


def test_flagged_late(tmp_path: Path) -> None:
    report = verify(exported(agency := priced(tmp_path, late=True)), agency.key)
    assert report.problems == []
    assert report.ok


def test_late_but_not_flagged(tmp_path: Path) -> None:
    agency = priced(tmp_path, late=True)
    forger = Forger(exported(agency))
    forger.change("price.published/1", lambda content: content["body"].update(late=False))
    report = verify(forger.insider(), agency.key)
    assert [problem.code for problem in report.problems] == ["price.after_window"]


class ByIndications(SmallAgency):
    def price(self, *_: Any, **__: Any) -> None:
        # Plain mean of four firms: (22,180 + 22,170 + 22,200 + 22,300) / 4 = 22,212.5 -> 22,210;
        # the low-carbon legs are 22,947.105 / 22,987.105 / 23,077.105.
        super().price(
            {"low": "22170", "mid": "22210", "high": "22300"},
            {"low": "22947", "mid": "22987", "high": "23077"},
        )


def indications(folder: Path) -> SmallAgency:
    agency = ByIndications(folder, branch="indications")
    agency.morning()
    agency.price()
    return agency


def test_indications_with_two_signatures(tmp_path: Path) -> None:
    agency = indications(tmp_path)
    report = verify(exported(agency), agency.key)
    assert report.problems == []
    assert [each.verdict for each in report.lines] == ["recomputed", "recomputed"]


def test_indications_with_one_signature_only(tmp_path: Path) -> None:
    agency = indications(tmp_path)
    forger = Forger(exported(agency))
    first = forger.contents("price.approved/1")[0]
    forger.lines = [line for line in forger.lines if line.get("content") is not first]
    report = verify(forger.insider(), agency.key)
    assert {problem.code for problem in report.problems} == {"price.not_approved"}


def test_a_day_without_a_price(tmp_path: Path) -> None:
    agency = SmallAgency(tmp_path)
    agency.people()
    agency.firms()
    agency.clock.shanghai("08:00:00")
    opened = {
        "pricing_date": "2025-12-30", "series": ["AL-A00-FOSHAN"],
        "documents": {"AL-A00-FOSHAN": digest_of(A00.read_bytes())},
    }  # fmt: skip
    agency.add("day.opened/1", opened)
    agency.clock.shanghai("10:14:00")
    none = {"low": None, "mid": None, "high": None}
    agency.determined("AL-A00-FOSHAN", none, "none", {"contributors": agency.register()})
    ended = {
        "series": "AL-A00-FOSHAN", "pricing_date": "2025-12-30",
        "reason": "insufficient_data", "published_at": "2025-12-30T02:15:00Z",
    }  # fmt: skip
    agency.add("price.not_assessed/1", ended, "P-03")
    agency.clock.shanghai("10:15:00")
    agency.sign()
    report = verify(exported(agency), agency.key)
    assert report.problems == []
    assert [(line.value, line.verdict, line.why) for line in report.lines] == [
        ("not assessed (insufficient_data)", "recomputed", "no price, as declared")
    ]


# ---- the public's bundle ---------------------------------------------------------------


def test_the_public_recomputes_the_formula_but_not_the_assessment(tmp_path: Path) -> None:
    agency = priced(tmp_path)
    report = verify(exported(agency, "public"), agency.key)
    assert report.problems == []
    assert [(line.series, line.verdict) for line in report.lines] == [
        ("AL-A00-FOSHAN", "not recomputed"),
        ("AL-LC", "recomputed"),
    ]


def test_a_licensed_input_is_sealed_for_the_public_only(tmp_path: Path) -> None:
    agency = priced(tmp_path, licence="calculation only")
    export_days(agency.ledger, DAY, DAY, "public", tmp_path / "public", METHODOLOGIES)
    report = verify(tmp_path / "public", agency.key)
    assert report.problems == []
    assert (report.lines[1].verdict, report.lines[1].why) == (
        "not recomputed",
        "licence (CEA-CLOSE of 2025-12-29)",
    )
    assert b"74.01" not in (tmp_path / "public" / "journal.jsonl").read_bytes()
    assert verify(exported(agency), agency.key).lines[1].verdict == "recomputed"


# ---- the seal --------------------------------------------------------------------------


def sealed(folder: Path) -> tuple[SmallAgency, Path]:
    agency = priced(folder)
    corrected(agency)
    out = folder / "sealed"
    key = signer("publication")
    export_days(agency.ledger, DAY, DAY, "public", out, METHODOLOGIES, signer=key)
    agency.ledger.close()
    return agency, out


def hide_the_correction(out: Path) -> None:
    """Withhold what the agency shows: chain and signed head hold, the tables are made to fit."""
    forger = Forger(out)
    for line in forger.lines:
        content = line.get("content")
        if content and (content["body"].get("tick") or {}).get("revision") == 1:
            del line["content"], line["salt"]
    forger.heads = forger.heads[-1:]
    forger.withhold("head.signed/1").withhold("price.corrected/1")
    seal = out / "manifest.sig"
    kept = seal.read_bytes()
    seal.unlink()
    forger.tables().write()
    seal.write_bytes(kept)


def test_a_sealed_bundle(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    agency, out = sealed(tmp_path)
    report = verify(out, agency.key)
    assert report.problems == []
    assert not [note for note in report.notes if "sealed" in note]
    assert main([str(out), "--key", str(agency.key), "--sealed"]) == 0
    (out / "manifest.sig").unlink()
    assert main([str(out), "--key", str(agency.key)]) == 3
    said = capsys.readouterr().out
    assert "note: not sealed" in said
    assert said.splitlines()[-1].startswith("verdict: UNSEALED")
    assert main([str(out), "--key", str(agency.key), "--json"]) == 3
    assert json.loads(capsys.readouterr().out)["verdict"] == "unsealed"
    assert main([str(out), "--key", str(agency.key), "--sealed"]) == 1


def test_what_fails_has_failed_sealed_or_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    agency, out = sealed(tmp_path)
    (out / "manifest.sig").unlink()
    prices = out / "prices.csv"
    prices.write_bytes(prices.read_bytes().replace(b"22957", b"22958"))
    assert main([str(out), "--key", str(agency.key)]) == 1
    assert capsys.readouterr().out.endswith("verdict: FAILED\n")


def test_only_the_seal_tells_that_a_correction_is_withheld(tmp_path: Path) -> None:
    agency, out = sealed(tmp_path)
    hide_the_correction(out)
    report = verify(out, agency.key)
    assert [(problem.code, problem.where) for problem in report.problems] == [
        ("manifest.seal", "manifest.sig")
    ]
    assert [line.revision for line in report.lines] == [0, 0]


def test_another_key_cannot_seal(tmp_path: Path) -> None:
    agency = priced(tmp_path)
    with pytest.raises(Refused, match=r"export\.seal"):
        export_days(
            agency.ledger,
            DAY,
            DAY,
            "public",
            tmp_path / "out",
            METHODOLOGIES,
            signer=signer("P-01"),
        )
    agency.ledger.close()


# ---- another publication key -----------------------------------------------------------


def test_a_key_that_handed_over_is_followed(tmp_path: Path) -> None:
    agency = priced(tmp_path)
    agency.clock.shanghai("12:00:00")
    old, new = signer("publication"), Signer("publication", signer("publication-2").private)
    rotate_publication_key(agency.ledger, old, new, "yearly change")
    sign_head(agency.ledger, new)
    out = tmp_path / "out"
    export_days(agency.ledger, DAY, DAY, "public", out, METHODOLOGIES, signer=new)
    agency.ledger.close()
    newer = tmp_path / "newer.pub"
    newer.write_bytes(public_pem("publication-2"))
    assert verify(out, newer).problems == []
    report = verify(out, agency.key)
    assert report.problems == []
    assert report.facts["sealed"]
    assert [note for note in report.notes if "handed over" in note]


def test_a_handover_that_the_old_key_did_not_sign_is_not_followed(tmp_path: Path) -> None:
    agency = priced(tmp_path)
    forger = Forger(exported(agency))
    thief = signer("thief")
    body = {"key": thief.key, "person": "publication", "public": thief.public}
    for kind, content in (
        ("key.registered/1", {**body, "purpose": "publication"}),
        (
            "key.retired/1",
            {"key": signer("publication").key, "reason": "-", "successor": thief.key},
        ),
    ):
        last = forger.lines[-1]
        forged = {**last["content"], "kind": kind, "body": content, "actor": "publication"}
        forged |= {"key": signer("publication").key, "signature": "0" * 128}
        forger.lines.append({**last, "content": forged})
    forger.relink().sign_head("thief").tables()
    report = verify(forger.write(), agency.key)
    assert {"head.key", "head.signature"} <= {problem.code for problem in report.problems}


# ---- the program -----------------------------------------------------------------------


def test_exit_codes_and_lines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    agency = priced(tmp_path)
    folder = exported(agency, seal=True)
    assert main([str(folder), "--key", str(agency.key)]) == 0
    said = capsys.readouterr().out
    assert "AL-LC 2025-12-30          22947/22957/22977  recomputed\n" in said
    assert said.endswith("verdict: verified\n")
    other = tmp_path / "other.pub"
    other.write_bytes(public_pem("somebody"))
    assert main([str(folder), "--key", str(other)]) == 1
    assert "FAILED head.signature at heads.json" in capsys.readouterr().out


def test_wrong_use_is_exit_code_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    agency = priced(tmp_path)
    folder = exported(agency, seal=True)
    assert main([str(tmp_path / "nothing"), "--key", str(agency.key)]) == 2
    assert main([str(folder), "--key", str(tmp_path / "nothing.pub")]) == 2
    inside = folder / "publication.pub"
    inside.write_bytes(agency.key.read_bytes())
    assert main([str(folder), "--key", str(inside)]) == 2
    assert "inside the bundle" in capsys.readouterr().err
    with pytest.raises(SystemExit) as stop:
        main([str(folder)])
    assert stop.value.code == 2


def test_as_a_program_with_json_and_nothing_of_the_product(tmp_path: Path) -> None:
    agency = priced(tmp_path)
    folder = exported(agency, seal=True)
    program = (
        "import sys; sys.modules['assay'] = None; "
        "import runpy; runpy.run_module('verifier', run_name='__main__')"
    )
    command = [sys.executable, "-c", program, str(folder), "--key", str(agency.key), "--json"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    report = json.loads(run.stdout)
    assert report["verdict"] == "verified"
    assert [each["verdict"] for each in report["prices"]] == ["recomputed", "recomputed"]
