"""Rendering: Jinja2 templates, two languages from one message catalogue, Shanghai time.

Escapes everything; knows how things look, never what they mean.
"""

from __future__ import annotations

import io
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from functools import cache, partial
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar.connection import Request
from litestar.response import Response

from assay.core import Rounding, decimal_text, exact_text, parse_exact, round_to_step, zone_of
from assay.web.security import csrf_token, house_of, who_is

HERE = Path(__file__).parent
LANGUAGES = {"en": "English", "zh": "中文"}
LANGUAGE_COOKIE = "assay_language"
SCHEME_COOKIE = "assay_scheme"


@cache
def catalogue(language: str) -> Translations:
    """The messages of a language, compiled from its .po file."""
    path = HERE / "locale" / language / "LC_MESSAGES" / "pages.po"
    if not path.exists():
        return Translations()
    with path.open("rb") as source:
        messages = read_po(source, locale=language)
    compiled = io.BytesIO()
    write_mo(compiled, messages)
    compiled.seek(0)
    return Translations(compiled)


@cache
def environment(language: str) -> Environment:
    """The template environment of a language."""
    env = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    env.install_gettext_translations(catalogue(language), newstyle=True)  # type: ignore[attr-defined]
    env.filters.update(
        money=money, clock=clock, moment=moment, signed=signed, round_whole=round_whole, share=share
    )
    return env


def money(text: object) -> str:
    """A price with thousands separators, digits unchanged: ``22180`` gives ``22,180``."""
    if text is None or text == "":
        return "–"
    exact = parse_exact(str(text))
    plain = exact_text(exact)
    if "/" in plain:
        plain = decimal_text(round_to_step(exact, Decimal("0.01"), Rounding.HALF_UP))
    whole, _, decimals = plain.partition(".")
    sign = "−" if whole.startswith("-") else ""
    grouped = f"{int(whole.lstrip('-')):,}"
    return f"{sign}{grouped}.{decimals}" if decimals else f"{sign}{grouped}"


def signed(text: object) -> str:
    """A change with its sign: ``+20``, ``−310``; nothing for none."""
    if text is None or text == "":
        return ""
    shown = money(text)
    return shown if shown.startswith("−") or shown == "0" else f"+{shown}"


def round_whole(number: Fraction) -> str:
    """A distance on the page in whole units, with its sign (for eyes only)."""
    return signed(round_to_step(number, Decimal(1), Rounding.HALF_AWAY_FROM_ZERO))


def share(percent: str) -> str:
    """A share for eyes, in whole percent."""
    return str(round_to_step(parse_exact(str(percent)), Decimal(1), Rounding.HALF_UP))


def clock(instant: datetime | None, zone: str = "Asia/Shanghai") -> str:
    """The time of day in the zone of the house: ``10:14:03``."""
    return instant.astimezone(zone_of(zone)).strftime("%H:%M:%S") if instant else "–"


def moment(instant: datetime | None, zone: str = "Asia/Shanghai") -> str:
    """Date and time in the zone of the house."""
    return instant.astimezone(zone_of(zone)).strftime("%Y-%m-%d %H:%M:%S") if instant else "–"


def language_of(request: Request[Any, Any, Any]) -> str:
    """The language chosen by the person, else the browser's, else English."""
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    if chosen in LANGUAGES:
        return chosen
    accepted = request.headers.get("accept-language", "")
    return "zh" if accepted.lower().startswith("zh") else "en"


def render(request: Request[Any, Any, Any], template: str, **context: Any) -> str:
    """The text of a template with what every page knows."""
    who = who_is(request)
    house = house_of(request)
    may = house.roles.of(who.person.roles) if who else frozenset()
    language = language_of(request)
    return (
        environment(language)
        .get_template(template)
        .render(
            who=who,
            may=may,
            language=language,
            languages=LANGUAGES,
            scheme=request.cookies.get(SCHEME_COOKIE, "auto"),
            csrf=csrf_token(request),
            path=request.url.path,
            standing=partial(house.alarms, who),
            **context,
        )
    )


def page(
    request: Request[Any, Any, Any], template: str, *, status_code: int = 200, **context: Any
) -> Response[str]:
    """A template as an HTML response."""
    text = render(request, template, **context)
    return Response(text, media_type="text/html", status_code=status_code)
