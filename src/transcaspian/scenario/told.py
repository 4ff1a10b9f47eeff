"""What a scenario does, cell by cell: each value before and after; and how two scenarios differ in it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from transcaspian.corridor.changes import RowChange
from transcaspian.corridor.model import BASE_YEAR, Corridor
from transcaspian.corridor.tables import Estimate3
from transcaspian.scenario.apply import apply_asked

# Changes may be dated to any year that somebody projects the sea for.
_FIRST_DAY, _AFTER = dt.date(BASE_YEAR, 1, 1), dt.date(2101, 1, 1)

Value = Estimate3 | str | bool | None


@dataclass(frozen=True, slots=True)
class Effect:
    """One change of one cell, or of a row that is closed, on the first day on which it acts."""

    change: RowChange
    before: Value
    after: Value

    @property
    def cell(self) -> tuple[str, str, str, str, dt.date | None, dt.date | None]:
        """Where, how and when; two scenarios that agree in it differ in the value at most."""
        change = self.change
        return change.table, change.row_id, change.column, change.act, change.since, change.until


@dataclass(frozen=True, slots=True)
class Difference:
    """What only one of two scenarios does, what both do with another value, and how much they share."""

    only_first: tuple[Effect, ...]
    only_second: tuple[Effect, ...]
    otherwise: tuple[tuple[Effect, Effect], ...]
    same: int


def scenario_effects(corridor: Corridor, names: str | Sequence[str]) -> tuple[Effect, ...]:
    """Every cell that ready-made scenarios or files change together, in the order of their changes.

    Raises
    ------
    ScenarioError
        With all mistakes in them.
    """
    changed = apply_asked(corridor, names, start=_FIRST_DAY, end=_AFTER).corridor
    states: dict[dt.date | None, tuple[Corridor, Corridor]] = {None: (corridor, changed)}
    effects: list[Effect] = []
    for change in changed.changes[len(corridor.changes) :]:
        day = change.since or (_FIRST_DAY if change.until else None)
        if day not in states:
            assert day is not None
            states[day] = (corridor.at(day), changed.at(day))
        before, after = states[day]
        effects.append(Effect(change, _stands(before, change), _stands(after, change)))
    return tuple(effects)


def compare_scenarios(corridor: Corridor, first: str, second: str) -> Difference:
    """How two scenarios differ in what they change.

    Raises
    ------
    ScenarioError
        With all mistakes in the first of them that has any.
    """
    one = {effect.cell: effect for effect in scenario_effects(corridor, first)}
    other = {effect.cell: effect for effect in scenario_effects(corridor, second)}
    shared = [cell for cell in one if cell in other]
    unlike = [cell for cell in shared if one[cell].change.value != other[cell].change.value]
    return Difference(
        only_first=tuple(effect for cell, effect in one.items() if cell not in other),
        only_second=tuple(effect for cell, effect in other.items() if cell not in one),
        otherwise=tuple((one[cell], other[cell]) for cell in unlike),
        same=len(shared) - len(unlike),
    )


def plan_told(corridor: Corridor, plan: str) -> str:
    """What a row of `upgrades` builds, in words: `depth_m of KZAAU.oil_berths.depth from 8.85 to 9.864`."""
    plans = corridor["upgrades"]
    row = plans.get_row(plan)
    targets = ", ".join(plans.items(row, "targets"))
    before, after = plans.estimate(row, "before"), plans.estimate(row, "after")
    parts = [f"opens {targets}"] if plans.flag(row, "opens") else []
    if plans.text(row, "column") and after is not None:
        start = f"from {before.mid:g} " if before is not None else ""
        parts.append(f"{plans.text(row, 'column')} of {targets} {start}to {after.mid:g}")
    return "; ".join(parts)


def _stands(corridor: Corridor, change: RowChange) -> Value:
    if change.act == "close":
        return "closed" if change.row_id in corridor.closed else "open"
    table = corridor[change.table]
    row = table.get_row(change.row_id)
    if table.schema.field(change.column).numeric:
        return table.estimate(row, change.column)
    if table.schema.field(change.column).type == "boolean":
        return table.flag(row, change.column)
    return table.text(row, change.column)
