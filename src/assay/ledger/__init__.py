"""The only writer: journal, entry kinds, book, evidence, vault, check.

Knows what an entry is and how it is bound; knows no rule of any price.
"""

from assay.ledger.entry import SYSTEM, Draft, Entry, Head
from assay.ledger.keys import Signer, load_signer, make_key
from assay.ledger.ledger import Ledger

__all__ = ["SYSTEM", "Draft", "Entry", "Head", "Ledger", "Signer", "load_signer", "make_key"]
