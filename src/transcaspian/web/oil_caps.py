"""The ladder of caps of a route: each limit alone, the tightest first, and the volume that is asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from transcaspian.web.oil_draw import GRID, QUIET, RED, box, line, nice_top, svg, text

_WIDTH, _LEFT, _RIGHT, _TOP, _ROW = 900.0, 190.0, 240.0, 88.0, 34.0
_BINDS, _FREE = "#c05621", "#9db8d2"


def caps_svg(result: Mapping[str, Any]) -> str:
    """The ladder, from the keys of `transcaspian oil target --json`; caps far above the volume are cut off."""
    caps, volume = result["caps"], result["asked_mt"]
    top = nice_top(1.6 * volume)
    floor = _TOP + _ROW * len(caps)
    right = _WIDTH - _RIGHT

    def x(mt: float) -> float:
        return _LEFT + (right - _LEFT) * min(mt, top) / top

    carried = "nothing binds" if result["reached"] else f"{result['volume_mt']:.2f} Mt carried as things stand"
    parts = [
        text(16, 28, f"What {result['route']} carries in {result['year']}, limit by limit", size=18, weight=600),
        text(
            16,
            48,
            f"Mt a year under each limit alone; {volume:g} Mt asked, {carried}; right: what must be added",
            fill=QUIET,
        ),
    ]
    for step in range(5):
        mt = top * step / 4
        parts += [line(x(mt), _TOP - 6, x(mt), floor, GRID), text(x(mt), floor + 16, f"{mt:g}", size=10, fill=QUIET,
                                                                  anchor="middle")]  # fmt: skip
    parts.append(line(x(volume), _TOP - 10, x(volume), floor, RED, width=1.5, dash="5 3"))
    for number, cap in enumerate(caps):
        y = _TOP + _ROW * number
        over = cap["cap_mt"] > top
        parts.append(box(_LEFT, y + 5, x(cap["cap_mt"]) - _LEFT, _ROW - 14, _BINDS if cap["binds"] else _FREE))
        parts.append(text(_LEFT - 8, y + 19, cap["id"], anchor="end"))
        figure = f"{cap['cap_mt']:.2f}" if cap["cap_mt"] < 1000 else "no limit"
        parts.append(text(x(cap["cap_mt"]) + 6, y + 19, f"{figure}{' →' if over else ''}", size=12))
        parts.append(text(right + 16, y + 19, _need(cap), size=12, weight=600))
    parts.append(text(x(volume), _TOP - 14, f"{volume:g} Mt", size=11, fill=RED, weight=600, anchor="middle"))
    return svg(_WIDTH, floor + 34, f"Caps of the route {result['route']}", parts)


def _need(cap: Mapping[str, Any]) -> str:
    if not cap["binds"]:
        return ""
    low, high = cap["to_add_range"]["low"], cap["to_add_range"]["high"]
    span = f" ({low:g}–{high:g})" if low != high else ""
    return f"add {cap['to_add']:.3g}{span} {cap['unit']}"
