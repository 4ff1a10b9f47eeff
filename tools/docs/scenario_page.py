"""`docs/scenarios.md`: the ready-made scenarios, what each changes and what it rests on. No answers stand there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from transcaspian.corridor import Corridor, Estimate3, load_corridor
from transcaspian.evidence import Ledger, load_ledger
from transcaspian.scenario import every_change, packaged_scenario, scenario_names
from transcaspian.scenario.told import Effect, Value, plan_told, scenario_effects

HEAD = """# Ready-made scenarios

Written by `make docs` from `data/scenarios/`. Each is a name for `--scenario`; several go together as `A+B`.
`transcaspian scenario show NAME` tells the same in the terminal, `transcaspian scenario new my-question.toml` begins
one of your own, and `transcaspian scenario diff A B` compares two. The form of the file is explained in
`src/transcaspian/scenario/README.md`.

*Asked with* names the commands that read the tables and columns that a scenario changes; whether the answer moves is
for them to say. Capacities are limits in `simulate` where its cargo passes; `route` knows none.
"""
_ROWS_SHOWN = 8  # rows of one change; a selector may hit a hundred

# Which command reads which table; `_readers` knows the exceptions.
_READ_BY: Mapping[str, tuple[str, ...]] = {
    "sea": ("sea", "payload", "simulate", "oil"),
    "depths": ("sea", "payload", "simulate", "oil"),
    "vessels": ("payload", "simulate", "oil"),
    "places": ("route", "simulate"),
    "links": ("route", "simulate"),
    "services": ("route", "simulate"),
    "operations": ("route", "simulate"),
    "standards": ("route", "simulate"),
    "tariffs": ("route",),
    "demand": ("simulate",),
    "closures": ("simulate",),
    "facilities": ("simulate",),
    "fleets": (),
}
_ORDER = ("route", "sea", "payload", "simulate", "oil")


def scenarios_page() -> str:
    """The page, a section for each scenario."""
    corridor, ledger = load_corridor(), load_ledger()
    lines = [HEAD, "| scenario | question |", "|---|---|"]
    for name in scenario_names():
        lines.append(f"| [{name}](#{name}) | {packaged_scenario(name).question} |")
    for name in scenario_names():
        lines += ["", *_section(corridor, ledger, name)]
    return "\n".join(lines) + "\n"


def _section(corridor: Corridor, ledger: Ledger, name: str) -> list[str]:
    scenario = packaged_scenario(name)
    changes, effects = every_change(scenario), scenario_effects(corridor, name)
    lines = [f"## {name}", "", scenario.question, ""]
    if scenario.uses:
        lines += [f"Uses {', '.join(f'[{used}](#{used})' for used in scenario.uses)}.", ""]
    lines += ["| row | what | before | after | days |", "|---|---|---|---|---|", *_rows(effects), ""]
    for plan in dict.fromkeys(effect.change.row_id for effect in effects if effect.change.table == "upgrades"):
        lines.append(f"- Plan `{plan}`: {plan_told(corridor, plan)}")
    claims = list(dict.fromkeys(claim for change in changes for claim in change.claims))
    for claim_id in claims:
        source = ledger.source_of(ledger.get_claim(claim_id))
        lines.append(f"- Rests on `{claim_id}`: [{source.label()}]({source.url})")
    said: dict[str, list[str]] = {}
    for change in changes:
        if change.assumption:
            said.setdefault(change.assumption, []).append(f"`{change.target}`".replace("|", "\\|"))
    lines += [f"- Assumed for {', '.join(targets)}: {assumption}" for assumption, targets in said.items()]
    commands = _commands(corridor, effects)
    asked = ", ".join(f"`{command}`" for command in commands) or "none of today's commands"
    return [*lines, f"- Asked with: {asked}"]


def _rows(effects: Sequence[Effect]) -> list[str]:
    by_change: dict[tuple[str, str, str], list[Effect]] = {}
    for effect in effects:
        by_change.setdefault((effect.change.origin, effect.change.act, effect.change.column), []).append(effect)
    rows: list[str] = []
    for own in by_change.values():
        rows += [_row(effect) for effect in own[:_ROWS_SHOWN]]
        if len(own) > _ROWS_SHOWN:
            rows.append(f"| … and {len(own) - _ROWS_SHOWN} more | | | | |")
    return rows


def _row(effect: Effect) -> str:
    change = effect.change
    days = f"{change.since or 'start'} until {change.until or 'end'}" if change.since or change.until else ""
    how = {"scale": f" × {change.value}", "add": f" {change.value:+g}" if isinstance(change.value, float) else ""}
    what = f"{change.column or change.act}{how.get(change.act, '')}"
    return f"| `{change.row_id}` | {what} | {_shown(effect.before)} | {_shown(effect.after)} | {days} |"


def _shown(value: Value) -> str:
    if isinstance(value, Estimate3):
        return f"{value.mid:.6g}" + ("" if value.low == value.high else f" ({value.low:.6g}–{value.high:.6g})")
    if isinstance(value, bool):
        return "true" if value else "false"
    return value or "–"


def _commands(corridor: Corridor, effects: Sequence[Effect]) -> list[str]:
    found: set[str] = set()
    for effect in effects:
        for table, row_id, column in _touched(corridor, effect):
            found |= _readers(corridor, table, row_id, column)
    return [command for command in _ORDER if command in found]


def _readers(corridor: Corridor, table: str, row_id: str, column: str) -> set[str]:
    """The commands that read a cell."""
    if table.startswith("oil_"):
        return {"oil"}
    readers = set(_READ_BY.get(table, ()))
    if column == "tracks":  # only told
        return set()
    if column.startswith("capacity_"):
        readers -= {"route"}
    row = corridor[table].get_row(row_id)
    if table == "vessels" and corridor[table].text(row, "fleet") not in corridor["oil_tankers"].texts("fleet"):
        readers -= {"oil"}
    berths = {*corridor["oil_shuttles"].texts("from_facility"), *corridor["oil_shuttles"].texts("to_facility")}
    ports = {*corridor["oil_shuttles"].texts("from_place"), *corridor["oil_shuttles"].texts("to_place")}
    if table == "places" and row_id in ports:
        readers |= {"oil"}
    if table == "facilities" and row_id in berths:
        readers |= {"oil"}
    if table == "depths" and corridor[table].text(row, "facility") not in berths:
        readers -= {"oil"}
    return readers


def _touched(corridor: Corridor, effect: Effect) -> list[tuple[str, str, str]]:
    """The cells that an effect moves; of a plan those that it builds."""
    change = effect.change
    if change.table != "upgrades":
        return [(change.table, change.row_id, change.column)]
    plans = corridor["upgrades"]
    row = plans.get_row(change.row_id)
    column = "status" if plans.flag(row, "opens") else plans.text(row, "column")
    return [(corridor.get_table(target), target, column) for target in plans.items(row, "targets")]
