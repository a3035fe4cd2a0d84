"""The acts of signing in: one-time link, password with second factor, passkey, session.

Failed attempts are entries too, and lock a name for a while. Tokens are random, kept by
the browser, and known to the journal only by hash.
"""

from __future__ import annotations

import binascii
import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from assay.core import Refused, instant_text, refused, zone_of
from assay.ledger import SYSTEM, Draft, Ledger
from assay.ledger.book import accounts as book
from assay.ledger.book.home import Person, person_on

#: A secret of one-time codes has this many letters: 160 bits.
SECRET_LENGTH = 32
INVITATION_LIFE = timedelta(hours=24)
SESSION_LIFE = timedelta(hours=10)
PASSWORD_LIFE = timedelta(days=365)
LOCK_AFTER = 8
LOCK_FOR = timedelta(minutes=15)
SHORTEST_PASSWORD = 12
#: The zone of the house, in which registrations begin and end.
ZONE = "Asia/Shanghai"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who is behind a request: the person, his session and how he proved himself."""

    person: Person
    session: str
    methods: tuple[str, ...]


def token_hash(token: str) -> str:
    """How the journal knows a token: by hash only."""
    return hashlib.sha256(token.encode()).hexdigest()


class Accounts:
    """Invitations, credentials and sessions of one home."""

    def __init__(
        self,
        ledger: Ledger,
        *,
        token: Callable[[], str] = lambda: secrets.token_urlsafe(32),
        hasher: PasswordHasher | None = None,
    ) -> None:
        """Use `token` for random tokens and `hasher` (argon2id) for passwords."""
        self.ledger = ledger
        self._token = token
        self._hasher = hasher or PasswordHasher()
        self._nobody = self._hasher.hash(self._token())

    def first_link(self, person: str) -> str | None:
        """The token of the first administrator's one-time link, None once anybody can sign in."""
        with self.ledger.read() as connection:
            if book.anybody_can_sign_in(connection):
                return None
        return self.invite(person, "first_administrator", by=SYSTEM)

    def invite(self, person: str, purpose: str, *, by: str) -> str:
        """Issue a one-time link for a registered person; gives its token."""
        self._registered(person)
        token = self._token()
        body = {
            "invitation": token_hash(token),
            "person": person,
            "purpose": purpose,
            "expires_at": instant_text(self.ledger.clock() + INVITATION_LIFE),
        }
        self.ledger.append([Draft("invitation.issued/1", by, body)])
        return token

    def redeem(self, token: str, password: str) -> str:
        """Use a one-time link to set a password; gives the person. A link works once."""
        with self.ledger.read() as connection:
            invitation = book.invitation_of(connection, token_hash(token))
        if invitation is None:
            raise refused("invitation.unknown", "one-time link", "ask for a new one")
        person: str = invitation["person"]
        self._check_password(person, password)
        used = Draft(
            "invitation.used/1",
            person,
            {"invitation": invitation["invitation"], "person": person},
        )
        drafts = [used, *self._replace(person, "password"), self._password(person, password)]
        self.ledger.append(drafts)
        return person

    def set_password(self, person: str, password: str, *, by: str) -> None:
        """Give a person a new password; the old one opens nothing from now on."""
        self._registered(person)
        self._check_password(person, password)
        drafts = [*self._replace(person, "password"), self._password(person, password, by)]
        self.ledger.append(drafts)

    def totp_secret(self) -> str:
        """A new secret for one-time codes, not yet anybody's."""
        return pyotp.random_base32()

    def confirm_totp(self, person: str, secret: str, code: str) -> None:
        """Add one-time codes once a code proves that the secret reached the person's app."""
        try:
            fits = pyotp.TOTP(secret).verify(code, for_time=self.ledger.clock(), valid_window=1)
        except (binascii.Error, ValueError):
            fits = False
        if not fits or len(secret) < SECRET_LENGTH:
            raise refused(
                "account.totp", person, "the code does not fit: scan again, then type the new code"
            )
        self.enroll_totp(person, secret)

    def enroll_totp(self, person: str, secret: str = "") -> str:
        """Add a time-based one-time code; gives the secret to show once."""
        self._registered(person)
        secret = secret or pyotp.random_base32()
        drafts = [
            *self._replace(person, "totp"),
            self._credential(person, "totp", {"secret": secret}),
        ]
        self.ledger.append(drafts)
        return secret

    def add_passkey(self, person: str, credential: str, public: str, label: str) -> None:
        """Add a passkey: its identity and public key as the browser registered them."""
        self._registered(person)
        reference = self.ledger.remember({"public": public})
        body = {
            "credential": credential, "person": person, "method": "passkey",
            "secret": reference, "label": label,
        }  # fmt: skip
        self.ledger.append([Draft("credential.added/1", person, body)])

    def sign_in(
        self, person: str, password: str, code: str | None = None, *, address: str | None = None
    ) -> str:
        """Check password (and code where enrolled) and open a session; gives its token."""
        claimed = token_hash(person)
        self._refuse_locked(claimed, address)
        with self.ledger.read() as connection:
            held = {each["method"]: each for each in book.credentials_of(connection, person)}
        stored = held.get("password")
        if not self._password_right(stored, password) or stored is None:
            raise self._failed(claimed, person if stored else None, "password", address)
        if stored["expires_at"] is not None and stored["expires_at"] <= self.ledger.clock():
            raise self._failed(claimed, person, "expired", address)
        methods = ["password"]
        if "totp" in held:
            if not self._code_right(held["totp"], code):
                raise self._failed(claimed, person, "totp", address)
            methods.append("totp")
        return self._open(person, methods, address)

    def sign_in_with_passkey(
        self, credential: str, counter: int, *, address: str | None = None
    ) -> str:
        """Open a session after the face verified the passkey's assertion."""
        with self.ledger.read() as connection:
            stored = book.credential_of(connection, credential)
        if stored is None or stored["method"] != "passkey":
            raise self._failed(token_hash(credential), None, "passkey", address)
        if 0 < counter <= stored["counter"]:
            raise self._failed(token_hash(stored["person"]), stored["person"], "passkey", address)
        return self._open(stored["person"], ["passkey"], address, credential, counter)

    def passkey(self, credential: str) -> tuple[dict[str, Any], str] | None:
        """A passkey's row and public key, or None."""
        with self.ledger.read() as connection:
            stored = book.credential_of(connection, credential)
        record = self.ledger.recall(stored["secret"]) if stored else None
        return (stored, record["public"]) if stored and record else None

    def who(self, token: str) -> SignedIn | None:
        """Who holds this session token now, or None; a person who left is nobody."""
        now = self.ledger.clock()
        with self.ledger.read() as connection:
            session = book.session_at(connection, token_hash(token), now)
            person = person_on(connection, session["person"], self._day()) if session else None
        if session is None or person is None:
            return None
        return SignedIn(person, session["session"], tuple(session["methods"]))

    def sign_out(self, token: str) -> None:
        """End the session of this token."""
        signed_in = self.who(token)
        if signed_in is not None:
            self._close(signed_in.session, signed_in.person.person, "signed_out")

    def end_sessions(self, person: str, *, by: str) -> int:
        """An administrator ends every session of a person; gives how many."""
        with self.ledger.read() as connection:
            found = book.open_sessions(connection, person, self.ledger.clock())
        for session in found:
            self._close(session["session"], person, "ended", by)
        return len(found)

    def _day(self) -> date:
        """Today where the house stands: registrations and time boxes end at its midnight."""
        return self.ledger.clock().astimezone(zone_of(ZONE)).date()

    def _registered(self, person: str) -> Person:
        with self.ledger.read() as connection:
            found = person_on(connection, person, self._day())
        if found is None:
            raise refused("person.unknown", person, "register the person first: assay person add")
        return found

    def _check_password(self, person: str, password: str) -> None:
        if len(password) < SHORTEST_PASSWORD or person.lower() in password.lower():
            raise refused(
                "password.weak",
                f"password of {person}",
                f"use at least {SHORTEST_PASSWORD} characters, without your own name",
            )

    def _password(self, person: str, password: str, by: str | None = None) -> Draft:
        record = {"hash": self._hasher.hash(password)}
        return self._credential(person, "password", record, by, PASSWORD_LIFE)

    def _credential(
        self,
        person: str,
        method: str,
        record: dict[str, str],
        by: str | None = None,
        life: timedelta | None = None,
    ) -> Draft:
        reference = self.ledger.remember(record)
        until = instant_text(self.ledger.clock() + life) if life else None
        body = {
            "credential": reference.removeprefix("vault:")[:32], "person": person,
            "method": method, "secret": reference, "expires_at": until,
        }  # fmt: skip
        return Draft("credential.added/1", by or person, body)

    def _replace(self, person: str, method: str) -> list[Draft]:
        with self.ledger.read() as connection:
            held = book.credentials_of(connection, person)
        return [
            Draft(
                "credential.removed/1",
                person,
                {"credential": each["credential"], "person": person, "reason": "replaced"},
            )
            for each in held
            if each["method"] == method
        ]

    def _password_right(self, stored: dict[str, Any] | None, password: str) -> bool:
        record = self.ledger.recall(stored["secret"]) if stored else None
        # An unknown name costs the same time as a wrong password.
        expected = record["hash"] if record else self._nobody
        try:
            return self._hasher.verify(expected, password) and record is not None
        except (VerifyMismatchError, InvalidHashError):
            return False

    def _code_right(self, stored: dict[str, Any], code: str | None) -> bool:
        record = self.ledger.recall(stored["secret"])
        if record is None or not code:
            return False
        now = self.ledger.clock()
        return pyotp.TOTP(record["secret"]).verify(code, for_time=now, valid_window=1)

    def _refuse_locked(self, claimed: str, address: str | None) -> None:
        since = self.ledger.clock() - LOCK_FOR
        with self.ledger.read() as connection:
            failed = book.failures_since(connection, claimed, since)
        if failed >= LOCK_AFTER:
            raise self._failed(claimed, None, "locked", address)

    def _failed(self, claimed: str, person: str | None, why: str, address: str | None) -> Refused:
        body = {"claimed": claimed, "person": person, "why": why, "address": _hashed(address)}
        self.ledger.append([Draft("sign_in.failed/1", SYSTEM, body)])
        if why == "locked":
            return refused(
                "sign_in.locked", "sign-in", f"too many attempts: wait {LOCK_FOR.seconds // 60} min"
            )
        if why == "expired":
            return refused("sign_in.expired", "sign-in", "the password expired: ask for a new link")
        return refused("sign_in.refused", "sign-in", "name, password or code is not right")

    def _open(
        self,
        person: str,
        methods: list[str],
        address: str | None,
        credential: str | None = None,
        counter: int | None = None,
    ) -> str:
        token = self._token()
        body = {
            "session": token_hash(token), "person": person, "methods": methods,
            "expires_at": instant_text(self.ledger.clock() + SESSION_LIFE),
            "address": _hashed(address), "credential": credential, "counter": counter,
        }  # fmt: skip
        self.ledger.append([Draft("session.opened/1", person, body)])
        return token

    def _close(self, session: str, person: str, reason: str, by: str | None = None) -> None:
        body = {"session": session, "person": person, "reason": reason}
        self.ledger.append([Draft("session.closed/1", by or person, body)])


def _hashed(address: str | None) -> str | None:
    return token_hash(address)[:16] if address else None
