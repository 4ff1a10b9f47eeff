"""Utilisation: a bar for each facility, the busiest first, with the range between replications."""

from __future__ import annotations

from transcaspian.corridor import Corridor
from transcaspian.freight.simulation.bands import FULL, UtilisationBand, utilisation_bands
from transcaspian.freight.simulation.result import SimulationResult
from transcaspian.web import svg

_ROW, _TOP, _NARROW = 24.0, 52.0, 700.0
_KINDS = {"berth": ("Berths", svg.BLUE), "rail": ("Railway lines", svg.GREEN)}
_OTHER = ("Borders, terminals, yards, change of gauge", svg.PLUM)


def utilisation_svg(result: SimulationResult, corridor: Corridor, *, width: float = 1120, most: int = 24) -> str:
    """Bars of utilisation, sorted; busy ones and those whose queue grows without end are marked.

    Parameters
    ----------
    result, corridor
        What was simulated, and the tables for its names.
    width
        Of the image, px; below 700 the name of a bar stands above it.
    most
        How many bars at most; how many more there are is said below.
    """
    bands = utilisation_bands(result, corridor)
    shown = bands[:most]
    narrow = width < _NARROW
    row = _ROW + (14 if narrow else 0)
    left, right = (4.0, width - 76) if narrow else (270.0, width - 250)
    end = max(1.0, *(band.high for band in shown)) if shown else 1.0
    floor = _TOP + row * len(shown)

    def x(share: float) -> float:
        return left + share / end * (right - left)

    parts = _legend(width, narrow=narrow)
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        parts.append(svg.line(x(share), _TOP - 4, x(share), floor))
        parts.append(
            svg.text(
                x(share),
                _TOP - 9,
                f"{100 * share:.0f} %",
                size=10,
                fill=svg.MUTED,
                anchor="middle" if share else "start",
            )
        )
    parts.append(svg.line(x(FULL), _TOP - 4, x(FULL), floor, colour=svg.ORANGE, dash="4 3"))
    for number, band in enumerate(shown):
        y = _TOP + row * number + (14 if narrow else 0)
        parts += _bar(band, x(0), x(band.mean), (x(band.low), x(band.high)), y, width, left=left, narrow=narrow)
    rest = len(bands) - len(shown)
    if rest:
        words = f"{rest} more below {100 * shown[-1].mean:.0f} %; all of them in the table of facilities."
        parts.append(svg.text(2, floor + 18, words, fill=svg.MUTED))
    height = floor + (28 if rest else 8)
    return svg.picture(parts, width=width, height=height, title="Utilisation of berths, lines and stations")


def _bar(
    band: UtilisationBand,
    zero: float,
    mean: float,
    spread: tuple[float, float],
    y: float,
    width: float,
    *,
    left: float,
    narrow: bool,
) -> list[str]:
    colour = svg.ORANGE if band.full or band.starving else _KINDS.get(band.kind, _OTHER)[1]
    share = f"{100 * band.mean:.0f} %"
    servers = f" × {band.servers:g}" if band.servers > 1 and band.kind != "yard" else ""
    warning = "▲ queue grows" if band.starving else f"▲ above {100 * FULL:.0f} %" if band.full else ""
    # Where a queue grows without end, a mean wait means nothing.
    wait = f"+{7 * band.growth_per_day:.2g} a week" if band.starving else f"wait {_hours(band.wait_mean_h)}"
    tip = f"{band.id}: {share}, {wait}, {band.servers:g} servers"
    parts = [
        svg.rect(zero, y + 5, mean - zero, 12, fill=colour, opacity=0.75, tip=tip),
        svg.line(spread[0], y + 11, spread[1], y + 11, colour=svg.INK, width=1.6),
        *(svg.line(at, y + 7, at, y + 15, colour=svg.INK, width=1.2) for at in spread),
    ]
    if narrow:
        words = svg.shortened(f"{band.title}{servers}", width - (130 if warning else 74), size=11.5)
        note = warning
        parts += [
            svg.text(4, y, words, size=11.5, weight=600 if warning else 400),
            svg.text(width - 4, y, note, fill=svg.ORANGE, anchor="end"),
            svg.text(width - 4, y + 15, share, size=11.5, anchor="end"),
        ]
        return parts
    parts += [
        svg.text(left - 8, y + 15, svg.shortened(f"{band.title}{servers}", left - 12, size=12), size=12, anchor="end",
                 weight=600 if warning else 400),
        svg.text(width - 238, y + 15, share, size=12, weight=600),
        svg.text(width - 194, y + 15, wait, fill=svg.MUTED),
        svg.text(width - 2, y + 15, warning, fill=svg.ORANGE, anchor="end"),
    ]  # fmt: skip
    return parts


def _legend(width: float, *, narrow: bool) -> list[str]:
    kinds = [*_KINDS.values(), _OTHER, ("Above 85 %, or starving", svg.ORANGE)]
    if narrow:
        kinds = [(words.partition(",")[0] if words.startswith("Borders") else words, colour) for words, colour in kinds]
    parts, x = [], 2.0
    for words, colour in kinds:
        parts += [
            svg.rect(x, 4, 11, 11, fill=colour, opacity=0.75),
            svg.text(x + 15, 14, words, size=10 if narrow else 11, fill=svg.MUTED),
        ]
        x += 24 + (5.2 if narrow else 6.1) * len(words)
    return parts


def _hours(hours: float) -> str:
    return f"{hours / 24:.1f} d" if hours >= 48 else f"{hours:.1f} h"
