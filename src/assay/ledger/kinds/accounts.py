"""Sign-in: invitations, credentials, sessions. Secrets lie in the vault, never here."""

from typing import Literal

from assay.ledger.kinds.registry import Body, kind

Method = Literal["password", "totp", "passkey"]


@kind("invitation.issued/1", disclosure="auditor")
class InvitationIssued(Body, frozen=True, kw_only=True):
    """A one-time link for a person; `invitation` is the hash of its token."""

    invitation: str
    person: str
    purpose: Literal["first_administrator", "join", "reset"]
    expires_at: str


@kind("invitation.used/1", disclosure="auditor")
class InvitationUsed(Body, frozen=True, kw_only=True):
    """The one-time link was used up."""

    invitation: str
    person: str


@kind("credential.added/1", disclosure="auditor")
class CredentialAdded(Body, frozen=True, kw_only=True):
    """A person can sign in with this from now on; the secret is a vault reference."""

    credential: str
    person: str
    method: Method
    secret: str
    label: str = ""
    expires_at: str | None = None


@kind("credential.removed/1", disclosure="auditor")
class CredentialRemoved(Body, frozen=True, kw_only=True):
    """A credential opens nothing from now on."""

    credential: str
    person: str
    reason: str


@kind("session.opened/1", disclosure="auditor")
class SessionOpened(Body, frozen=True, kw_only=True):
    """A person signed in; `session` is the hash of the cookie's token."""

    session: str
    person: str
    methods: list[Method]
    expires_at: str
    address: str | None = None
    counter: int | None = None
    credential: str | None = None


@kind("session.closed/1", disclosure="auditor")
class SessionClosed(Body, frozen=True, kw_only=True):
    """The session is over: signed out, replaced, expired or ended by an administrator."""

    session: str
    person: str
    reason: Literal["signed_out", "replaced", "ended", "credential_removed"]


@kind("sign_in.failed/1", disclosure="auditor")
class SignInFailed(Body, frozen=True, kw_only=True):
    """Somebody tried to sign in and was refused; `claimed` is what he called himself, hashed."""

    claimed: str
    why: Literal["unknown", "password", "totp", "passkey", "locked", "expired"]
    person: str | None = None
    address: str | None = None
