"""Own helpers of our tests: a corridor that fits on a screen, complete and valid.

    CNXAG ──1435── KZHOR ──1520──┬── KZAAU ══ ferry, feeder ══┬── AZALA ──1520── GETBS ──1520── GEPTI
    Xi'an          Altynkol      │   Aktau                    │   Alat           Tbilisi  ┄┄┄┄  Poti
                   gauge change  └── KZKUR ══ ferry ══════════┘                       road, planned
                                     Kuryk

Trains take 80 h, 60 h (62 h to Kuryk), 10 h and 6 h; ships 20 h from Aktau and 18 h from Kuryk. All figures are
invented, round, and exact where no range stands behind them, so that a test can do its sums in the head.
Plans: a second ferry ramp at Alat in service from 1 July 2024, the road from Tbilisi to Poti some day.
"""

from __future__ import annotations

import csv
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from transcaspian.corridor.model import Corridor, load_corridor
from transcaspian.corridor.schema import DESCRIPTOR, PROVENANCE, TableSchema, packaged_folder, packaged_schema

# One block per table: columns and cells separated by "|", a column that is not named is empty.
# `12 (6 to 24)` is the number 12 with its low and high.
TINY_TABLES: Mapping[str, str] = {
    "places": """
        id    | name     | name_ru | aliases        | country | kind            | latitude_deg | longitude_deg
        CNXAG | Xi'an    | Сиань   | Xian Port      | CN      | inland_terminal | 34.26        | 108.93
        KZHOR | Altynkol |         | Khorgos        | KZ      | border_station  | 44.20        | 80.24
        KZAAU | Aktau    | Актау   |                | KZ      | seaport         | 43.66        | 51.17
        KZKUR | Kuryk    | Курык   |                | KZ      | seaport         | 43.18        | 51.68
        AZALA | Alat     | Алят    | Baku Port      | AZ      | seaport         | 39.95        | 49.40
        GETBS | Tbilisi  | Тбилиси |                | GE      | city            | 41.69        | 44.83
        GEPTI | Poti     | Поти    |                | GE      | seaport         | 42.14        | 41.67
    """,
    "links": """
        id               | from_place | to_place | mode | gauge_mm | operator | unit_loads | length_km
        CNXAG-KZHOR.rail | CNXAG      | KZHOR    | rail | 1435     | CR       | TEU;FEU    | 3200
        KZHOR-KZAAU.rail | KZHOR      | KZAAU    | rail | 1520     | KTZ      | TEU;FEU;wagon | 3000
        KZHOR-KZKUR.rail | KZHOR      | KZKUR    | rail | 1520     | KTZ      | TEU;FEU;wagon | 3100
        KZAAU-AZALA.sea  | KZAAU      | AZALA    | sea  |          |          | TEU;FEU;wagon | 500
        KZKUR-AZALA.sea  | KZKUR      | AZALA    | sea  |          |          | TEU;FEU;wagon | 450
        AZALA-GETBS.rail | AZALA      | GETBS    | rail | 1520     | ADY      | TEU;FEU;wagon | 500
        GETBS-GEPTI.rail | GETBS      | GEPTI    | rail | 1520     | GR       | TEU;FEU;wagon | 300
        GETBS-GEPTI.road | GETBS      | GEPTI    | road |          |          | truck      | 320
    """,
    "links, continued": """
        id               | speed_km_per_h | tracks | capacity_t_per_day     | domestic_share | emission_factor
        CNXAG-KZHOR.rail | 40             | 2      | 40000                  |                | rail_mixed
        KZHOR-KZAAU.rail | 50 (40 to 60)  | 1      | 20000 (16000 to 24000) | 0.5            | rail_mixed
        KZHOR-KZKUR.rail | 50 (40 to 60)  | 1      | 10000                  | 0.5            | rail_mixed
        KZAAU-AZALA.sea  | 25             |        |                        |                | sea_short
        KZKUR-AZALA.sea  | 25             |        |                        |                | sea_short
        AZALA-GETBS.rail | 50             | 2      | 15000                  | 0.25           | rail_mixed
        GETBS-GEPTI.rail | 50             | 2      | 15000                  |                | rail_mixed
        GETBS-GEPTI.road | 64             |        |                        |                | road_truck
    """,
    "links, planned": """
        id               | status
        GETBS-GEPTI.road | planned
    """,
    "services": """
        id             | name              | kind   | from_place | links           | unit_loads    | policy
        ferry-aktau    | Aktau–Alat ferry  | ferry  | KZAAU      | KZAAU-AZALA.sea | TEU;FEU;wagon | frequency
        feeder-aktau   | Aktau–Alat feeder | feeder | KZAAU      | KZAAU-AZALA.sea | TEU;FEU       | timetable
        ferry-kuryk    | Kuryk–Alat ferry  | ferry  | KZKUR      | KZKUR-AZALA.sea | TEU;FEU;wagon | when_full
    """,
    "services, continued": """
        id             | departures_per_week | longest_wait_h | timetable | fleet        | operator
        ferry-aktau    | 7                   |                |           | asco-ferries | ASCO
        feeder-aktau   | 2                   |                | Tue Sat   | kmtf-feeders | KMTF
        ferry-kuryk    | 3.5                 | 72             |           | asco-ferries | ASCO
    """,
    "facilities": """
        id                     | place | kind            | unit  | servers | rate_units_per_h | capacity_t_per_day
        KZHOR.gauge_change     | KZHOR | gauge_change    | train | 2       | 0.25             | 24000
        KZHOR.border           | KZHOR | border_station  | train | 1       | 1                |
        KZAAU.container_berths | KZAAU | container_berth | TEU   | 2       | 15               |
        KZAAU.ferry_berths     | KZAAU | ferry_berth     | wagon | 1       | 10               |
        KZKUR.ferry_berths     | KZKUR | ferry_berth     | wagon | 2       | 10               |
        AZALA.container_berths | AZALA | container_berth | TEU   | 2       | 20               |
        AZALA.ferry_berths     | AZALA | ferry_berth     | wagon | 1       | 10 (8 to 12)     |
        GETBS.border           | GETBS | border_station  | train | 1       | 1                |
    """,
    "operations": """
        id                   | place | operation     | from_side | to_side   | both_ways | unit_loads    | time_h
        CNXAG.load           | CNXAG | load          |           | rail_1435 |           | TEU;FEU       | 12
        CNXAG.unload         | CNXAG | unload        | rail_1435 |           |           | TEU;FEU       | 12
        CNXAG.clear_customs  | CNXAG | clear_customs |           |           |           | TEU;FEU       | 24
        CNXAG.cross_border   | CNXAG | cross_border  | rail_1435 |           |           | TEU;FEU       | 2
        KZHOR.change_gauge   | KZHOR | change_gauge  | rail_1435 | rail_1520 | true      | TEU;FEU       | 12 (6 to 24)
        KZHOR.cross_border   | KZHOR | cross_border  | rail_1435 |           |           | TEU;FEU       | 6 (2 to 20)
        KZHOR.load           | KZHOR | load          |           | rail_1520 |           | TEU;FEU;wagon | 12
        KZHOR.unload         | KZHOR | unload        | rail_1520 |           |           | TEU;FEU;wagon | 12
        KZHOR.clear_customs  | KZHOR | clear_customs |           |           |           | TEU;FEU;wagon | 24
        KZAAU.tranship_boxes | KZAAU | tranship      | rail_1520 | sea       | true      | TEU;FEU       | 18
        KZAAU.tranship_wagon | KZAAU | tranship      | rail_1520 | sea       | true      | wagon         | 8
        KZAAU.cross_border   | KZAAU | cross_border  | sea       |           |           | TEU;FEU;wagon | 3
        KZAAU.load_train     | KZAAU | load          |           | rail_1520 |           | TEU;FEU;wagon | 10
        KZAAU.load_ship      | KZAAU | load          |           | sea       |           | TEU;FEU;wagon | 10
        KZAAU.unload_train   | KZAAU | unload        | rail_1520 |           |           | TEU;FEU;wagon | 10
        KZAAU.unload_ship    | KZAAU | unload        | sea       |           |           | TEU;FEU;wagon | 10
        KZAAU.clear_customs  | KZAAU | clear_customs |           |           |           | TEU;FEU;wagon | 24
        KZKUR.tranship       | KZKUR | tranship      | rail_1520 | sea       | true      | TEU;FEU;wagon | 8
        KZKUR.cross_border   | KZKUR | cross_border  | sea       |           |           | TEU;FEU;wagon | 3
        AZALA.tranship_boxes | AZALA | tranship      | sea       | rail_1520 | true      | TEU;FEU       | 18
        AZALA.tranship_wagon | AZALA | tranship      | sea       | rail_1520 | true      | wagon         | 8
        AZALA.cross_sea      | AZALA | cross_border  | sea       |           |           | TEU;FEU;wagon | 3
        AZALA.cross_rail     | AZALA | cross_border  | rail_1520 |           |           | TEU;FEU;wagon | 4
        AZALA.load_train     | AZALA | load          |           | rail_1520 |           | TEU;FEU;wagon | 10
        AZALA.load_ship      | AZALA | load          |           | sea       |           | TEU;FEU;wagon | 10
        AZALA.unload_train   | AZALA | unload        | rail_1520 |           |           | TEU;FEU;wagon | 10
        AZALA.unload_ship    | AZALA | unload        | sea       |           |           | TEU;FEU;wagon | 10
        AZALA.clear_customs  | AZALA | clear_customs |           |           |           | TEU;FEU;wagon | 24
        GETBS.cross_border   | GETBS | cross_border  | rail_1520 |           |           | TEU;FEU;wagon | 4
        GETBS.load_train     | GETBS | load          |           | rail_1520 |           | TEU;FEU;wagon | 6
        GETBS.load_truck     | GETBS | load          |           | road      |           | truck         | 1
        GETBS.unload_train   | GETBS | unload        | rail_1520 |           |           | TEU;FEU;wagon | 6
        GETBS.unload_truck   | GETBS | unload        | road      |           |           | truck         | 1
        GETBS.clear_customs  | GETBS | clear_customs |           |           |           | TEU;FEU;wagon;truck | 12
        GEPTI.tranship       | GEPTI | tranship      | rail_1520 | sea       | true      | TEU;FEU       | 18
        GEPTI.load_train     | GEPTI | load          |           | rail_1520 |           | TEU;FEU;wagon | 6
        GEPTI.load_truck     | GEPTI | load          |           | road      |           | truck         | 1
        GEPTI.unload_train   | GEPTI | unload        | rail_1520 |           |           | TEU;FEU;wagon | 6
        GEPTI.unload_truck   | GEPTI | unload        | road      |           |           | truck         | 1
        GEPTI.clear_customs  | GEPTI | clear_customs |           |           |           | TEU;FEU;wagon;truck | 12
    """,
    "operations, continued": """
        id                   | facility
        KZHOR.change_gauge   | KZHOR.gauge_change
        KZHOR.cross_border   | KZHOR.border
        KZAAU.tranship_boxes | KZAAU.container_berths
        KZAAU.tranship_wagon | KZAAU.ferry_berths
        KZKUR.tranship       | KZKUR.ferry_berths
        AZALA.tranship_boxes | AZALA.container_berths
        AZALA.tranship_wagon | AZALA.ferry_berths
        GETBS.cross_border   | GETBS.border
    """,
    "unit_loads": """
        id    | name                | cargo_t | tare_t | teu | rail_speed_factor
        TEU   | 20-foot container   | 14      | 2.2    | 1   | 1
        FEU   | 40-foot container   | 20      | 3.8    | 2   | 1
        wagon | wagon               | 60      | 23     |     | 0.5
        truck | lorry with trailer  | 20      | 15     |     |
        t     | tonne               | 1       |        |     |
    """,
    "tariffs": """
        id            | applies   | operator | mode | unit_load | fixed_usd_per_unit_load | cost_usd_per_unit_load_km
        rail-teu      | move      |          | rail | TEU       | 50                      | 0.25 (0.2 to 0.4)
        rail-feu      | move      |          | rail | FEU       | 80                      | 0.5
        rail-wagon    | move      |          | rail | wagon     | 100                     | 0.75
        ktz-teu       | move      | KTZ      | rail | TEU       | 50                      | 0.2
        sea-teu       | move      |          | sea  | TEU       | 300                     | 0.5
        sea-feu       | move      |          | sea  | FEU       | 500                     | 1
        sea-wagon     | move      |          | sea  | wagon     | 400                     | 1
        road-truck    | move      |          | road | truck     | 100                     | 1.5
    """,
    "tariffs, operations": """
        id            | applies   | operation     | unit_load | fixed_usd_per_unit_load | country
        load-teu      | operation | load          | TEU       | 60                      |
        load-feu      | operation | load          | FEU       | 90                      |
        load-wagon    | operation | load          | wagon     | 120                     |
        load-truck    | operation | load          | truck     | 40                      |
        unload-teu    | operation | unload        | TEU       | 60                      |
        unload-feu    | operation | unload        | FEU       | 90                      |
        unload-wagon  | operation | unload        | wagon     | 120                     |
        unload-truck  | operation | unload        | truck     | 40                      |
        tranship-teu  | operation | tranship      | TEU       | 100                     |
        tranship-feu  | operation | tranship      | FEU       | 150                     |
        tranship-wagon | operation | tranship     | wagon     | 80                      |
        gauge-teu     | operation | change_gauge  | TEU       | 40                      |
        gauge-feu     | operation | change_gauge  | FEU       | 70                      |
        border-teu    | operation | cross_border  | TEU       | 20                      |
        border-feu    | operation | cross_border  | FEU       | 20                      |
        border-wagon  | operation | cross_border  | wagon     | 20                      |
        border-teu-ge | operation | cross_border  | TEU       | 10                      | GE
        customs-teu   | operation | clear_customs | TEU       | 75                      |
        customs-feu   | operation | clear_customs | FEU       | 75                      |
        customs-wagon | operation | clear_customs | wagon     | 75                      |
        customs-truck | operation | clear_customs | truck     | 75                      |
    """,
    "emission_factors": """
        id          | mode | co2_g_per_tkm
        rail_mixed  | rail | 25 (15 to 35)
        road_truck  | road | 90
        sea_short   | sea  | 20
    """,
    "commodities": """
        id      | name    | name_ru | unit_loads          | load_t_per_teu | load_t_per_wagon | value_usd_per_t
        general | general | разное  | TEU;FEU;wagon;truck | 14             | 50               | 3000
        wheat   | wheat   | пшеница | TEU;wagon           | 22             | 66               | 250 (200 to 300)
    """,
    "commodities, continued": """
        id      | load_t_per_truck | time_cost_percent_per_day
        general | 20               | 0.03
        wheat   |                  | 0.03
    """,
    "demand": """
        id           | year | commodity | origin | destination | unit_load | cargo_t_per_year | teu_per_year
        xian-poti    | 2024 | general   | CNXAG  | GEPTI       | TEU       | 140000           | 10000
        khorgos-alat | 2024 | wheat     | KZHOR  | AZALA       | wagon     | 600000           |
    """,
    "seasons": """
        id             | name    | january_weight | february_weight | march_weight | april_weight | may_weight
        season-flat    | even    | 1              | 1               | 1            | 1            | 1
        season-harvest | harvest | 0.5            | 0.5             | 0.5          | 0.5          | 0.5
    """,
    "seasons, summer": """
        id             | june_weight | july_weight | august_weight | september_weight
        season-flat    | 1           | 1           | 1             | 1
        season-harvest | 0.5         | 1           | 2             | 2
    """,
    "seasons, winter": """
        id             | october_weight | november_weight | december_weight
        season-flat    | 1              | 1               | 1
        season-harvest | 2              | 1               | 1
    """,
    "demand_routes": """
        id                       | demand       | service      | via   | share | lot_units
        xian-poti.feeder-aktau   | xian-poti    | feeder-aktau | KZHOR | 1     | 55
        khorgos-alat.ferry-aktau | khorgos-alat | ferry-aktau  |       | 0.6   | 20
        khorgos-alat.ferry-kuryk | khorgos-alat | ferry-kuryk  |       | 0.4   | 20
    """,
    "fleets": """
        id           | name          | kind   | operator | units
        asco-ferries | ASCO ferries  | ferry  | ASCO     | 1
        kmtf-feeders | KMTF feeders  | feeder | KMTF     | 2
    """,
    "vessels": """
        id         | name  | fleet        | kind   | deadweight_t | draught_m | speed_kn | capacity_wagons | status
        asco-alfa  | Alfa  | asco-ferries | ferry  | 5000         | 4.5       | 14       | 52              | open
        kmtf-beta  | Beta  | kmtf-feeders | feeder | 5000         | 4.2       | 12       |                 | open
        kmtf-gamma | Gamma | kmtf-feeders | feeder | 5000         | 4.2       | 12       |                 | planned
    """,
    "sea": """
        id  | level_m_bs | water_density_t_per_m3
        sea | -29.0      | 1.01
    """,
    "sea_levels": """
        id            | series   | year | level_m_bs
        level-2023    | invented | 2023 | -28.9
        level-2024    | invented | 2024 | -29.0
    """,
    "sea_season": """
        id        | month    | anomaly_m
        season-07 | 07       | 0.2
        season-12 | 12       | -0.2
    """,
    "sea_projections": """
        id        | publisher | scenario | year | level_m_bs
        fall-2030 | invented  | fall     | 2030 | -30.1 (-30.5 to -29.6)
    """,
    "depths": """
        id                       | place | facility           | depth_m | at_level_m_bs | clearance_ratio
        KZAAU.ferry_berths.depth | KZAAU | KZAAU.ferry_berths | 6       | -28           | 1.1
        AZALA.ferry_berths.depth | AZALA | AZALA.ferry_berths | 7       | -28           | 1.1
    """,
    "closures": """
        id         | place | cause | closed_days_per_year | mean_duration_h | correlated_with
        KZAAU.wind | KZAAU | wind  | 15 (10 to 20)        | 36              | KZKUR
    """,
    "upgrades": """
        id           | targets            | column  | before | after | opens | effective_from | status
        alat-ramp    | AZALA.ferry_berths | servers | 1      | 2     | false | 2024-07-01     | in_service
        poti-road    | GETBS-GEPTI.road   |         |        |       | true  |                | plan
        third-feeder | kmtf-gamma         |         |        |       | true  |                | plan
    """,
    "upgrades, named": """
        id           | name
        alat-ramp    | Second ferry ramp at Alat
        poti-road    | Road to Poti
        third-feeder | Third feeder
    """,
}

# Rows for `tiny_corridor(rows=COASTER)`: a weekly ship that calls twice in Azerbaijan.
#     KZAAU ══ coaster ══ AZBAK ══ AZALA      boxes may leave in Baku, or stay aboard to Alat
COASTER: Mapping[str, Sequence[Mapping[str, object]]] = {
    "places": [
        {"id": "AZBAK", "name": "Baku", "country": "AZ", "kind": "seaport", "position": "hand",
         "latitude_deg": 40.38, "longitude_deg": 49.89},
    ],
    "links": [
        {"id": f"{start}-{end}.sea", "from_place": start, "to_place": end, "mode": "sea", "unit_loads": "TEU",
         "length_km": km, "speed_km_per_h": 25, "emission_factor": "sea_short"}
        for start, end, km in (("KZAAU", "AZBAK", 470), ("AZBAK", "AZALA", 90))
    ],
    "services": [
        {"id": "coaster", "name": "Coaster", "kind": "feeder", "from_place": "KZAAU", "unit_loads": "TEU",
         "links": "KZAAU-AZBAK.sea;AZBAK-AZALA.sea", "policy": "frequency", "departures_per_week": 1},
    ],
    "operations": [
        {"id": "AZBAK.cross_border", "place": "AZBAK", "operation": "cross_border", "from_side": "sea",
         "unit_loads": "TEU", "time_h": 3},
    ],
}  # fmt: skip

# What every row of a table says unless its block says otherwise.
_USUAL: Mapping[str, Mapping[str, str]] = {
    "places": {"position": "hand"},
    "links": {"direction": "both", "status": "open"},
    "services": {"status": "open", "both_ways": "true"},
    "facilities": {"status": "open"},
}
_RANGE = re.compile(r"(?P<mid>\S+) \((?P<low>\S+) to (?P<high>\S+)\)")


def tiny_corridor(folder: Path, *, rows: Mapping[str, Sequence[Mapping[str, object]]] | None = None) -> Corridor:
    """Write the corridor drawn above into `folder` and load it.

    Parameters
    ----------
    folder
        An existing, empty folder, such as pytest's `tmp_path`.
    rows
        Further rows by table, as mappings from column to value; a row whose id already stands in the table
        replaces the named cells of that row. A number may be text with its range: `"12 (6 to 24)"`.

    Returns
    -------
    corridor
        The loaded tables; every quantity has provenance (an assumption).

    Raises
    ------
    InputError
        If the given rows do not fit the schema.
    """
    write_tiny_tables(folder, rows=rows)
    return load_corridor(folder)


def write_tiny_tables(folder: Path, *, rows: Mapping[str, Sequence[Mapping[str, object]]] | None = None) -> None:
    """Write the tables of `tiny_corridor` with their schema and provenance, without loading them."""
    schemas = packaged_schema()
    shutil.copyfile(packaged_folder() / DESCRIPTOR, folder / DESCRIPTOR)
    origins: list[tuple[str, ...]] = []
    for name, schema in schemas.items():
        if name != PROVENANCE:
            records = _records(name, (rows or {}).get(name, ()))
            origins += _write_table(folder, schema, records)
    _write_csv(folder / f"{PROVENANCE}.csv", schemas[PROVENANCE].columns, origins)


def _records(table: str, more: Sequence[Mapping[str, object]]) -> list[dict[str, str]]:
    """The rows of a table: its blocks joined by id, then the rows given by the caller."""
    given = [{column: _as_cell(value) for column, value in row.items()} for row in more]
    by_id: dict[str, dict[str, str]] = {}
    for row in [*_drawn_rows(table), *given]:
        by_id.setdefault(row["id"], dict(_USUAL.get(table, {}))).update(row)
    return list(by_id.values())


def _drawn_rows(table: str) -> Iterator[dict[str, str]]:
    """The rows of every block of a table."""
    for title, block in TINY_TABLES.items():
        if title.split(",")[0] == table:
            lines = [[cell.strip() for cell in line.split("|")] for line in block.split("\n") if line.strip()]
            yield from (dict(zip(lines[0], line, strict=True)) for line in lines[1:])


def _as_cell(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _write_table(folder: Path, schema: TableSchema, records: Sequence[Mapping[str, str]]) -> list[tuple[str, ...]]:
    """Write one table; gives the provenance of its quantities."""
    origins: list[tuple[str, ...]] = []
    lines: list[list[str]] = []
    for record in records:
        unknown = set(record) - set(schema.columns)
        if unknown:
            raise ValueError(f"{schema.name} has no column {', '.join(sorted(unknown))}")
        line: list[str] = []
        for field in schema.fields:
            cell = record.get(field.name, "")
            found = _RANGE.fullmatch(cell)
            mid, low, high = found.group("mid", "low", "high") if found else (cell, cell, cell)
            line.append(mid)
            if field.numeric and mid:
                basis = ("assumption", "", "", "invented for tests")
                origins.append((schema.name, record["id"], field.name, *basis, low, high))
        lines.append(line)
    _write_csv(folder / f"{schema.name}.csv", schema.columns, lines)
    return origins


def _write_csv(path: Path, columns: Sequence[str], lines: Sequence[Sequence[str]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(lines)
