"""Networks for the tests, each drawn above its function, and plain twins of the solvers."""

from __future__ import annotations

import heapq

import numpy as np
import numpy.typing as npt

from transcaspian.freight.equilibrium import Demand, Network, make_demand, make_network
from transcaspian.freight.equilibrium.delays import bpr, conical, constant, davidson, join_delays, queue

Floats = npt.NDArray[np.float64]


#        1
#      ↗   ↘        six units from 0 to 3; a narrow road takes 10 times its flow, a wide one 50 plus its flow,
#    0   ↓   3      the bridge from 1 to 2, if there is one, 10 plus its flow
#      ↘   ↗
#        2
def braess(*, bridge: bool) -> tuple[Network, Demand]:
    """Braess's example (1968)."""
    ends = [(0, 1), (0, 2), (1, 3), (2, 3)] + ([(1, 2)] if bridge else [])
    tail, head = np.array(ends).T
    # A line a + s x is the Bureau's function with power 1: a (1 + b x / c) with b = 1 and c = a / s.
    narrow, wide, short = bpr(1e-9, 1e-10, b=1, power=1), bpr(50, 50, b=1, power=1), bpr(10, 10, b=1, power=1)
    delays = join_delays([narrow, wide, wide, narrow] + ([short] if bridge else []))
    network = make_network(4, tail, head, delays)
    return network, make_demand(network, [0], [3], [6.0])


#    0 ──a──▶ 1     two parallel links
#    └───b───▶
def two_links(delay_a: float, delay_b: float, *, amount: float = 10.0, power: float = 1.0) -> tuple[Network, Demand]:
    network = make_network(2, [0, 0], [1, 1], bpr([delay_a, delay_b], [10.0, 10.0], b=1.0, power=power))
    return network, make_demand(network, [0], [1], [amount])


#    0 ── 1 ── 2 ── 3      a ring with chords, both ways: a random network in which everything is connected
#    │    ╲    │    │
#    …    …    …    …
def random_problem(seed: int, *, n_nodes: int = 9, classes: int = 1, load: float = 1.0) -> tuple[Network, Demand]:
    rng = np.random.default_rng(seed)
    ring = np.column_stack([np.arange(n_nodes), (np.arange(n_nodes) + 1) % n_nodes])
    chords = rng.integers(0, n_nodes, (n_nodes, 2))
    ends = np.vstack([ring, ring[:, ::-1], chords[chords[:, 0] != chords[:, 1]]])
    m = len(ends)
    delays = bpr(rng.uniform(1, 5, m), rng.uniform(5, 15, m), b=rng.uniform(0.1, 1, m), power=rng.choice([1, 2, 4], m))
    fixed = rng.uniform(0, 3, (classes, m)) if classes > 1 else None
    network = make_network(n_nodes, *ends.T, delays, fixed=fixed)
    pairs = rng.integers(0, n_nodes, (12, 2))
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    amount = load * rng.uniform(0, 10, len(pairs))
    return network, make_demand(network, *pairs.T, amount, kind=rng.integers(0, classes, len(pairs)))


def mixed_problem(seed: int) -> tuple[Network, Demand]:
    """A ring with chords, every kind of delay, closed nodes, links barred to a class, too much or too little demand."""
    rng = np.random.default_rng(seed)
    n, classes = int(rng.integers(4, 20)), int(rng.integers(1, 5))
    ring = np.column_stack([np.arange(n), (np.arange(n) + 1) % n])
    chords = rng.integers(0, n, (2 * n, 2))
    ends = rng.permutation(np.vstack([ring, ring[:, ::-1], chords[chords[:, 0] != chords[:, 1]]]))
    m, k = len(ends), len(ends) // 5
    free, capacity = rng.uniform(0, 4, m), rng.uniform(1, 30, m)
    delays = join_delays(
        [
            queue(free[:k], capacity[:k], service=rng.uniform(0, 2, k), servers=rng.integers(1, 9, k), knee=0.99),
            bpr(free[:k], capacity[:k], b=rng.uniform(0, 3, k), power=rng.choice([0, 1, 2.5, 4, 10], k)),
            conical(free[:k], capacity[:k], alpha=rng.uniform(1.1, 12, k)),
            davidson(free[:k], capacity[:k], j=rng.uniform(0, 1, k)),
            constant(free[4 * k :]),
        ]
    )
    fixed = rng.uniform(0, 5, (classes, m)) * rng.integers(0, 2, (classes, m))
    fixed[rng.random((classes, m)) < 0.05] = np.inf
    network = make_network(n, *ends.T, delays, fixed=fixed, no_through=rng.random(n) < 0.1)
    pairs = rng.integers(0, n, (30, 2))
    amount = rng.uniform(0, 10, 30) * rng.choice([0.01, 0.3, 1, 3])
    return network, make_demand(network, *pairs.T, amount, kind=rng.integers(0, classes, 30))


#    0 ─▶ 1 ─▶ 2 ─▶ 3, and 1 ─▶ 3, 0 ─▶ 2: constant times
def uncongested() -> tuple[Network, Demand]:
    network = make_network(4, [0, 1, 2, 1, 0], [1, 2, 3, 3, 2], constant([1.0, 1.0, 1.0, 3.0, 2.5]))
    return network, make_demand(network, [0, 0, 1], [3, 2, 3], [4.0, 5.0, 6.0])


def cheapest(network: Network, cost: Floats, origin: int) -> Floats:
    """Cost of every node from `origin` by a plain Dijkstra with a binary heap; closed nodes end it."""
    out: list[list[int]] = [[] for _ in range(network.n_nodes)]
    for link in range(network.n_links):
        out[network.tail[link]].append(link)
    reached = np.full(network.n_nodes, np.inf)
    reached[origin] = 0.0
    heap = [(0.0, origin)]
    while heap:
        near, node = heapq.heappop(heap)
        if near > reached[node] or (network.no_through[node] and node != origin):
            continue
        for link in out[node]:
            far = near + cost[link]
            if far < reached[network.head[link]]:
                reached[network.head[link]] = far
                heapq.heappush(heap, (far, int(network.head[link])))
    return reached


def own_gap(network: Network, demand: Demand, class_flow: Floats, *, marginal: bool = False) -> float:
    """Relative gap of given flows, from their definition and the plain Dijkstra."""
    used = class_flow > 0.0
    flow = class_flow.sum(axis=0)
    delay = network.delays.time(flow)
    if marginal:
        delay = delay + flow * network.delays.slope(flow)
    cost = delay + network.fixed
    spent = float(class_flow[used] @ cost[used])
    least = 0.0
    for pair in range(len(demand)):
        reached = cheapest(network, cost[demand.kind[pair]], int(demand.origin[pair]))
        if np.isfinite(reached[demand.destination[pair]]):
            least += demand.amount[pair] * reached[demand.destination[pair]]
    return (spent - least) / spent if spent > 0.0 else 0.0


def assert_flow_conserved(network: Network, demand: Demand, class_flow: Floats) -> None:
    """At every node and for every class: what comes in or begins goes out or ends."""
    for kind in range(network.n_classes):
        balance = np.zeros(network.n_nodes)
        np.add.at(balance, network.head, class_flow[kind])
        np.subtract.at(balance, network.tail, class_flow[kind])
        own = demand.kind == kind
        np.add.at(balance, demand.origin[own], demand.amount[own])
        np.subtract.at(balance, demand.destination[own], demand.amount[own])
        np.testing.assert_allclose(balance, 0.0, atol=1e-9 * max(1.0, float(demand.amount.sum())))
