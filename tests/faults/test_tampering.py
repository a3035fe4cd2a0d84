"""A flipped digit anywhere makes the verifier fail and name the place.

Raw flips; flips with the manifest's hashes made to fit; flips with every hash of the
chain made to fit; and forgeries by somebody who has another key. Only the publication's
private key is out of the forger's reach here (for insiders see the verifier's unit tests).
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from unit.verifier.forger import Forger
from unit.verifier.small_agency import DAY, METHODOLOGIES, SmallAgency, priced, public_pem, signer

from assay.publication import export_days
from verifier import verify
from verifier.report import Report

AUDIENCES = ("auditor", "public")


@pytest.fixture(scope="module")
def agency(tmp_path_factory: pytest.TempPathFactory) -> SmallAgency:
    agency = priced(tmp_path_factory.mktemp("agency"))
    for audience in AUDIENCES:
        export_days(agency.ledger, DAY, DAY, audience, agency.folder / audience, METHODOLOGIES)
    yield agency
    agency.ledger.close()


@pytest.fixture(params=AUDIENCES)
def bundle(request: pytest.FixtureRequest, agency: SmallAgency, tmp_path: Path) -> Path:
    return Path(shutil.copytree(agency.folder / request.param, tmp_path / "bundle"))


def checked(folder: Path, agency: SmallAgency) -> Report:
    return verify(folder, agency.key)


def another(digit: int) -> int:
    """Another digit in place of this one (ASCII)."""
    return ord("0") + (digit - ord("0") + 1) % 10


def digits(content: bytes, most: int) -> list[int]:
    """Places of digits, spread evenly over the file, at most so many."""
    found = [place for place, byte in enumerate(content) if chr(byte).isdigit()]
    return found[:: max(1, len(found) // most)]


def files_of(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def test_the_honest_bundle_passes(bundle: Path, agency: SmallAgency) -> None:
    report = checked(bundle, agency)
    assert report.problems == []
    assert report.ok


def test_a_flipped_digit_in_any_file_is_found_and_the_file_named(
    bundle: Path, agency: SmallAgency
) -> None:
    for path in files_of(bundle):
        honest = path.read_bytes()
        name = path.relative_to(bundle).as_posix()
        for place in digits(honest, 12):
            forged = bytearray(honest)
            forged[place] = another(forged[place])
            path.write_bytes(forged)
            report = _safely(bundle, agency)
            assert not report.ok, (name, place)
            named = {problem.where for problem in report.problems}
            assert name == "manifest.json" or any(name in where for where in named), (name, place)
        path.write_bytes(honest)


def _safely(bundle: Path, agency: SmallAgency) -> Report:
    """The report; a manifest that is no manifest any more is a failure as well."""
    from verifier.bundle import NotABundle

    try:
        return checked(bundle, agency)
    except NotABundle as problem:
        report = Report()
        report.problem("manifest", "manifest.json", str(problem))
        return report


def test_a_flipped_digit_is_found_when_the_hashes_of_the_files_fit(
    bundle: Path, agency: SmallAgency
) -> None:
    for path in files_of(bundle):
        if path.name == "manifest.json":
            continue
        honest = path.read_bytes()
        name = path.relative_to(bundle).as_posix()
        for place in digits(honest, 150 if path.suffix == ".jsonl" else 12):
            forged = bytearray(honest)
            forged[place] = another(forged[place])
            path.write_bytes(forged)
            Forger.fit_manifest(_only_manifest(bundle))
            report = checked(bundle, agency)
            assert not report.ok, (name, place)
            assert any(name.partition("/")[0] in p.where for p in report.problems), (name, place)
        path.write_bytes(honest)


def _only_manifest(bundle: Path) -> Forger:
    forger = Forger.__new__(Forger)
    import json

    forger.folder = bundle
    forger.manifest = json.loads((bundle / "manifest.json").read_bytes())
    return forger


def test_every_digit_of_heads_and_tables_counts(bundle: Path, agency: SmallAgency) -> None:
    for name in ("heads.json", "prices.csv"):
        path = bundle / name
        honest = path.read_bytes()
        for place in digits(honest, 10_000):
            forged = bytearray(honest)
            forged[place] = another(forged[place])
            path.write_bytes(forged)
            Forger.fit_manifest(_only_manifest(bundle))
            report = checked(bundle, agency)
            assert any(p.where.startswith(name) for p in report.problems), (name, place)
        path.write_bytes(honest)


def test_a_salt_in_capitals_is_another_salt(bundle: Path, agency: SmallAgency) -> None:
    forger = Forger(bundle)
    forger.lines[0]["salt"] = forger.lines[0]["salt"].upper()
    report = checked(forger.write(), agency)
    assert [(problem.code, problem.where) for problem in report.problems] == [
        ("journal.salt", "journal.jsonl line 1 (home.opened/1)")
    ]


def test_a_flip_in_every_entry_is_found_when_the_whole_chain_fits(
    bundle: Path, agency: SmallAgency, tmp_path: Path
) -> None:
    shown = [n for n, line in enumerate(Forger(bundle).lines) if "content" in line]
    for number in shown:
        copy = Path(shutil.copytree(bundle, tmp_path / f"entry-{number}"))
        forger = Forger(copy)
        forger.lines[number]["content"]["recorded_at"] = "2025-12-29T00:00:00.000001Z"
        report = checked(forger.outsider(), agency)
        assert {"head.signature"} <= {problem.code for problem in report.problems}, number
        shutil.rmtree(copy)


def test_signed_again_with_another_key(bundle: Path, agency: SmallAgency) -> None:
    forger = Forger(bundle).change(
        "price.published/1", lambda content: content["body"]["tick"].update(mid="22190")
    )
    report = checked(forger.relink().sign_head("forger").tables().write(), agency)
    assert {"head.key", "head.signature"} <= {problem.code for problem in report.problems}


def test_another_key_written_into_the_bundle_as_the_publication_key(
    bundle: Path, agency: SmallAgency
) -> None:
    forged = signer("forger")

    def take_over(content: dict) -> None:
        content["body"].update(key=forged.key, public=forged.public)

    forger = Forger(bundle)
    place = len(forger.contents("key.registered/1")) - 1
    forger.change("key.registered/1", take_over, place)
    report = checked(forger.relink().sign_head("forger").tables().write(), agency)
    where = {problem.where for problem in report.problems if problem.code == "head.signature"}
    assert where == {"heads.json head 1 (entry 41)"}
    # With the forger's own key as "the" key all of it would pass: the key must come from outside.
    mine = agency.folder / "forger.pub"
    mine.write_bytes(public_pem("forger"))
    assert not [p for p in verify(bundle, mine).problems if p.code.startswith("head")]


Forgery = Callable[[Forger], object]


def remove_a_submission(forger: Forger) -> object:
    forger.lines.pop(20)
    return forger


def cut_the_end(forger: Forger) -> object:
    forger.lines = forger.lines[:-3]
    return forger


def swap_two_entries(forger: Forger) -> object:
    forger.lines[22], forger.lines[25] = forger.lines[25], forger.lines[22]
    return forger


def another_day(forger: Forger) -> object:
    forger.manifest["days"] = ["2025-12-31"]
    return forger


def another_agency(forger: Forger) -> object:
    forger.manifest["agency"] = "Other Metals"
    return forger


def another_audience(forger: Forger) -> object:
    other = {"auditor": "public", "public": "auditor"}
    forger.manifest["audience"] = other[forger.manifest["audience"]]
    return forger


@pytest.mark.parametrize(
    "forgery",
    [
        remove_a_submission,
        cut_the_end,
        swap_two_entries,
        another_day,
        another_agency,
        another_audience,
    ],
)
def test_forgeries_of_the_whole(forgery: Forgery, bundle: Path, agency: SmallAgency) -> None:
    forger = Forger(bundle)
    forgery(forger)
    assert not checked(forger.outsider(), agency).ok


@pytest.mark.parametrize("forgery", [another_day, another_agency, another_audience])
def test_the_manifest_says_only_what_the_journal_says(
    forgery: Forgery, bundle: Path, agency: SmallAgency
) -> None:
    forger = Forger(bundle)
    forgery(forger)
    report = checked(forger.write(), agency)
    assert not report.ok


def test_a_file_too_many_and_a_file_too_few(bundle: Path, agency: SmallAgency) -> None:
    (bundle / "note.txt").write_text("trust me")
    assert [(p.code, p.where) for p in checked(bundle, agency).problems] == [
        ("file.extra", "note.txt")
    ]
    (bundle / "note.txt").unlink()
    (bundle / "prices.csv").unlink()
    assert ("file.missing", "prices.csv") in {
        (p.code, p.where) for p in checked(bundle, agency).problems
    }


def test_a_file_that_fits_the_manifest_but_no_entry(bundle: Path, agency: SmallAgency) -> None:
    extra = bundle / "methodologies" / "al-a00" / "2026-01-01.toml"
    extra.write_bytes(
        (bundle / "methodologies" / "al-a00" / "2021-12-27.toml").read_bytes() + b"\n"
    )
    report = checked(Forger(bundle).write(), agency)
    assert "document.unknown" in {problem.code for problem in report.problems}


def test_every_character_of_a_seal_counts(bundle: Path, agency: SmallAgency) -> None:
    seal = bundle / "manifest.sig"
    raw = (bundle / "manifest.json").read_bytes()
    honest = signer("publication").sign(raw).encode() + b"\n"
    seal.write_bytes(honest)
    assert checked(bundle, agency).ok
    for place in range(len(honest)):
        forged = bytearray(honest)
        forged[place] ^= 1
        seal.write_bytes(forged)
        found = [(p.code, p.where) for p in checked(bundle, agency).problems]
        assert found == [("manifest.seal", "manifest.sig")], place


def test_a_symbolic_link_is_no_file(bundle: Path, agency: SmallAgency) -> None:
    real = bundle.parent / "elsewhere.csv"
    shutil.move(bundle / "prices.csv", real)
    (bundle / "prices.csv").symlink_to(real)
    assert "file.kind" in {problem.code for problem in checked(bundle, agency).problems}
