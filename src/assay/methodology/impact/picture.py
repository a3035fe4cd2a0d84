"""Old and new side by side as one SVG: two lines, and the difference below them.

Plain shapes, no script, no font file; the same input gives the same bytes. Coordinates
are whole hundredths, computed exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from xml.sax.saxutils import escape

from assay.core import Rounding, decimal_text, round_to_step

WIDTH, LEFT, RIGHT = 960, 84, 16
TOP, LINES, GAP, BARS, BOTTOM = 48, 240, 34, 110, 30
_OLD, _NEW, _CHANGE = "#7a7f87", "#0b5fa5", "#b5472f"
_NAMESPACE = "http://www.w3.org/2000/svg"
_HUNDREDTH = Decimal("0.01")
#: More days than this are thinned: every pixel keeps its extremes.
_MOST = 2000


@dataclass(frozen=True, slots=True)
class Point:
    """One day: the old and the new mid, where there was one."""

    day: date
    old: Decimal | None
    new: Decimal | None

    @property
    def change(self) -> Decimal | None:
        """New minus old."""
        return None if self.old is None or self.new is None else self.new - self.old


def picture(title: str, unit: str, points: Sequence[Point]) -> str:
    """The SVG of one series."""
    shown = _thinned(points)
    height = TOP + LINES + GAP + BARS + BOTTOM
    inner = WIDTH - LEFT - RIGHT
    prices = [p for each in shown for p in (each.old, each.new) if p is not None]
    changes = [each.change for each in shown if each.change is not None]
    upper = _Scale(prices, TOP, LINES)
    lower = _Scale([*changes, Decimal(0)], TOP + LINES + GAP, BARS)
    place = [LEFT + Fraction(inner * n, max(1, len(shown) - 1)) for n in range(len(shown))]
    parts = [
        f'<svg xmlns="{_NAMESPACE}" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}"',
        f'height="{height}" font-family="sans-serif" font-size="12" role="img">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        _text(LEFT, 20, title, weight="bold"),
        _text(LEFT, 38, "old", colour=_OLD) + _text(LEFT + 36, 38, "new", colour=_NEW),
        _text(LEFT + 80, 38, f"{unit}; below: new minus old", colour=_CHANGE),
        *upper.axis(inner),
        *lower.axis(inner),
        _line([(x, upper.at(p.old)) for x, p in zip(place, shown, strict=True) if p.old is not None], _OLD),
        _line([(x, upper.at(p.new)) for x, p in zip(place, shown, strict=True) if p.new is not None], _NEW),
        *(
            _bar(x, lower.at(Decimal(0)), lower.at(p.change))
            for x, p in zip(place, shown, strict=True)
            if p.change
        ),
    ]  # fmt: skip
    if shown:
        parts.append(_text(LEFT, height - 8, shown[0].day.isoformat()))
        parts.append(_text(WIDTH - RIGHT, height - 8, shown[-1].day.isoformat(), anchor="end"))
    return "\n".join([*parts, "</svg>", ""])


def _thinned(points: Sequence[Point]) -> list[Point]:
    """At most two points a slot: the days with the smallest and the largest change."""
    if len(points) <= _MOST:
        return list(points)
    slots = _MOST // 2
    kept: list[Point] = []
    for number in range(slots):
        slot = points[number * len(points) // slots : (number + 1) * len(points) // slots]
        ends = {
            min(slot, key=lambda p: (p.change or 0, p.day)).day,
            max(slot, key=lambda p: (p.change or 0, p.day)).day,
        }
        kept += [each for each in slot if each.day in ends]
    return kept


class _Scale:
    """From prices to heights."""

    def __init__(self, prices: Sequence[Decimal], top: int, height: int) -> None:
        self._low = min(prices, default=Decimal(0))
        self._high = max(prices, default=Decimal(0))
        self._top, self._height = top, height

    def at(self, price: Decimal | None) -> Fraction:
        """The height of a price on the page."""
        spread = Fraction(self._high) - Fraction(self._low)
        if price is None or not spread:
            return self._top + Fraction(self._height, 2)
        above = (Fraction(self._high) - Fraction(price)) / spread
        return self._top + above * self._height

    def axis(self, inner: int) -> list[str]:
        """Lines and numbers at both ends and in the middle."""
        drawn = []
        middle = (self._low + self._high) / 2
        for price in dict.fromkeys((self._low, middle, self._high)):
            y = _near(self.at(price))
            drawn.append(
                f'<line x1="{LEFT}" y1="{y}" x2="{LEFT + inner}" y2="{y}" stroke="#dfe3e8"/>'
            )
            drawn.append(_text(LEFT - 8, y, decimal_text(price), anchor="end"))
        return drawn


def _near(number: Fraction | int) -> str:
    return decimal_text(round_to_step(Fraction(number), _HUNDREDTH, Rounding.HALF_UP))


def _text(
    x: int, y: int | str, said: str, *, colour: str = "#2b2f36", anchor: str = "start", weight: str = ""
) -> str:  # fmt: skip
    bold = f' font-weight="{weight}"' if weight else ""
    return (
        f'<text x="{x}" y="{y}" fill="{colour}" text-anchor="{anchor}"{bold}>{escape(said)}</text>'
    )


def _line(places: Sequence[tuple[Fraction, Fraction]], colour: str) -> str:
    points = " ".join(f"{_near(x)},{_near(y)}" for x, y in places)
    return f'<polyline fill="none" stroke="{colour}" stroke-width="1.4" points="{points}"/>'


def _bar(x: Fraction, zero: Fraction, end: Fraction) -> str:
    top, size = min(zero, end), abs(end - zero)
    return (
        f'<rect x="{_near(x - Fraction(1, 2))}" y="{_near(top)}" width="1.4" '
        f'height="{_near(max(size, Fraction(1, 2)))}" fill="{_CHANGE}"/>'
    )
