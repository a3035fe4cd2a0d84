"""The daily comment: drafted, approved by a second person, published, revised."""

from typing import Any

from assay.ledger.kinds.registry import Body, kind


@kind("comment.drafted/1", disclosure="auditor")
class CommentDrafted(Body, frozen=True, kw_only=True):
    """An analyst's comment as rendered: the digest of each language, its files as evidence.

    `content` is the digest of `languages`; `facts` of the fact set; `editorial` is the
    analyst's document as evidence; `series` are those it says something of. A revision above 0
    corrects a published comment.
    """

    report: str
    day: str
    revision: int
    content: str
    languages: dict[str, str]
    facts: str
    files: dict[str, str]
    editorial: str | None = None
    reason: str = ""
    findings: list[dict[str, Any]] = []
    series: list[str] = []


@kind("comment.approved/1", disclosure="public")
class CommentApproved(Body, frozen=True, kw_only=True):
    """Another person approved exactly this content."""

    report: str
    day: str
    revision: int
    content: str
    words: str = ""


@kind("comment.published/1", disclosure="public")
class CommentPublished(Body, frozen=True, kw_only=True):
    """The comment as it left the house: languages and files by digest."""

    report: str
    day: str
    revision: int
    content: str
    languages: dict[str, str]
    files: dict[str, str]
    published_at: str
    reason: str = ""
