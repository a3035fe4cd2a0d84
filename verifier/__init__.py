"""Checks a bundle that a price reporting agency handed out, without trusting its software.

Written from `docs/reference/bundle.md`, `docs/reference/journal.md` and
`docs/reference/methodology-format.md`; shares no code with the product. Uses the
standard library and, for Ed25519 only, `cryptography`. Never writes anything.
"""

from verifier.verify import verify

__all__ = ["verify"]
