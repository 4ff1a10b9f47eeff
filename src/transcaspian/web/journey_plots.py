"""Door-to-door times: a ridge for each main journey, and beside it what the time went into."""

from __future__ import annotations

import math

from transcaspian.corridor import Corridor
from transcaspian.freight.simulation.bands import JourneySpread, journey_spreads
from transcaspian.freight.simulation.result import SimulationResult
from transcaspian.web import svg
from transcaspian.web.figures import days_text, nice_end, plain

CAUSES = {
    "moving": ("Moving", "var(--t-rail,#48617a)"),
    "loading": ("Loading and unloading", "var(--t-handling,#d3bd82)"),
    "berth": ("Waiting for a berth", "var(--c1,#0069a8)"),
    "yard": ("Yard", "var(--c6,#454b54)"),
    "border": ("Borders and customs", "var(--t-border,#c07a5c)"),
    "gauge": ("Change of gauge", "var(--t-pipeline,#8b7aa3)"),
    "weather": ("Weather", "var(--t-sea,#7fb0cc)"),
    "departure": ("Waiting for departure", "var(--t-wait,#b9bcbd)"),
}
_ROW, _RIDGE = 44.0, 38.0  # px from ridge to ridge, and the height of the tallest
_NARROW = 700.0  # px: below it names stand over the pictures
_TICKS_D = (1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100, 150, 200, 300)
_NO_CAUSE_H = 0.05  # in every journey: a cause without a part in them is not in the key
_LEAST_SHARE = 0.002  # of the cargo: beyond it a tail is not worth an axis


def journeys_svg(result: SimulationResult, corridor: Corridor, *, width: float = 1120) -> str:
    """Ridges of door-to-door times and bars of their causes, a row for each of the journeys with most cargo.

    Parameters
    ----------
    result, corridor
        What was simulated, and the tables for its names.
    width
        Of the image, px; below 700 the name of a row stands above it.

    Returns
    -------
    svg
        The axis of times is logarithmic, so that a ridge of two days and one of fifty can be compared: equal areas
        are equal shares of the cargo. Every ridge is drawn to the same height scale.
    """
    spreads = journey_spreads(result, corridor)
    if not spreads:
        note = [svg.text(2, 22, "No journey came to its end in the window.", size=13, fill=svg.MUTED)]
        return svg.picture(note, width=width, height=36, title="Door-to-door times")
    frame = _Frame(spreads, width)
    parts = _heads(frame)
    for number, spread in enumerate(spreads):
        parts += _row(spread, frame, frame.top + number * frame.row)
    parts += _key(frame)
    return svg.picture(parts, width=width, height=frame.height, title="Door-to-door times of the main journeys")


class _Frame:
    """Where things stand: scales of the times and of the causes."""

    def __init__(self, spreads: list[JourneySpread], width: float) -> None:
        self.narrow = width < _NARROW
        self.width = width
        name, figures = (4.0, 0.0) if self.narrow else (226.0, 128.0)
        room = width - name - figures - 28
        self.ridge = (name, name + room * 0.58)
        self.bar = (self.ridge[1] + figures + 14, width - 6)
        self.row = _ROW + (34 if self.narrow else 0)
        self.top = 44.0 + (12 if self.narrow else 0)
        self.floor = self.top + self.row * len(spreads)
        self.key_columns = 2 if self.narrow else 4
        parts = {cause for spread in spreads for cause, hours in spread.by_cause_h if hours >= _NO_CAUSE_H}
        self.causes = [cause for cause in CAUSES if cause in parts]
        self.height = self.floor + 20 + 18 * -(-len(self.causes) // self.key_columns)
        low, high = zip(*(_ends_h(spread) for spread in spreads), strict=True)
        self.low_h, self.high_h = min(low), max(high)
        self.tallest = max(_densest(spread) for spread in spreads)
        self.longest_h = 24 * nice_end(max(spread.mean_h for spread in spreads) / 24)

    def x(self, hours: float) -> float:
        """Place on the axis of times."""
        share = math.log(max(hours, self.low_h) / self.low_h) / math.log(self.high_h / self.low_h)
        return self.ridge[0] + min(1.0, share) * (self.ridge[1] - self.ridge[0])

    def length(self, hours: float) -> float:
        """Of a piece of the bar of causes, px."""
        return hours / self.longest_h * (self.bar[1] - self.bar[0])


def _heads(frame: _Frame) -> list[str]:
    parts = [
        svg.text(frame.ridge[0], 18, "Door to door, days", size=12, weight=600),
        svg.text(frame.bar[0], 18, "Mean by cause, days", size=12, weight=600),
    ]
    if not frame.narrow:
        parts.append(svg.text(frame.bar[0] - 14, 18, "p50 [p10–p90]", size=12, weight=600, anchor="end"))
    for days in _TICKS_D:
        if frame.low_h <= 24 * days <= frame.high_h:
            parts.append(svg.line(frame.x(24 * days), 40, frame.x(24 * days), frame.floor))
            parts.append(svg.text(frame.x(24 * days), 35, str(days), size=10, fill=svg.MUTED, anchor="middle"))
    for share in (0.0, 0.5, 1.0):
        x = frame.bar[0] + share * (frame.bar[1] - frame.bar[0])
        anchor = {0.0: "start", 1.0: "end"}.get(share, "middle")
        parts.append(svg.line(x, 40, x, frame.floor))
        parts.append(svg.text(x, 35, f"{share * frame.longest_h / 24:g}", size=10, fill=svg.MUTED, anchor=anchor))
    return parts


def _row(spread: JourneySpread, frame: _Frame, top: float) -> list[str]:
    floor = top + frame.row - 10
    told = f"{days_text(spread.p50_h)} [{days_text(spread.p10_h)}–{days_text(spread.p90_h)}] d"
    told = "▲ its queue grows" if spread.starving else told
    if frame.narrow:
        name = svg.shortened(f"{spread.title}", frame.width * 0.62, size=11.5)
        parts = [
            svg.text(2, floor - _RIDGE - 14, name, size=11.5, weight=600),
            svg.text(frame.width - 6, floor - _RIDGE - 14, told, size=11.5, anchor="end"),
            svg.text(2, floor - _RIDGE, spread.commodity, size=10.5, fill=svg.MUTED),
        ]
    else:
        load = f"{spread.commodity}, {plain(_rounded(spread.units))} {_plural(spread.unit)}"
        parts = [
            svg.text(2, floor - 15, svg.shortened(spread.title, frame.ridge[0] - 8, size=12), size=12, weight=600),
            svg.text(2, floor, svg.shortened(load, frame.ridge[0] - 8, size=10.5), size=10.5, fill=svg.MUTED),
            svg.text(frame.bar[0] - 14, floor - 8, told, size=12, anchor="end"),
        ]
    parts += _ridge(spread, frame, floor)
    x = frame.bar[0]
    for cause, hours in spread.by_cause_h:
        words, colour = CAUSES[cause]
        length = frame.length(hours)
        if length >= 0.3:
            tip = f"{words}: {days_text(hours)} d"
            parts.append(svg.rect(x, floor - 17, length, 14, fill=colour, opacity=_faint(spread), tip=tip))
        x += length
    return parts


def _ridge(spread: JourneySpread, frame: _Frame, floor: float) -> list[str]:
    """Share of the cargo per unit of the logarithm of time, a point in the middle of each bin."""
    points = []
    for number, share in enumerate(spread.share.tolist()):
        low, high = float(spread.edges_h[number]), float(spread.edges_h[number + 1])
        middle = math.sqrt(low * high)
        if frame.low_h <= middle <= frame.high_h:
            height = share / math.log(high / low) / frame.tallest * _RIDGE
            points.append((frame.x(middle), floor - height))
    if not points:
        return []
    ends = [(points[0][0], floor), *points, (points[-1][0], floor)]
    median = frame.x(spread.p50_h)
    colour = svg.MUTED if spread.starving else svg.BLUE
    ridge = [
        svg.path(ends, fill=colour, more='fill-opacity="0.28"'),
        svg.path(points, stroke=colour, more='stroke-width="1.2" stroke-linejoin="round"'),
        svg.line(frame.ridge[0], floor, frame.ridge[1], floor),
    ]
    if spread.starving:  # its quantiles would mean nothing
        return ridge
    return [
        *ridge,
        svg.line(frame.x(spread.p10_h), floor + 2.5, frame.x(spread.p90_h), floor + 2.5, colour=svg.MUTED, width=1.5),
        svg.line(median, floor - 4, median, floor + 5, colour=svg.INK, width=2),
    ]


def _faint(spread: JourneySpread) -> float:
    return 0.4 if spread.starving else 1.0


def _key(frame: _Frame) -> list[str]:
    parts = []
    room = (frame.width - 8) / frame.key_columns
    for number, (words, colour) in enumerate(CAUSES[cause] for cause in frame.causes):
        row, column = divmod(number, frame.key_columns)
        x, y = 2 + column * room, frame.floor + 22 + 18 * row
        parts += [svg.rect(x, y - 9, 11, 11, fill=colour), svg.text(x + 16, y, words, fill=svg.MUTED)]
    return parts


def _ends_h(spread: JourneySpread) -> tuple[float, float]:
    """The bins that hold more than a trace of the cargo, with a little air."""
    held = [n for n, share in enumerate(spread.share.tolist()) if share > _LEAST_SHARE]
    return float(spread.edges_h[max(0, held[0] - 2)]), float(spread.edges_h[min(spread.share.size, held[-1] + 3)])


def _densest(spread: JourneySpread) -> float:
    pairs = zip(spread.share.tolist(), spread.edges_h[:-1].tolist(), spread.edges_h[1:].tolist(), strict=True)
    return max(float(share / math.log(high / low)) for share, low, high in pairs)


def _rounded(units: float) -> float:
    step = 10.0 ** max(0, len(str(int(units))) - 3)
    return round(units / step) * step


def _plural(unit: str) -> str:
    return unit if unit.isupper() or unit == "t" or unit.endswith("s") else f"{unit}s"
