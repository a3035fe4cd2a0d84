"""docs/reference/desk.md says what the code says: findings, reasons, phases, permissions."""

from __future__ import annotations

import re
from pathlib import Path

from assay import desk as acts
from assay.desk.roles import load_permissions
from assay.methodology import REFERENCE

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "reference" / "desk.md").read_text("utf-8")
CODE = re.compile(r'(?:refused\(|Finding\(|_finding\(|"code":)\s*"([a-z_]+\.[a-z_]+)"')


def raised() -> set[str]:
    found: set[str] = set()
    for path in (ROOT / "src" / "assay" / "desk").glob("*.py"):
        text = path.read_text("utf-8")
        found |= set(CODE.findall(text))
        found |= set(re.findall(r'"([a-z_]+\.[a-z_]+)" if ', text))
        found |= set(re.findall(r'else "([a-z_]+\.[a-z_]+)",', text))
    return {code for code in found if not code.endswith("/1")}


def test_every_finding_of_the_desk_has_its_line() -> None:
    table = PAGE.partition("## Findings")[2]
    listed = set(re.findall(r"^\| `([a-z_.]+)` \|", table, re.MULTILINE))
    assert listed == raised()


def test_the_closed_lists_are_those_of_the_code() -> None:
    said = PAGE.partition("## Reasons and causes")[2].partition("## Findings")[0]
    for word in (*acts.NOT_ASSESSED, *acts.CAUSES):
        assert f"`{word}`" in said
    phases = PAGE.partition("## Phases of a day")[2].partition("## Reasons")[0]
    assert tuple(re.findall(r"`([a-z]+)`", phases)) == acts.PHASES


def test_every_permission_named_is_held_by_somebody() -> None:
    held = frozenset().union(*load_permissions(REFERENCE).values())
    named = set(re.findall(r"`([a-z]+:[a-z_]+:[a-z_]+)`", PAGE))
    used = set()
    for path in (ROOT / "src" / "assay" / "desk").glob("*.py"):
        used |= set(re.findall(r"\b(?:desk|accounts):[a-z_]+:[a-z_]+", path.read_text("utf-8")))
    assert named <= held
    assert used <= held
