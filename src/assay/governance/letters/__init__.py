"""Letters and notices: their words as data, set as Markdown, HTML and PDF in two languages.

The same letter gives the same bytes. A letter names nobody it must not, and what went
out is recorded with its digest. Decides nothing. The letters to one firm stand in
`letters.firms`, which reads the contributors' room; that room asks `letters.secrecy`.
"""

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
    "CHANNELS", "FORMS", "LANGUAGES", "Facts", "Filling", "Heading", "Letter",
    "LetterWords", "Paragraph", "Table", "dated", "firms_named", "in_language", "letter_of",
    "load_letter_words", "refuse_names", "send",
]  # fmt: skip
