"""The oil system as a graph of rows: what is joined to what, whatever the day.

Answers: which grade may pass which link, tank, tanker and market?  Takes: the corridor's oil tables.  Gives:
`OilNetwork`, index arrays only; what a row can carry on a day stands in `series.py`.

A *pair* is a node with a grade that can come there, an *arc* a link with a grade that may use it. Pairs that no field
reaches, or from which no market is reached, carry nothing and are left out, so that the program stays small.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from transcaspian.corridor import Corridor, Table
from transcaspian.errors import InputError, Problem

Ints = npt.NDArray[np.int32]
Flags = npt.NDArray[np.bool_]

TABLES = (
    "oil_settings",
    "oil_grades",
    "oil_nodes",
    "oil_fields",
    "oil_links",
    "oil_storage",
    "oil_moorings",
    "oil_markets",
    "oil_routes",
    "oil_contracts",
    "oil_quality",
    "oil_shuttles",
    "oil_tankers",
    "oil_berths",
    "oil_rates",
)
HOME = "KZ"  # whose oil the routes count


@dataclass(frozen=True, slots=True, eq=False)
class OilNetwork:
    """Rows of the tables as numbers: `x_id` are slugs, every other column an index into another group, -1 for none."""

    node_id: tuple[str, ...]
    grade_id: tuple[str, ...]
    grade_home: Flags  # Kazakh oil
    field_id: tuple[str, ...]
    field_grade: Ints
    field_pair: Ints
    field_pro_rata: Ints  # link with whose Kazakh oil it is cut
    link_id: tuple[str, ...]
    link_from: Ints
    link_to: Ints
    arc_link: Ints
    arc_grade: Ints
    arc_from: Ints  # pair
    arc_to: Ints  # pair
    pair_node: Ints
    pair_grade: Ints
    store_id: tuple[str, ...]
    store_node: Ints
    stock_store: Ints  # a stock is a grade in a tank farm
    stock_pair: Ints
    mooring_id: tuple[str, ...]
    mooring_link: Ints
    market_id: tuple[str, ...]
    market_node: Ints
    market_refinery: Flags
    sale_market: Ints  # a sale is a grade at a market
    sale_pair: Ints
    route_id: tuple[str, ...]
    route_link: Ints
    contract_id: tuple[str, ...]
    contract_route: Flags  # (contracts, routes)
    quality_id: tuple[str, ...]
    quality_link: Ints
    shuttle_id: tuple[str, ...]
    shuttle_link: Ints
    shuttle_from: Ints  # berth
    shuttle_to: Ints  # berth
    tanker_id: tuple[str, ...]
    lift_tanker: Ints  # a lift is a fleet on a shuttle
    lift_shuttle: Ints
    berth_id: tuple[str, ...]
    field_shipper: Flags  # Kazakh fields whose oil can pass the line with which foreign oil is cut

    def route_arcs(self, route: int) -> Ints:
        """The arcs whose flow counts for a route: Kazakh grades on its link."""
        counted = (self.arc_link == self.route_link[route]) & self.grade_home[self.arc_grade]
        return np.flatnonzero(counted).astype(np.int32)


def build_network(corridor: Corridor) -> OilNetwork:
    """Join the oil tables of a corridor.

    Raises
    ------
    InputError
        With every problem: a table without rows, a name that is no row, a field with no way to a market.
    """
    tables = {name: corridor.base[name] for name in TABLES if name in corridor.base}
    missing = [name for name in TABLES[:5] if name not in tables or not len(tables[name])]
    if missing:
        mend = "take them from `transcaspian init DIR`."
        raise InputError([Problem("oil.empty_table", f"{name}.csv", "has no rows", mend) for name in missing])
    joining = _Joining(tables)
    network = joining.network()
    problems = [*joining.problems, *_no_outlet(network)]
    if problems:
        raise InputError(problems)
    return network


class _Joining:
    """One pass over the tables; names that are no rows are collected."""

    def __init__(self, tables: Mapping[str, Table]) -> None:
        self.tables = tables
        self.problems: list[Problem] = []

    def network(self) -> OilNetwork:
        """All groups and the pairs and arcs that can carry something."""
        fields, links, markets = self.tables["oil_fields"], self.tables["oil_links"], self.tables["oil_markets"]
        link_from, link_to = self.column("oil_links", "from_node"), self.column("oil_links", "to_node")
        grades = self.tables["oil_grades"]
        allowed = np.zeros((len(links), len(grades)), dtype=bool)
        for row in range(len(links)):
            names = links.items(row, "grades") or tuple(grades)
            allowed[row, [self.row("oil_grades", name, f"{_id(links, row)}.grades") for name in names]] = True
        field_node, field_grade = self.column("oil_fields", "node"), self.column("oil_fields", "grade")
        market_node = self.column("oil_markets", "node")
        live = _live_pairs(len(self.tables["oil_nodes"]), allowed, link_from, link_to,
                           list(zip(field_node, field_grade, strict=True)), market_node)  # fmt: skip
        # A field without a way out keeps its pair, so that it can be named.
        live[field_node, field_grade] = True
        pair_node, pair_grade = np.nonzero(live)
        pair = np.full(live.shape, -1, dtype=np.int32)
        pair[pair_node, pair_grade] = np.arange(pair_node.size)
        arc_link, arc_grade = np.nonzero(allowed & live[link_from] & live[link_to])
        sale_market, sale_grade = np.nonzero(live[market_node])
        store_node = self.column("oil_storage", "node")
        stock_store, stock_grade = np.nonzero(live[store_node])
        lifts = self._lifts()
        contracts = self.tables["oil_contracts"]
        bound = np.zeros((len(contracts), len(self.tables["oil_routes"])), dtype=bool)
        for row, where in enumerate(contracts):
            for name in contracts.items(row, "routes"):
                bound[row, self.row("oil_routes", name, f"{where}.routes")] = True
        country = grades.texts("country")
        return OilNetwork(
            node_id=tuple(self.tables["oil_nodes"]),
            grade_id=tuple(grades),
            grade_home=np.array([name == HOME for name in country]),
            field_id=tuple(fields),
            field_grade=field_grade,
            field_pair=pair[field_node, field_grade],
            field_pro_rata=self.column("oil_fields", "pro_rata_link"),
            link_id=tuple(links),
            link_from=link_from,
            link_to=link_to,
            arc_link=_ints(arc_link),
            arc_grade=_ints(arc_grade),
            arc_from=pair[link_from[arc_link], arc_grade],
            arc_to=pair[link_to[arc_link], arc_grade],
            pair_node=_ints(pair_node),
            pair_grade=_ints(pair_grade),
            store_id=tuple(self.tables["oil_storage"]),
            store_node=store_node,
            stock_store=_ints(stock_store),
            stock_pair=pair[store_node[stock_store], stock_grade],
            mooring_id=tuple(self.tables["oil_moorings"]),
            mooring_link=self.column("oil_moorings", "link"),
            market_id=tuple(markets),
            market_node=market_node,
            market_refinery=np.array([kind == "refinery" for kind in markets.texts("kind")], dtype=bool),
            sale_market=_ints(sale_market),
            sale_pair=pair[market_node[sale_market], sale_grade],
            route_id=tuple(self.tables["oil_routes"]),
            route_link=self.column("oil_routes", "counted_on"),
            contract_id=tuple(contracts),
            contract_route=bound,
            quality_id=tuple(self.tables["oil_quality"]),
            quality_link=self.column("oil_quality", "link"),
            shuttle_id=tuple(self.tables["oil_shuttles"]),
            shuttle_link=self.column("oil_shuttles", "link"),
            shuttle_from=self._berths("from_facility"),
            shuttle_to=self._berths("to_facility"),
            tanker_id=tuple(self.tables["oil_tankers"]),
            lift_tanker=_ints([tanker for tanker, _ in lifts]),
            lift_shuttle=_ints([shuttle for _, shuttle in lifts]),
            berth_id=tuple(self.tables["oil_berths"]),
            field_shipper=_shippers(
                len(self.tables["oil_nodes"]), self.column("oil_fields", "pro_rata_link"), allowed, link_from, link_to
            )[field_node, field_grade]
            & np.array([country[grade] == HOME for grade in field_grade], dtype=bool),
        )

    def row(self, table: str, name: str, where: str) -> int:
        """The row called `name`; one that is missing is a problem, and row 0 stands in for it."""
        if name in self.tables[table]:
            return self.tables[table].get_row(name)
        try:
            self.tables[table].get_row(name)
        except InputError as error:
            found = error.problems[0]
            self.problems.append(Problem("oil.unknown_id", where, f"{name!r} is no row of {table}", found.mend))
        return 0

    def column(self, table: str, column: str) -> Ints:
        """A column of names as rows of the table it refers to, -1 where it is empty."""
        own = self.tables[table]
        return _ints(
            [
                self.row(_REFERS[column], name, f"{row_id}.{column}") if name else -1
                for row_id, name in zip(own, own.texts(column), strict=True)
            ]
        )

    def _lifts(self) -> list[tuple[int, int]]:
        tankers = self.tables["oil_tankers"]
        return [
            (row, self.row("oil_shuttles", name, f"{where}.shuttles"))
            for row, where in enumerate(tankers)
            for name in tankers.items(row, "shuttles")
        ]

    def _berths(self, column: str) -> Ints:
        """The oil berth of each shuttle's end; an end whose facility is not shared out has none."""
        facility = self.tables["oil_berths"].texts("facility")
        return _ints([facility.index(name) if name in facility else -1
                      for name in self.tables["oil_shuttles"].texts(column)])  # fmt: skip


_REFERS = {
    "node": "oil_nodes",
    "from_node": "oil_nodes",
    "to_node": "oil_nodes",
    "grade": "oil_grades",
    "link": "oil_links",
    "counted_on": "oil_links",
    "pro_rata_link": "oil_links",
}


def _shippers(nodes: int, pro_rata: Ints, allowed: Flags, link_from: Ints, link_to: Ints) -> Flags:
    """Pairs (nodes, grades) from which oil can come to a line with which foreign oil is cut."""
    leads = np.zeros((nodes, allowed.shape[1]), dtype=bool)
    for link in set(pro_rata[pro_rata >= 0].tolist()):
        leads[link_from[link]] |= allowed[link]
    for _ in range(nodes):
        before = int(leads.sum())
        for link in range(link_from.size):
            leads[link_from[link]] |= leads[link_to[link]] & allowed[link]
        if before == int(leads.sum()):
            break
    return leads


def _live_pairs(
    nodes: int,
    allowed: Flags,
    link_from: Ints,
    link_to: Ints,
    sources: Iterable[tuple[int, int]],
    market_node: Ints,
) -> Flags:
    """Pairs (nodes, grades) that lie on a way from a field to a market."""
    reached = np.zeros((nodes, allowed.shape[1]), dtype=bool)
    leads = np.zeros_like(reached)
    for node, grade in sources:
        reached[node, grade] = True
    leads[market_node] = True
    for _ in range(nodes):
        before = int(reached.sum()) + int(leads.sum())
        for link in range(link_from.size):
            reached[link_to[link]] |= reached[link_from[link]] & allowed[link]
            leads[link_from[link]] |= leads[link_to[link]] & allowed[link]
        if before == int(reached.sum()) + int(leads.sum()):
            break
    return reached & leads


def _no_outlet(network: OilNetwork) -> list[Problem]:
    outlets = {*network.arc_from.tolist(), *network.sale_pair.tolist()}
    return [
        Problem(
            "oil.no_outlet",
            f"oil_fields.csv, {field}",
            f"{field} has no way to a market for its {network.grade_id[network.field_grade[row]]}",
            "add a link of oil_links from its node that takes this grade, or correct its node or grade.",
        )
        for row, field in enumerate(network.field_id)
        if int(network.field_pair[row]) not in outlets
    ]


def _id(table: Table, row: int) -> str:
    return str(table.mid["id"][row])


def _ints(values: Sequence[int] | npt.NDArray[np.integer]) -> Ints:
    return np.array(values, dtype=np.int32)
