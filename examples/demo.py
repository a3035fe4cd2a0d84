"""`make demo`: an agency's morning, from the first message to a price that a stranger checks.

Creates a home with a simulated clock and runs the commands of `examples/agency/script/`
one by one, each printed as a person would type it; then a separate process verifies the
exported bundles with the public key. Exit code 0 only when every command did what the
script says and the verifier found nothing wrong. Without a terminal it ends there; on a
terminal a morning to play follows (`examples/play.py`), served until Ctrl-C.

    python examples/demo.py [--days 2025-12-30] [--folder FOLDER] [--verbose]
                            [--speed 6] [--port 8700] [--no-serve | --play]
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

ROOT = Path(__file__).resolve().parent.parent
SCRIPTS = ROOT / "examples" / "agency" / "script"
CHECK = ROOT / "examples" / "real-check"
#: What a script may write for a submission whose name only this home knows.
_NAMED = re.compile(r"\{(?P<asked>[^}]*)\}")
#: What a command calls its content; a script writes $CONTENT for the last one.
_CONTENT = re.compile(r"\bcontent (?P<digest>sha256:[0-9a-f]{64})")
MOST_LINES = 12
#: Marks a folder as the demo's own, so that the next one may throw it away.
MARK = "MADE-BY-THE-DEMO"


class DemoFailed(Exception):
    """A command did not do what the script says."""


@dataclass
class Demo:
    """One run: where home, keys and bundles lie, what it prints to, what it has seen."""

    home: Path
    keys: Path
    out: Path
    console: Console
    verbose: bool = False
    commands: int = 0
    refused: int = 0
    found: int = 0
    day: str = ""
    variables: dict[str, str] = field(default_factory=dict)

    @property
    def environ(self) -> dict[str, str]:
        """The environment of every command: the home and the keys of this run."""
        kept = {name: text for name, text in os.environ.items() if not name.startswith("ASSAY_")}
        return {
            **kept,
            "ASSAY_HOME": str(self.home),
            "ASSAY_KEYS": str(self.keys),
        }

    def command(self, line: str, mark: str = "") -> None:
        """Run one command line and show it.

        With the mark ``!`` it must be refused, with ``?`` do its work and say a finding (exit
        code 1); else it must be fine.
        """
        line = self._filled(line)
        self.console.print(f"  [bold cyan]$ {escape(line)}[/]", highlight=False, soft_wrap=True)
        code, out, err = self.assay(shlex.split(line)[1:])
        self.commands += 1
        self.show(*((err, "") if mark == "!" else (out, err)))
        if content := _CONTENT.search(out):
            self.variables["CONTENT"] = content["digest"]
        as_told = {"": code == 0, "?": code == 1 and bool(out), "!": code != 0}
        if not as_told[mark]:
            raise DemoFailed(f"exit code {code} of: {line}\n{out}{err}")
        self.refused += mark == "!"
        self.found += mark == "?"

    def assay(self, arguments: list[str]) -> tuple[int, str, str]:
        """Run `assay` in this process, exactly as its entry point would."""
        from assay.cli.main import run

        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = run(arguments, self.environ)
        return code, out.getvalue(), err.getvalue()

    def asked(self, arguments: str) -> Any:
        """The JSON answer of a command that is not part of the story."""
        code, out, err = self.assay([*shlex.split(arguments), "--json"])
        if code != 0:
            raise DemoFailed(f"exit code {code} of: assay {arguments}\n{err}")
        return json.loads(out)

    def _filled(self, line: str) -> str:
        for name, text in self.variables.items():
            line = line.replace(f"${name}", text)
        return _NAMED.sub(lambda found: self._submission(found["asked"]), line)

    def _submission(self, asked: str) -> str:
        """The name of the one submission with these fields: ``{series=... price=...}``."""
        wanted = dict(each.partition("=")[::2] for each in asked.split())
        date = wanted.pop("date", self.day)
        rows = self.asked(f"day submissions --date {date} --as P-01")["submissions"]
        found = [
            row["submission"]
            for row in rows
            if all(str(row[name] or "") == text for name, text in wanted.items())
        ]
        if len(found) != 1:
            raise DemoFailed(f"{len(found)} submissions of {date} fit {{{asked}}}")
        return str(found[0])

    def show(self, out: str, err: str) -> None:
        """Print what a command said, at most `MOST_LINES` of it unless asked for all."""
        for text, style in ((out, "dim"), (err, "yellow")):
            lines = [each.rstrip() for each in text.splitlines() if each.strip()]
            shown = lines if self.verbose or len(lines) <= MOST_LINES else lines[: MOST_LINES - 1]
            for each in shown:
                self.console.print(
                    f"    [{style}]{escape(each)}[/]", highlight=False, soft_wrap=True
                )
            if len(shown) < len(lines):
                self.console.print(f"    [{style}]... {len(lines) - len(shown)} more lines[/]")

    def play(self, script: Path) -> None:
        """Play one script line by line.

        ``# words`` heading · ``@ instant`` sets the clock · ``assay ...`` runs ·
        ``? assay ...`` runs and says a finding · ``! assay ...`` must be refused.
        """
        self.day = script.stem
        for raw in script.read_text("utf-8").splitlines():
            line = raw.strip()
            if not line:
                continue
            if line.startswith("#"):
                self.console.print(f"\n[bold]{escape(line.lstrip('# '))}[/]", highlight=False)
            elif line.startswith("@"):
                self.command(f"assay clock set {line.lstrip('@ ')}")
            else:
                mark = line[0] if line[0] in "!?" else ""
                self.command(line.removeprefix(mark).strip(), mark)

    def verify(self, bundle: Path) -> tuple[int, str]:
        """Run the separate verifier as its own process, with the key from outside the bundle."""
        shown = self.verifier_line(bundle)
        self.console.print(f"  [bold cyan]$ {escape(shown)}[/]", highlight=False, soft_wrap=True)
        done = subprocess.run(  # noqa: S603 our own interpreter, our own arguments
            [sys.executable, "-m", "verifier", bundle, "--key", self.public_key],
            cwd=ROOT, env={**self.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        return done.returncode, done.stdout + done.stderr

    @property
    def public_key(self) -> Path:
        """The public key of the publication, outside home and bundle."""
        return self.keys / "publication.pub"

    def verifier_line(self, bundle: Path) -> str:
        """The command with which anybody checks this bundle."""
        start = "" if Path.cwd() == ROOT else f"cd {ROOT} && "
        python = _program("python")
        return f"{start}{python} -m verifier {near(bundle)} --key {near(self.public_key)}"


def near(path: Path) -> Path:
    """The path as a person in the checkout would write it; whole when he works elsewhere."""
    here = Path.cwd()
    return path.relative_to(here) if here == ROOT and path.is_relative_to(here) else path


def _program(name: str) -> Path:
    """A program of the environment this runs in, where a person finds it."""
    found = Path(sys.executable).with_name(name)
    return near(found if found.exists() else Path(sys.executable))


def prices(demo: Demo, days: list[str]) -> Table:
    """The published prices, one line a series, one column a day."""
    table = Table(title="Published", title_justify="left", header_style="bold")
    table.add_column("series")
    table.add_column("unit")
    for day in days:
        table.add_column(day, justify="right")
    said: dict[str, dict[str, str]] = {}
    units: dict[str, str] = {}
    for day in days:
        for row in demo.asked(f"day status --date {day}")["series"]:
            said.setdefault(row["series"], {})[day] = _cell(row)
            units.setdefault(row["series"], (row.get("tick") or {}).get("unit") or "")
    for series in sorted(said):
        cells = [said[series].get(day, "") for day in days]
        table.add_row(series, units[series], *cells)
    return table


def _cell(row: dict[str, Any]) -> str:
    tick = row.get("tick")
    if tick is None or tick["mid"] is None:
        return f"[yellow]{row['state'].replace('_', ' ')}[/]\n{row['reason'] or ''}".strip()
    span = "" if tick["low"] == tick["high"] else f"\n{tick['low']} - {tick['high']}"
    flags = [f"r{tick['revision']}"] if tick["revision"] else []
    flags += ["late"] if row["late"] else []
    mark = f" [yellow]({', '.join(flags)})[/]" if flags else ""
    return f"[bold]{tick['mid']}[/]{mark}{span}"


def main(arguments: list[str] | None = None) -> int:
    """Play the days, verify the bundles, say where everything lies; then serve one to play."""
    import play

    given = _parser(play.add_options).parse_args(arguments)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(line_buffering=True, errors="replace")
    console = Console(width=None if sys.stdout.isatty() else 132, highlight=False)
    demo = Demo(*places(given.folder), console, verbose=given.verbose)
    if not prepared(demo):
        return 2
    demo.variables = {
        "AGENCY": str(near(SCRIPTS.parent)),
        "CHECK": str(near(CHECK)),
        "OUT": str(near(demo.out)),
    }
    scripts = [SCRIPTS / "founding.txt", *(SCRIPTS / f"{day}.txt" for day in given.days)]
    if (SCRIPTS / f"{given.days[-1]}.txt") == max(SCRIPTS.glob("2*.txt")):
        scripts.append(SCRIPTS / "house.txt")
    if given.real_check:
        scripts, given.days = [CHECK / "script.txt"], ["2023-08-17", "2023-08-18"]
    began = time.perf_counter()
    try:
        for script in scripts:
            started = time.perf_counter()
            demo.play(script)
            console.print(f"\n[dim]{script.stem}: {time.perf_counter() - started:.1f} s[/]")
        failed = finish(demo, given.days)
    except DemoFailed as problem:
        console.print(f"\n[bold red]the demo stopped:[/] {escape(str(problem))}")
        return 1
    console.print(
        f"[dim]{demo.commands} commands, {demo.found} with a finding, {demo.refused} refused as they must be, {time.perf_counter() - began:.1f} s[/]"
    )
    if failed or not _served(given):
        return 1 if failed else 0
    return play.start(given.folder, given.speed, given.port, console, verbose=given.verbose)


def _served(given: argparse.Namespace) -> bool:
    """Whether a morning to play follows: where somebody sits at a terminal, or on demand."""
    if given.no_serve or given.real_check:
        return False
    return bool(given.play or (sys.stdout.isatty() and sys.stdin.isatty()))


def finish(demo: Demo, days: list[str]) -> bool:
    """Export, verify in another process, show the prices; whether anything failed."""
    demo.console.print(
        "\n[bold]Out of the house, and checked by a program that shares no code with it[/]"
    )
    failed, verdicts = False, []
    for audience in ("auditor", "public"):
        out = demo.out / audience
        span = f"day {days[0]}" if len(days) == 1 else f"day --from {days[0]} --to {days[-1]}"
        demo.command(f"assay export {span} --for {audience} --out {near(out)}")
        code, said = demo.verify(out)
        demo.show(said, "")
        verdicts.append(
            (audience, out, code, said.strip().splitlines()[-1] if said.strip() else "silent")
        )
        failed = failed or code != 0
    demo.command("assay ledger check")
    demo.console.print()
    demo.console.print(prices(demo, days))
    for audience, _, code, last in verdicts:
        mark = "[bold green]verified[/]" if code == 0 else "[bold red]NOT VERIFIED[/]"
        demo.console.print(f"{mark} for the {audience}: {escape(last)}")
    _where(demo, days)
    return failed


def _where(demo: Demo, days: list[str]) -> None:
    rows = {
        "home (journal, evidence)": demo.home,
        "keys (publication.pub is the public one)": demo.keys,
        "bundle for the public": demo.out / "public",
        "bundle for an auditor": demo.out / "auditor",
        "the morning comment": demo.out / "comment",
        "the auditor's dossier and sealed day": demo.out / "dossier",
        "the letter to a late firm": demo.out / "letters",
        **_sources(days),
    }
    demo.console.print("\n[bold]Where everything lies[/]")
    for what, path in ((what, path) for what, path in rows.items() if path.exists()):
        demo.console.print(f"  {what:<42} {near(path)}", soft_wrap=True)
    demo.console.print("\n[bold]Check it yourself[/]")
    demo.console.print(f"  {demo.verifier_line(demo.out / 'public')}", soft_wrap=True)
    demo.console.print(
        f"  ASSAY_HOME={near(demo.home)} ASSAY_KEYS={near(demo.keys)}"
        f" {_program('assay')} price AL-LC --date {days[-1]}\n",
        soft_wrap=True,
    )


def _sources(days: list[str]) -> dict[str, Path]:
    if days[0].startswith("2023"):
        return {
            "the commands": CHECK / "script.txt",
            "the arithmetic by hand": CHECK / "expected.toml",
        }
    return {
        "the messages": SCRIPTS.parent / "messages",
        "the commands": SCRIPTS,
        "the arithmetic by hand": SCRIPTS.parent / "expected.toml",
    }


def places(folder: Path | None) -> tuple[Path, Path, Path]:
    """Home, keys and bundles: in one folder, or where every command looks for them.

    Without a folder that is ASSAY_HOME and ASSAY_KEYS, else `.assay` and `.assay-keys`; when
    somebody's own home lies there, the demo goes to `.assay-demo` instead.
    """
    if folder is None:
        named = os.environ.get("ASSAY_HOME")
        home = Path(named or ".assay").resolve()
        keys = Path(os.environ.get("ASSAY_KEYS") or ".assay-keys").resolve()
        out = home.with_name(f"{home.name}-out")
        if named or (ours(home) and ours(keys)):
            return home, keys, out
    base = (folder or Path(".assay-demo")).resolve()
    return base / "home", base / "keys", base / "out"


def ours(place: Path) -> bool:
    """Whether nothing lies there but what an earlier demo made."""
    return not place.exists() or not any(place.iterdir()) or (place / MARK).is_file()


def prepared(demo: Demo) -> bool:
    """Fresh folders: what an earlier demo of ours left is thrown away, nothing else ever is."""
    places = (demo.home, demo.keys, demo.out)
    for place in places:
        if not ours(place):
            demo.console.print(f"{place} holds something that is no demo of ours: name a --folder")
            return False
    for place in places:
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True, mode=0o700)
        (place / MARK).write_text(
            "made by examples/demo.py; the next demo throws it away\n", "utf-8"
        )
    return True


def _parser(add_options: Callable[[argparse.ArgumentParser], None]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="demo", description="An agency's morning, played.")
    days = sorted(path.stem for path in SCRIPTS.glob("2*.txt"))
    parser.add_argument("--days", nargs="*", default=days, choices=days, help="which days to play")
    parser.add_argument(
        "--folder", type=Path, help="where the demo lies; else ASSAY_HOME, else .assay"
    )
    parser.add_argument(
        "--real-check", action="store_true", help="instead: two published days of August 2023"
    )
    parser.add_argument("--verbose", action="store_true", help="every line that the commands say")
    serving = parser.add_mutually_exclusive_group()
    serving.add_argument("--no-serve", action="store_true", help="end after the verifier's verdict")
    serving.add_argument(
        "--play", action="store_true", help="serve a morning to play, terminal or not"
    )
    add_options(parser)
    return parser


if __name__ == "__main__":
    sys.exit(main())
