"""The secrecy of firms: what may leave the house, said once for every exit.

A public statistic rests on at least three contributors, none of them above half of the
volume; between two revisions of one tick it may not differ, or the difference would be
one firm's data; figures made by leaving one firm out never leave at all. Pure arithmetic
over what the exits hand in; knows no exit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

#: A public statistic needs this many contributors, none above this share.
LEAST_CONTRIBUTORS = 3
LARGEST_SHARE = Fraction(1, 2)

TOO_FEW = f"fewer than {LEAST_CONTRIBUTORS} contributors"
TOO_LARGE = "one contributor holds more than 50 % of the volume"
BETWEEN_REVISIONS = "between two revisions they would show one firm's data"

#: Names under which the house keeps figures of single firms; no public content has them.
OF_ONE_FIRM = frozenset(
    {"influence", "coalition", "leave_one_out", "contributor", "submitter", "counterparty",
     "submission", "submissions", "evidence", "terms", "trace"}
)  # fmt: skip


def withheld_because(volumes: Mapping[str, Fraction]) -> str | None:
    """Why a statistic over these volumes by contributor is withheld; None when it may leave.

    Volumes are tonnes, or numbers of data where no tonnes are known. Where every volume
    is zero all firms weigh alike.
    """
    if len(volumes) < LEAST_CONTRIBUTORS:
        return TOO_FEW
    everything = sum(volumes.values(), Fraction(0))
    if everything and max(volumes.values()) > everything * LARGEST_SHARE:
        return TOO_LARGE
    return None


def may_be_public(volumes: Mapping[str, Fraction]) -> bool:
    """Whether a statistic over these volumes by contributor lets no firm be inferred."""
    return withheld_because(volumes) is None


def between_revisions(
    before: Mapping[str, Any] | None, after: Mapping[str, Any]
) -> Mapping[str, Any]:
    """The statistics that the next revision of a tick may carry beside those of the one before.

    The same figures may be said again; other ones would, subtracted, be the datum that
    was corrected.
    """
    if not after or "withheld" in after or before is None or dict(before) == dict(after):
        return after
    return {"withheld": BETWEEN_REVISIONS}


def may_stand_beside(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> bool:
    """Whether the statistics of two revisions of one tick may both be public."""
    told = [each for each in (before, after) if each and "withheld" not in each]
    return len(told) < 2 or dict(told[0]) == dict(told[1])  # noqa: PLR2004  (two revisions)


def betrayals(content: Any, place: str = "") -> Iterator[str]:
    """Every place in public content that holds figures of one firm, as ``a.b.c``.

    `contributors` as a count is a statistic; a table of them is not.
    """
    if isinstance(content, Mapping):
        for name, part in content.items():
            here = f"{place}.{name}" if place else str(name)
            table = name in ("contributors", "groups") and not isinstance(part, int | str)
            if (name in OF_ONE_FIRM or table) and part not in (None, "", [], {}):
                yield here
            else:
                yield from betrayals(part, here)
    elif isinstance(content, list | tuple):
        for number, part in enumerate(content):
            yield from betrayals(part, f"{place}[{number}]")
