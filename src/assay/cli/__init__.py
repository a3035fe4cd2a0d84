"""The command line: words in, desk acts out. No rule lives here.

One module a noun; `GROUPS` says which. A module is imported only when its command runs,
so that `assay --help` stays quick.
"""

from assay.cli.main import GROUPS, build_app, run

__all__ = ["GROUPS", "build_app", "run"]
