"""Letters that left the house: which, about what, in which words, when and how."""

from typing import Literal

from assay.ledger.kinds.registry import Body, kind


@kind("letter.sent/1", disclosure="auditor")
class LetterSent(Body, frozen=True, kw_only=True):
    """A letter went out; its files lie in the evidence.

    Each file has its name, its evidence (salted) and the plain digest of its bytes, so that
    a copy in the recipient's hand can be compared. `what` is the letter's kind, `subject` the firm,
    complaint, change, consultation or notice it is about. Where it went is not written down: the file of the subject knows that.
    """

    letter: str
    what: str
    subject: str
    language: Literal["en", "zh"]
    day: str
    channel: Literal["email", "post", "hand", "portal", "page"]
    files: list[dict[str, str]]
    words: str = ""
