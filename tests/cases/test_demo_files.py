"""The files of the example: the same bytes from their sources, and every figure accounted for."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
AGENCY = ROOT / "examples" / "agency"


def _toml(name: str) -> dict:
    return tomllib.loads((AGENCY / name).read_text("utf-8"))


def test_committed_mails_workbooks_and_fax_pages_are_what_their_source_says() -> None:
    script = ROOT / "examples" / "build_messages.py"
    done = subprocess.run([sys.executable, script, "--check"], capture_output=True, check=False)
    assert done.returncode == 0, done.stdout.decode()


def test_every_figure_names_its_origin_and_derived_ones_their_arithmetic() -> None:
    for figure in _toml("FIGURES.toml")["figure"]:
        assert figure["origin"] in {"published", "derived", "made up"}, figure["what"]
        assert figure["origin"] != "derived" or figure["work"], figure["what"]


def test_codes_of_firms_submitters_and_people_are_used_once() -> None:
    firms = _toml("contributors.toml")["contributor"]
    codes = [firm["code"] for firm in firms]
    submitters = [each["code"] for firm in firms for each in firm["submitter"]]
    people = [person["code"] for person in _toml("agency.toml")["person"]]
    for kin in (codes, submitters, people):
        assert len(kin) == len(set(kin))


def test_an_alias_belongs_to_one_firm_only() -> None:
    owner: dict[str, str] = {}
    for firm in _toml("contributors.toml")["contributor"]:
        for alias in firm["alias"]:
            assert owner.setdefault(alias["alias"], firm["code"]) == firm["code"]


def _travels() -> str:
    return (ROOT / "docs/how-a-price-travels.md").read_text("utf-8")


def test_how_a_price_travels_names_files_that_are_there() -> None:
    """A bare name (`proposing.py`) lies in a folder named before it, or in one of its own."""
    names = re.findall(r"`([\w./-]+\.(?:py|toml|csv|md))`", _travels())
    missing = [
        name
        for name in names
        if not (ROOT / name).is_file() and not any(ROOT.glob(f"src/assay/**/{name}"))
    ]
    assert names
    assert missing == []


def test_how_a_price_travels_names_kinds_that_exist() -> None:
    from assay.ledger.kinds import KINDS

    kinds = set(re.findall(r"`([a-z_]+\.[a-z_]+/\d+)`", _travels()))
    assert kinds <= set(KINDS)
    assert {"evidence.archived/1", "price.published/1", "head.signed/1"} <= kinds
