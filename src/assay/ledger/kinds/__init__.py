"""The entry kinds: every act the journal can hold, typed and versioned.

One module per noun. A kind is a frozen struct; unknown fields are refused. A kind
never changes once released: a new version is a new struct. `disclosure` says who may
ever see the body: ``public`` after publication, ``auditor`` under secrecy.
"""

from assay.ledger.kinds.registry import KINDS, Kind, body_of, kind, kind_of, load_kinds

load_kinds()

__all__ = ["KINDS", "Kind", "body_of", "kind", "kind_of", "load_kinds"]
