"""The tables and the JSON of `transcaspian scenarios` and `scenario …`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.table import Table as Screen
from rich.text import Text

from transcaspian.cli.output import console
from transcaspian.corridor import Corridor, Estimate3
from transcaspian.evidence import load_ledger
from transcaspian.scenario import Change, Scenario, every_change
from transcaspian.scenario.told import Difference, Effect, Value, plan_told

_ROWS_SHOWN = 30  # of effects in the terminal; JSON has all


def summary_json(scenario: Scenario) -> dict[str, Any]:
    """One scenario of the list."""
    changes = every_change(scenario)
    return {
        "name": scenario.name,
        "question": scenario.question,
        "changes": len(changes),
        "dated": any(change.since or change.until for change in changes),
        "uses": list(scenario.uses),
    }


def scenario_json(scenario: Scenario, changes: Sequence[Change]) -> dict[str, Any]:
    """A scenario with all its changes, those of the scenarios it uses first."""
    made = [_change_json(change) for change in changes]
    return {**summary_json(scenario), "base_year": scenario.base_year, "changes": made}


def _change_json(change: Change) -> dict[str, Any]:
    return {
        "target": change.target,
        "from": change.since.isoformat() if change.since else None,
        "until": change.until.isoformat() if change.until else None,
        "set": dict(change.set),
        "scale": dict(change.scale),
        "add": dict(change.add),
        "close": change.close,
        "claims": list(change.claims),
        "assumption": change.assumption,
    }


def effect_json(effect: Effect) -> dict[str, Any]:
    """One cell before and after."""
    change = effect.change
    return {
        "table": change.table,
        "row": change.row_id,
        "column": change.column or None,
        "act": change.act,
        "value": None if change.act == "close" else change.value,
        "before": _value_json(effect.before),
        "after": _value_json(effect.after),
        "from": change.since.isoformat() if change.since else None,
        "until": change.until.isoformat() if change.until else None,
        "origin": change.origin,
        "claims": list(change.claims),
    }


def difference_json(found: Difference, first: str, second: str) -> dict[str, Any]:
    """`result` of `scenario diff --json`."""
    return {
        "first": first,
        "second": second,
        "only_first": [effect_json(effect) for effect in found.only_first],
        "only_second": [effect_json(effect) for effect in found.only_second],
        "otherwise": [{"first": effect_json(one), "second": effect_json(other)} for one, other in found.otherwise],
        "same": found.same,
    }


def print_scenarios(found: Sequence[Mapping[str, Any]], word: str) -> None:
    """The list: name, changes, whether dated, question."""
    screen = console()
    if not found:
        screen.print(f"No ready-made scenario speaks of {word!r}; `transcaspian scenarios` lists all.")
        return
    table = _table("name", "changes", "dated", "question", right=("changes",))
    for one in found:
        table.add_row(one["name"], str(one["changes"]), "yes" if one["dated"] else "", Text(one["question"]))
    screen.print(table)
    screen.print(Text(f"{len(found)} scenarios. What one does: transcaspian scenario show NAME", style="dim"))


def print_scenario(
    corridor: Corridor, scenario: Scenario, changes: Sequence[Change], effects: Sequence[Effect]
) -> None:
    """The question, what each cell is before and after, claims and assumptions."""
    screen = console()
    screen.print(Text(scenario.name, style="bold"))
    if scenario.question:
        screen.print(scenario.question)
    if scenario.uses:
        screen.print(Text(f"Uses {', '.join(scenario.uses)}.", style="dim"))
    screen.print()
    _print_effects(effects)
    rows: dict[str, set[str]] = {}
    for effect in effects:
        rows.setdefault(effect.change.origin.removeprefix("scenario:"), set()).add(effect.change.row_id)
    for origin, own in rows.items():
        if len(own) > 1:  # what a selector hits
            screen.print(Text(f"{origin}: {len(own)} rows"))
    for plan in dict.fromkeys(effect.change.row_id for effect in effects if effect.change.table == "upgrades"):
        screen.print(Text(f"Plan {plan}: {plan_told(corridor, plan) or 'no figure'}"))
    ledger = load_ledger()
    known = {claim.id for claim in ledger.claims}
    for name in dict.fromkeys(claim for change in changes for claim in change.claims):
        source = f": {ledger.source_of(ledger.get_claim(name)).label()}" if name in known else ": not in our ledger"
        screen.print(Text(f"Rests on {name}{source}"))
    for change in changes:
        if change.assumption:
            screen.print(Text(f"Assumed for {change.target}: {change.assumption}"))


def print_difference(found: Difference, first: str, second: str) -> None:
    """What only the one changes, what only the other, and what both change otherwise."""
    screen = console()
    for name, effects in ((first, found.only_first), (second, found.only_second)):
        if effects:
            screen.print(Text(f"Only {name}", style="bold"))
            _print_effects(effects)
    if found.otherwise:
        screen.print(Text("Both, to different values", style="bold"))
        table = _table("row", "what", first, second)
        for one, other in found.otherwise[:_ROWS_SHOWN]:
            table.add_row(one.change.row_id, _what(one), _shown(one.after), _shown(other.after))
        screen.print(table)
    alike = f"{found.same} cells are changed alike."
    nothing = not (found.only_first or found.only_second or found.otherwise)
    screen.print(Text(f"No difference. {alike}" if nothing else alike, style="dim"))


def _print_effects(effects: Sequence[Effect]) -> None:
    screen = console()
    table = _table("row", "what", "before", "after", "from", "until", right=("before", "after"))
    for effect in effects[:_ROWS_SHOWN]:
        days = [day.isoformat() if day else "" for day in (effect.change.since, effect.change.until)]
        table.add_row(effect.change.row_id, _what(effect), _shown(effect.before), _shown(effect.after), *days)
    screen.print(table if effects else Text("It changes nothing: the baseline.", style="dim"))
    if len(effects) > _ROWS_SHOWN:
        screen.print(Text(f"… and {len(effects) - _ROWS_SHOWN} more; --json has all.", style="dim"))


def _what(effect: Effect) -> str:
    change = effect.change
    how = {"scale": f" × {change.value:g}", "add": f" {change.value:+g}"} if isinstance(change.value, float) else {}
    return f"{change.column or change.act}{how.get(change.act, '')}"


def _shown(value: Value) -> str:
    if isinstance(value, Estimate3):
        span = "" if value.low == value.high else f" [{value.low:.6g} to {value.high:.6g}]"
        return f"{value.mid:.6g}{span}"
    if isinstance(value, bool):
        return "true" if value else "false"
    return value or "–"


def _value_json(value: Value) -> Any:
    return value.as_json() if isinstance(value, Estimate3) else value


def _table(*columns: str, right: Sequence[str] = ()) -> Screen:
    table = Screen(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for column in columns:
        table.add_column(column, justify="right" if column in right else "left", overflow="fold")
    return table
