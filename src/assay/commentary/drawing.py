"""Small, exact drawing of SVG: scales, axes, lines, bands and bars as text.

Every element carries a class and a plain colour: a page's style sheet overrides the
colour (dark, print), and a renderer without style sheets still prints it. Positions are
decimals, written with one place: a pixel is no price. No price is changed here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from html import escape

#: Plain colours by class; the page's style sheet knows the same classes.
COLOURS = {
    "ink": "#1c2430", "soft": "#66707d", "grid": "#e3e7ec", "main": "#0b5cad", "second": "#c2570c",
    "third": "#3d7a3d", "fill": "#9cc3ea", "bar": "#b9c2cd",
}  # fmt: skip
FONT = "Noto Sans CJK SC"
NICE = (1, 2, 5)
#: A step may be this much smaller than asked: a few more lines are better than two.
NEARLY = Decimal("0.7")
#: From here on characters are as wide as they are high.
FIRST_WIDE = 0x2E00

Number = Decimal | int


@dataclass(frozen=True, slots=True)
class Scale:
    """From values to pixels, linearly."""

    low: Decimal
    high: Decimal
    start: int
    slope: Decimal

    def at(self, value: Number) -> Decimal:
        """The pixel of a value."""
        return (value - self.low) * self.slope + self.start


def linear(low: Number, high: Number, start: int, end: int) -> Scale:
    """A scale from `low` at `start` to `high` at `end`; the middle where they are equal."""
    span = Decimal(high) - Decimal(low)
    if not span:
        return Scale(Decimal(low), Decimal(high), (start + end) // 2, Decimal(0))
    return Scale(Decimal(low), Decimal(high), start, (end - start) / span)


def scale_of(values: Iterable[Number], start: int, end: int, *, zero: bool = False) -> Scale:
    """A scale over values with a little room on both sides."""
    found = list(values)
    low, high = Decimal(min(found)), Decimal(max(found))
    if zero:
        low, high = min(low, Decimal(0)), max(high, Decimal(0))
    room = (high - low) / 12 or abs(high) / 100 or Decimal(1)
    return linear(low if zero and low == 0 else low - room, high + room, start, end)


def ticks(scale: Scale, count: int = 4) -> list[Decimal]:
    """Round values inside a scale, about `count` of them."""
    raw = (scale.high - scale.low) / count
    power = Decimal(10) ** raw.adjusted()
    step = next((power * nice for nice in (*NICE, 10) if power * nice >= raw * NEARLY), power * 10)
    first = int((scale.low / step).to_integral_value(ROUND_CEILING))
    last = int((scale.high / step).to_integral_value(ROUND_FLOOR))
    return [step * index for index in range(first, last + 1)]


def px(value: Number) -> str:
    """A position with one decimal at most."""
    text = f"{value:.1f}" if isinstance(value, Decimal) else str(value)
    text = text.removesuffix(".0")
    return "0" if text == "-0" else text


@dataclass(slots=True)
class Drawing:
    """One picture being drawn."""

    width: int
    height: int
    label: str
    parts: list[str] = field(default_factory=list)
    commas: bool = True

    def number(self, value: Number) -> str:
        """A number on an axis or a bar, with thousands commas where the language has them."""
        text = f"{Decimal(value):,f}" if self.commas else f"{Decimal(value):f}"
        return text.rstrip("0").rstrip(".") if "." in text else text

    def line(
        self, x1: Number, y1: Number, x2: Number, y2: Number, kind: str, dash: str = ""
    ) -> None:
        """A straight line."""
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        self.parts.append(
            f'<line class="s-{kind}" x1="{px(x1)}" y1="{px(y1)}" x2="{px(x2)}" y2="{px(y2)}" '
            f'stroke="{COLOURS[kind]}" stroke-width="1"{dashed}/>'
        )

    def path(self, points: Sequence[tuple[Number, Number]], kind: str, width: str = "1.8") -> None:
        """A line through points; one point becomes a dot."""
        if len(points) == 1:
            self.dot(*points[0], kind)
            return
        way = " ".join(
            f"{'L' if index else 'M'}{px(x)} {px(y)}" for index, (x, y) in enumerate(points)
        )
        self.parts.append(
            f'<path class="s-{kind}" d="{way}" fill="none" stroke="{COLOURS[kind]}" '
            f'stroke-width="{width}" stroke-linejoin="round"/>'
        )

    def band(
        self,
        upper: Sequence[tuple[Number, Number]],
        lower: Sequence[tuple[Number, Number]],
        kind: str,
    ) -> None:
        """The area between two lines."""
        points = [*upper, *reversed(lower)]
        way = " ".join(
            f"{'L' if index else 'M'}{px(x)} {px(y)}" for index, (x, y) in enumerate(points)
        )
        self.parts.append(
            f'<path class="f-{kind}" d="{way}Z" fill="{COLOURS[kind]}" fill-opacity="0.45"/>'
        )

    def bar(self, x: Number, y: Number, width: Number, height: Number, kind: str) -> None:
        """A filled rectangle."""
        self.parts.append(
            f'<rect class="f-{kind}" x="{px(x)}" y="{px(y)}" width="{px(width)}" height="{px(height)}" '
            f'fill="{COLOURS[kind]}"/>'
        )

    def sticks(self, points: Sequence[tuple[Number, Number]], foot: Number, kind: str) -> None:
        """Thin upright bars from `foot` to each point, as one path."""
        way = "".join(f"M{px(x)} {px(foot)}V{px(y)}" for x, y in points)
        self.parts.append(
            f'<path class="s-{kind}" d="{way}" fill="none" stroke="{COLOURS[kind]}" stroke-width="2"/>'
        )

    def dot(self, x: Number, y: Number, kind: str, radius: str = "3") -> None:
        """A point."""
        self.parts.append(
            f'<circle class="f-{kind}" cx="{px(x)}" cy="{px(y)}" r="{radius}" fill="{COLOURS[kind]}"/>'
        )

    def text(
        self,
        x: Number,
        y: Number,
        words: str,
        *,
        anchor: str = "start",
        kind: str = "soft",
        size: int = 11,
    ) -> None:
        """Words at a place."""
        self.parts.append(
            f'<text class="f-{kind}" x="{px(x)}" y="{px(y)}" font-size="{size}" text-anchor="{anchor}" '
            f'font-family="{FONT}" fill="{COLOURS[kind]}">{escape(words)}</text>'
        )

    def axis(self, scale: Scale, left: int, right: int, count: int = 4) -> None:
        """Horizontal grid lines with their values at the left."""
        for value in ticks(scale, count):
            y = scale.at(value)
            self.line(left, y, right, y, "grid")
            self.text(
                left - 5,
                y + 4,
                self.number(value),
                anchor="end",
            )

    def key(self, x: int, y: int, entries: Sequence[tuple[str, str]]) -> None:
        """The legend: coloured strokes with words, side by side."""
        for kind, words in entries:
            self.bar(x, y - 5, 12, 4, kind)
            self.text(x + 16, y, words, kind="ink")
            x += 32 + sum(11 if ord(char) > FIRST_WIDE else 6 for char in words)

    def svg(self) -> str:
        """The finished picture."""
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width} {self.height}" role="img" '
            f'aria-label="{escape(self.label, quote=True)}">{"".join(self.parts)}</svg>'
        )
