"""`assay settings`: every setting in force, with where it came from. Shows no secret."""

from __future__ import annotations

from assay.cli.session import Json, answer, say_table, session


def settings(*, json: Json = False) -> None:
    """Print every setting with its value, origin and variable.

    Example: `assay settings --json`
    """
    rows = session().settings.explain()
    if not answer({"settings": rows}, json):
        names = ("name", "value", "origin", "variable", "says")
        say_table("", names, [[row[name] for name in names] for row in rows])
