"""Seeded networks of any size for benchmarks and tests: invented, congested on purpose, nothing measured in them.

Both kinds get their capacities from themselves: what each limit would carry if nothing limited it, times a random
factor around the wanted congestion, so that many limits bind and their prices hang together.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
from scipy.spatial.distance import pdist, squareform

from transcaspian.freight.capacity.flow import solve_capacity_flow
from transcaspian.freight.capacity.problem import Demand, FlowNetwork, FlowProblem, Limit, Limits, gather_limits

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]
_UNMET_USD = 400.0  # per unit of flow; an arc of the plain kind costs about 10


def plain_problem(
    n_nodes: int,
    n_links: int,
    n_commodities: int,
    n_periods: int,
    *,
    n_ports: int = 10,
    load: float = 1.0,
    seed: int = 1,
) -> FlowProblem:
    """Points on a map joined to their neighbours: every link has a limit, ports have one more on what arrives.

    Parameters
    ----------
    n_nodes, n_links, n_commodities, n_periods
        Sizes; links are directed and come in pairs, stock arcs at the ports are added to them.
    n_ports
        Nodes where cargo may wait for a later period.
    load
        Demand in multiples of the one that the capacities were drawn for.
    seed
        Equal seeds give equal problems.
    """
    rng = np.random.default_rng(seed)
    place = rng.random((n_nodes, 2))
    ends = _neighbours(place, n_links // 2, rng)
    tail, head = np.concatenate([ends, ends[:, ::-1]]).T
    length = np.linalg.norm(place[tail] - place[head], axis=1)
    ports = rng.choice(n_nodes, n_ports, replace=False)
    fare = 100.0 * length * rng.uniform(0.8, 1.3, length.size) * rng.uniform(0.9, 1.1, (n_commodities, length.size))
    store = rng.uniform(1.0, 3.0, (n_commodities, n_ports))
    network = FlowNetwork(
        n_nodes,
        _numbers(tail, ports),
        _numbers(head, ports),
        _numbers(np.zeros(tail.size), np.ones(n_ports)),
        np.concatenate([fare, store], axis=1)[:, None, :],
    )
    limits = _link_and_port_limits(head, ports, n_commodities, n_periods)
    weight = rng.lognormal(0.0, 0.8, n_nodes)
    demand = _demand(weight / weight.sum(), np.arange(n_commodities), n_periods, _UNMET_USD, rng)
    return _congested(FlowProblem(network, limits, demand), load, (0.6, 1.3), rng)


def corridor_problem(*, load: float = 1.0, n_periods: int = 12, seed: int = 1) -> FlowProblem:
    """A network like the corridor's: 500 places in four lines, three stages each, six classes of cargo, 150 limits.

    1,500 nodes, 2,600 arcs and 10 of stock, 60 commodities. Facilities limit loading and unloading together, links
    both directions together, services the departures one way in slots, fleets several services together in
    ship-hours, which differ by class; two fleets are pooled over the year. Costs are rounded to whole dollars and
    capacities to two digits, as tables are, so that ties and kinks abound.
    """
    rng = np.random.default_rng(seed)
    n_lines, n_stops, n_crossings, n_classes = 4, 125, 54, 6
    n_places = n_lines * n_stops
    stop = np.arange(n_places).reshape(n_lines, n_stops)
    along = np.column_stack([stop[:, :-1].ravel(), stop[:, 1:].ravel()])
    where = rng.choice(n_stops, n_crossings)
    line = rng.integers(0, n_lines - 1, n_crossings)
    roads = np.concatenate([along, np.column_stack([stop[line, where], stop[line + 1, where]])])
    place = np.arange(n_places)
    arrived, yard, ready = place, n_places + place, 2 * n_places + place  # the three stages of a place
    tail = np.concatenate([arrived, yard, arrived, ready[roads[:, 0]], ready[roads[:, 1]]])
    head = np.concatenate([yard, ready, ready, arrived[roads[:, 1]], arrived[roads[:, 0]]])
    fare = np.concatenate([np.full(2 * n_places, 6.0), np.ones(n_places), np.tile(rng.uniform(4, 20, len(roads)), 2)])
    ports = yard[rng.choice(n_places, 10, replace=False)]
    cost = np.rint(np.concatenate([fare, np.full(10, 3.0)]) * rng.uniform(0.7, 1.3, (n_classes, 1)))
    lag = _numbers(np.zeros(tail.size), np.ones(10))
    network = FlowNetwork(3 * n_places, _numbers(tail, ports), _numbers(head, ports), lag, cost[:, None, :])
    limits = _corridor_limits(n_places, len(roads), n_periods, rng)
    inland = np.zeros(3 * n_places)
    inland[yard[rng.choice(n_places, 40, replace=False)]] = 1.0 / 40.0
    demand = _demand(inland, rng.integers(0, n_classes, 60), n_periods, 6.0 * _UNMET_USD, rng)
    found = _congested(FlowProblem(network, limits, demand), load, (0.5, 1.2), rng)
    return replace(found, limits=replace(found.limits, capacity=_two_digits(found.limits.capacity)))


def _link_and_port_limits(head: Ints, ports: npt.NDArray[np.integer], n_classes: int, n_periods: int) -> Limits:
    """One limit per link, and one per port on all that arrives there."""
    links = [Limit(f"link{arc}", "t", np.inf, [(arc, 1.0)]) for arc in range(head.size)]
    into = [[(int(arc), 1.0) for arc in np.flatnonzero(head == port)] for port in ports]
    handled = [Limit(f"port{number}", "t", np.inf, uses) for number, uses in enumerate(into)]
    return gather_limits([*links, *handled], n_classes=n_classes, n_periods=n_periods)


def _corridor_limits(n_places: int, n_roads: int, n_periods: int, rng: np.random.Generator) -> Limits:
    """40 facilities, 80 links, 20 services and 10 fleets, which a service's arc may use all at once."""
    first = 3 * n_places  # arcs of the roads: there, then back
    facility = rng.choice(n_places, 40, replace=False)
    road = rng.choice(n_roads, 80, replace=False)
    service = road[:20]
    arcs = [*([at, n_places + at] for at in facility), *([first + at, first + n_roads + at] for at in road)]
    arcs += [[first + at] for at in service]
    arcs += [list(first + service[2 * fleet : 2 * fleet + 2]) for fleet in range(10)]
    names = [*(f"facility{n}" for n in range(40)), *(f"link{n}" for n in range(80))]
    names += [*(f"service{n}" for n in range(20)), *(f"fleet{n}" for n in range(10))]
    unit = ("t",) * 120 + ("slot",) * 20 + ("ship-hour",) * 10
    limit = np.repeat(np.arange(150), [len(some) for some in arcs])
    usage = np.ones((6, limit.size))
    usage[:, limit >= 120] = 1.0 / np.array([20.0, 22.0, 25.0, 40.0, 60.0, 65.0])[:, None]
    usage[:, limit >= 140] *= rng.uniform(15.0, 40.0, (limit >= 140).sum())
    capacity = np.full((150, n_periods), np.inf)
    pooled = np.arange(150) >= 148
    return Limits(tuple(names), unit, capacity, pooled, _numbers(limit), _numbers(np.concatenate(arcs)), usage)


def _demand(
    weight: Floats, cargo: npt.NDArray[np.integer], n_periods: int, unmet_usd: float, rng: np.random.Generator
) -> Demand:
    count = cargo.size
    ends = np.array([rng.choice(weight.size, 2, replace=False, p=weight) for _ in range(count)])
    month = np.arange(n_periods) / n_periods
    season = 1.0 + 0.3 * np.sin(2.0 * np.pi * (month + rng.random((count, 1))))
    amount = rng.lognormal(3.0, 0.6, (count, 1)) * season * rng.uniform(0.9, 1.1, season.shape)
    unmet = np.repeat(unmet_usd * rng.uniform(0.75, 1.25, (count, 1)), n_periods, axis=1)
    names = tuple(f"commodity{number}" for number in range(count))
    return Demand(names, _numbers(cargo), _numbers(ends[:, 0]), _numbers(ends[:, 1]), amount, unmet)


def _congested(problem: FlowProblem, load: float, factor: tuple[float, float], rng: np.random.Generator) -> FlowProblem:
    """Capacities around what flows if nothing limits it, and then the demand times `load`."""
    use = solve_capacity_flow(problem, ranges=0).limit_use.mean(axis=1, keepdims=True)
    shape = problem.limits.capacity.shape
    capacity = use * rng.uniform(*factor, (shape[0], 1)) * rng.uniform(0.9, 1.1, shape)
    typical = use[use > 0.0].mean() if (use > 0.0).any() else 1.0
    limits = replace(problem.limits, capacity=np.maximum(capacity, 0.5 * typical))
    return replace(problem, limits=limits, demand=replace(problem.demand, amount=load * problem.demand.amount))


def _neighbours(place: Floats, count: int, rng: np.random.Generator) -> Ints:
    """`count` pairs of points: first those that join all of them at least length (Prim, 1957), then short ones."""
    distance = squareform(pdist(place)) + np.diag(np.full(len(place), np.inf))
    near, source = distance[0].copy(), np.zeros(len(place), np.int64)
    near[0] = np.inf
    pairs, outside = [], set(range(1, len(place)))
    while outside:
        node = min(outside, key=lambda one: (near[one], one))
        pairs.append((int(min(source[node], node)), int(max(source[node], node))))
        outside.remove(node)
        closer = distance[node] < near
        near[closer], source[closer] = distance[node][closer], node
    known = set(pairs)
    order = np.argsort(np.triu(distance + rng.uniform(0.0, 0.05, distance.shape)), axis=None, kind="stable")
    for flat in order:
        pair = (int(flat) // len(place), int(flat) % len(place))
        if len(pairs) < count and pair[0] < pair[1] and pair not in known:
            pairs.append(pair)
    return np.array(pairs, np.int32)


def _two_digits(values: Floats) -> Floats:
    size = 10.0 ** (np.floor(np.log10(values)) - 1.0)
    rounded: Floats = np.rint(values / size) * size
    return rounded


def _numbers(*parts: npt.NDArray[np.generic]) -> Ints:
    return np.concatenate(parts).astype(np.int32)
