"""Why two documents gave two prices on a day: the first place where they spoke differently.

Reads two determinations with their traces and says, in the order in which a price is made,
which rule, rung, trim, cap, estimator, input or rounding differed. Computes no price. The
public wording counts contributors and names none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from assay.methodology.determination import Determination

_REJECTING = frozenset({"exclude", "late", "incomplete", "replaced", "duplicate", "missing"})
_MOST = 4


def reasons(old: Determination, new: Determination, *, inside: bool) -> list[str]:
    """What differed, most fundamental first; empty when both say the same for the same reasons.

    `inside` names contributors and submissions; what leaves the house says how many.
    """
    said = [
        *_status(old, new), *_verdicts(old, new, inside), *_rungs(old, new), *_trims(old, new, inside),
        *_cap(old, new, inside), *_words(old, new), *_inputs(old, new), *_rounding(old, new),
    ]  # fmt: skip
    if not said and _legs(old) != _legs(new):
        said = ["the same rules spoke alike; the exact values before rounding differ"]
    return said


def _legs(found: Determination) -> tuple[Any, Any, Any]:
    return found.low, found.mid, found.high


def _status(old: Determination, new: Determination) -> Iterator[str]:
    if (old.status, old.reason) != (new.status, new.reason):
        yield f"{_state(old)} under the old document, {_state(new)} under the new one"


def _state(found: Determination) -> str:
    return found.status if found.reason is None else f"{found.status} ({found.reason})"


def _listed(names: list[str], inside: bool, noun: str) -> str:
    """Names for the desk, a number for everybody else."""
    if not names:
        return "nobody"
    if not inside:
        return f"{len(names)} {noun}{'s' if len(names) > 1 else ''}"
    more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
    return ", ".join(names[:_MOST]) + more


def _rejections(found: Determination) -> dict[tuple[str, str], list[str]]:
    spoken: dict[tuple[str, str], list[str]] = {}
    for verdict in found.verdicts:
        if verdict.verdict in _REJECTING:
            rule = f"{verdict.rule} (clause {verdict.clause or 'desk'}): {verdict.code}"
            spoken.setdefault((verdict.submission, verdict.contributor), []).append(rule)
    return spoken


def _verdicts(old: Determination, new: Determination, inside: bool) -> Iterator[str]:
    """Submissions that only one of the documents left out, by rule."""
    before, after = _rejections(old), _rejections(new)
    for mine, theirs, which in ((before, after, "old"), (after, before, "new")):
        by_rule: dict[str, list[str]] = {}
        for key, rules in mine.items():
            if key not in theirs:
                by_rule.setdefault(rules[0], []).append(f"{key[0]} of {key[1]}")
        for rule, listed in sorted(by_rule.items()):
            yield f"only the {which} document leaves out {_listed(listed, inside, 'submission')}, by {rule}"


def _rungs(old: Determination, new: Determination) -> Iterator[str]:
    if old.branch == new.branch:
        return
    yield f"branch {old.branch} under the old document, {new.branch} under the new one"
    for found, which in ((old, "old"), (new, "new")):
        for line in found.trace.get("ladder", ()):
            if not line["taken"]:
                wanted = {
                    name: (line["found"].get(name), least)
                    for name, least in line["wanted"].items()
                    if least not in (0, "0", None)
                }
                told = ", ".join(
                    f"{name} {has} of {least}" for name, (has, least) in wanted.items()
                )
                yield f"{which}: rung {line['branch']} (clause {line['clause']}) was not taken: {told or 'no data'}"


def _trims(old: Determination, new: Determination, inside: bool) -> Iterator[str]:
    sides = [
        {each["contributor"] for each in found.trace.get("set_aside_by_trim", ())}
        for found in (old, new)
    ]
    if sides[0] != sides[1] and old.determined and new.determined:
        told = [
            f"only the {which} one sets aside {_listed(sorted(own), inside, 'contributor')}"
            for which, own in (("old", sides[0] - sides[1]), ("new", sides[1] - sides[0]))
            if own
        ]
        yield f"the trims differ ({len(sides[0])} and {len(sides[1])} values): {'; '.join(told)}"


def _cap(old: Determination, new: Determination, inside: bool) -> Iterator[str]:
    bound = [tuple(found.trace.get("cap", {}).get("bound", ())) for found in (old, new)]
    if bound[0] != bound[1]:
        before, after = (_listed(list(each), inside, "name") for each in bound)
        yield f"the cap binds {before} under the old document, {after} under the new one"


def _words(old: Determination, new: Determination) -> Iterator[str]:
    for name in ("estimator", "formula"):
        before, after = old.trace.get(name), new.trace.get(name)
        if before and after and before != after:
            yield f"{name} {before} under the old document, {after} under the new one"
    for leg in ("low", "high"):
        before, after = (found.trace.get(leg, {}).get("source") for found in (old, new))
        if before and after and before != after and "formula" not in old.trace:
            yield f"{leg} by {before} under the old document, by {after} under the new one"


def _inputs(old: Determination, new: Determination) -> Iterator[str]:
    if "formula" not in old.trace or "formula" not in new.trace:
        return
    before, after = (
        {each["name"]: each for each in found.trace.get("mid", {}).get("terms", ())}
        for found in (old, new)
    )
    for name in sorted({*before, *after}):
        mine, theirs = _term(before.get(name)), _term(after.get(name))
        if mine != theirs:
            yield f"input {name}: {mine} under the old document, {theirs} under the new one"


def _term(term: Mapping[str, Any] | None) -> str:
    if term is None:
        return "none"
    return f"{term['value']} {term['unit']} of {term.get('date') or 'no date'}"


def _rounding(old: Determination, new: Determination) -> Iterator[str]:
    before, after = (found.trace.get("rounding", {}) for found in (old, new))
    for name in ("rule", "step"):
        if before.get(name) and after.get(name) and before[name] != after[name]:
            yield f"rounding {name} {before[name]} under the old document, {after[name]} under the new one"
