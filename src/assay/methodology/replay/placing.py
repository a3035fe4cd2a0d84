"""Rows brought into groups by counting: the sort that comes before the kernel.

Compiled like the kernel, and written like it; only large runs use it.
"""

from __future__ import annotations

from typing import Any


def place_rows(group: Any, valid: Any, starts: Any, rows: Any) -> None:
    """A counting sort: the valid rows by group, in their order, and where each group starts."""
    for row in range(len(group)):
        if valid[row]:
            starts[group[row] + 1] += 1
    for number in range(1, len(starts)):
        starts[number] += starts[number - 1]
    for row in range(len(group)):
        if valid[row]:
            rows[starts[group[row]]] = row
            starts[group[row]] += 1
    for number in range(len(starts) - 1, 0, -1):
        starts[number] = starts[number - 1]
    starts[0] = 0
