"""The command: ``python -m verifier DIR --key PUBLIC_KEY_FILE [--json]``.

``--kept HEADS_FILE`` holds the bundle against heads of earlier ones. Exit code 0: verified; 1: something
failed; 2: wrong use; 3: nothing failed, but the agency's seal is missing, so that what is shown may not
be all (with ``--sealed`` that is a failure). Writes only to the screen.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from verifier.bundle import SEAL, NotABundle
from verifier.keys import NotAKey
from verifier.report import FAILURE, UNSEALED, VERIFIED, Report
from verifier.verify import verify

FINE, FAILED, WRONG_USE, UNSEALED_CODE = 0, 1, 2, 3
CODES = {VERIFIED: FINE, UNSEALED: UNSEALED_CODE, FAILURE: FAILED}
SAID = {
    VERIFIED: "verified",
    UNSEALED: "UNSEALED (what is shown holds; nobody vouches that it is all)",
    FAILURE: "FAILED",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Check one bundle and print the verdict."""
    given = _parser().parse_args(arguments)
    folder, key = Path(given.bundle), Path(given.key)
    if folder.resolve() in key.resolve().parents:
        print(f"the key {key} lies inside the bundle: take it from outside", file=sys.stderr)
        return WRONG_USE
    try:
        report = verify(folder, key, Path(given.kept) if given.kept else None)
    except (NotABundle, NotAKey) as problem:
        print(f"cannot check: {problem}", file=sys.stderr)
        return WRONG_USE
    if given.sealed and not report.facts.get("sealed"):
        report.problem("manifest.unsealed", SEAL, "the agency did not seal this bundle")
    if given.json:
        print(json.dumps(report.document(), ensure_ascii=False, indent=2))
    else:
        _print(report)
    return CODES[report.verdict]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m verifier",
        description="Check a price bundle without the software that made it.",
    )
    parser.add_argument("bundle", metavar="DIR", help="the folder of the bundle")
    parser.add_argument("--key", required=True, help="the publication's public key, from outside")
    parser.add_argument("--kept", help="heads.json of an earlier bundle, to find rewriting")
    parser.add_argument("--sealed", action="store_true", help="fail where the seal is missing")
    parser.add_argument("--json", action="store_true", help="the report as JSON")
    return parser


def _print(report: Report) -> None:
    facts = report.facts
    if facts:
        print(f"{facts['agency']}, {', '.join(facts['days'])}, for {facts['audience']}")
        print(f"{facts['entries']} entries, {facts['disclosed']} disclosed, signed at the last one")
    width = max((len(f"{each.series} {each.pricing_date}") for each in report.lines), default=0)
    for each in report.lines:
        name = f"{each.series} {each.pricing_date}".ljust(width)
        revision = f" (revision {each.revision})" if each.revision else ""
        why = f": {each.why}" if each.why else ""
        print(f"{name}  {each.value}{revision}  {each.verdict}{why}")
    for note in report.notes:
        print(f"note: {note}")
    for problem in report.problems:
        print(f"FAILED {problem.code} at {problem.where}: {problem.what}")
    print(f"verdict: {SAID[report.verdict]}")


if __name__ == "__main__":
    sys.exit(main())
