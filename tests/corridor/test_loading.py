"""Bad tables: every problem once, with file, line, column and the way to mend it."""

from __future__ import annotations

import math
import random
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transcaspian.corridor.loading import read_number
from transcaspian.corridor.model import load_corridor
from transcaspian.corridor.schema import packaged_folder, packaged_schema
from transcaspian.errors import InputError, Problem
from transcaspian.testing import tiny_corridor, write_tiny_tables


def problems_of(folder: Path) -> tuple[Problem, ...]:
    with pytest.raises(InputError) as caught:
        load_corridor(folder)
    return caught.value.problems


def rewrite(path: Path, change: Callable[[str], str]) -> None:
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")


def test_a_negative_length_is_named_with_its_row_and_mend(tmp_path: Path) -> None:
    write_tiny_tables(tmp_path, rows={"links": [{"id": "KZAAU-AZALA.sea", "length_km": "-12.0"}]})
    (problem,) = problems_of(tmp_path)
    assert problem.type == "corridor.length"
    assert problem.where == "links.csv, line 5, column length_km"
    assert problem.what == "-12.0 is not above 0."
    assert "KZAAU-AZALA.sea in kilometres, or delete the row" in problem.mend


@pytest.mark.parametrize(
    ("table", "row", "column", "cell", "type_"),
    [
        ("links", "KZAAU-AZALA.sea", "length_km", "five hundred", "corridor.number"),
        ("links", "KZAAU-AZALA.sea", "length_km", "", "corridor.number"),
        ("links", "KZAAU-AZALA.sea", "length_km", "1_000", "corridor.number"),
        ("links", "KZAAU-AZALA.sea", "length_km", "nan", "corridor.number"),
        ("links", "KZAAU-AZALA.sea", "length_km", "1e999", "corridor.number"),
        ("links", "KZAAU-AZALA.sea", "speed_km_per_h", "2000", "corridor.speed"),
        ("links", "KZAAU-AZALA.sea", "speed_km_per_h", "1e-300", "corridor.speed"),
        ("links", "KZAAU-AZALA.sea", "length_km", "1e300", "corridor.length"),
        ("links", "KZHOR-KZAAU.rail", "gauge_mm", "1000", "corridor.gauge"),
        ("links", "KZHOR-KZAAU.rail", "gauge_mm", "1521", "corridor.gauge"),
        ("places", "KZAAU", "name", "Ak\x1b[31mtau", "corridor.string"),
        ("places", "KZAAU", "name", "Ak\u202etau", "corridor.string"),
        ("links", "KZAAU-AZALA.sea", "mode", "sea\x07", "corridor.string"),
        ("links", "KZHOR-KZAAU.rail", "tracks", "1.5", "corridor.tracks"),
        ("links", "KZHOR-KZAAU.rail", "domestic_share", "1.2", "corridor.domestic"),
        ("places", "KZAAU", "latitude_deg", "91", "corridor.latitude"),
        ("links", "KZAAU-AZALA.sea", "mode", "ship", "corridor.string"),
        ("links", "KZAAU-AZALA.sea", "unit_loads", "TEU;barrel", "corridor.string"),
        ("links", "KZAAU-AZALA.sea", "from_place", "KZAAV", "corridor.dangling_id"),
        ("links", "KZAAU-AZALA.sea", "via", "KZKUR;NOWHERE", "corridor.dangling_id"),
        ("services", "ferry-aktau", "both_ways", "yes", "corridor.boolean"),
        ("upgrades", "alat-ramp", "effective_from", "2024-02-30", "corridor.date"),
        ("upgrades", "alat-ramp", "effective_from", "1 July 2024", "corridor.date"),
        ("upgrades", "alat-ramp", "effective_from", "20240701", "corridor.date"),
        ("demand", "xian-poti", "year", "24", "corridor.year"),
    ],
)
def test_one_wrong_cell_is_one_problem_at_its_place(
    tmp_path: Path, table: str, row: str, column: str, cell: str, type_: str
) -> None:
    write_tiny_tables(tmp_path)
    path = tmp_path / f"{table}.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    header = lines[0].split(",")
    number = next(n for n, line in enumerate(lines, start=1) if line.split(",")[0] == row)
    cells = lines[number - 1].split(",")
    cells[header.index(column)] = cell
    lines[number - 1] = ",".join(cells)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    (problem,) = problems_of(tmp_path)
    assert problem.type == type_
    assert problem.where == f"{table}.csv, line {number}, column {column}"
    assert problem.mend


def test_a_dangling_id_offers_the_nearest_one(tmp_path: Path) -> None:
    write_tiny_tables(tmp_path, rows={"links": [{"id": "KZAAU-AZALA.sea", "to_place": "AZALLA"}]})
    (problem,) = problems_of(tmp_path)
    assert problem.mend.startswith("Did you mean AZALA")


def test_a_missing_column_is_named_once(tmp_path: Path) -> None:
    write_tiny_tables(tmp_path)
    path = tmp_path / "unit_loads.csv"
    rows = [line.split(",") for line in path.read_text(encoding="utf-8").splitlines()]
    place = rows[0].index("cargo_t")
    path.write_text("".join(",".join(r[:place] + r[place + 1 :]) + "\n" for r in rows), encoding="utf-8")
    (problem,) = problems_of(tmp_path)
    assert problem.where == "unit_loads.csv, line 1, column cargo_t"


def test_an_unknown_column_is_named_with_those_that_exist(tmp_path: Path) -> None:
    write_tiny_tables(tmp_path)
    rewrite(tmp_path / "fleets.csv", lambda text: text.replace("operator", "owner", 1))
    missing, unknown = problems_of(tmp_path)
    assert "operator" in missing.where
    assert "owner" in unknown.where
    assert "operator" in unknown.mend


def test_a_row_with_a_comma_too_many_is_named(tmp_path: Path) -> None:
    write_tiny_tables(tmp_path)
    rewrite(tmp_path / "fleets.csv", lambda text: text.rstrip() + ",,,\n")
    (problem,) = problems_of(tmp_path)
    assert problem.where == "fleets.csv, line 3"


def test_an_id_that_stands_twice_names_both_lines(tmp_path: Path) -> None:
    write_tiny_tables(tmp_path)
    rewrite(tmp_path / "links.csv", lambda text: text + text.splitlines()[1] + "\n")
    (problem,) = problems_of(tmp_path)
    assert problem.type == "corridor.id_twice"
    assert problem.where == "links.csv, line 10, column id"
    assert "line 2" in problem.what


def test_an_empty_file_is_one_problem(tmp_path: Path) -> None:
    write_tiny_tables(tmp_path)
    (tmp_path / "links.csv").write_bytes(b"")
    (problem,) = problems_of(tmp_path)
    assert problem.type == "corridor.file_empty"
    assert problem.where == "links.csv"


def garbage_bytes(size: int) -> bytes:
    return random.Random(7).randbytes(size)


@pytest.mark.parametrize("file", ["links.csv", "provenance.csv"])
@pytest.mark.parametrize("kind", ["bytes", "one line", "many lines"])
def test_ten_megabytes_of_garbage_are_one_short_problem(tmp_path: Path, file: str, kind: str) -> None:
    write_tiny_tables(tmp_path)
    content = {
        "bytes": garbage_bytes(10_000_000),
        "one line": b"x," * 5_000_000,
        "many lines": b"lorem,ipsum\n" * 833_333,
    }[kind]
    (tmp_path / file).write_bytes(content)
    (problem,) = problems_of(tmp_path)
    assert problem.where.split(",")[0] == file
    assert len(str(problem)) < 600


def test_a_missing_file_and_a_missing_folder_are_told_apart(tmp_path: Path) -> None:
    write_tiny_tables(tmp_path)
    (tmp_path / "links.csv").unlink()
    (problem,) = problems_of(tmp_path)
    assert problem.type == "corridor.file_missing"
    (problem,) = problems_of(tmp_path / "nowhere")
    assert problem.type == "corridor.folder"
    assert "transcaspian init" in problem.mend


def test_problems_of_several_files_are_said_together(tmp_path: Path) -> None:
    write_tiny_tables(tmp_path, rows={"links": [{"id": "KZAAU-AZALA.sea", "length_km": -1}]})
    (tmp_path / "fleets.csv").unlink()
    (tmp_path / "provenance.csv").unlink()
    assert {problem.where.split(",")[0] for problem in problems_of(tmp_path)} == {
        "links.csv",
        "fleets.csv",
        "provenance.csv",
    }


def test_a_table_full_of_problems_is_cut_short_and_says_so(tmp_path: Path) -> None:
    rows = [{"id": f"extra-{n}", "name": "x", "kind": "x", "units": -n} for n in range(1, 31)]
    write_tiny_tables(tmp_path, rows={"fleets": rows})
    problems = problems_of(tmp_path)
    assert len(problems) == 21
    assert problems[-1].what == "and 10 more problems"


def test_columns_may_stand_in_any_order_and_empty_lines_are_passed_over(tmp_path: Path) -> None:
    base = tiny_corridor(tmp_path)
    path = tmp_path / "fleets.csv"
    rows = [line.split(",") for line in path.read_text(encoding="utf-8").splitlines()]
    path.write_text("\n\n".join(",".join(reversed(row)) for row in rows) + "\n", encoding="utf-8")
    assert load_corridor(tmp_path)["fleets"].texts("name") == base["fleets"].texts("name")


def test_low_and_high_come_from_provenance_and_enclose_the_value(tmp_path: Path) -> None:
    links = tiny_corridor(tmp_path)["links"]
    estimate = links.estimate(links.get_row("KZHOR-KZAAU.rail"), "speed_km_per_h")
    assert estimate is not None
    assert (estimate.low, estimate.mid, estimate.high) == (40, 50, 60)


@settings(deadline=None, derandomize=True)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_finite_number_is_read_back(number: float) -> None:
    assert read_number(repr(number)) == number


@settings(deadline=None, derandomize=True)
@given(st.text())
def test_whatever_is_read_is_a_finite_number_that_python_reads_alike(cell: str) -> None:
    number = read_number(cell)
    if number is not None:
        assert math.isfinite(number)
        assert number == float(cell)
    else:
        assert not cell.isascii() or not cell.isdigit() or math.isinf(float(cell))


@pytest.mark.parametrize("cell", ["", "-", "1,5", "1 000", "1_000", "٣", "0x10", "inf", "NaN", "12 km"])
def test_what_a_person_may_mean_but_did_not_write_is_no_number(cell: str) -> None:
    assert read_number(cell) is None


RANGES = [
    ("length_km", "3000", "1e308", "high", "above 45000"),
    ("length_km", "-5", "3000", "low", "not above 0"),
    ("speed_km_per_h", "1e-300", "50", "low", "below 0.1"),
    ("gauge_mm", "1000", "1520", "low", "neither 1435 nor 1520"),
]


@pytest.mark.parametrize(("column", "low", "high", "end", "said"), RANGES)
def test_a_range_keeps_the_bounds_of_its_column(
    tmp_path: Path, column: str, low: str, high: str, end: str, said: str
) -> None:
    write_tiny_tables(tmp_path)
    path = tmp_path / "provenance.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    number = next(n for n, line in enumerate(lines) if line.startswith(f"links,KZHOR-KZAAU.rail,{column},"))
    lines[number] = ",".join([*lines[number].split(",")[:-2], low, high])
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    (problem,) = problems_of(tmp_path)
    assert problem.type == "provenance.range"
    assert problem.where == f"provenance.csv, line {number + 1}, column {end}"
    assert said in problem.what
    assert "KZHOR-KZAAU.rail" in problem.what
    assert "number" in problem.mend


def test_every_quantity_of_our_tables_has_a_least_and_a_most() -> None:
    for schema in packaged_schema().values():
        for field in schema.fields:
            if field.numeric and not field.words:
                assert field.broken_bound(1e300), field.name
                assert field.broken_bound(-1e300), field.name


def test_a_reason_with_a_control_character_is_named(tmp_path: Path) -> None:
    write_tiny_tables(tmp_path)
    rewrite(tmp_path / "provenance.csv", lambda text: text.replace("invented", "in\x1bvented", 1))
    problem = problems_of(tmp_path)[0]
    assert (problem.type, problem.where) == ("corridor.string", "provenance.csv, line 2, column reason")
    assert "\\x1b" in problem.what


NEEDED = ["places", "links", "unit_loads", "tariffs", "emission_factors", "operations"]


@pytest.mark.parametrize("table", NEEDED)
def test_a_needed_table_with_a_header_only_is_one_problem(tmp_path: Path, table: str) -> None:
    write_tiny_tables(tmp_path)
    rewrite(tmp_path / f"{table}.csv", lambda text: text.splitlines()[0] + "\n")
    (problem,) = problems_of(tmp_path)
    assert (problem.type, problem.where) == ("corridor.file_empty", f"{table}.csv")
    assert "has no rows" in problem.what


def test_dangling_ids_are_cut_short_table_by_table(tmp_path: Path) -> None:
    shutil.copytree(packaged_folder(), tmp_path / "my")
    rewrite(tmp_path / "my" / "places.csv", lambda text: "\n".join(text.splitlines()[:2]) + "\n")
    problems = problems_of(tmp_path / "my")
    shown = Counter(p.where.split(",")[0] for p in problems if p.type == "corridor.dangling_id")
    assert max(shown.values()) == shown["links.csv"] == 20
    (more,) = [p for p in problems if p.type == "corridor.more" and p.where == "links.csv"]
    assert more.what.startswith("and ")
