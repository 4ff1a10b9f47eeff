"""Strokes and words of the SVG pictures; colours follow the page around them, or are light when there is none.

A picture names its colours as variables with the light value behind (`var(--ink,#1e2a33)`), so that one text serves the
light page, the dark page and a file of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

INK, MUTED, LINE, PAPER, SOFT = (
    "var(--ink,#1e2a33)", "var(--muted,#5a6770)", "var(--line,#ddd9cf)", "var(--paper,#fbfaf7)", "var(--soft,#f2efe8)",
)  # fmt: skip
BLUE, ORANGE, GREEN, PLUM, OCHRE = (
    "var(--c1,#0069a8)", "var(--c2,#c94f00)", "var(--c3,#00805c)", "var(--c4,#a84b84)", "var(--c5,#96690a)",
)  # fmt: skip
FONT = "font-family:system-ui,-apple-system,'Segoe UI',Roboto,'Liberation Sans',sans-serif"


def picture(parts: Iterable[str], *, width: float, height: float, title: str) -> str:
    """The parts as one image, without scripts and without anything to fetch."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}" '
        f'height="{height:g}" role="img" aria-label="{escape(title, quote=True)}" style="{FONT}">'
        f'<title>{escape(title)}</title><rect width="{width:g}" height="{height:g}" fill="{PAPER}"/>'
        f"{''.join(parts)}</svg>\n"
    )


def text(
    x: float, y: float, words: str, *, size: float = 11, fill: str = INK, weight: int = 400, anchor: str = "start"
) -> str:
    """Words at a point of their baseline."""
    more = f' font-weight="{weight}"' if weight != 400 else ""
    more += f' text-anchor="{anchor}"' if anchor != "start" else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" fill="{fill}"{more}>{escape(words)}</text>'


def line(x1: float, y1: float, x2: float, y2: float, *, colour: str = LINE, width: float = 1, dash: str = "") -> str:
    """A straight stroke."""
    more = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" '
        f'stroke-width="{width:g}"{more}/>'
    )


def rect(x: float, y: float, width: float, height: float, *, fill: str, opacity: float = 1, tip: str = "") -> str:
    """A filled box, with words for those who point at it."""
    more = f' fill-opacity="{opacity:g}"' if opacity != 1 else ""
    size = f'width="{max(0.0, width):.2f}" height="{max(0.0, height):.2f}"'
    box = f'<rect x="{x:.2f}" y="{y:.2f}" {size} fill="{fill}"{more}'
    return f"{box}><title>{escape(tip)}</title></rect>" if tip else f"{box}/>"


def path(points: Sequence[tuple[float, float]], *, stroke: str = "none", fill: str = "none", more: str = "") -> str:
    """Straight lines through points; closed when it is filled."""
    kept = [
        point
        for number, point in enumerate(points)
        if not 0 < number < len(points) - 1 or not _level(points[number - 1], point, points[number + 1])
    ]
    drawn = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in kept) + ("Z" if fill != "none" else "")
    return f'<path d="{drawn}" stroke="{stroke}" fill="{fill}"{" " + more if more else ""}/>'


def shortened(words: str, room: float, *, size: float = 11) -> str:
    """Words cut to a room in px, as wide as an average face draws them."""
    most = max(4, int(room / (0.54 * size)))
    return words if len(words) <= most else f"{words[: most - 1].rstrip(' ,')}…"


def _level(before: tuple[float, float], here: tuple[float, float], after: tuple[float, float]) -> bool:
    """True for a point in the middle of a level stretch, which nobody would miss."""
    return round(before[1], 1) == round(here[1], 1) == round(after[1], 1)
