"""Where the oil of a run went, field by field: a Sankey diagram (Sankey, 1898), fields left, ways out right."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from transcaspian.web.oil_draw import COLOURS, QUIET, box, svg, text

_WIDTH, _TOP, _PLOT, _FOOT = 900.0, 84.0, 470.0, 40.0
_LEFT, _RIGHT, _NODE, _GAP = 190.0, 650.0, 16.0, 10.0
_LEAST_MT = 1e-4
HOME = "refineries at home, tanks"


def sankey_svg(result: Mapping[str, Any]) -> str:
    """The diagram of a run, from the keys of `transcaspian oil --json`."""
    flows = _flows(result)
    fields = list(_sums(flows, 0))
    ways = list(_sums(flows, 1))
    whole = sum(flows.values())
    scale = (_PLOT - _GAP * (max(len(fields), len(ways)) - 1)) / whole if whole > 0 else 0.0
    left, right = _stack(_sums(flows, 0), scale), _stack(_sums(flows, 1), scale)
    colours = {name: COLOURS[number % len(COLOURS)] for number, name in enumerate(fields)}
    period = result["period"]
    parts = [
        text(16, 28, "Where Kazakhstan's oil went", size=18, weight=600),
        text(16, 48, f"{period['from']} until {period['until']}, {whole:.2f} Mt; figures in Mt", fill=QUIET),
        text(_LEFT, 72, "Fields", size=11, fill=QUIET, anchor="end"),
        text(_RIGHT + _NODE, 72, "Ways out", size=11, fill=QUIET),
    ]
    parts += _bands(flows, left, right, scale, colours)
    for name, (y, height) in left.items():
        parts.append(box(_LEFT, y, _NODE, height, colours[name]))
        parts.append(_label(_LEFT - 8, y + height / 2, name.removeprefix("field."), height / scale, "end"))
    changes = {route["id"]: route["change_mt"] for route in result["routes"]}
    for name, (y, height) in right.items():
        parts.append(box(_RIGHT, y, _NODE, height, "#4a5568"))
        change = changes.get(name, 0.0)
        more = f" ({change:+.2f})" if abs(change) >= 0.005 else ""
        parts.append(_label(_RIGHT + _NODE + 8, y + height / 2, name, height / scale, "start", more))
    if any(abs(change) >= 0.005 for change in changes.values()):
        parts.append(text(16, _TOP + _PLOT + 28, "In brackets: change against the same dates without the scenario.",
                          size=11, fill=QUIET))  # fmt: skip
    return svg(_WIDTH, _TOP + _PLOT + _FOOT, "Flows of Kazakhstan's oil from fields to ways out", parts)


def _flows(result: Mapping[str, Any]) -> dict[tuple[str, str], float]:
    """Mt by field and way; what went by no route stayed at home."""
    flows: dict[tuple[str, str], float] = {}
    made = {field["id"]: field["production_mt"] for field in result["fields"]}
    for one in result["netbacks"]:
        route = one["id"].partition("|")[2]
        flows[one["field"], route] = one["mt"]
        made[one["field"]] = made.get(one["field"], 0.0) - one["mt"]
    for field, rest in made.items():
        flows[field, HOME] = max(0.0, rest)
    ordered = sorted(flows.items(), key=lambda item: -item[1])
    return {key: value for key, value in ordered if value > _LEAST_MT}


def _sums(flows: Mapping[tuple[str, str], float], end: int) -> dict[str, float]:
    sums: dict[str, float] = {}
    for key, value in flows.items():
        sums[key[end]] = sums.get(key[end], 0.0) + value
    return dict(sorted(sums.items(), key=lambda item: (item[0] == HOME, -item[1])))


def _stack(sums: Mapping[str, float], scale: float) -> dict[str, tuple[float, float]]:
    """Top and height of each node, one below the other, in the middle of the plot."""
    heights = {name: value * scale for name, value in sums.items()}
    y = _TOP + (_PLOT - sum(heights.values()) - _GAP * (len(heights) - 1)) / 2
    placed = {}
    for name, height in heights.items():
        placed[name] = (y, height)
        y += height + _GAP
    return placed


def _bands(
    flows: Mapping[tuple[str, str], float],
    left: Mapping[str, tuple[float, float]],
    right: Mapping[str, tuple[float, float]],
    scale: float,
    colours: Mapping[str, str],
) -> list[str]:
    from_y = {name: y for name, (y, _) in left.items()}
    to_y = {name: y for name, (y, _) in right.items()}
    order_left, order_right = list(left), list(right)
    ends: dict[tuple[str, str], tuple[float, float]] = {}
    for key in sorted(flows, key=lambda key: (order_left.index(key[0]), order_right.index(key[1]))):
        ends[key] = (from_y[key[0]], 0.0)
        from_y[key[0]] += flows[key] * scale
    for key in sorted(flows, key=lambda key: (order_right.index(key[1]), order_left.index(key[0]))):
        ends[key] = (ends[key][0], to_y[key[1]])
        to_y[key[1]] += flows[key] * scale
    return [_band(*ends[key], flows[key] * scale, colours[key[0]]) for key in flows]


def _band(y1: float, y2: float, height: float, colour: str) -> str:
    x1, x2 = _LEFT + _NODE, _RIGHT
    middle = (x1 + x2) / 2
    upper = f"M{x1:.1f},{y1:.1f} C{middle:.1f},{y1:.1f} {middle:.1f},{y2:.1f} {x2:.1f},{y2:.1f}"
    low1, low2 = y1 + max(height, 0.5), y2 + max(height, 0.5)
    lower = f"L{x2:.1f},{low2:.1f} C{middle:.1f},{low2:.1f} {middle:.1f},{low1:.1f} {x1:.1f},{low1:.1f}Z"
    return f'<path d="{upper} {lower}" fill="{colour}" fill-opacity="0.38"/>'


def _label(x: float, y: float, name: str, mt: float, anchor: str, more: str = "") -> str:
    return text(x, y + 4, f"{name}  {mt:.2f}{more}", size=12, anchor=anchor)
