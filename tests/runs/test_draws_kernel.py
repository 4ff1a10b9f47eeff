"""Draws by key, entity and counter: equal to plain integers, even, independent, and of the moments they promise."""

from __future__ import annotations

import math
import statistics
import struct
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numba import njit
from scipy import special

from transcaspian.runs._draws_kernel import (
    exponential,
    exponential_function,
    logarithm,
    lognormal,
    normal_quantile,
    standard_normal,
    triangular,
    uniform,
)
from transcaspian.runs.streams import antithetic, stream_key

Floats = npt.NDArray[np.float64]

KEY = stream_key(2024, 0, "tests")
N = 1 << 18
# Each statistic below is compared with its distribution under independence. About 90 are looked at, the draws never
# change, and good draws would put one of them beyond this, on either side, once in 5 000 such files.
LEAST_CHANCE = 1e-6
ULP = 2.0**-52

keys = st.integers(0, 2**64 - 1).map(np.uint64)
numbers = st.integers(-(2**63), 2**63 - 1)
WORD = 2**64 - 1


# --- the plain twin: Python's integers and floats, nothing of NumPy or numba -----------------------------------------


def mixed(bits: int) -> int:
    bits = ((bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9) & WORD
    bits = ((bits ^ (bits >> 27)) * 0x94D049BB133111EB) & WORD
    return bits ^ (bits >> 31)


def plain_uniform(key: int, entity: int, counter: int) -> float:
    gamma = 0x9E3779B97F4A7C15
    state = mixed(((key & ~1) + entity * gamma) & WORD)
    bits = mixed((state + counter * gamma) & WORD)
    cell = bits >> 12
    if key & 1:
        cell = 2**52 - 1 - cell
    return (2 * cell + 1) / 2**53


def plain_logarithm(x: float) -> float:
    (bits,) = struct.unpack("<q", struct.pack("<d", x))
    (root,) = struct.unpack("<q", struct.pack("<d", math.sqrt(0.5)))
    k = (bits - root) >> 52
    f = math.ldexp(x, -k) - 1.0
    s = f / (2.0 + f)
    z = s * s
    term = [2.0 / n for n in range(3, 22, 2)]
    z2, z4 = z * z, (z * z) * (z * z)
    fours = [(term[n] + term[n + 1] * z) + (term[n + 2] + term[n + 3] * z) * z2 for n in (0, 4)]
    rest = z * (fours[0] + (fours[1] + (term[8] + term[9] * z) * z4) * z4)
    high = float.fromhex("0x1.62e42feep-1")
    low = float.fromhex("0x1.a39ef35793c76p-33")
    return k * high + (f - (s * (f - rest) - k * low))


@given(keys, numbers, numbers)
def test_a_uniform_is_that_of_plain_integers_to_the_bit(key: np.uint64, entity: int, counter: int) -> None:
    assert uniform(key, entity, counter) == plain_uniform(int(key), entity, counter)


@given(keys, numbers, numbers)
def test_an_exponential_is_that_of_plain_floats_to_the_bit(key: np.uint64, entity: int, counter: int) -> None:
    assert exponential(key, entity, counter, 3.5) == -3.5 * plain_logarithm(plain_uniform(int(key), entity, counter))


@given(keys, numbers, numbers)
def test_a_uniform_lies_strictly_inside_and_its_twin_is_what_is_left(key: np.uint64, entity: int, counter: int) -> None:
    u = uniform(key, entity, counter)
    assert 0.0 < u < 1.0
    assert Fraction(u) + Fraction(uniform(antithetic(key), entity, counter)) == 1


def test_the_published_first_outputs_of_splitmix64_come_out() -> None:
    # Vigna's splitmix64.c from seed 1234567, as printed on Rosetta Code; seed + counter * gamma is its state.
    gamma = 0x9E3779B97F4A7C15
    published = [6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431]
    assert [mixed((1234567 + (n + 1) * gamma) & WORD) for n in range(4)] == published


# --- functions written out ------------------------------------------------------------------------------------------


def grid() -> Floats:
    near_ends = 2.0 ** -np.arange(1.0, 54.0)
    return np.unique(np.concatenate([near_ends, 1.0 - near_ends, (np.arange(20_000) + 0.5) / 20_000]))


def test_the_logarithm_is_right_to_one_unit_in_the_last_place() -> None:
    for x in [*grid(), 1.0, 2.0, 3.0, 1e300]:
        assert abs(logarithm(x) - math.log(x)) <= abs(math.log(x)) * ULP


def test_the_exponential_function_is_right_to_one_unit_in_the_last_place() -> None:
    for x in np.linspace(-700.0, 700.0, 20_011):
        assert abs(exponential_function(x) - math.exp(x)) <= math.exp(x) * ULP
    assert (exponential_function(0.0), exponential_function(-800.0), exponential_function(800.0)) == (
        1.0,
        0.0,
        math.inf,
    )


def test_normal_quantiles_are_those_of_the_standard_library_and_odd_about_the_median() -> None:
    theirs = statistics.NormalDist().inv_cdf  # the same algorithm, written by others
    for u in grid()[:-1]:
        assert normal_quantile(u) == pytest.approx(theirs(u), rel=1e-14, abs=1e-16)
        if Fraction(1.0 - u) + Fraction(u) == 1:
            assert normal_quantile(1.0 - u) == -normal_quantile(u)


# --- evenness and independence ---------------------------------------------------------------------------------------


@njit
def drawn(keys: Any, entities: Any, counters: Any, out: Any) -> None:
    for row in range(out.size):
        out[row] = uniform(keys[row % keys.size], entities[row % entities.size], counters[row % counters.size])


def draws(keys: Any = (KEY,), entities: Any = (0,), counters: Any = (0,), n: int = N) -> Floats:
    """One draw per row; each of the three lists is gone through again and again."""
    out = np.empty(n)
    drawn(np.array(keys, np.uint64), np.array(entities, np.int64), np.array(counters, np.int64), out)
    return out


def neighbours(name: str) -> Floats:
    """Draws of which two that follow each other differ in one thing, and by the least step."""
    steps = np.arange(N)
    if name == "keys of following replications":
        return draws([stream_key(2024, replication, "x") for replication in range(1 << 14)], n=1 << 14)
    if name == "keys that differ in one low bit":
        return draws(KEY + np.arange(0, 2 * N, 2, dtype=np.uint64))
    return {
        "counters": lambda: draws(counters=steps),
        "entities": lambda: draws(entities=steps),
        "entities below zero": lambda: draws(entities=-steps),
        "every fourth counter": lambda: draws(counters=4 * steps),
        "far counters": lambda: draws(counters=steps << 32),
        "both in step": lambda: draws(entities=steps, counters=steps),
        "both against each other": lambda: draws(entities=steps, counters=-steps),
        "a counter for each entity": lambda: draws(entities=steps >> 4, counters=steps & 15),
    }[name]()


NEIGHBOURS = [
    "counters",
    "entities",
    "entities below zero",
    "every fourth counter",
    "far counters",
    "both in step",
    "both against each other",
    "a counter for each entity",
    "keys of following replications",
    "keys that differ in one low bit",
]


def chance_of_counts(cells: npt.NDArray[np.int64], n_cells: int) -> float:
    """Probability of counts at least as uneven; chi-square."""
    counts = np.bincount(cells, minlength=n_cells)
    expected = cells.size / n_cells
    return float(special.chdtrc(n_cells - 1, float(((counts - expected) ** 2).sum() / expected)))


def assert_likely(chance: float) -> None:
    """Neither too uneven nor too even."""
    assert LEAST_CHANCE < chance < 1.0 - LEAST_CHANCE


@pytest.mark.parametrize("name", NEIGHBOURS)
def test_neighbours_are_even(name: str) -> None:
    u = neighbours(name)
    assert_likely(chance_of_counts((u * 256).astype(np.int64), 256))
    last_bits = (u * 2**52).astype(np.int64) & 255
    assert_likely(chance_of_counts(last_bits, 256))


@pytest.mark.parametrize("name", NEIGHBOURS)
@pytest.mark.parametrize("lag", [1, 2, 7])
def test_neighbours_are_uncorrelated(name: str, lag: int) -> None:
    u = neighbours(name) - 0.5
    score = 12.0 * (u[:-lag] * u[lag:]).sum() / math.sqrt(u.size - lag)  # standard normal under independence
    assert_likely(float(special.ndtr(score)))


@pytest.mark.parametrize("name", NEIGHBOURS)
def test_pairs_and_triples_of_neighbours_fill_square_and_cube_evenly(name: str) -> None:
    u = neighbours(name)
    pairs = (u[: u.size // 2 * 2].reshape(-1, 2) * 32).astype(np.int64)
    assert_likely(chance_of_counts(pairs @ [32, 1], 32**2))
    triples = (u[: u.size // 3 * 3].reshape(-1, 3) * 8).astype(np.int64)
    assert_likely(chance_of_counts(triples @ [64, 8, 1], 8**3))


@pytest.mark.parametrize("turned", ["key", "entity", "counter"])
def test_one_bit_of_key_entity_or_counter_turns_half_of_the_bits_of_the_draw(turned: str) -> None:
    n = 1 << 12
    where = {name: np.random.default_rng(5).integers(-(2**63), 2**63 - 1, n) for name in ("key", "entity", "counter")}
    words = np.arange(52)
    turns = np.zeros((63, 52))
    before = cells(where)
    for bit in range(1, 64):  # the lowest bit of a key is for its twin
        after = cells({**where, turned: where[turned] ^ (np.int64(1) << np.int64(bit))})
        turns[bit - 1] = (((before ^ after)[:, None] >> words) & 1).sum(axis=0)
    score = (turns - n / 2) / math.sqrt(n / 4)
    assert np.abs(score).max() < -special.ndtri(LEAST_CHANCE / score.size)
    assert score.std() == pytest.approx(1.0, abs=0.08)


def cells(where: dict[str, npt.NDArray[np.int64]]) -> npt.NDArray[np.int64]:
    """The 52 bits of each draw."""
    u = draws(where["key"].view(np.uint64) & ~np.uint64(1), where["entity"], where["counter"], n=where["key"].size)
    return (u * 2**52).astype(np.int64)


def test_streams_of_two_causes_have_nothing_in_common() -> None:
    weather, ships = (draws([stream_key(1, 0, name)], counters=np.arange(N)) for name in ("weather", "ships"))
    score = 12.0 * ((weather - 0.5) * (ships - 0.5)).sum() / math.sqrt(N)
    assert_likely(float(special.ndtr(score)))
    assert not np.intersect1d(weather, ships).size  # of 2**52 values, two lists of 2**18 share one once in 65 000 times


# --- variates --------------------------------------------------------------------------------------------------------


def sample(draw: Callable[..., float], *parameters: float, key: np.uint64 = KEY) -> Floats:
    return np.array([draw(key, 3, counter, *parameters) for counter in range(1 << 16)])


def assert_distributed(values: Floats, distribution: Callable[[Floats], Floats]) -> None:
    """Kolmogorov and Smirnov: nowhere far from the distribution."""
    ranks = np.arange(values.size + 1) / values.size
    below = distribution(np.sort(values))
    distance = max(float((ranks[1:] - below).max()), float((below - ranks[:-1]).max()))
    assert_likely(float(special.kolmogorov(distance * math.sqrt(values.size))))


def assert_mean(values: Floats, mean: float, deviation: float) -> None:
    assert_likely(float(special.ndtr((values.mean() - mean) / deviation * math.sqrt(values.size))))


def test_normals_have_the_moments_of_the_normal_distribution() -> None:
    z = sample(standard_normal)
    for power, (mean, variance) in enumerate([(0.0, 1.0), (1.0, 2.0), (0.0, 15.0), (3.0, 96.0)], start=1):
        assert_mean(z**power, mean, math.sqrt(variance))
    assert_distributed(z, special.ndtr)


def test_exponentials_have_their_mean_and_no_memory() -> None:
    wait_h = sample(exponential, 5.0)
    assert wait_h.min() > 0.0
    assert_mean(wait_h, 5.0, 5.0)
    assert_distributed(wait_h, lambda x: -np.expm1(-x / 5.0))


@pytest.mark.parametrize("cv", [0.1, 0.5, 1.0])
def test_lognormals_have_the_mean_and_the_coefficient_of_variation_asked_for(cv: float) -> None:
    service_h = sample(lognormal, 20.0, cv)
    assert_mean(service_h, 20.0, 20.0 * cv)
    w = 1.0 + cv * cv
    fourth = (20.0 * cv) ** 4 * (w**4 + 2.0 * w**3 + 3.0 * w**2 - 3.0)  # fourth central moment
    squares = (service_h - 20.0) ** 2
    assert_mean(squares, (20.0 * cv) ** 2, math.sqrt(fourth - (20.0 * cv) ** 4))
    sigma = math.sqrt(math.log(w))
    assert_distributed(service_h, lambda x: special.ndtr((np.log(x / 20.0) + 0.5 * sigma**2) / sigma))


def test_a_lognormal_without_variation_is_its_mean() -> None:
    assert set(sample(lognormal, 20.0, 0.0)) == {20.0}


@pytest.mark.parametrize("mode", [2.0, 3.5, 8.0])
def test_triangulars_have_mean_and_variance_of_the_triangle(mode: float) -> None:
    low, high = 2.0, 8.0
    values = sample(triangular, low, mode, high)
    assert low <= values.min() <= values.max() <= high
    variance = (low**2 + mode**2 + high**2 - low * mode - low * high - mode * high) / 18.0
    assert_mean(values, (low + mode + high) / 3.0, math.sqrt(variance))

    def distribution(x: Floats) -> Floats:
        rising = (x - low) ** 2 / ((high - low) * max(mode - low, 1e-300))
        falling = 1.0 - (high - x) ** 2 / ((high - low) * max(high - mode, 1e-300))
        return np.where(x < mode, rising, falling)

    assert_distributed(values, distribution)


def test_a_triangle_without_width_is_its_only_value() -> None:
    assert triangular(KEY, 0, 0, 4.0, 4.0, 4.0) == 4.0


@pytest.mark.parametrize("draw", [standard_normal, exponential, lognormal, triangular])
def test_the_twin_of_a_key_draws_from_the_other_end(draw: Callable[..., float]) -> None:
    parameters = {standard_normal: (), exponential: (1.0,), lognormal: (1.0, 0.5), triangular: (0.0, 1.0, 2.0)}[draw]
    values, twins = (sample(draw, *parameters, key=key) for key in (KEY, antithetic(KEY)))
    assert np.array_equal(np.argsort(values), np.argsort(-twins))
    if draw is standard_normal:
        assert np.array_equal(values, -twins)
    assert np.corrcoef(values, twins)[0, 1] < -0.6
