"""Stock and shut-in over time: tanks above, what the fields do not make below, on one axis of dates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from transcaspian.web.oil_draw import COLOURS, GRID, QUIET, box, line, nice_top, svg, text

_WIDTH, _LEFT, _RIGHT = 900.0, 60.0, 200.0
_TOP, _HEIGHT, _BETWEEN, _FOOT = 84.0, 200.0, 64.0, 44.0
_LEAST_KT = 0.05
Series = Mapping[str, tuple[list[float], list[float]]]


def stock_svg(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """The two charts of a run, from its daily table (date, group, id, kt, baseline_kt)."""
    place = {name: number for number, name in enumerate(header)}
    dates: dict[str, None] = {}
    stocks: dict[str, tuple[list[float], list[float]]] = {}
    made: dict[str, tuple[list[float], list[float]]] = {}
    for row in rows:
        dates.setdefault(row[place["date"]])
        group = {"stock": stocks, "production": made}.get(row[place["group"]])
        if group is not None:
            own = group.setdefault(row[place["id"]], ([], []))
            own[0].append(float(row[place["kt"]]))
            own[1].append(float(row[place["baseline_kt"]]))
    days = [dt.date.fromisoformat(day) for day in dates]
    cut = {name: [max(0.0, base - now) for now, base in zip(*own, strict=True)] for name, own in made.items()}
    cut = {name: values for name, values in cut.items() if max(values, default=0.0) > _LEAST_KT}
    moved = {name: own for name, own in stocks.items() if max(own[0]) - min(own[0]) > _LEAST_KT} or stocks
    second = _TOP + _HEIGHT + _BETWEEN
    parts = [
        text(16, 28, "Tanks, and what the fields do not make", size=18, weight=600),
        text(16, 48, f"{days[0]} to {days[-1]}; thin broken lines: the same dates without the scenario", fill=QUIET),
        *_lines(days, moved, _TOP),
        *_areas(days, cut, second),
        *_dates(days, second + _HEIGHT),
    ]
    return svg(_WIDTH, second + _HEIGHT + _FOOT, "Stocks of oil and production shut in, over time", parts)


def _x(number: float, count: int) -> float:
    return _LEFT + (_WIDTH - _LEFT - _RIGHT) * number / max(1, count - 1)


def _frame(title: str, top_value: float, top: float) -> list[str]:
    parts = [text(_LEFT, top - 10, title, size=12, weight=600)]
    for share in (0.0, 0.5, 1.0):
        y = top + _HEIGHT * (1 - share)
        parts += [line(_LEFT, y, _WIDTH - _RIGHT, y, GRID), text(_LEFT - 6, y + 4, f"{top_value * share:g}", size=10,
                                                                   fill=QUIET, anchor="end")]  # fmt: skip
    return parts


def _lines(days: Sequence[dt.date], stocks: Series, top: float) -> list[str]:
    highest = nice_top(max((max(*now, *base) for now, base in stocks.values()), default=1.0))
    parts = _frame("Stock at the end of the step, kt", highest, top)
    ends: list[tuple[float, str, str]] = []
    for number, (name, (now, base)) in enumerate(stocks.items()):
        colour = COLOURS[number % len(COLOURS)]
        for values, style in ((base, 'stroke-width="1" stroke-dasharray="3 3"'), (now, 'stroke-width="2"')):
            points = " ".join(
                f"{_x(day, len(days)):.1f},{top + _HEIGHT * (1 - value / highest):.1f}"
                for day, value in enumerate(values)
            )
            parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" {style}/>')
        ends.append((top + _HEIGHT * (1 - now[-1] / highest), name.removesuffix(".storage"), colour))
    return [*parts, *_names(ends, top)]


def _areas(days: Sequence[dt.date], cut: Mapping[str, Sequence[float]], top: float) -> list[str]:
    totals = [sum(values[day] for values in cut.values()) for day in range(len(days))]
    highest = nice_top(max(totals, default=0.0))
    parts = _frame("Shut in, kt in the step", highest, top)
    if not cut:
        return [*parts, text((_LEFT + _WIDTH - _RIGHT) / 2, top + _HEIGHT / 2, "nothing is shut in", fill=QUIET,
                             anchor="middle")]  # fmt: skip
    floor = [0.0] * len(days)
    width = max(1.0, _x(1, len(days)) - _x(0, len(days))) if len(days) > 1 else 8.0
    for number, (name, values) in enumerate(cut.items()):
        colour = COLOURS[number % len(COLOURS)]
        for day, value in enumerate(values):
            if value > 0:
                low = top + _HEIGHT * (1 - floor[day] / highest)
                height = _HEIGHT * value / highest
                parts.append(box(_x(day, len(days)) - width / 2, low - height, width * 0.96, height, colour))
                floor[day] += value
        y = top + 10 + 16 * number
        parts += [box(_WIDTH - _RIGHT + 12, y - 8, 10, 10, colour)]
        parts += [text(_WIDTH - _RIGHT + 28, y + 1, f"{name.removeprefix('field.')}  {sum(values):.0f} kt", size=11)]
    return parts


def _names(ends: Sequence[tuple[float, str, str]], top: float) -> list[str]:
    """Names at the ends of lines, moved apart where they would overlap."""
    parts, last = [], top - 20
    for y, name, colour in sorted(ends):
        last = max(y, last + 13)
        parts.append(text(_WIDTH - _RIGHT + 8, last + 4, name, size=11, fill=colour, weight=600))
    return parts


def _dates(days: Sequence[dt.date], y: float) -> list[str]:
    """About eight dates under the charts."""
    every = max(1, len(days) // 8)
    return [
        text(_x(number, len(days)), y + 18, day.strftime("%d %b %Y") if number == 0 else day.strftime("%d %b"), size=10,
             fill=QUIET, anchor="middle")
        for number, day in enumerate(days)
        if number % every == 0
    ]  # fmt: skip
