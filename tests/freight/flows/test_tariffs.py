"""Tariff policy: what a file may say, what it does to arcs, and who gains and pays."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from transcaspian.corridor import Corridor, Network
from transcaspian.errors import InputError
from transcaspian.freight.flows.capacity import solve_capacity_year
from transcaspian.freight.flows.tariffs import TariffPolicy, load_tariff_policy, operators_of, revenues

THROUGH = """
[[through]]
from = "KZHOR"
to = "GEPTI"
via = ["KZAAU"]
unit_load = "TEU"
usd_per_unit_load = 1000
"""


def policy(folder: Path, text: str, corridor: Corridor) -> TariffPolicy:
    file = folder / "policy.toml"
    file.write_text(text, encoding="utf-8")
    return load_tariff_policy(file, corridor)


def problems(folder: Path, text: str, corridor: Corridor) -> str:
    with pytest.raises(InputError) as caught:
        policy(folder, text, corridor)
    return "\n".join(f"{problem.where}: {problem.what} {problem.mend}" for problem in caught.value.problems)


def test_a_discount_lowers_the_arcs_of_one_railway_alone(tmp_path: Path, tiny: Corridor, tiny_network: Network) -> None:
    made = policy(tmp_path, '[[discount]]\noperator = "KTZ"\npercent = 25\n', tiny)
    before = tiny_network.cost_usd[1]
    after = made.change_cost(tiny_network, before)
    own = np.array([name == "KTZ" for name in operators_of(tiny_network)])
    assert np.allclose(after[:, own], 0.75 * before[:, own])
    assert np.array_equal(after[:, ~own], before[:, ~own])


def test_a_discount_for_one_unit_load_leaves_the_others(tmp_path: Path, tiny: Corridor, tiny_network: Network) -> None:
    text = '[[discount]]\nmode = "rail"\npercent = 10\nunit_loads = ["FEU"]\n'
    after = policy(tmp_path, text, tiny).change_cost(tiny_network, tiny_network.cost_usd[1])
    changed = (after != tiny_network.cost_usd[1]).any(axis=1)
    assert [name for name, one in zip(tiny_network.unit_loads, changed, strict=True) if one] == ["FEU"]


def test_the_arcs_of_a_through_tariff_cost_it_together(tmp_path: Path, tiny: Corridor, tiny_network: Network) -> None:
    before = tiny_network.cost_usd[1]
    after = policy(tmp_path, THROUGH, tiny).change_cost(tiny_network, before)
    row = tiny_network.unit_loads.index("TEU")
    touched = np.flatnonzero(after[row] != before[row])
    assert after[row, touched].sum() == pytest.approx(1000.0)
    places = {tiny_network.nodes[tiny_network.tail[arc]].place for arc in touched}
    assert {"KZHOR", "KZAAU", "AZALA"} <= places


def test_a_split_gives_every_operator_its_share(tmp_path: Path, tiny: Corridor, tiny_network: Network) -> None:
    free = policy(tmp_path, THROUGH, tiny).change_cost(tiny_network, tiny_network.cost_usd[1])
    row = tiny_network.unit_loads.index("TEU")
    names = np.array(operators_of(tiny_network))
    earning = sorted(set(names[free[row] != tiny_network.cost_usd[1][row]]))
    shares = ", ".join(f'"{name}" = {1 / len(earning)}' for name in earning)
    made = policy(tmp_path, f"{THROUGH}split = {{ {shares} }}\n", tiny)
    after = made.change_cost(tiny_network, tiny_network.cost_usd[1])
    touched = free[row] != tiny_network.cost_usd[1][row]
    for name in earning:
        assert after[row, touched & (names == name)].sum() == pytest.approx(1000.0 / len(earning))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "changes nothing"),
        ("[[discount]]\npercent = 5\n", "fits everything"),
        ('[[discount]]\noperator = "KTS"\npercent = 5\n', "'KTS' is no operator"),
        ('[[discount]]\noperator = "KTZ"\npercent = "much"\n', "percent is 'much'"),
        ('[[discount]]\noperator = "KTZ"\nprecent = 5\n', "'precent' is no key"),
        (THROUGH.replace("KZAAU", "KZAAX"), "'KZAAX' is no place"),
        (THROUGH.replace("1000", "-1"), "usd_per_unit_load is -1"),
        (THROUGH + "split = { KTZ = 0.5 }\n", "adds up to 0.5"),
        (THROUGH + "split = { CR = 1.0 }\n", "CR earns nothing on this way"),
        (THROUGH.replace('"TEU"', '"truck"'), "no cargo can start or end there|no way leads"),
        ("[[through]\n", "is no TOML"),
    ],
)
def test_every_mistake_is_said(tmp_path: Path, tiny: Corridor, text: str, said: str) -> None:
    found = problems(tmp_path, text, tiny)
    assert any(part in found for part in said.split("|")), found


def test_a_file_that_is_not_there_is_said(tmp_path: Path, tiny: Corridor) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        load_tariff_policy(tmp_path / "none.toml", tiny)


def test_what_shippers_save_the_railway_loses_while_flows_stay(tmp_path: Path, tiny: Corridor) -> None:
    made = policy(tmp_path, '[[discount]]\noperator = "KTZ"\npercent = 10\n', tiny)
    before = solve_capacity_year(tiny)
    after = solve_capacity_year(tiny, change_cost=made.change_cost, start=before)
    rows = {one.operator: one for one in revenues(before, after)}
    assert rows["KTZ"].after_usd == pytest.approx(0.9 * rows["KTZ"].before_usd, rel=1e-6)
    assert sum(one.gain_usd for one in rows.values()) == pytest.approx(
        after.objective_usd - before.objective_usd, rel=1e-6
    )
