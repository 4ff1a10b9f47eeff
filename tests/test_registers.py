"""The registers: every command, act of a change and type of problem has a test that shows it and a page."""

from __future__ import annotations

import ast
import datetime as dt
import json
import re
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
import typer.main
from typer.testing import CliRunner

import transcaspian
from transcaspian.cli.corridor import _FORMATS
from transcaspian.cli.main import app
from transcaspian.corridor import load_corridor
from transcaspian.corridor.changes import _ORDER
from transcaspian.corridor.checks import STRUCTURE
from transcaspian.corridor.export import EXPORTS
from transcaspian.corridor.schema import load_schema, packaged_schema
from transcaspian.corridor.timetable import departure_rule
from transcaspian.errors import InputError, Problem
from transcaspian.evidence import convert, load_ledger
from transcaspian.evidence.ledger import PACKAGED_LEDGER
from transcaspian.freight.answers import answer_question
from transcaspian.freight.pareto import pareto_paths
from transcaspian.freight.shortest import graph_from_arcs, shortest_tree
from transcaspian.scenario import PROBLEM_TYPES, Change, Scenario, apply, write_scenario
from transcaspian.testing import tiny_corridor, write_tiny_tables

ROOT = Path(__file__).resolve().parents[1]
SOURCE = Path(transcaspian.__file__).parent
DOCS = ROOT / "docs"


def text_of(paths: Iterable[Path]) -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in paths)


def other_tests() -> str:
    return text_of(path for path in (ROOT / "tests").rglob("test_*.py") if path != Path(__file__))


# --- commands -----------------------------------------------------------------------------------------------------


def commands() -> list[str]:
    return sorted(typer.main.get_command(app).commands)  # type: ignore[attr-defined]


@pytest.mark.parametrize("command", commands())
def test_every_command_has_a_section_in_the_docs_and_a_test_that_runs_it(command: str) -> None:
    section = text_of([DOCS / "cli.md"]).split(f"## `transcaspian {command}`\n")
    assert len(section) == 2
    assert f"Example: transcaspian {command}" in section[1].split("\n## ")[0]
    assert re.search(rf'"{command}"|transcaspian {command}\b', other_tests())


def test_every_table_of_the_terminal_has_json_beside_it() -> None:
    without = {name for name in commands() if "--json" not in CliRunner().invoke(app, [name, "--help"]).stdout}
    assert without == {"warm-up"}  # it prints no table


def test_the_formats_that_export_offers_are_those_it_writes() -> None:
    assert set(_FORMATS) == set(EXPORTS)  # the names stand apart, so that --help need not load NumPy


# --- changes ------------------------------------------------------------------------------------------------------

ACTS = {
    "set": Change("sea", set={"level_m_bs": -30.1}),
    "scale": Change("KZHOR-KZAAU.rail", scale={"capacity_t_per_day": 1.5}),
    "add": Change("AZALA.ferry_berths", add={"servers": 1}),
    "close": Change("KZAAU", close=True),
}


@pytest.mark.parametrize("act", ACTS)
def test_every_act_of_a_change_moves_the_corridor_and_leaves_the_base(act: str, tmp_path: Path) -> None:
    base = tiny_corridor(tmp_path)
    before = base.fingerprint()
    changed = apply(base, Scenario(act, 2024, changes=(ACTS[act],)))
    assert changed.fingerprint() != before
    assert [change.act for change in changed.changes] == [act]
    assert base.fingerprint() == before


def test_the_register_of_acts_is_complete_and_the_readme_says_what_each_does() -> None:
    asking = set(Change.__dataclass_fields__) - {"target", "since", "until", "claims", "assumption"}
    assert asking == set(ACTS)
    assert asking | {"open"} == {*_ORDER, "close"}  # plans open rows; a scenario sets their status
    terms = text_of([SOURCE / "scenario" / "README.md"]).split("## Terms")[1].split("## Method")[0]
    for act in ACTS:
        assert re.search(rf"\*\*[\w, ]*\b{act}\b", terms)


# --- problems -----------------------------------------------------------------------------------------------------


def types_in_the_code() -> set[str]:
    """Every literal first argument of `Problem(…)`, and every word of the same form beside them."""
    literals: set[str] = set()
    first: set[str] = set()
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                literals.add(node.value)
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Problem":
                first |= {word.value for word in ast.walk(node.args[0]) if isinstance(word, ast.Constant)}
    rooms = "|".join(sorted({word.split(".")[0] for word in first if re.fullmatch(r"\w+\.\w+", word)}))
    found = {word for word in literals if re.fullmatch(rf"(?:{rooms})\.[a-z_]+", word)}
    cell_types = {field.type for schema in packaged_schema().values() for field in schema.fields}
    return {word for word in found if not word.endswith((".csv", ".py"))} | {f"corridor.{kind}" for kind in cell_types}


def types_in_the_docs() -> list[str]:
    return re.findall(r"^\| `(\w+\.\w+)` \|", text_of([DOCS / "problems.md"]), flags=re.M)


def test_the_page_of_problems_names_every_type_of_the_code_once() -> None:
    listed = types_in_the_docs()
    assert len(listed) == len(set(listed))
    assert set(listed) | set(PROBLEM_TYPES) == types_in_the_code()


def test_every_rule_of_check_stands_in_the_register() -> None:
    assert len({rule.__name__ for rule in STRUCTURE}) == len(STRUCTURE)
    for rule in STRUCTURE:
        assert rule.__doc__


def told(*words: str) -> list[dict[str, str]]:
    """The problems that a command says in JSON, its warnings included."""
    body = json.loads(CliRunner().invoke(app, [*words, "--json"]).stdout)
    return [*body.get("errors", ()), *body.get("result", {}).get("warnings", ())]


def raised(call: Callable[[], object]) -> tuple[Problem, ...]:
    with pytest.raises(InputError) as caught:
        call()
    return caught.value.problems


# Commands that bring about a type of problem; `{}` is an empty folder.
ASKED = {
    "avoid.unknown": ("route", "KZAAU", "AZBAK", "--avoid", "KZAAX"),
    "conflicts.limit": ("conflicts", "--limit", "0"),
    "corridor.folder": ("check", "{}/nowhere"),
    "evidence.period": ("facts", "port:aktau", "--period", "soon"),
    "evidence.grade": ("facts", "pipeline:cpc", "--quantity", "capacity", "--unit", "kb/d", "--grade", "nectar"),
    "evidence.quantity": ("facts", "port:aktau", "--quantity", "beauty"),
    "evidence.subject": ("facts", "port:atlantis"),
    "export.format": ("export", "--format", "shp", "{}/corridor.shp"),
    "facts.kind": ("facts", "port:aktau", "--kind", "rumour"),
    "facts.quantity": ("facts", "port", "--quantity", "beauty"),
    "file.out": ("export", "--format", "geojson", "{}/nowhere/corridor.geojson"),
    "load.unreadable": ("route", "KZAAU", "AZBAK", "--load", "2 bananas"),
    "option.usage": ("route", "KZAAU"),
    "option.date": ("route", "KZAAU", "AZBAK", "--depart", "2024-02-30"),
    "route.count": ("route", "KZAAU", "AZBAK", "--alternatives", "0"),
    "route.criterion": ("route", "KZAAU", "AZBAK", "--by", "beauty"),
    "route.none": ("route", "KZAAU", "AZBAK", "--avoid", "AZ"),
    "route.same_place": ("route", "KZAAU", "KZAAU"),
}


@pytest.mark.parametrize("kind", ASKED)
def test_each_type_of_problem_of_the_commands_happens(kind: str, tmp_path: Path) -> None:
    assert kind in [problem["type"] for problem in told(*(word.format(tmp_path) for word in ASKED[kind]))]
    assert list(tmp_path.iterdir()) == []  # nothing half-written


def fleets(change: Callable[[str], str]) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        path = folder / "fleets.csv"
        path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")

    return spoil


# What is done to the tables of the tiny corridor before they are checked.
SPOILT: dict[str, Callable[[Path], None]] = {
    "corridor.cells": fleets(lambda text: text.rstrip() + ",,,\n"),
    "corridor.column_missing": fleets(lambda text: text.replace("operator", "owner", 1)),
    "corridor.column_unknown": fleets(lambda text: text.replace("operator", "owner", 1)),
    "corridor.column_twice": fleets(lambda text: text.replace("operator", "name", 1)),
    "corridor.file": fleets(lambda _: "neither\nhead nor tail\n"),
    "corridor.integer": lambda folder: write_tiny_tables(folder, rows={"links": [GAUGE_IN_WORDS]}),
    "corridor.more": lambda folder: write_tiny_tables(folder, rows={"fleets": [fleet(-n) for n in range(1, 31)]}),
    "corridor.unreachable": lambda folder: write_tiny_tables(folder, rows={"places": [ISLAND]}),
    "provenance.file": lambda folder: (folder / "provenance.csv").unlink(),
}
ISLAND = {
    "id": "IRBAZ", "name": "Anzali", "country": "IR", "kind": "seaport", "position": "hand",
    "latitude_deg": 37.47, "longitude_deg": 49.46,
}  # fmt: skip
GAUGE_IN_WORDS = {"id": "KZHOR-KZAAU.rail", "gauge_mm": "wide"}


def fleet(units: int) -> dict[str, object]:
    return {"id": f"fleet{units}", "name": "x", "kind": "x", "units": units}


@pytest.mark.parametrize("kind", SPOILT)
def test_each_type_of_problem_of_the_tables_happens(kind: str, tmp_path: Path) -> None:
    write_tiny_tables(tmp_path)
    SPOILT[kind](tmp_path)
    assert kind in [problem["type"] for problem in told("check", str(tmp_path))]


def spoilt_ledger(folder: Path, name: str, change: Callable[[str], str | None]) -> Path:
    """A copy of the packaged ledger with one table rewritten, or deleted where `change` gives nothing."""
    for path in PACKAGED_LEDGER.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    text = change((folder / name).read_text(encoding="utf-8"))
    if text is None:
        (folder / name).unlink()
    else:
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def first_lines(text: str) -> str:
    return "".join(text.splitlines(keepends=True)[:9])


LEDGERS: dict[str, tuple[str, Callable[[str], str | None]]] = {
    "evidence.file": ("claims.csv", lambda _: None),
    "evidence.columns": ("gaps.csv", lambda text: text.replace("subject", "about", 1)),
    "evidence.row": ("claims.csv", lambda text: first_lines(text) + "a,b\n"),
    "evidence.source": ("sources.csv", first_lines),
}


@pytest.mark.parametrize("kind", LEDGERS)
def test_each_type_of_problem_of_a_ledger_happens(kind: str, tmp_path: Path) -> None:
    folder = spoilt_ledger(tmp_path, *LEDGERS[kind])
    assert {problem.type for problem in raised(lambda: load_ledger(folder))} == {kind}


PAIR = graph_from_arcs([0], [1], 2)
CALLS: dict[str, Callable[[], object]] = {
    "corridor.schema": lambda: load_schema(Path("nowhere.json")),
    "corridor.unknown_id": lambda: load_corridor().get_table("KZAAX"),
    "evidence.claim": lambda: load_ledger().get_claim("port:aktau/throughput/none"),
    "evidence.currency": lambda: load_ledger().rates.exchange(1.0, "t", "USD", on=dt.date(2024, 1, 1)),
    "evidence.unit": lambda: convert(1.0, "km", "t"),
    "graph.input": lambda: shortest_tree(PAIR, [-1.0], 0),
    "graph.labels": lambda: pareto_paths(PAIR, [[1.0]], 0, 1, label_limit=1),
    "services.timetable": lambda: departure_rule("Tue Someday"),
}


@pytest.mark.parametrize("kind", CALLS)
def test_each_type_of_problem_of_a_call_happens(kind: str) -> None:
    assert {problem.type for problem in raised(CALLS[kind])} == {kind}


def test_a_name_of_two_places_is_ambiguous(tmp_path: Path) -> None:
    write_tiny_tables(tmp_path, rows={"places": [{"id": "KZKUR", "name": "Aktau"}]})
    (problem,) = told("route", "Aktau", "Poti", "--corridor", str(tmp_path))
    assert problem["type"] == "place.ambiguous"


def test_a_dated_scenario_without_a_day_is_said(tmp_path: Path) -> None:
    storm = Scenario("storm", 2024, changes=(Change("KZAAU", since=dt.date(2024, 11, 10), close=True),))
    file = tmp_path / "storm.toml"
    file.write_text(write_scenario(storm), encoding="utf-8")
    answer = answer_question("KZAAU", "AZBAK", load_text="1 FEU", scenario=file)
    assert [note.type for note in answer.notes] == ["scenario.dated"]


def test_no_type_of_problem_is_without_a_test() -> None:
    shown_here = {*ASKED, *SPOILT, *LEDGERS, *CALLS, "place.ambiguous", "scenario.dated"}
    quoted = set(re.findall(r'"(\w+\.\w+)', other_tests()))
    shown_in_scenarios = set(PROBLEM_TYPES)  # tests/scenario/test_problems.py walks them
    assert types_in_the_code() - shown_here - quoted - shown_in_scenarios == set()


# --- pages --------------------------------------------------------------------------------------------------------


def test_the_life_of_a_container_names_files_and_functions_that_are_there() -> None:
    page = text_of([DOCS / "life-of-a-container.md"])
    files = set(re.findall(r"`(\w+/[\w./]+\.py)`", page))
    assert len(files) >= 15
    missing = {file for file in files if not (SOURCE / file).is_file() and not (ROOT / file).is_file()}
    assert missing == set()
    code = text_of(SOURCE.rglob("*.py"))
    for name, file in re.findall(r"`(?:\w+\.)?(\w+)(?:\(\w+\))?`\s+\(`(\w+/\w+\.py)`\)", page):
        assert re.search(rf"\b(?:def|class) {name}\b", text_of([SOURCE / file])), f"{name} is not in {file}"
    for name in ("build_network", "answer_question", "find_alternatives", "make_quote", "explain_no_route"):
        assert f"`{name}`" in page
        assert f"def {name}(" in code


def test_every_room_with_a_method_has_a_readme() -> None:
    for room in ("evidence", "corridor", "scenario", "runs", "freight", "freight/equilibrium", "web"):
        readme = text_of([SOURCE / room / "README.md"])
        for file in re.findall(r"`(\w+\.(?:py|js))`", readme):
            assert list((SOURCE / room).rglob(file)) or list((ROOT / "tools").rglob(file)), f"{room}: {file}"


def test_links_between_pages_lead_somewhere() -> None:
    for page in [ROOT / "README.md", *DOCS.glob("*.md")]:
        for target in re.findall(r"\]\((?!https?://)([^)#]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"
