"""Letters and notices: their words as data, set as Markdown, HTML and PDF in two languages.

The same letter gives the same bytes. A letter names nobody it must not, and what went
out is recorded with its digest. Decides nothing.
"""

from assay.governance.letters.firms import FIRM_LETTERS, firm_letter
from assay.governance.letters.paper import (
    FORMS,
    Facts,
    Heading,
    Letter,
    Paragraph,
    Table,
)
from assay.governance.letters.secrecy import firms_named, refuse_names
from assay.governance.letters.sending import CHANNELS, send
from assay.governance.letters.words import (
    LANGUAGES,
    Filling,
    LetterWords,
    dated,
    in_language,
    letter_of,
    load_letter_words,
)

__all__ = [
    "CHANNELS", "FIRM_LETTERS", "FORMS", "LANGUAGES", "Facts", "Filling", "Heading", "Letter",
    "LetterWords", "Paragraph", "Table", "dated", "firm_letter", "firms_named", "in_language", "letter_of",
    "load_letter_words", "refuse_names", "send",
]  # fmt: skip
