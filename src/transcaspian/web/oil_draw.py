"""Small hands for the oil pictures: text, lines, boxes and their colours, as SVG without scripts."""

from __future__ import annotations

from html import escape

INK, QUIET, GRID, RED = "#1f2933", "#66727f", "#e3e8ed", "#c53030"
FONT = "font-family:system-ui,'Segoe UI',Roboto,sans-serif"
# Okabe and Ito (2008), told apart by colour-blind readers; the last ones are their greys.
COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#8a7a00", "#6b7280", "#a3a3a3", "#444444")


def svg(width: float, height: float, title: str, parts: list[str]) -> str:
    """An image of its own; `title` is read aloud."""
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" '
        f'height="{height:.0f}" role="img" style="{FONT}">'
    )
    ground = f'<rect width="{width:.0f}" height="{height:.0f}" fill="#ffffff"/>'
    return "\n".join([head, f"<title>{escape(title)}</title>", ground, *parts, "</svg>\n"])


def text(
    x: float, y: float, words: str, *, size: float = 12, fill: str = INK, weight: int = 400, anchor: str = "start"
) -> str:
    """Words at a place."""
    style = f'font-size="{size:g}" font-weight="{weight}" text-anchor="{anchor}" fill="{fill}"'
    return f'<text x="{x:.1f}" y="{y:.1f}" {style}>{escape(words)}</text>'


def line(x1: float, y1: float, x2: float, y2: float, colour: str, *, width: float = 1, dash: str = "") -> str:
    """A straight line."""
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    ends = f'x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
    return f'<line {ends} stroke="{colour}" stroke-width="{width:g}"{dashed}/>'


def box(x: float, y: float, width: float, height: float, colour: str) -> str:
    """A filled box; one of no height keeps a hair, so that it is seen."""
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{max(height, 0.6):.1f}" fill="{colour}"/>'


def nice_top(value: float) -> float:
    """The next round number at or above a value: 1, 2, 2.5 or 5 times a power of ten."""
    if value <= 0:
        return 1.0
    power = 10.0
    while power > value:
        power /= 10
    while power * 10 <= value:
        power *= 10
    return next(step * power for step in (1, 2, 2.5, 5, 10) if step * power >= value * 0.999999)
