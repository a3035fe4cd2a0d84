"""Signing in: one-time links, passwords, codes, passkeys, locks, expiry, permissions."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyotp
import pytest
from argon2 import PasswordHasher

from assay.core import Refused
from assay.governance.accounts import Accounts, load_roles
from assay.ledger import SYSTEM, Draft, Ledger

PASSWORD = "correct horse battery"
REFERENCE = Path(__file__).parents[3] / "reference"


class Now:
    """A clock that a test moves."""

    def __init__(self):
        self.instant = datetime(2025, 12, 30, 1, 0, tzinfo=UTC)

    def __call__(self):
        return self.instant


@pytest.fixture
def now():
    return Now()


@pytest.fixture
def accounts(tmp_path, now):
    ledger = Ledger.create(tmp_path / "home", now, agency="Test", simulated=True)
    for person, role in (("ana", "analyst"), ("adam", "admin")):
        body = {"person": person, "roles": [role], "since": "2025-01-01"}
        ledger.append([Draft("person.registered/1", SYSTEM, body)])
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    yield Accounts(ledger, hasher=quick)
    ledger.close()


def refusal(act, *args, **kwargs):
    with pytest.raises(Refused) as caught:
        act(*args, **kwargs)
    return caught.value.finding.code


def with_password(accounts, person="ana"):
    accounts.redeem(accounts.invite(person, "join", by="adam"), PASSWORD)


def test_the_first_link_opens_the_house_once(accounts):
    token = accounts.first_link("adam")
    assert accounts.redeem(token, PASSWORD) == "adam"
    assert refusal(accounts.redeem, token, PASSWORD) == "invitation.spent"
    assert accounts.first_link("adam") is None


def test_a_link_expires(accounts, now):
    token = accounts.invite("ana", "join", by="adam")
    now.instant += timedelta(hours=25)
    assert refusal(accounts.redeem, token, PASSWORD) == "invitation.spent"
    assert refusal(accounts.redeem, "made up", PASSWORD) == "invitation.unknown"


def test_a_session_knows_its_person_until_it_ends(accounts, now):
    with_password(accounts)
    token = accounts.sign_in("ana", PASSWORD)
    assert accounts.who(token).person.roles == {"analyst"}
    assert accounts.who("another token") is None
    accounts.sign_out(token)
    assert accounts.who(token) is None
    late = accounts.sign_in("ana", PASSWORD)
    now.instant += timedelta(hours=11)
    assert accounts.who(late) is None


def test_a_time_boxed_account_ends_at_midnight_of_the_house(accounts, now):
    body = {"person": "uma", "roles": ["auditor"], "since": "2025-12-01", "until": "2025-12-30"}
    accounts.ledger.append([Draft("person.registered/1", SYSTEM, body)])
    with_password(accounts, "uma")
    now.instant = datetime(2025, 12, 30, 15, 59, tzinfo=UTC)  # 23:59 in Shanghai
    token = accounts.sign_in("uma", PASSWORD)
    assert accounts.who(token).person.roles == {"auditor"}
    now.instant += timedelta(minutes=1)
    assert accounts.who(token) is None


def test_a_wrong_password_and_an_unknown_name_look_the_same(accounts):
    with_password(accounts)
    assert refusal(accounts.sign_in, "ana", "wrong password here") == "sign_in.refused"
    assert refusal(accounts.sign_in, "nobody", PASSWORD) == "sign_in.refused"


def test_too_many_attempts_lock_the_name_for_a_while(accounts, now):
    with_password(accounts)
    for _ in range(8):
        assert refusal(accounts.sign_in, "ana", "guess guess guess") == "sign_in.refused"
    assert refusal(accounts.sign_in, "ana", PASSWORD) == "sign_in.locked"
    now.instant += timedelta(minutes=16)
    assert accounts.sign_in("ana", PASSWORD)


def test_a_second_factor_is_asked_for_once_enrolled(accounts, now):
    with_password(accounts)
    secret = accounts.enroll_totp("ana")
    assert refusal(accounts.sign_in, "ana", PASSWORD) == "sign_in.refused"
    assert refusal(accounts.sign_in, "ana", PASSWORD, "000000") == "sign_in.refused"
    token = accounts.sign_in("ana", PASSWORD, pyotp.TOTP(secret).at(now.instant))
    assert accounts.who(token).methods == ("password", "totp")


def test_a_password_expires_and_a_reset_ends_the_old_one(accounts, now):
    with_password(accounts)
    now.instant += timedelta(days=366)
    assert refusal(accounts.sign_in, "ana", PASSWORD) == "sign_in.expired"
    accounts.redeem(accounts.invite("ana", "reset", by="adam"), "another long secret")
    assert accounts.sign_in("ana", "another long secret")
    assert refusal(accounts.sign_in, "ana", PASSWORD) == "sign_in.refused"


def test_weak_passwords_and_unknown_persons_are_refused(accounts):
    token = accounts.invite("ana", "join", by="adam")
    assert refusal(accounts.redeem, token, "short") == "password.weak"
    assert refusal(accounts.redeem, token, "i am ana and long") == "password.weak"
    assert refusal(accounts.invite, "zoe", "join", by="adam") == "person.unknown"


def test_a_cloned_passkey_is_noticed_by_its_counter(accounts):
    accounts.add_passkey("ana", "credential-1", "public key bytes", "phone")
    assert accounts.who(accounts.sign_in_with_passkey("credential-1", 5)).methods == ("passkey",)
    assert refusal(accounts.sign_in_with_passkey, "credential-1", 5) == "sign_in.refused"
    assert refusal(accounts.sign_in_with_passkey, "credential-9", 1) == "sign_in.refused"


def test_an_administrator_ends_sessions(accounts):
    with_password(accounts)
    token = accounts.sign_in("ana", PASSWORD)
    assert accounts.end_sessions("ana", by="adam") == 1
    assert accounts.who(token) is None


def test_no_secret_stands_in_the_journal(accounts):
    with_password(accounts)
    accounts.sign_in("ana", PASSWORD)
    secret = accounts.enroll_totp("ana")
    journal = "".join(str(entry.body) for entry in accounts.ledger.entries())
    assert PASSWORD not in journal
    assert "argon2" not in journal
    assert secret not in journal


def test_nobody_both_proposes_and_approves_by_his_role():
    roles = load_roles(REFERENCE)
    for role, may in roles.permissions.items():
        assert not {"desk:price:propose", "desk:price:approve"} <= may, role
    assert not any(each.startswith("desk:price") for each in roles.permissions["admin"])


def test_a_missing_permission_names_who_has_it():
    roles = load_roles(REFERENCE)
    with pytest.raises(Refused, match="price_manager"):
        roles.require("ana", ["analyst"], "desk:price:approve")
    roles.require("ana", ["analyst"], "desk:price:propose")
