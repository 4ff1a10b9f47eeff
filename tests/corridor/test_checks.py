"""Every rule of `check`: silent on a sound corridor, one clear problem on a broken one."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from transcaspian.corridor.checks import check
from transcaspian.corridor.model import Corridor, load_corridor
from transcaspian.errors import Problem
from transcaspian.evidence import Ledger, load_ledger
from transcaspian.testing import COASTER, tiny_corridor

Rows = Mapping[str, Sequence[Mapping[str, object]]]


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    return load_ledger()


def findings(folder: Path, rows: Rows) -> list[Problem]:
    return tiny_corridor(folder, rows=rows).check()


def test_a_sound_corridor_has_nothing_to_mend(tmp_path: Path) -> None:
    assert tiny_corridor(tmp_path).check() == []


def row(table: str, row_id: str, **cells: object) -> Rows:
    return {table: [{"id": row_id, **cells}]}


@pytest.mark.parametrize(
    ("rows", "type_", "where", "said"),
    [
        pytest.param(
            row("links", "KZAAU-AZALA.sea", length_km=400),
            "corridor.length",
            "links.csv, line 5, column length_km",
            "400 is shorter than the great circle of 437.8 km between Aktau and Alat.",
            id="a sea leg shorter than the great circle",
        ),
        pytest.param(
            row("links", "KZHOR-KZAAU.rail", length_km=2000),
            "corridor.length",
            "links.csv, line 3, column length_km",
            "shorter than the great circle",
            id="a railway shorter than the great circle",
        ),
        pytest.param(
            row("links", "KZAAU-AZALA.sea", to_place="KZAAU"),
            "corridor.link_ends",
            "links.csv, line 5",
            "KZAAU",
            id="a loop",
        ),
        pytest.param(
            row("links", "KZAAU-AZALA.sea", from_place="KZKUR"),
            "corridor.link_id",
            "links.csv, line 5, column id",
            "'KZKUR-AZALA.sea'",
            id="an id that does not say its ends",
        ),
        pytest.param(
            row("links", "KZHOR-KZAAU.rail", gauge_mm=""),
            "corridor.gauge",
            "links.csv, line 3",
            "no gauge",
            id="no gauge",
        ),
        pytest.param(
            row("links", "KZAAU-AZALA.sea", gauge_mm=1520),
            "corridor.gauge",
            "links.csv, line 5",
            "mode is sea",
            id="gauge at sea",
        ),
        pytest.param(
            row("operations", "KZHOR.change_gauge", unit_loads="TEU"),
            "corridor.gauge_change",
            "places.csv, line 3",
            "FEU from rail_1520 cannot go on to rail_1435",
            id="a gauge meeting without a door",
        ),
        pytest.param(
            row("operations", "KZHOR.change_gauge", both_ways="false"),
            "corridor.gauge_change",
            "places.csv, line 3",
            "from rail_1520 cannot go on to rail_1435",
            id="a door that opens one way",
        ),
        pytest.param(
            row("operations", "KZHOR.cross_border", unit_loads="TEU"),
            "corridor.border",
            "links.csv, line 2",
            "FEU from CN cannot enter at KZHOR",
            id="a border that is shut to a box",
        ),
        pytest.param(
            row("operations", "AZALA.cross_sea", from_country="TM"),
            "corridor.border",
            "links.csv, line 5",
            "from KZ cannot enter at AZALA",
            id="a border open to another country only",
        ),
        pytest.param(
            row("operations", "KZAAU.tranship_wagon", unit_loads="TEU"),
            "corridor.port",
            "places.csv, line 4",
            "wagon from rail_1520 cannot go on to sea",
            id="a port that cannot tranship",
        ),
        pytest.param(
            row("operations", "KZAAU.load_train", from_side="sea"),
            "corridor.operation",
            "operations.csv",
            "has a from_side",
            id="a side that is not needed",
        ),
        pytest.param(
            row("operations", "KZHOR.cross_border", facility="GETBS.border"),
            "corridor.operation",
            "operations.csv",
            "GETBS.border does not stand in KZHOR",
            id="a facility elsewhere",
        ),
        pytest.param(
            row("services", "ferry-kuryk", unit_loads="TEU;FEU"),
            "corridor.sailing",
            "links.csv, line 6",
            "no open service carries wagon over KZKUR-AZALA.sea",
            id="a sea link without a ship",
        ),
        pytest.param(
            row("services", "ferry-kuryk", status="planned"),
            "corridor.sailing",
            "links.csv, line 6",
            "TEU, FEU, wagon",
            id="a planned ship",
        ),
        pytest.param(
            row("services", "ferry-kuryk", from_place="KZAAU"),
            "corridor.service",
            "services.csv, line 4, column links",
            "does not lead on from KZAAU",
            id="links that do not follow each other",
        ),
        pytest.param(
            row("services", "ferry-kuryk", kind="block_train"),
            "corridor.service",
            "services.csv, line 4",
            "no rail link",
            id="a train at sea",
        ),
        pytest.param(
            row("tariffs", "sea-wagon", unit_load="truck"),
            "corridor.tariff",
            "links.csv, line 5",
            "KZAAU-AZALA.sea takes wagon, but tariffs.csv has no price",
            id="a move without a price",
        ),
        pytest.param(
            row("tariffs", "gauge-feu", unit_load="truck"),
            "corridor.tariff",
            "operations.csv",
            "KZHOR.change_gauge takes FEU, but tariffs.csv has no price",
            id="an operation without a price",
        ),
        pytest.param(
            row("upgrades", "alat-ramp", column="berths"),
            "corridor.upgrade",
            "upgrades.csv, line 2",
            "no quantity 'berths'",
            id="no such column",
        ),
        pytest.param(
            row("upgrades", "alat-ramp", after=""),
            "corridor.upgrade",
            "upgrades.csv, line 2",
            "to nothing",
            id="an upgrade to nothing",
        ),
        pytest.param(
            row("upgrades", "poti-road", targets="KZAAU"),
            "corridor.upgrade",
            "upgrades.csv, line 3",
            "no status to open",
            id="nothing to open",
        ),
        pytest.param(
            row("upgrades", "alat-ramp", earliest="2025-01-01"),
            "corridor.dates",
            "upgrades.csv, line 2, column effective_from",
            "2024-07-01 is before earliest 2025-01-01",
            id="dates out of order",
        ),
        pytest.param(
            row("upgrades", "alat-ramp", effective_from=""),
            "corridor.upgrade",
            "upgrades.csv, line 2",
            "never acts",
            id="in service since when",
        ),
        pytest.param(
            row("upgrades", "alat-ramp", after="1e9"),
            "corridor.upgrade",
            "upgrades.csv, line 2, column after",
            "would be 1e+09, which is above",
            id="an upgrade beyond all bounds",
        ),
        pytest.param(
            row("services", "ferry-aktau", timetable="Tue Someday"),
            "services.timetable",
            "services.csv, line 2, column timetable",
            "'Someday' is no day",
            id="a timetable that nobody can read",
        ),
        pytest.param(
            row("services", "ferry-aktau", policy="timetable", timetable=""),
            "services.timetable",
            "services.csv, line 2, column timetable",
            "leaves by timetable, but has none",
            id="a timetable that is not there",
        ),
        pytest.param(
            row("commodities", "wheat", load_t_per_wagon=""),
            "corridor.commodity",
            "commodities.csv, line 3",
            "travels by wagon, but load_t_per_wagon is empty",
            id="a commodity without a load",
        ),
        pytest.param(
            row("demand", "khorgos-alat", unit_load="truck"),
            "corridor.demand",
            "demand.csv, line 3",
            "wheat does not travel by truck",
            id="wheat by truck",
        ),
        pytest.param(
            row("demand", "khorgos-alat", destination="KZHOR"),
            "corridor.demand",
            "demand.csv, line 3",
            "one place",
            id="demand from a place to itself",
        ),
        pytest.param(
            row("demand", "khorgos-alat", cargo_t_per_year=""),
            "corridor.demand",
            "demand.csv, line 3",
            "neither",
            id="demand for nothing",
        ),
        pytest.param(
            row("seasons", "season-harvest", july_weight="3"),
            "corridor.season",
            "seasons.csv, line 3, column january_weight",
            "average to 1.167, not 1",
            id="a season with too much of a year",
        ),
        pytest.param(
            row("demand_routes", "khorgos-alat.ferry-kuryk", share="0.5"),
            "corridor.demand_route",
            "demand_routes.csv, line 3, column share",
            "sum to 1.1, not 1",
            id="more routes than demand",
        ),
        pytest.param(
            row("demand_routes", "khorgos-alat.ferry-kuryk", service="feeder-aktau"),
            "corridor.demand_route",
            "demand_routes.csv, line 4, column service",
            "feeder-aktau carries no wagon",
            id="wagons by feeder",
        ),
        pytest.param(
            {**row("services", "ferry-kuryk", kind="block_train")},
            "corridor.demand_route",
            "demand_routes.csv, line 4, column service",
            "crosses the sea by the train ferry-kuryk",
            id="over the sea by train",
        ),
        pytest.param(
            row("vessels", "kmtf-beta", service="feeder-aktau"),
            "corridor.vessel",
            "vessels.csv, line 3, column service",
            "kmtf-beta has no room for TEU or FEU",
            id="a ship without room for its cargo",
        ),
        pytest.param(
            row("vessels", "asco-alfa", service="ferry-aktau"),
            "corridor.service",
            "services.csv, line 2, column full_share",
            "has ships, such as asco-alfa, but no full_share",
            id="a ship that never knows when to sail",
        ),
        pytest.param(
            row("fleets", "KZAAU", name="x", kind="x"),
            "corridor.id_twice",
            "fleets.csv, line 4",
            "also a row of places.csv",
            id="an id in two tables",
        ),
        pytest.param(
            row("places", "KZKUR", name_ru="Актау"),
            "corridor.name_twice",
            "places.csv, line 5",
            "also the name of KZAAU",
            id="a name twice",
        ),
    ],
)
def test_each_fault_is_said_where_it_is(tmp_path: Path, rows: Rows, type_: str, where: str, said: str) -> None:
    problems = findings(tmp_path, rows)
    assert [p for p in problems if p.type == type_ and p.where.startswith(where) and said in p.what], problems
    assert all(problem.mend for problem in problems)


def test_a_place_without_links_is_a_warning_that_names_it(tmp_path: Path) -> None:
    island = {"id": "IRBAZ", "name": "Anzali", "country": "IR", "kind": "seaport", "position": "hand"}
    (problem,) = findings(tmp_path, {"places": [{**island, "latitude_deg": 37.47, "longitude_deg": 49.46}]})
    assert problem.severity == "warning"
    assert "IRBAZ" in problem.what


def test_a_line_drawn_longer_than_its_length_is_a_warning(tmp_path: Path) -> None:
    (problem,) = findings(tmp_path, row("links", "KZAAU-AZALA.sea", via="KZKUR", length_km=445))
    assert (problem.severity, problem.type) == ("warning", "corridor.length")


# Alat and Baku are one country: who boards in Kazakhstan and stays aboard in Baku still enters at Alat.
LET_IN_FROM_KAZAKHSTAN = {"id": "AZALA.cross_sea", "from_country": "KZ", "unit_loads": "TEU;FEU;wagon"}


def test_a_border_is_also_checked_for_the_later_calls_of_a_ship(tmp_path: Path) -> None:
    landing = COASTER["operations"][0]
    assert findings(tmp_path, {**COASTER, "operations": [landing, LET_IN_FROM_KAZAKHSTAN]}) == []
    shut = {**COASTER, "operations": [landing, {**LET_IN_FROM_KAZAKHSTAN, "unit_loads": "FEU;wagon"}]}
    borders = [p for p in findings(tmp_path, shut) if p.type == "corridor.border"]
    assert {p.where.split(",")[1] for p in borders} == {
        " line 5",
        " line 6",
        " line 11",
    }  # both ferries' links and the coaster's


# --- provenance ----------------------------------------------------------------------------------------------------


def with_origins(corridor: Corridor, *origins: Sequence[str]) -> Corridor:
    """The same folder, with these rows of provenance instead of those of the same cells."""
    path = corridor.folder / "provenance.csv"
    with path.open(newline="", encoding="utf-8") as file:
        header, *rows = csv.reader(file)
    cells = {tuple(origin[:3]) for origin in origins}
    kept = [row for row in rows if tuple(row[:3]) not in cells]
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *kept, *origins])
    return load_corridor(corridor.folder)


CELL = ("links", "KZHOR-KZAAU.rail", "length_km")


def judged(corridor: Corridor, ledger: Ledger, *origin: str, cell: Sequence[str] = CELL) -> list[Problem]:
    return check(with_origins(corridor, [*cell, *origin]), ledger)


def length_claim(ledger: Ledger, *, unit: str = "km") -> Any:
    """A claim on a railway's length with one plain value, long enough for the tiny corridor."""
    return next(c for c in ledger.claims if c.unit == unit and c.value and c.low is None and 3010 < c.value < 3500)


def test_a_number_without_provenance_is_an_error(tmp_path: Path) -> None:
    corridor = tiny_corridor(tmp_path)
    path = tmp_path / "provenance.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(x for x in lines if not x.startswith(",".join(CELL))) + "\n", encoding="utf-8")
    (problem,) = load_corridor(corridor.folder).check()
    assert problem.type == "provenance.missing"
    assert problem.where == "links.csv, line 3, column length_km"
    assert ",".join(CELL) in problem.mend


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        (("lines", "KZHOR-KZAAU.rail", "length_km"), "no table 'lines'"),
        (("links", "KZHOR-KZAAV.rail", "length_km"), "no row 'KZHOR-KZAAV.rail'"),
        (("links", "KZHOR-KZAAU.rail", "length_mi"), "no quantity 'length_mi'"),
        (("links", "KZAAU-AZALA.sea", "tracks"), "is empty"),
    ],
)
def test_provenance_that_points_nowhere_is_an_error(
    tmp_path: Path, ledger: Ledger, cell: Sequence[str], said: str
) -> None:
    (problem,) = judged(tiny_corridor(tmp_path), ledger, "assumption", "", "", "because", "1", "2", cell=cell)
    assert problem.type == "provenance.nowhere"
    assert problem.where.startswith("provenance.csv, line ")
    assert said in problem.what


def test_an_unknown_claim_is_an_error_that_offers_the_nearest(tmp_path: Path, ledger: Ledger) -> None:
    claim = length_claim(ledger)
    (problem,) = judged(tiny_corridor(tmp_path), ledger, "claim", claim.id[:-1] + "z", "", "", "3000", "3000")
    assert problem.type == "provenance.claim"
    assert claim.id in problem.mend


def test_a_claimed_value_is_one_of_its_claims_or_between_them(tmp_path: Path, ledger: Ledger) -> None:
    claim = length_claim(ledger)
    rows = row("links", CELL[1], length_km=claim.value)
    value = f"{claim.value:g}"
    assert judged(tiny_corridor(tmp_path, rows=rows), ledger, "claim", claim.id, "", "", value, value) == []
    (problem,) = judged(tiny_corridor(tmp_path), ledger, "claim", claim.id, "", "", "1", "9000")
    assert (problem.severity, problem.type) == ("warning", "provenance.value")
    assert f"3000 is not what its claims say ({claim.value:g} km)" in problem.what


def test_a_claim_in_another_unit_makes_a_derived_cell(tmp_path: Path, ledger: Ledger) -> None:
    claim = next(c for c in ledger.claims if c.unit == "t/yr" and c.value)
    cell = ("links", CELL[1], "capacity_t_per_day")
    (problem,) = judged(tiny_corridor(tmp_path), ledger, "claim", claim.id, "", "", "1", "1e9", cell=cell)
    assert "is in t/yr, which is not t/d without a factor: the cell is derived" in problem.what
    assert claim.value is not None
    daily = claim.value / 365
    rows = row("links", CELL[1], capacity_t_per_day=f"{daily:.6g}")
    corridor = tiny_corridor(tmp_path, rows=rows)
    assert judged(corridor, ledger, "derived", claim.id, "c1/365", "", "0", "1e12", cell=cell) == []


@pytest.mark.parametrize(
    ("formula", "said"), [("c1*2", "3000 is not c1*2 ="), ("c1*0.87", "no unit constant"), ("c1+c2", "c2 is not one")]
)
def test_a_derived_value_is_computed_again(tmp_path: Path, ledger: Ledger, formula: str, said: str) -> None:
    claim = length_claim(ledger)
    (problem,) = judged(tiny_corridor(tmp_path), ledger, "derived", claim.id, formula, "", "1", "9000")
    assert (problem.severity, problem.type) == ("warning", "provenance.value")
    assert said in problem.what


def test_a_corrected_kilometre_says_which_range_to_widen(tmp_path: Path) -> None:
    tiny_corridor(tmp_path)
    path = tmp_path / "links.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",3000,", ",3050,"), encoding="utf-8")
    (problem,) = load_corridor(tmp_path).check()
    assert problem.severity == "warning"
    assert problem.where == "links.csv, line 3, column length_km"
    assert problem.what.startswith("your value 3050 lies outside 3000 of provenance.csv, line ")
    assert problem.mend == "widen the range or state your source there."
