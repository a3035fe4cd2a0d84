"""Collection: channels -> evidence -> offered submissions; feeds -> market facts.

Readers are pure: bytes in, a `Reading` out (messages, offers, facts, findings), never an
exception for bad input. Only `intake` writes, and only through the ledger. This room decides
nothing: what a text seems to say is offered, a person confirms it.
"""

from assay.collection.lexicon import Lexicon, PhraseTableError
from assay.collection.quote_fields import QuoteContext
from assay.collection.quotes import read_quotes
from assay.collection.reading import (
    CHANNELS,
    KINDS,
    SUBMISSION_FIELDS,
    Attachment,
    Certainty,
    Fact,
    FieldRead,
    Message,
    Offered,
    Reading,
    Span,
    missing_fields,
)

__all__ = [
    "CHANNELS", "KINDS", "SUBMISSION_FIELDS", "Attachment", "Certainty", "Fact", "FieldRead",
    "Lexicon", "Message", "Offered", "PhraseTableError", "QuoteContext", "Reading", "Span",
    "missing_fields", "read_quotes",
]  # fmt: skip
