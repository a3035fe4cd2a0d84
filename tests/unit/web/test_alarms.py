"""Alarms at the head of every page: for whom they concern, in both languages; sign-in leads home."""

from __future__ import annotations

import pytest
from babel.messages.pofile import read_po
from litestar.testing import TestClient

from assay.core import Finding, Severity
from assay.governance.alarms import CONCERNS
from assay.ledger import SYSTEM, Draft
from assay.ledger.roles import load_roles
from assay.methodology import REFERENCE
from assay.web.security import COOKIE
from tests.unit.desk.conftest import library, room
from tests.unit.web.test_languages import WEB
from tests.unit.web.test_permissions import PASSWORD, PEOPLE, application

__all__ = ["library", "room"]
#: What stands in the journal in these tests: code, where.
OVERDUE = ("methodology.consultation_overdue", "cea: due by 2025-12-01, 29 days ago")
MISSING = ("declaration.missing", "A-1")


@pytest.fixture
def door(room, tmp_path):
    """A client; `told` is what the process says of itself."""
    app, accounts = application(room, tmp_path / "keys")
    told: list[Finding] = []
    house = app.state.house
    app.state.house = type(house)(**{**_parts(house), "told": lambda: told})

    class Door:
        def __init__(self, client):
            self.client, self.told, self.room = client, told, room

        def as_(self, role):
            self.client.cookies.set(COOKIE, accounts.sign_in(PEOPLE[role], PASSWORD))
            return self

        def get(self, path, **headers):
            return self.client.get(path, headers=headers, follow_redirects=False)

    with TestClient(app, raise_server_exceptions=True) as client:
        yield Door(client)


def _parts(house):
    names = house.__dataclass_fields__
    return {name: getattr(house, name) for name in names}


def stands(room, code, where, severity="error"):
    body = {
        "code": code, "severity": severity, "where": where, "what_to_do": "do what is due",
        "subject": f"alarm:{code}",
    }  # fmt: skip
    return room.ledger.append([Draft("finding.raised/1", SYSTEM, body)])[0].seq


def test_an_alarm_stands_at_the_head_of_every_page_until_its_cause_is_gone(door):
    assert 'class="alarms' not in door.as_("compliance").get("/controls").text
    seq = stands(door.room, *OVERDUE)
    for path in ("/controls", "/methodology", "/account"):
        text = door.get(path).text
        assert "methodology consultation overdue" in text, path
        assert "do what is due" in text
    assert "年度征询逾期" in door.get("/controls", **{"accept-language": "zh"}).text
    gone = {"finding": seq, "how": "gone", "words": ""}
    door.room.ledger.append([Draft("finding.settled/1", SYSTEM, gone)])
    assert 'class="alarms' not in door.get("/controls").text


def test_errors_stand_before_warnings(door):
    stands(door.room, *MISSING, severity="warning")
    stands(door.room, *OVERDUE)
    text = door.as_("compliance").get("/controls").text
    assert text.index("consultation overdue") < text.index("declaration missing")
    assert '<aside class="alarms error"' in text


def test_it_is_told_to_the_roles_concerned_and_to_nobody_else(door):
    stands(door.room, *OVERDUE)
    stands(door.room, *MISSING)
    assert "consultation overdue" not in door.as_("analyst").get("/desk").text
    assert "declaration missing" in door.get("/desk").text
    assert "declaration missing" not in door.as_("price_manager").get("/review").text
    assert "consultation overdue" in door.get("/review").text
    assert 'class="alarms' not in door.as_("auditor").get("/audit").text
    door.client.cookies.clear()
    assert 'class="alarms' not in door.get("/methodology").text


def test_a_loop_that_stopped_is_told_to_everybody_who_works(door):
    door.told.append(Finding("loop.stopped", Severity.ERROR, "loop of the day: entry 7", "restore"))
    for role, path in (("analyst", "/desk"), ("price_manager", "/review"), ("compliance", "/controls")):  # fmt: skip
        assert "loop of the day: entry 7" in door.as_(role).get(path).text


@pytest.mark.parametrize(
    ("role", "path"),
    [("analyst", "/desk"), ("price_manager", "/review"), ("auditor", "/audit"), ("compliance", "/controls")],
)  # fmt: skip
def test_sign_in_leads_everybody_to_his_own_room(door, role, path):
    assert door.as_(role).get("/").headers["location"] == path


def test_every_kind_of_alarm_concerns_a_role_that_exists_and_has_its_chinese():
    held = load_roles(REFERENCE).all_permissions()
    assert {permission for _, permission in CONCERNS} <= held
    with (WEB / "locale" / "zh" / "LC_MESSAGES" / "pages.po").open("rb") as source:
        known = {each.id for each in read_po(source, locale="zh")}
    wanted = {
        "declaration_missing", "declaration_overdue", "supervision_missing", "assessor_overdue",
        "document_expiring", "certificate_expiring", "submitter_expiring", "rectification_running",
        "rectification_unmet", "calendar_year_not_loaded", "calendar_not_announced",
        "methodology_no_consultation", "methodology_consultation_due",
        "methodology_consultation_overdue", "methodology_ending", "methodology_unannounced",
        "methodology_not_installed", "methodology_unreadable", "methodology_changed_meanwhile",
        "change_lapsed", "change_undecided", "complaint_acknowledgement_overdue",
        "complaint_outcome_overdue", "pressure_unanswered", "pressure_unclosed", "flag_waiting",
        "alarms_unknown", "loop_stopped", "loop_failing", "audit_unpublished", "audit_overdue",
    }  # fmt: skip
    assert wanted <= known


def test_an_open_page_asks_for_its_alarms_alone(door):
    stands(door.room, *OVERDUE)
    text = door.as_("compliance").get("/alarms", **{"hx-request": "true"}).text
    assert "methodology consultation overdue" in text
    assert "<html" not in text
    assert door.get("/alarms").status_code == 200
