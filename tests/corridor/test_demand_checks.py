"""The crossing's tables: demand that sums to the counts of 2024, over ways that the network has, in ships that fit."""

from __future__ import annotations

from collections import defaultdict, deque

import pytest

from transcaspian.corridor import Corridor, Network, build_network, load_corridor
from transcaspian.corridor.ranges import exact
from transcaspian.corridor.sea import voyage_payload

EAST_OF_THE_SEA = {"CN", "KZ", "UZ", "TM"}
# What the demand of 2024 is fitted to, and to nothing else: issue 3.
FITTED = {
    "caspian_t": 3.3e6,
    "caspian_teu": 55_000,
    "alat_teu": 76_775,
    "alat_wagons": 37_515,
    "alat_vehicles": 58_169,
}


@pytest.fixture(scope="module")
def corridor() -> Corridor:
    return load_corridor()


@pytest.fixture(scope="module")
def network(corridor: Corridor) -> Network:
    return build_network(corridor)


def value(corridor: Corridor, table: str, row_id: str, column: str) -> float:
    return float(corridor[table].floats(column)[corridor[table].get_row(row_id)])


def tonnes_per_unit(corridor: Corridor, unit_load: str, commodity: str) -> float:
    """As `freight.loads` has it: what a box of forty feet may weigh binds before what two of twenty hold."""
    if unit_load == "t":
        return 1.0
    column = {"wagon": "load_t_per_wagon", "truck": "load_t_per_truck"}.get(unit_load, "load_t_per_teu")
    tonnes = value(corridor, "commodities", commodity, column)
    return min(2 * tonnes, value(corridor, "unit_loads", "FEU", "cargo_t")) if unit_load == "FEU" else tonnes


def crossings(corridor: Corridor) -> dict[tuple[str, str], tuple[list[float], float]]:
    """(service, unit load) -> loaded units west and east, and their tonnes."""
    routes, demand, places = corridor["demand_routes"], corridor["demand"], corridor["places"]
    found: dict[tuple[str, str], tuple[list[float], float]] = {}
    for row in range(len(routes)):
        asked = demand.get_row(routes.text(row, "demand"))
        unit_load = demand.text(asked, "unit_load")
        per_unit = tonnes_per_unit(corridor, unit_load, demand.text(asked, "commodity"))
        boxes = demand.estimate(asked, "teu_per_year")
        if boxes is not None:
            units = boxes.mid / value(corridor, "unit_loads", unit_load, "teu")
        else:
            units = float(demand.floats("cargo_t_per_year")[asked]) / per_unit
        units *= float(routes.floats("share")[row])
        country = places.text(places.get_row(demand.text(asked, "origin")), "country")
        key = (routes.text(row, "service"), unit_load)
        ways, tonnes = found.get(key, ([0.0, 0.0], 0.0))
        ways[0 if country in EAST_OF_THE_SEA else 1] += units
        found[key] = (ways, tonnes + units * per_unit)
    return found


def counts(corridor: Corridor) -> dict[str, float]:
    """The counts of the ports: loaded units and those that go back empty."""
    services, links, places = corridor["services"], corridor["links"], corridor["places"]
    found: dict[str, float] = defaultdict(float)
    for (service, unit_load), ((west, east), tonnes) in crossings(corridor).items():
        link = links.get_row(services.items(services.get_row(service), "links")[0])
        ends = [links.text(link, column) for column in ("from_place", "to_place")]
        countries = {places.text(places.get_row(end), "country") for end in ends}
        if countries == {"KZ", "AZ"}:
            found["caspian_t"] += tonnes
        if unit_load == "t":
            continue
        share = value(corridor, "unit_loads", unit_load, "empty_return_share")
        units = west + east + share * abs(west - east)
        if unit_load in {"TEU", "FEU"}:
            teu = units * value(corridor, "unit_loads", unit_load, "teu")
            found["caspian_teu"] += teu if set(ends) == {"KZAAU", "AZALA"} else 0.0
            found["alat_teu"] += teu if "AZALA" in ends else 0.0
        elif "AZALA" in ends:
            found["alat_wagons" if unit_load == "wagon" else "alat_vehicles"] += units
    return found


@pytest.mark.parametrize("count", FITTED)
def test_the_demand_of_2024_with_its_empties_sums_to_the_count_it_is_fitted_to(corridor: Corridor, count: str) -> None:
    assert counts(corridor)[count] == pytest.approx(FITTED[count], rel=0.001)


def test_every_demand_between_shores_has_its_crossings_and_no_other(corridor: Corridor) -> None:
    routed = set(corridor["demand_routes"].texts("demand"))
    assert {row for row in corridor["demand"] if row not in routed} == {
        "sugar-batumi-baku",
        *(row for row in corridor["demand"] if "duisburg" in row),
        *(row for row in corridor["demand"] if row.endswith(("-russia", "-iran"))),
    }


def reachable(network: Network, origin: str, destination: str, unit_load: str, service: int, via: list[str]) -> bool:
    """True when some way touches the places of `via` in their order and sails with the service."""
    number = network.unit_loads.index(unit_load)
    leaving: dict[int, list[int]] = defaultdict(list)
    for arc in range(network.n_arcs):
        if network.allowed[number, arc]:
            leaving[int(network.tail[arc])].append(arc)

    def touched(node: int, seen: int) -> int:
        return seen + (seen < len(via) and network.nodes[node].place == via[seen])

    start = network.find_node(origin, "", "origin")
    if start is None:
        return False
    first = (start, touched(start, 0), False)
    known, edge = {first}, deque([first])
    while edge:
        node, seen, sailed = edge.popleft()
        if seen == len(via) and sailed and network.nodes[node].place == destination:
            return True
        for arc in leaving[node]:
            head = int(network.head[arc])
            state = (head, touched(head, seen), sailed or int(network.service[arc]) == service)
            if state not in known:
                known.add(state)
                edge.append(state)
    return False


def test_every_route_of_demand_is_a_way_that_the_network_has(corridor: Corridor, network: Network) -> None:
    routes, demand, services = corridor["demand_routes"], corridor["demand"], corridor["services"]
    lost = []
    for row, route in enumerate(routes):
        asked = demand.get_row(routes.text(row, "demand"))
        ends = (demand.text(asked, "origin"), demand.text(asked, "destination"))
        service = services.get_row(routes.text(row, "service"))
        if not reachable(network, *ends, demand.text(asked, "unit_load"), service, list(routes.items(row, "via"))):
            lost.append(route)
    assert lost == []


def test_every_ship_floats_at_both_ends_of_its_service_and_the_berths_know_their_pace(corridor: Corridor) -> None:
    vessels, services, links = corridor["vessels"], corridor["services"], corridor["links"]
    facilities = corridor["facilities"]
    for row, vessel in enumerate(vessels):
        if not vessels.text(row, "service"):
            continue
        link = links.get_row(services.items(services.get_row(vessels.text(row, "service")), "links")[0])
        ends = [links.text(link, column) for column in ("from_place", "to_place")]
        voyage = voyage_payload(corridor, vessel, *ends, exact(-29.15))
        assert voyage.payload_t.mid > 0, vessel
        for berth in (voyage.origin, voyage.destination):
            place = facilities.get_row(berth.facility)
            for column in ("servers", "rate_units_per_h"):
                assert facilities.estimate(place, column) is not None, (vessel, berth.facility, column)


@pytest.mark.parametrize("facility", ["GEGAR.border", "KZHOR.border", "KZHOR.gauge_change", "TRKSY.border"])
def test_a_closed_border_or_gauge_change_closes_its_operations(corridor: Corridor, facility: str) -> None:
    from transcaspian.corridor import RowChange

    closed = corridor.with_changes([RowChange("facilities", facility, "close")])
    operations = corridor["operations"]
    its_own = {row for row in range(len(operations)) if operations.text(row, "facility") == facility}
    assert its_own
    assert its_own & set(build_network(corridor).operation.tolist()) == its_own
    assert not its_own & set(build_network(closed).operation.tolist())
