"""Passkeys: what the browser signs, checked by the `webauthn` library.

A challenge lives in this process for five minutes and is used once.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime, timedelta
from typing import Any

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers.exceptions import InvalidAuthenticationResponse, InvalidRegistrationResponse
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from assay.core import refused
from assay.governance.accounts import Accounts

CHALLENGE_LIFE = timedelta(minutes=5)


class Passkeys:
    """Registration and sign-in of passkeys for one address of the house."""

    def __init__(self, accounts: Accounts, name: str = "Assay") -> None:
        """Use `accounts` for what is kept."""
        self.accounts = accounts
        self.name = name
        self._challenges: dict[bytes, datetime] = {}

    def registration(self, person: str, host: str) -> str:
        """What the browser needs to make a passkey for `person`, as JSON."""
        options = generate_registration_options(
            rp_id=host,
            rp_name=self.name,
            user_name=person,
            user_id=person.encode(),
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
        )
        self._remember(options.challenge)
        return options_to_json(options)

    def register(self, person: str, said: dict[str, Any], host: str, origin: str) -> None:
        """Check what the browser made and keep its public key."""
        try:
            made = verify_registration_response(
                credential=said,
                expected_challenge=self._challenge_of(said),
                expected_rp_id=host,
                expected_origin=origin,
                require_user_verification=True,
            )
        except InvalidRegistrationResponse as problem:
            raise refused("passkey.refused", f"passkey of {person}", str(problem)) from None
        public = urlsafe_b64encode(made.credential_public_key).decode()
        self.accounts.add_passkey(person, _name(made.credential_id), public, "passkey")

    def authentication(self, host: str) -> str:
        """What the browser needs to sign in with any passkey of this house, as JSON."""
        options = generate_authentication_options(
            rp_id=host, user_verification=UserVerificationRequirement.REQUIRED
        )
        self._remember(options.challenge)
        return options_to_json(options)

    def sign_in(self, said: dict[str, Any], host: str, origin: str, address: str | None) -> str:
        """Check what the browser signed and open a session; gives its token."""
        name = str(said.get("id", ""))
        known = self.accounts.passkey(name)
        if known is None:
            raise refused("passkey.unknown", "passkey", "sign in with your password and add it")
        stored, public = known
        try:
            proved = verify_authentication_response(
                credential=said,
                expected_challenge=self._challenge_of(said),
                expected_rp_id=host,
                expected_origin=origin,
                credential_public_key=urlsafe_b64decode(public),
                credential_current_sign_count=stored["counter"],
                require_user_verification=True,
            )
        except InvalidAuthenticationResponse as problem:
            raise refused("passkey.refused", "passkey", str(problem)) from None
        return self.accounts.sign_in_with_passkey(name, proved.new_sign_count, address=address)

    def _remember(self, challenge: bytes) -> None:
        now = self.accounts.ledger.clock()
        self._challenges = {
            each: until for each, until in self._challenges.items() if until > now
        } | {challenge: now + CHALLENGE_LIFE}

    def _challenge_of(self, said: dict[str, Any]) -> bytes:
        """The challenge that the browser answered, if it is one of ours; used up by this."""
        try:
            packed = said["response"]["clientDataJSON"]
            client = json.loads(_unpacked(packed))
            challenge = _unpacked(client["challenge"])
        except (KeyError, TypeError, ValueError):
            raise refused("passkey.unreadable", "passkey", "try again") from None
        if self._challenges.pop(challenge, None) is None:
            raise refused("passkey.challenge", "passkey", "it took too long: try again")
        return challenge


def _unpacked(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _name(credential: bytes) -> str:
    return urlsafe_b64encode(credential).decode().rstrip("=")
