"""Settings: where the home, the keys and the documents lie. File and environment, nothing else.

Environment beats file, file beats default, and every value knows where it came from.
Holds no secret except the password inside a store address, which `explain` never shows.
Never reads the process environment by itself: `load_settings` is given one.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assay.core import NaiveInstant, parse_instant, refused

#: The settings file looked for in the working folder, and the variable that names another.
FILE_NAME = "assay.toml"
FILE_VARIABLE = "ASSAY_SETTINGS"
#: Variables with our prefix that are no settings: used by the tests only.
_FOREIGN = re.compile("ASSAY_(SHARED|TEST)_[A-Z0-9_]+")
_PASSWORD = re.compile(r"(://[^:/@\s]*):[^@/\s]*@")

DEFAULT, FILE, ENVIRONMENT = "default", "file", "environment"


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings in force; `origins` tells for each name where its value came from."""

    home: Path
    keys: Path
    store_url: str | None
    methodologies: Path
    reference: Path
    language: str
    clock: str
    log_level: str
    origins: Mapping[str, str] = field(default_factory=dict)

    def explain(self) -> list[dict[str, str]]:
        """One row a setting: ``name value origin variable says``; passwords are hidden."""
        return [
            {
                "name": each.name,
                "value": without_password(str(getattr(self, each.name) or "")),
                "origin": self.origins.get(each.name, DEFAULT),
                "variable": each.variable,
                "says": each.says,
            }
            for each in SETTINGS
        ]


def without_password(text: str) -> str:
    """An address without the password in it."""
    return _PASSWORD.sub(r"\1:***@", text)


def shipped_folder(name: str) -> Path:
    """A folder shipped with the program: in the checkout, else beside the package."""
    here = Path(__file__).resolve()
    for candidate in (here.parents[2] / name, here.parent / "shipped" / name):
        if candidate.is_dir():
            return candidate
    return Path(name)


def _path(text: str, base: Path) -> Path:
    path = Path(text).expanduser()
    return path if path.is_absolute() or base == Path() else base / path


def _store_url(text: str, _base: Path) -> str | None:
    if text and not text.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
        shown = without_password(text)
        raise ValueError(f"{shown!r} is no store: write postgresql://... or sqlite:///...")
    return text or None


def _one_of(*allowed: str) -> Callable[[str, Path], str]:
    def parse(text: str, _base: Path) -> str:
        if text not in allowed:
            raise ValueError(f"{text!r} is not one of {', '.join(allowed)}")
        return text

    return parse


def _clock(text: str, _base: Path) -> str:
    if text in {"home", "live", "simulated"}:
        return text
    try:
        parse_instant(text)
    except NaiveInstant as problem:
        raise ValueError(f"write home, live, simulated or an instant: {problem}") from None
    return text


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: its name in the file, its variable, default, meaning and reader."""

    name: str
    variable: str
    default: Callable[[], str]
    says: str
    parse: Callable[[str, Path], Any]


SETTINGS = (
    Setting("home", "ASSAY_HOME", lambda: ".assay", "The home: journal, book, evidence.", _path),
    Setting("keys", "ASSAY_KEYS", lambda: ".assay-keys", "The folder of key files.", _path),
    Setting(
        "store_url", "ASSAY_STORE_URL", str,
        "Address of a PostgreSQL store; empty means SQLite in the home.", _store_url,
    ),
    Setting(
        "methodologies", "ASSAY_METHODOLOGIES", lambda: str(shipped_folder("methodologies")),
        "The folder of methodology documents.", _path,
    ),
    Setting(
        "reference", "ASSAY_REFERENCE", lambda: str(shipped_folder("reference")),
        "The folder of calendars, taxes, phrases and places.", _path,
    ),
    Setting(
        "language", "ASSAY_LANGUAGE", lambda: "en",
        "Language for people: en or zh.", _one_of("en", "zh"),
    ),
    Setting(
        "clock", "ASSAY_CLOCK", lambda: "home",
        "home (as its first entry says), live, simulated, or an instant that the simulated "
        "clock of a demo home is set forward to.", _clock,
    ),
    Setting(
        "log_level", "ASSAY_LOG_LEVEL", lambda: "warning",
        "Least level that is logged: debug, info, warning or error.",
        _one_of("debug", "info", "warning", "error"),
    ),
)  # fmt: skip


def load_settings(environ: Mapping[str, str], file: Path | None = None) -> Settings:
    """Settings from `environ` over `file` over defaults.

    `file` defaults to ``$ASSAY_SETTINGS``, else ``assay.toml`` of the working folder where
    there is one. Relative paths of the file count from the file's own folder. Unknown keys
    and unknown ``ASSAY_`` variables are refused.
    """
    _check_variables(environ)
    document, path = _document(environ, file)
    settings: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for each in SETTINGS:
        if each.variable in environ:
            text, base, origin = environ[each.variable], Path(), f"{ENVIRONMENT} {each.variable}"
        elif each.name in document:
            text, base, origin = document[each.name], path.parent, f"{FILE} {path}"
        else:
            text, base, origin = each.default(), Path(), DEFAULT
        settings[each.name] = _parsed(each, text, base, origin)
        origins[each.name] = origin
    return Settings(**settings, origins=origins)


def _parsed(setting: Setting, text: Any, base: Path, origin: str) -> Any:
    if not isinstance(text, str):
        raise refused("settings.type", f"{setting.name} ({origin})", "write the value as text")
    try:
        return setting.parse(text, base)
    except ValueError as problem:
        raise refused("settings.content", f"{setting.name} ({origin})", str(problem)) from None


def _check_variables(environ: Mapping[str, str]) -> None:
    allowed = {each.variable for each in SETTINGS} | {FILE_VARIABLE}
    for name in environ:
        if name.startswith("ASSAY_") and name not in allowed and not _FOREIGN.fullmatch(name):
            raise refused("settings.unknown_variable", name, f"known: {', '.join(sorted(allowed))}")


def _document(environ: Mapping[str, str], file: Path | None) -> tuple[dict[str, Any], Path]:
    named = file or (Path(environ[FILE_VARIABLE]) if environ.get(FILE_VARIABLE) else None)
    path = named or Path(FILE_NAME)
    if not path.is_file():
        if named is not None:
            raise refused("settings.missing", str(path), "no such settings file")
        return {}, path
    try:
        document = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise refused("settings.file", str(path), f"not readable as TOML: {problem}") from None
    allowed = [each.name for each in SETTINGS]
    unknown = sorted(set(document) - set(allowed))
    if unknown:
        raise refused(
            "settings.unknown_key", f"{', '.join(unknown)} in {path}",
            f"allowed: {', '.join(allowed)}",
        )  # fmt: skip
    return document, path
