"""Structured logs: one JSON object a line, and no secrets in them.

What may be logged is listed; everything else is withheld, whatever its name. So keys,
passwords, personal records, messages and prices (before their publication, or ever)
cannot get into a log by an oversight. Logs are for operators; the journal is the record.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog

from assay.settings import without_password

WITHHELD = "(withheld)"

#: The fields that may be logged. None of them ever holds content of an entry.
ALLOWED = frozenset({
    "act", "actor", "address", "attempt", "bytes", "channel", "check", "code", "count", "digest",
    "entries", "error", "event", "evidence_files", "first", "head", "home", "kind", "kinds",
    "language", "last", "level", "method", "path", "pricing_date", "revision", "room", "seconds",
    "seq", "series", "severity", "state", "status", "store", "time", "version", "worker",
})  # fmt: skip

_EVENT = re.compile(r"[a-z_]+(\.[a-z_]+)+")
_LONGEST = 300
LEVELS = {name: getattr(logging, name.upper()) for name in ("debug", "info", "warning", "error")}

Fields = MutableMapping[str, Any]


def withhold(_logger: Any, _method: str, fields: Fields) -> Fields:
    """Let only allowed fields of plain short content pass; an error leaves only its type."""
    problem = fields.pop("exc_info", None)
    if problem:
        kind = sys.exc_info()[0] if problem is True else problem
        fields["error"] = _name_of(kind)
    if not _EVENT.fullmatch(str(fields.get("event"))):
        fields["event"] = WITHHELD
    return {name: _shown(each) if name in ALLOWED else WITHHELD for name, each in fields.items()}


def _name_of(problem: Any) -> str:
    if isinstance(problem, tuple):
        problem = problem[0]
    if isinstance(problem, BaseException):
        problem = type(problem)
    return getattr(problem, "__name__", WITHHELD)


def _shown(content: Any) -> Any:
    if content is None or isinstance(content, bool | int | float):
        return content
    if isinstance(content, list | tuple | set | frozenset):
        return [_shown(each) for each in content]
    if not isinstance(content, str) or len(content) > _LONGEST or "\n" in content:
        return WITHHELD
    return without_password(content)


def configure_logs(level: str = "warning", stream: TextIO | None = None) -> None:
    """Log from `level` on, as JSON lines to `stream` (standard error)."""
    structlog.configure(
        processors=[
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
            withhold,
            structlog.processors.JSONRenderer(sort_keys=True, ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[level]),
        logger_factory=structlog.PrintLoggerFactory(stream or sys.stderr),
        cache_logger_on_first_use=False,
    )


def logger(room: str) -> Any:
    """The logger of a room; silent below warnings until `configure_logs` says otherwise."""
    if not structlog.is_configured():
        configure_logs()
    return structlog.get_logger(room=room)
