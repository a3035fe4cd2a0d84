"""A step repeated in a thread of its own until the server stops; a failure is told, never swallowed.

A broken promise stops the beat for good: nothing more is published by it. Any other failure
is tried again, more and more slowly. What is wrong stands at the head of the pages.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from assay.core import BrokenPromise, Finding, Severity
from assay.ledger.log import logger

_LOG = logger("serve")
#: A failing step is tried again after so many seconds at most.
LONGEST_SECONDS = 60.0


@dataclass
class Beat:
    """One step under a name, every so many seconds."""

    name: str
    step: Callable[[], object]
    seconds: float
    stop: threading.Event
    problem: Finding | None = None
    failures: int = 0
    thread: threading.Thread | None = field(default=None, repr=False)

    def start(self) -> Beat:
        """Begin; the thread ends with the process."""
        self.thread = threading.Thread(target=self._work, name=self.name, daemon=True)
        self.thread.start()
        return self

    def end(self, patience: float = 5) -> None:
        """Wait for the step under way."""
        if self.thread is not None:
            self.thread.join(timeout=patience)

    def _work(self) -> None:
        while not self.stop.wait(self.pause()):
            if not self.once():
                return

    def pause(self) -> float:
        """How long to wait before the next step: longer after each failure in a row."""
        longer: float = self.seconds * 2**self.failures
        return min(longer, max(LONGEST_SECONDS, self.seconds))

    def once(self) -> bool:
        """Do the step; gives whether to go on."""
        try:
            self.step()
        except BrokenPromise as problem:
            self._tell("loop.stopped", problem, f"{problem.finding.what_to_do}; then start the server again")  # fmt: skip
            return False
        except Exception as problem:  # noqa: BLE001  (the loop outlives what it cannot foresee, and says so)
            self.failures += 1
            self._tell("loop.failing", problem, "it is tried again; the log has the error")
            return True
        self.problem, self.failures = None, 0
        return True

    def _tell(self, code: str, problem: Exception, way_out: str) -> None:
        said = problem.finding.where if isinstance(problem, BrokenPromise) else type(problem).__name__  # fmt: skip
        where = f"loop of the {self.name}: {said}"
        if self.problem is None or self.problem.where != where:
            _LOG.error(code, act=self.name, error=type(problem).__name__, exc_info=problem)
        self.problem = Finding(code, Severity.ERROR, where, way_out)
