"""Roles and permissions as data: `reference/roles.toml`, names `room:noun:verb`.

One reader for every room; who holds which role when stands in `book/home.py`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from assay.core import refused

_PERMISSION = re.compile(r"[a-z]+:[a-z_]+:[a-z_]+")


@dataclass(frozen=True, slots=True)
class Roles:
    """Every role with its permissions and its title in each language."""

    permissions: dict[str, frozenset[str]]
    titles: dict[str, dict[str, str]]

    def all_permissions(self) -> frozenset[str]:
        """Every permission that some role holds."""
        return frozenset().union(*self.permissions.values())

    def of(self, roles: Iterable[str]) -> frozenset[str]:
        """What somebody with these roles may do."""
        return frozenset().union(*(self.permissions.get(role, frozenset()) for role in roles))

    def require(self, person: str, roles: Iterable[str], permission: str) -> None:
        """Refuse unless one of the roles holds `permission`."""
        if permission not in self.of(roles):
            holders = sorted(role for role, may in self.permissions.items() if permission in may)
            raise refused(
                "permission.missing",
                f"{permission} by {person}",
                f"this needs the role {' or '.join(holders) or 'that nobody has'}",
            )


def load_roles(reference: Path) -> Roles:
    """Read `roles.toml` of the reference folder; unknown keys and odd names are refused."""
    path = reference / "roles.toml"
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    permissions: dict[str, frozenset[str]] = {}
    titles: dict[str, dict[str, str]] = {}
    for role, card in document.pop("roles", {}).items():
        odd = sorted(set(card) - {"title", "may"}) + [
            each for each in card.get("may", ()) if not _PERMISSION.fullmatch(each)
        ]
        if odd:
            raise refused("roles.document", f"{path.name}, role {role}", f"not understood: {odd}")
        permissions[role] = frozenset(card["may"])
        titles[role] = dict(card["title"])
    if document:
        raise refused("roles.document", path.name, f"unknown keys {sorted(document)}; only: roles")
    return Roles(permissions, titles)
