"""Queues over the year: small charts of the ships that wait for berths and of the cargo that waits for ships."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap

from transcaspian.corridor import Corridor
from transcaspian.freight.simulation.bands import QueueBand, cargo_queues, ship_queues
from transcaspian.freight.simulation.result import SimulationResult
from transcaspian.web import svg
from transcaspian.web.figures import nice_end

_CHART = 250.0  # px wide at least
HEIGHT = 164.0
_LEFT, _RIGHT, _TOP, _FLOOR = 38.0, 8.0, 48.0, 138.0  # px inside a chart
_GROUP_HEAD, _FOOT = 30.0, 22.0
_MOST_DAYS = 400  # that are all drawn
_TOO_FLAT = 0.1  # of the axis of its group: such a queue would be a line on the floor
_SEVERAL = 2  # replications from which on a band is drawn
_COLOURS = {"ships": svg.BLUE, "containers": svg.GREEN, "wagons and lorries": svg.PLUM, "t": svg.OCHRE}
_HEADS = {
    "ships": "Ships waiting for a berth",
    "containers": "Containers waiting for a ship",
    "wagons and lorries": "Wagons and lorries waiting for a ship",
    "t": "Tonnes waiting for a ship",
}


@dataclass(frozen=True, slots=True)
class QueueGroup:
    """Queues of one thing, with a common axis."""

    title: str
    charts: tuple[str, ...]  # the inside of an image of `width` by HEIGHT
    width: float
    note: str  # queues too short to be drawn


def queue_groups(result: SimulationResult, corridor: Corridor, *, width: float = 272) -> list[QueueGroup]:
    """A chart for each queue, by what waits; each chart `width` by HEIGHT px.

    Line: mean over replications; shade: 10th to 90th percentile; strip below: the port is shut.
    """
    since = result.plan.since.date()
    found: dict[str, list[QueueBand]] = {}
    for queue in (*ship_queues(result, corridor), *cargo_queues(result, corridor)):
        found.setdefault(queue.unit, []).append(queue)
    groups = []
    for unit in (unit for unit in _HEADS if unit in found):
        top = nice_end(max(_peak(queue) for queue in found[unit]))
        small = [queue for queue in found[unit] if _worst(queue) < _TOO_FLAT * top and not queue.starving]
        charts = (_chart(queue, top, since, width, result.replications) for queue in found[unit] if queue not in small)
        groups.append(QueueGroup(_HEADS[unit], tuple(charts), width, _note(small)))
    return groups


def queues_svg(result: SimulationResult, corridor: Corridor, *, width: float = 1120) -> str:
    """The charts of `queue_groups` as one image, in as many columns as there is room for."""
    columns = max(1, int(width // _CHART))
    parts: list[str] = []
    y = 4.0
    for group in queue_groups(result, corridor, width=width / columns):
        parts.append(svg.text(2, y + 18, group.title, size=14, weight=600))
        y += _GROUP_HEAD
        for number, chart in enumerate(group.charts):
            row, column = divmod(number, columns)
            parts.append(f'<g transform="translate({column * group.width:.1f} {y + row * HEIGHT:.1f})">{chart}</g>')
        y += -(-len(group.charts) // columns) * HEIGHT + 10
        for words in wrap(group.note, int(width / 6.1)):
            parts.append(svg.text(2, y, words, fill=svg.MUTED))
            y += 16.0
    for words in wrap(reading(result), int(width / 6.1)):
        parts.append(svg.text(2, y + 14, words, fill=svg.MUTED))
        y += 16.0
    return svg.picture(parts, width=width, height=y + 12, title="Queues over the year")


def reading(result: SimulationResult) -> str:
    """How the charts are read."""
    skip = _skip(result.plan.days)
    drawn = f" One day in {skip} is drawn." if skip > 1 else ""
    if result.replications < _SEVERAL:
        return f"Line: one replication, counted at the beginning of each day. Strip below: the port is shut.{drawn}"
    return (
        f"Line: mean of {result.replications} replications, counted at the beginning of each day; shade: 10th to 90th "
        f"percentile. Strip below: the port is shut, darker when in more replications.{drawn}"
    )


def _peak(queue: QueueBand) -> float:
    return float(max(queue.line.high.max(), queue.line.mean.max()))


def _worst(queue: QueueBand) -> float:
    return float(queue.line.mean.max())


def _note(small: Sequence[QueueBand]) -> str:
    """The queues that are too short for a chart, in words."""
    if not small:
        return ""
    names = ", ".join(f"{queue.title} ({_short(_worst(queue))})" for queue in small)
    return f"Too short to be drawn, with the mean of the worst day: {names}."


def _chart(queue: QueueBand, top: float, since: dt.date, width: float, replications: int) -> str:
    right, days = width - _RIGHT, queue.line.mean.size
    step = (right - _LEFT) / max(1, days)
    skip = _skip(days)

    def y(value: float) -> float:
        return _FLOOR - value / top * (_FLOOR - _TOP)

    colour = _COLOURS[queue.unit]
    parts = [
        svg.text(2, 18, svg.shortened(queue.title, width - 12, size=12), size=12, weight=600),
        svg.text(2, 33, svg.shortened(_told(queue), width - 12), fill=svg.ORANGE if queue.starving else svg.MUTED),
    ]
    for share in (0.0, 0.5, 1.0):
        parts.append(svg.line(_LEFT, y(top * share), right, y(top * share)))
        parts.append(
            svg.text(_LEFT - 5, y(top * share) + 4, _short(top * share), size=10, fill=svg.MUTED, anchor="end")
        )
    parts += _months(since, days, step)

    def points(values: Sequence[float]) -> list[tuple[float, float]]:
        return [(_LEFT + step * (day + 0.5), y(value)) for day, value in enumerate(values)][::skip]

    if replications >= _SEVERAL:
        edge = [*points(queue.line.high.tolist()), *reversed(points(queue.line.low.tolist()))]
        parts.append(svg.path(edge, fill=colour, more='fill-opacity="0.2"'))
    mean = points(queue.line.mean.tolist())
    parts.append(svg.path(mean, stroke=colour, more='stroke-width="1.4" stroke-linejoin="round"'))
    return "".join([*parts, *_shut(queue, step)])


def _told(queue: QueueBand) -> str:
    mean, most = float(queue.line.mean.mean()), float(queue.line.mean.max())
    ships = queue.detail.partition("(")[2].rstrip(")")
    if queue.starving:  # its mean would mean nothing
        return f"{ships + ': ' if ships else ''}▲ grows without end, to {_short(float(queue.line.mean[-1]))}"
    return f"{ships + ': ' if ships else ''}mean {_short(mean)}, worst day {_short(most)}"


def _months(since: dt.date, days: int, step: float) -> list[str]:
    """A tick at each month, a letter at each that has room."""
    parts = []
    for day in range(days):
        date = since + dt.timedelta(days=day)
        if date.day == 1 or day == 0:
            x = _LEFT + step * day
            parts.append(svg.line(x, _FLOOR, x, _FLOOR + 3))
            if step * 30 >= 12 and days - day > 12:
                parts.append(
                    svg.text(x + step * 15, _FLOOR + 20, f"{date:%b}"[0], size=9.5, fill=svg.MUTED, anchor="middle")
                )
    return parts


def _shut(queue: QueueBand, step: float) -> list[str]:
    """The strip of closed days: runs of equal darkness as one box."""
    shades = [min(5, -(-float(share) * 5 // 1)) for share in queue.closed.tolist()]
    parts, first = [], 0
    for day in range(1, len(shades) + 1):
        if day == len(shades) or shades[day] != shades[first]:
            if shades[first] > 0:
                box = (_LEFT + step * first, _FLOOR + 4, step * (day - first), 5)
                parts.append(svg.rect(*box, fill=svg.ORANGE, opacity=round(0.2 * shades[first], 2)))
            first = day
    return parts


def _skip(days: int) -> int:
    """Of so many days one is drawn: charts of many years would else take more room than all the rest."""
    return -(-days // _MOST_DAYS)


def _short(value: float) -> str:
    if value >= 1_000_000:
        return f"{value / 1_000_000:.3g}M"
    if value >= 1000:
        return f"{value / 1000:.3g}k"
    return f"{value:.0f}" if value >= 10 or value == round(value) else f"{value:.2g}"
