"""What the layer was set to, and what came of it: frozen parameters, the outages of 2022 and 2023, flows by pipeline.

Calibrated are the loading of a single mooring in August-November 2022, the tanks of the terminal in February 2023 and
the flows of 2023. Other outages are kept for blind tests: no parameter may rest on a claim about them.
"""

from __future__ import annotations

import datetime as dt
import re
from itertools import pairwise

import numpy as np
import pytest

from transcaspian.corridor import Corridor, load_corridor
from transcaspian.evidence import load_ledger
from transcaspian.oil.planning import Period
from transcaspian.oil.solve import OilResult, first_day, solve
from transcaspian.oil.validation import FITTED, INPUT, PREDICTED, REPORTED, ROLES, Comparison, compare_flows
from transcaspian.scenario import Change, Scenario, apply, packaged_scenario, scenario_names

# Kept for blind tests: outages of CPC of March 2022, November 2023 and November 2025, and the Tengiz fire of 2026.
HELD_OUT = re.compile(r"^incident:(cpc-2022-03|cpc-2023-11|cpc-2025-11|cpc-2025-12|tengiz-2026|blacksea-2026)")

# Frozen on 22 November 2026. Whoever changes one of these calibrates anew, and the blind tests are void.
FROZEN = {
    ("cpc.moorings", "servers"): 3.0,
    ("cpc.moorings", "servers_in_use"): 2.0,
    ("cpc.moorings", "rate_mt_per_day"): 0.1279,
    ("cpc.storage", "capacity_mt"): 1.0,
    ("cpc.storage", "stock_mt"): 0.3913,
    ("cpc.storage", "stock_min_mt"): 0.3913,
    ("tengiz.storage", "capacity_mt"): 0.1,
    ("atyrau.storage", "capacity_mt"): 0.15,
    ("field.tengiz", "turn_down_share"): 0.35,
    ("field.kashagan", "turn_down_share"): 0.35,
    ("field.karachaganak", "turn_down_share"): 0.35,
    ("field.tengiz", "ramp_up_share_per_day"): 0.1,
    ("field.kashagan", "ramp_up_share_per_day"): 0.1,
    ("field.karachaganak", "ramp_up_share_per_day"): 0.1,
    ("samara", "nomination_lag_days"): 25.0,
    ("samara", "ramp_mt_per_month"): 0.2,
    ("germany", "nomination_lag_days"): 30.0,
    ("germany", "ramp_mt_per_month"): 0.03,
    ("china", "nomination_lag_days"): 30.0,
    ("china", "ramp_mt_per_month"): 0.05,
    ("aktau-btc", "nomination_lag_days"): 15.0,
    ("aktau-btc", "ramp_mt_per_month"): 0.065,
    ("aktau-makhachkala", "nomination_lag_days"): 20.0,
    ("aktau-makhachkala", "ramp_mt_per_month"): 0.06,
    ("rail", "nomination_lag_days"): 10.0,
    ("rail", "ramp_mt_per_month"): 0.05,
    ("kashagan.atyrau", "capacity_mt_per_year"): 3.0,
    ("atyrau.cpc", "capacity_mt_per_year"): 6.0,
}


@pytest.fixture(scope="module")
def corridor() -> Corridor:
    return load_corridor()


@pytest.fixture(scope="module")
def comparisons(corridor: Corridor) -> dict[str, Comparison]:
    return {comparison.figure.id: comparison for comparison in compare_flows(corridor)}


def outage(
    corridor: Corridor, since: dt.date, until: dt.date, servers: float, end: dt.date, **stock: float
) -> OilResult:
    """CPC with some moorings from `since`, the first day of the run, to `until`."""
    changes = [Change("cpc.moorings", since=since, until=until, set={"servers": servers})]
    changes += [Change("cpc.storage", set=stock)] if stock else []
    changed = apply(corridor, Scenario("outage", 2024, changes=tuple(changes)), start=since, end=end)
    return solve(changed, Period(since, end, "day"))


def of_link(result: OilResult, link: str) -> np.ndarray:
    return result.outcome.link_kt[:, result.network.link_id.index(link)]


def days_until_a_cut(result: OilResult) -> int:
    home = [field for field, grade in enumerate(result.network.field_grade) if result.network.grade_home[grade]]
    day = first_day(result, (result.shut_in_kt[:, home] > 0.1).any(axis=1))
    assert day is not None
    return (day - result.period.start).days


# --- what was set -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("row_id", "column"), FROZEN)
def test_a_calibrated_parameter_stands_as_it_was_frozen(corridor: Corridor, row_id: str, column: str) -> None:
    table = corridor[corridor.get_table(row_id)]
    assert float(table.floats(column)[table.get_row(row_id)]) == FROZEN[row_id, column]


def test_no_quantity_of_the_layer_rests_on_a_claim_about_a_case_kept_for_blind_tests(corridor: Corridor) -> None:
    held_out = {
        (table, row_id, column): claim
        for (table, row_id, column), origin in corridor.provenance.origins.items()
        for claim in origin.claims
        if table.startswith("oil_") and HELD_OUT.match(claim)
    }
    assert held_out == {}


@pytest.mark.parametrize("name", scenario_names())
def test_no_ready_made_scenario_rests_on_such_a_claim(name: str) -> None:
    claims = [claim for change in packaged_scenario(name).changes for claim in change.claims]
    assert [claim for claim in claims if HELD_OUT.match(claim)] == []


def test_dated_values_leave_no_day_of_2022_to_2027_to_a_base_row_of_2024(corridor: Corridor) -> None:
    """But where the base row is meant: in 2024, and where nothing is known to differ."""
    rates = corridor["oil_rates"]
    produced = {
        rates.text(row, "target")
        for row in range(len(rates))
        if rates.text(row, "column") in {"production_mt_per_year", "nomination_mt_per_year"}
    }
    for target in produced:
        spans = sorted(
            (rates.text(row, "effective_from"), rates.text(row, "effective_until"))
            for row in range(len(rates))
            if rates.text(row, "target") == target
        )
        assert spans[0][0] == "2022-01-01", target
        assert spans[-1][1] == "2028-01-01", target
        gaps = [(first[1], second[0]) for first, second in pairwise(spans) if first[1] != second[0]]
        assert gaps == [("2024-01-01", "2025-01-01")], target


# --- the outages that it was set to -----------------------------------------------------------------------------


def test_one_mooring_loads_in_a_month_of_2022_what_was_observed(corridor: Corridor) -> None:
    """Just over 1 Mb/d in September 2022 at 7.80-7.94 bbl/t; CPC had spoken of 3.5 Mt a month."""
    result = outage(corridor, dt.date(2022, 8, 22), dt.date(2022, 11, 15), 1, dt.date(2022, 12, 15))
    september = of_link(result, "cpc.loading")[10:40]
    assert september.sum() == pytest.approx(30 * 1000 / 7.82, rel=0.01)
    assert 3500 <= september.sum() <= 30 * 1000 / 7.5
    assert first_day(result, of_link(result, "cpc.loading") > 1.05 * september.mean()) == dt.date(2022, 11, 15)


def test_the_farm_is_full_and_intake_cut_four_days_into_the_storm_of_february_2023(corridor: Corridor) -> None:
    """Loading stopped on 18 or 19 February and the intake of Tengiz on the 22nd, with about 1 Mt in the tanks."""
    result = outage(corridor, dt.date(2023, 2, 18), dt.date(2023, 2, 23), 0, dt.date(2023, 3, 20))
    assert 3 <= days_until_a_cut(result) <= 4
    stock = result.outcome.stock_kt[:, result.network.store_id.index("cpc.storage")]
    assert stock.max() == pytest.approx(1000, rel=0.01)
    assert int(stock.argmax()) == 4
    tengiz = result.network.field_id.index("field.tengiz")
    assert result.shut_in_kt[:4, tengiz].sum() < 1
    assert result.shut_in_kt[4:, tengiz].sum() > 1


def test_with_fuller_tanks_intake_is_cut_sooner(corridor: Corridor) -> None:
    storm = (corridor, dt.date(2023, 2, 18), dt.date(2023, 2, 25), 0, dt.date(2023, 3, 20))
    days = [days_until_a_cut(outage(*storm, stock_mt=stock)) for stock in (0.3, 0.5, 0.7, 0.9)]
    assert days == sorted(days, reverse=True)
    assert days[0] - days[-1] >= 2


def test_one_of_three_moorings_lost_costs_nothing_with_the_spare_in_service(corridor: Corridor) -> None:
    result = outage(corridor, dt.date(2024, 2, 1), dt.date(2024, 3, 2), 2, dt.date(2024, 3, 20))
    assert result.shut_in_kt.sum() == pytest.approx(0, abs=1e-6)
    assert abs(result.cost_usd) < 1


# --- flows by pipeline ------------------------------------------------------------------------------------------

# Where the layer is more than 5 % off; docs/oil-validation.md says why.
KNOWN_MISSES = {"kaztransoil-2023", "kaztransoil-2024", "aktau-makhachkala-2024-10m"}


def test_2023_and_2024_come_within_five_per_cent_but_for_the_known_misses(comparisons: dict[str, Comparison]) -> None:
    misses = {name: f"{one.off_percent:+.1f} %" for name, one in comparisons.items() if one.judged and not one.agrees}
    assert set(misses) == KNOWN_MISSES, misses


@pytest.mark.parametrize("name", ["cpc-2023", "cpc-kz-2023", "cpc-2024", "cpc-kz-2024", "cpc-kz-2024-10m"])
def test_cpc_comes_within_two_per_cent(comparisons: dict[str, Comparison], name: str) -> None:
    assert abs(comparisons[name].off_percent) < 2


def test_what_is_fitted_is_of_2023_and_what_is_predicted_rests_on_other_figures(
    corridor: Corridor, comparisons: dict[str, Comparison]
) -> None:
    assert {one.figure.role for one in comparisons.values()} == set(ROLES) == {INPUT, FITTED, PREDICTED, REPORTED}
    assert {one.figure.year for one in comparisons.values() if one.figure.role == FITTED} == {2023}
    nominations = {
        claim
        for (table, _, column), origin in corridor.provenance.origins.items()
        if table == "oil_routes" and column == "nomination_mt_per_year" and origin.basis == "claim"
        for claim in origin.claims
    }
    predicted = {claim for one in comparisons.values() if one.figure.role == PREDICTED for claim in one.figure.claims}
    assert predicted & nominations == set()


def test_the_published_figures_are_claims_of_their_year(comparisons: dict[str, Comparison]) -> None:
    ledger = load_ledger()
    for one in comparisons.values():
        periods = {ledger.get_claim(claim).period for claim in one.figure.claims} - {"undated"}
        assert all(str(one.figure.year) in period or period == "nominal" for period in periods), one.figure.id
