"""Figures as a reader expects them: days, rounded money, tonnes of CO2, each with its range in brackets."""

from __future__ import annotations

import math
from typing import TypedDict

DAYS_FROM_H = 48.0  # from here on a duration is read in days
NO_FIGURE = "–"
THIN_SPACE = "\u202f"


class Range(TypedDict):
    """Three values of one estimate, in the unit that the key's name ends with."""

    low: float
    mid: float
    high: float


def time_parts(time_h: Range) -> tuple[str, str]:
    """Mid and range of a duration, e.g. `("31 d", "22–47")`; hours below two days."""
    if time_h["mid"] >= DAYS_FROM_H:
        return _parts(time_h, factor=1 / 24, step=1.0 if time_h["mid"] >= 240 else 0.1, unit="d")
    return _parts(time_h, factor=1.0, step=1.0 if time_h["mid"] >= 10 else 0.1, unit="h")


def cost_parts(cost_usd: Range) -> tuple[str, str]:
    """Mid and range of a price in USD, rounded to three figures of the mid, e.g. `("$8 430", "6 900–11 200")`."""
    mid, span = _parts(cost_usd, factor=1.0, step=max(1.0, _three_figures(cost_usd["mid"])), unit="")
    return f"${mid}", span


def co2_parts(co2_kg: Range) -> tuple[str, str]:
    """Mid and range of an emission; tonnes from 1 000 kg on, e.g. `("2.31 t", "1.90–3.02")`."""
    if co2_kg["mid"] >= 1000:
        return _parts(co2_kg, factor=1e-3, step=_three_figures(co2_kg["mid"] / 1000), unit="t")
    return _parts(co2_kg, factor=1.0, step=max(_three_figures(co2_kg["mid"]), 0.1), unit="kg")


def days_text(time_h: float) -> str:
    """Days without their unit, whole from ten on, e.g. `"9.7"` or `"31"`."""
    days = time_h / 24
    return f"{days:.0f}" if days >= 9.95 else f"{days:.1f}"


def distance_text(distance_km: float | None) -> str:
    """Whole kilometres with thin spaces, a dash for nothing."""
    return _grouped(distance_km, 1.0) if distance_km else NO_FIGURE


def in_words(parts: tuple[str, str]) -> str:
    """Mid and range on one line, e.g. `31 d [22–47]`."""
    mid, span = parts
    return f"{mid} [{span}]" if span else mid


def nice_end(value: float) -> float:
    """The end of an axis that starts at zero: the next of 1, 1.5, 2, 3, 4, 5, 6, 8 times a power of ten."""
    if value <= 0:
        return 1.0
    power: float = 10.0 ** math.floor(math.log10(value))
    return next(k * power for k in (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0) if k * power >= value * 0.999999)


def plain(value: float) -> str:
    """A number as short as it goes, thousands set apart."""
    return f"{value:,.10g}".replace(",", THIN_SPACE)


def _three_figures(value: float) -> float:
    """The step that leaves three figures of this value."""
    if value <= 0:
        return 1.0
    power: float = 10.0 ** (math.floor(math.log10(value)) - 2)
    return power


def _parts(estimate: Range, *, factor: float, step: float, unit: str) -> tuple[str, str]:
    low, mid, high = (_grouped(estimate[key] * factor, step) for key in ("low", "mid", "high"))
    if step < 1 and all(text.endswith("0" * (len(text) - text.find(".") - 1)) for text in (low, mid, high)):
        low, mid, high = (text.partition(".")[0] for text in (low, mid, high))
    span = "" if low == high else f"{low}–{high}"
    return f"{mid} {unit}".strip(), span


def _grouped(value: float, step: float) -> str:
    """The value rounded to whole steps (a power of ten), thousands set apart by thin spaces."""
    digits = max(0, -math.floor(math.log10(step) + 1e-9))
    rounded = round(value / step) * step
    return f"{rounded:,.{digits}f}".replace(",", THIN_SPACE)
