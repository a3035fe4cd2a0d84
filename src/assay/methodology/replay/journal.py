"""Recorded determinations run again: the same inputs, the document then in force, every byte.

Takes the bodies of journal entries as plain values and gives findings; it reads no
journal and no file. A determination that comes out differently, or a published tick
that says another number than its determination and names no judgement, is an error.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from assay.core import Finding, Severity
from assay.methodology.document.model import Methodology
from assay.methodology.engine.determining import determine
from assay.methodology.inputs_reading import inputs_from_document

_LEGS = ("low", "mid", "high")


@dataclass(slots=True)
class Comparison:
    """What running the journal again found."""

    documents: Mapping[str, Methodology]
    determinations: int = 0
    ticks: int = 0
    findings: list[Finding] = field(default_factory=list)
    _known: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    def determination(self, seq: int, body: Mapping[str, Any]) -> None:
        """Run one ``price.determined`` again and compare the whole of it."""
        self.determinations += 1
        recorded = body["determination"]
        self._known[body["digest"]] = recorded
        where = f"entry {seq}: {body['series']} {body['pricing_date']}"
        digest = recorded["methodology"]["digest"]
        document = self.documents.get(digest)
        if document is None:
            self._wrong("document", where, f"no document with digest {digest}: put its file back")
            return
        again = determine(
            document,
            date.fromisoformat(body["pricing_date"]),
            inputs_from_document(body["inputs"]),
            body["series"],
        ).document()
        if again != recorded:
            changed = ", ".join(
                f"{name} {_short(recorded.get(name))} now {_short(again.get(name))}"
                for name in sorted({*recorded, *again})
                if recorded.get(name) != again.get(name)
            )
            self._wrong("differs", where, f"the same inputs give another result: {changed}")

    def tick(self, seq: int, body: Mapping[str, Any]) -> None:
        """Compare a ``price.published`` or ``price.corrected`` with its determination."""
        self.ticks += 1
        tick = body["tick"]
        where = f"entry {seq}: {body['series']} {body['pricing_date']} revision {body['revision']}"
        recorded = self._known.get(tick.get("determination", ""))
        if recorded is None:
            self._wrong("tick", where, "names a determination that the journal does not hold")
            return
        adjusted = {
            each.get("leg")
            for each in tick.get("judgement", {}).get("how", ())
            if each.get("act") == "adjust"
        }
        for leg in _LEGS:
            if leg not in adjusted and tick[leg] != recorded[leg]:
                self._wrong(
                    "tick",
                    where,
                    f"{leg} {tick[leg]} was published, {recorded[leg]} was determined, "
                    "and no judgement is named",
                )

    def _wrong(self, code: str, where: str, said: str) -> None:
        self.findings.append(Finding(f"replay.{code}", Severity.ERROR, where, said))


def _short(part: Any) -> str:
    text = str(part)
    return text if len(text) <= 60 else f"{text[:57]}..."  # noqa: PLR2004 a line of a finding
