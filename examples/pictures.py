"""Takes the pictures of our pages anew: plays the example by itself, opens a browser, keeps small PNGs.

    python examples/pictures.py        (after `make setup-dev`; needs chromium)

Two houses are made in a temporary folder: the morning of 2025-12-30 at 10:12, and the agency after its
three days. Never touches the home of anybody. One picture a row of PICTURES; no name, key or
password of a real person is in any.
"""

from __future__ import annotations

import io
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import play
from demo import Demo
from PIL import Image
from playwright.sync_api import sync_playwright
from rich.console import Console

from assay.desk.wiring import open_ledger
from assay.settings import load_settings

ROOT = Path(__file__).parents[1]
IMAGES = ROOT / "docs" / "images"

#: A picture is no larger than this many bytes, so that a clone stays small.
MOST = 150_000
COLOURS = 128
#: house, person, page, name of the picture.
PICTURES = (
    ("morning", "P-01", "/desk/AL-A00-FOSHAN?day=2025-12-30", "desk"),
    ("after", "P-01", "/comment/cast-alloy-morning?day=2025-12-31", "comment"),
    ("after", "P-05", "/contributors/F06", "contributor"),
    ("after", "P-05", "/integrity/flags", "integrity"),
    ("after", "P-03", "/changes/office/MC-2025-001", "change"),
)


def morning(folder: Path) -> Demo:
    """The house at 10:12, its messages in and confirmed, nothing proposed."""
    console = Console(quiet=True)
    house = Demo(folder / "home", folder / "keys", folder / "out", console)
    play.found(house)
    settings = load_settings(house.environ)
    house.command("assay day open --date 2025-12-30 --as P-01")
    house.command("assay clock set 2025-12-30T10:12:00+08:00")
    messages = play.SCRIPTS.parent / "messages" / play.DAY.isoformat()
    with open_ledger(settings) as ledger:
        play.Post(settings, ledger, play.arrivals(messages, play.DAY), []).deliver(play.DAY)
    house.assay(shlex.split("day confirm --all --date 2025-12-30 --as P-01"))
    house.command("assay day screen --date 2025-12-30 --as P-01")
    return house


def after(folder: Path) -> Demo:
    """The agency after its three days; the loop of the house has looked once."""
    made = [sys.executable, str(ROOT / "examples/demo.py"), "--no-serve", "--folder", str(folder)]
    subprocess.run(made, check=True, stdout=subprocess.DEVNULL)  # noqa: S603  our own script
    house = Demo(folder / "home", folder / "keys", folder / "out", Console(quiet=True))
    house.command("assay controls turn")
    return house


@contextmanager
def served(house: Demo) -> Iterator[tuple[str, dict[str, str]]]:
    """The address of the house while it is served, and the password of each player."""
    with open_ledger(load_settings(house.environ)) as ledger:
        passwords = play.make_accounts(ledger)
    command = [sys.executable, "-u", "-m", "assay", "serve", "--port", "0", "--no-loop"]
    with subprocess.Popen(  # noqa: S603  our own program
        command, env=house.environ, stdout=subprocess.PIPE, text=True
    ) as server:
        try:
            said = ""
            while "serving" not in said:
                said = (server.stdout or io.StringIO()).readline()
                if server.poll() is not None:
                    raise SystemExit("the house could not be served")
            yield re.findall(r"http://[^ ]*", said)[0].rstrip("/"), passwords
        finally:
            server.terminate()


def taken(browser: Any, address: str, person: str, password: str, path: str) -> bytes:
    """One page as one person sees it."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.goto(f"{address}/sign-in")
    page.fill("input[name=person]", person)
    page.fill("input[name=password]", password)
    page.keyboard.press("Enter")
    page.wait_for_selector("form.me")
    page.goto(address + path)
    page.wait_for_load_state("load")
    page.wait_for_timeout(1500)
    shot: bytes = page.screenshot()
    context.close()
    return shot


def small(shot: bytes) -> bytes:
    """The picture with few colours, as small as it gets."""
    with Image.open(io.BytesIO(shot)) as picture:
        kept = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
        out = io.BytesIO()
        kept.save(out, "PNG", optimize=True)
    return out.getvalue()


def main() -> int:
    """Take them all; exit code 1 when one is too large."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        print("no chromium on this machine: apt-get install chromium", file=sys.stderr)
        return 1
    large = 0
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for name, make in (("morning", morning), ("after", after)):
            place = Path(folder) / name
            place.mkdir()
            with served(make(place)) as (address, passwords):
                for _, person, path, picture in (row for row in PICTURES if row[0] == name):
                    content = small(taken(browser, address, person, passwords[person], path))
                    (IMAGES / f"{picture}.png").write_bytes(content)
                    large += len(content) > MOST
                    print(f"{picture}.png: {len(content)} bytes")
        browser.close()
    return int(large > 0)


if __name__ == "__main__":
    sys.exit(main())
