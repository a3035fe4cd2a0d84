"""Who may enter and what he may do: invitations, credentials, sessions, permissions.

A person of the agency (`person.registered`) signs in with a password and a second
factor, or with a passkey. Never decides on prices; never keeps a secret in the journal.
"""

from assay.governance.accounts.acts import Accounts, SignedIn
from assay.ledger.roles import Roles, load_roles

__all__ = ["Accounts", "Roles", "SignedIn", "load_roles"]
