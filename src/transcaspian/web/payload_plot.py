"""Payload against the level of the sea, a small chart for each class of ship, as SVG or as a page of its own.

Every chart has the same axis of levels, falling to the right, and its own of tonnes. The line is the mid, the shade
its range; the thin upright line is the level that was asked for. The line changes its colour where the other end of
the voyage begins to bind.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby
from pathlib import Path

from transcaspian.corridor import Corridor
from transcaspian.corridor.files import replace_file, write_text
from transcaspian.corridor.sea import Payload, SeaLevel, vessel_classes
from transcaspian.corridor.sea.payload import BY_SHIP, payload_curve
from transcaspian.web.figures import nice_end

_HIGHEST_M, _LOWEST_M, _STEP_M = -27.0, -34.0, 0.1  # the level of 2006, and Kazhydromet's pessimistic one of 2050
_COLUMNS, _WIDTH, _HEIGHT = 4, 270, 206  # px of one chart
_LEFT, _RIGHT, _TOP, _BOTTOM = 46, 12, 46, 34  # px around its plot
_HEAD, _FOOT = 62, 34  # px above and below all charts
_INK, _QUIET, _GRID = "#1f2933", "#66727f", "#e3e8ed"
_COLOURS = {"ship": "#2b6cb0", "origin": "#c05621", "destination": "#6b46c1"}  # what binds
_FONT = "font-family:system-ui,'Segoe UI',Roboto,sans-serif"


@dataclass(frozen=True, slots=True)
class _Chart:
    """One class of ship on one voyage."""

    title: str
    voyage: str
    points: Sequence[Payload]
    asked: bool


def write_payload_plot(path: Path, corridor: Corridor, level: SeaLevel, asked: Payload | None) -> None:
    """Write the charts to `path`, whole or not at all.

    Parameters
    ----------
    path
        Ends in `.svg` or `.html`; replaced when it exists.
    corridor
        As it stands on its day.
    level
        The level that is marked in every chart.
    asked
        A voyage that is drawn first, before each class of ship on its usual one.

    Raises
    ------
    InputError
        If the file cannot be written.
    """
    svg = payload_svg(corridor, level, asked)
    if path.suffix.lower() == ".html":
        style = "body{margin:24px auto;max-width:1130px;background:#fff}svg{width:100%;height:auto}"
        svg = (
            '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Payload and the level of the sea'
            f"</title><style>{style}</style></head><body>\n{svg}</body></html>\n"
        )
    replace_file(path, lambda made: write_text(made, svg))


def payload_svg(corridor: Corridor, level: SeaLevel, asked: Payload | None = None) -> str:
    """The charts as one SVG image, without scripts and without anything to fetch."""
    charts = _charts(corridor, asked)
    rows = -(-len(charts) // _COLUMNS)
    width, height = _COLUMNS * _WIDTH + 24, _HEAD + rows * _HEIGHT + _FOOT
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img" style="{_FONT}">',
        "<title>Payload of each class of ship against the level of the Caspian</title>",
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        _text(16, 26, "What a ship takes, as the Caspian falls", size=18, weight=600),
        _text(16, 46, "Cargo a voyage, kt, against the mean level, m in the Baltic system", size=12, fill=_QUIET),
    ]
    parts += _legend(width)
    for number, chart in enumerate(charts):
        x, y = 12 + number % _COLUMNS * _WIDTH, _HEAD + number // _COLUMNS * _HEIGHT
        parts.append(f'<g transform="translate({x} {y})">{"".join(_chart(chart, level))}</g>')
    mark = f"Upright line: {level.level_m_bs.mid:.2f} m. Line: mid; shade: low to high. Each class on its usual voyage."
    parts += [_text(16, height - 14, mark.replace("-", "−"), size=11, fill=_QUIET), "</svg>\n"]
    return "\n".join(parts)


def _charts(corridor: Corridor, asked: Payload | None) -> list[_Chart]:
    steps = round((_HIGHEST_M - _LOWEST_M) / _STEP_M)
    levels = [round(_HIGHEST_M - step * _STEP_M, 4) for step in range(steps + 1)]
    vessels, places = corridor["vessels"], corridor["places"]

    def name(place: str) -> str:
        return places.text(places.get_row(place), "name").split(" (")[0]

    def chart(vessel_id: str, origin: str, destination: str, ships: int, *, is_asked: bool) -> _Chart:
        points = payload_curve(corridor, vessel_id, origin, destination, levels)
        kind = vessels.text(vessels.get_row(vessel_id), "kind").replace("_", " ")
        title = vessels.text(vessels.get_row(vessel_id), "name").split(",")[0]
        more = f" and {ships - 1} more" if ships > 1 else ""
        return _Chart(f"{title}{more}", f"{kind}, {name(origin)} → {name(destination)}", points, is_asked)

    charts = []
    if asked is not None:
        charts.append(chart(asked.vessel_id, asked.origin.place, asked.destination.place, 1, is_asked=True))
    charts += [chart(c.vessel_id, c.origin, c.destination, c.ships, is_asked=False) for c in vessel_classes(corridor)]
    return charts


def _chart(chart: _Chart, level: SeaLevel) -> list[str]:
    top_t = nice_end(max(point.payload_t.high for point in chart.points))
    right, floor = _WIDTH - _RIGHT, _HEIGHT - _BOTTOM

    def x(level_m: float) -> float:
        return _LEFT + (_HIGHEST_M - level_m) / (_HIGHEST_M - _LOWEST_M) * (right - _LEFT)

    def y(tonnes: float) -> float:
        return floor - tonnes / top_t * (floor - _TOP)

    parts = []
    if chart.asked:
        parts.append(f'<rect x="2" y="4" width="{_WIDTH - 6}" height="{_HEIGHT - 6}" rx="6" fill="#f7f3e8"/>')
    parts += [_text(_LEFT - 34, 22, chart.title, size=12, weight=600), _text(_LEFT - 34, 37, chart.voyage, size=11)]
    for share in (0.0, 0.5, 1.0):
        parts.append(_line(_LEFT, y(top_t * share), right, y(top_t * share), _GRID))
        parts.append(_text(_LEFT - 6, y(top_t * share) + 4, f"{top_t * share / 1000:g}", size=10, anchor="end"))
    for tick in (-28, -30, -32, -34):
        parts.append(_line(x(tick), _TOP, x(tick), floor, _GRID))
        parts.append(_text(x(tick), floor + 15, f"−{-tick}", size=10, anchor="middle"))
    upper = " ".join(f"{x(p.level_m_bs.mid):.1f},{y(p.payload_t.high):.1f}" for p in chart.points)
    lower = " ".join(f"{x(p.level_m_bs.mid):.1f},{y(p.payload_t.low):.1f}" for p in reversed(chart.points))
    parts.append(f'<polygon points="{upper} {lower}" fill="#2b6cb0" fill-opacity="0.13"/>')
    if _LOWEST_M <= level.level_m_bs.mid <= _HIGHEST_M:
        parts.append(_line(x(level.level_m_bs.mid), _TOP, x(level.level_m_bs.mid), floor, _INK))
    start = 0
    for binds, group in groupby(chart.points, key=_binding):
        count = len(list(group))
        run = chart.points[max(0, start - 1) : start + count]
        line = " ".join(f"{x(p.level_m_bs.mid):.1f},{y(p.payload_t.mid):.1f}" for p in run)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{_COLOURS[binds]}" stroke-width="2"/>')
        start += count
    return parts


def _binding(point: Payload) -> str:
    if point.limited_by == BY_SHIP:
        return "ship"
    return "origin" if point.limited_by == point.origin.facility else "destination"


def _legend(width: int) -> list[str]:
    words = {"ship": "full", "origin": "first port binds", "destination": "second port binds"}
    parts = []
    place = width - 330.0
    for binds, word in words.items():
        parts.append(f'<rect x="{place}" y="37" width="16" height="3" fill="{_COLOURS[binds]}"/>')
        parts.append(_text(place + 22, 43, word, size=11, fill=_QUIET))
        place += 42 + 5.6 * len(word)
    return parts


def _text(
    x: float, y: float, words: str, *, size: int, fill: str = _INK, weight: int = 400, anchor: str = "start"
) -> str:
    style = f'font-size="{size}" font-weight="{weight}" text-anchor="{anchor}" fill="{fill}"'
    return f'<text x="{x:.1f}" y="{y:.1f}" {style}>{escape(words)}</text>'


def _line(x1: float, y1: float, x2: float, y2: float, colour: str) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}"/>'
