"""Where to put k logistics centres: choose sites so that all cargo together travels cheapest.

Each consignment goes by one of its *options*: past no hub, through one, or in at one and out at another. An option is
open if its hubs are. As a mixed-integer programme, with y = 1 for an open site and x the share of w by option o,

    minimise   sum over w, o  amount_w cost_wo x_wo  +  sum over s  opening_s y_s
    subject to sum over o        x_wo        = 1        for every consignment w
               sum over o past s x_wo       <= y_s      for every consignment w and site s
               sum over s        y_s        <= count,   y in {0, 1},  x >= 0.

One hub per option is the p-median problem (ReVelle and Swain, 1970), whose relaxation is mostly whole already; two
hubs and a discount between them make the multiple-allocation p-hub median problem (Campbell, 1994) in the tight form
of Skorin-Kapov, Skorin-Kapov and O'Kelly (1996). Exact; meant for tens of sites and hundreds of consignments.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np
import numpy.typing as npt
from scipy.sparse import csc_matrix

from transcaspian.errors import InputError, Problem

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class HubPlan:
    """The chosen sites and who goes through them; arrays of shape (n_wants,) unless said."""

    sites: Ints  # (n_chosen,) ascending; sites that nobody would use are not opened
    first_hub: Ints  # where each consignment enters, -1 for no hub
    second_hub: Ints  # where it leaves again; the same for one hub, -1 for none
    cost_usd_per_t: Floats
    objective_usd: float  # carriage and opening together
    bound_usd: float  # no choice of so many sites is cheaper
    worth_usd: (
        Floats  # (n_chosen,) what it would cost more without this one, the others staying; infinite if none could
    )

    @property
    def relative_gap(self) -> float:
        """How far the choice may be from the best one."""
        return (self.objective_usd - self.bound_usd) / abs(self.objective_usd) if self.objective_usd else 0.0


@dataclass(frozen=True, slots=True, eq=False)
class _Options:
    want: Ints  # (n_options,)
    first: Ints  # (n_options,) -1 for no hub
    second: Ints
    cost: Floats  # (n_options,) USD per t


def place_medians(
    through_usd_per_t: npt.ArrayLike,
    amount_t: npt.ArrayLike,
    count: int,
    *,
    otherwise_usd_per_t: npt.ArrayLike | None = None,
    opening_usd: npt.ArrayLike | None = None,
) -> HubPlan:
    """The at most `count` sites through which the cargo travels cheapest, each consignment through one of them.

    Parameters
    ----------
    through_usd_per_t
        Cost of each consignment from door to door through each site, shape (n_wants, n_sites); infinite: impossible.
    amount_t
        Size of each consignment, not negative, shape (n_wants,).
    count
        How many sites at most, at least 1.
    otherwise_usd_per_t
        Cost past all sites, shape (n_wants,); without it everyone must use a site.
    opening_usd
        Cost of opening each site over the time of `amount_t`, shape (n_sites,); 0 unless given.

    Returns
    -------
    HubPlan
        Optimal; `first_hub` equals `second_hub`.

    Raises
    ------
    InputError
        If a shape or value is impossible, or so few sites cannot serve everyone.
    """
    through, amount = np.asarray(through_usd_per_t, float), np.asarray(amount_t, float)
    problems = _misshapen("through_usd_per_t", through, (amount.size, through.shape[-1] if through.ndim else 0))
    otherwise, opening = _extras(otherwise_usd_per_t, opening_usd, amount.size, through.shape[-1])
    _refuse([*problems, *_misvalued(count, amount, otherwise, opening)])
    want, site = np.nonzero(np.isfinite(through))
    options = _with_direct(want, site, site, through[want, site], otherwise)
    return _solved(options, amount, opening, count)


def place_hubs(
    collect_usd_per_t: npt.ArrayLike,
    trunk_usd_per_t: npt.ArrayLike,
    deliver_usd_per_t: npt.ArrayLike,
    amount_t: npt.ArrayLike,
    count: int,
    *,
    trunk_factor: float = 1.0,
    otherwise_usd_per_t: npt.ArrayLike | None = None,
    opening_usd: npt.ArrayLike | None = None,
) -> HubPlan:
    """The at most `count` hubs for consignments that may enter at one hub and leave at another.

    Cost of an option: collect to the first hub, trunk between the hubs times `trunk_factor`, deliver from the second.

    Parameters
    ----------
    collect_usd_per_t, deliver_usd_per_t
        Origin to hub and hub to destination of each consignment, handling included, shape (n_wants, n_sites).
    trunk_usd_per_t
        Between hubs, shape (n_sites, n_sites); the diagonal is what passing one hub costs, usually 0.
    amount_t, count, otherwise_usd_per_t, opening_usd
        As for `place_medians`.
    trunk_factor
        Cost between hubs relative to ordinary carriage, at least 0; below 1 where full trains share it.

    Returns
    -------
    HubPlan
        Optimal.

    Raises
    ------
    InputError
        If a shape or value is impossible, or so few hubs cannot serve everyone.
    """
    collect, deliver = np.asarray(collect_usd_per_t, float), np.asarray(deliver_usd_per_t, float)
    trunk, amount = np.asarray(trunk_usd_per_t, float), np.asarray(amount_t, float)
    n_sites = trunk.shape[-1] if trunk.ndim else 0
    otherwise, opening = _extras(otherwise_usd_per_t, opening_usd, amount.size, n_sites)
    problems = _misshapen("trunk_usd_per_t", trunk, (n_sites, n_sites))
    problems += _misshapen("collect_usd_per_t", collect, (amount.size, n_sites))
    problems += _misshapen("deliver_usd_per_t", deliver, (amount.size, n_sites))
    if not (np.isfinite(trunk_factor) and trunk_factor >= 0.0):
        problems.append(_bad("trunk_factor", f"{trunk_factor} is below 0 or no number", "give 0 or more"))
    _refuse([*problems, *_misvalued(count, amount, otherwise, opening)])
    cost = collect[:, :, None] + trunk_factor * trunk[None] + deliver[:, None, :]
    want, first, second = np.nonzero(np.isfinite(cost))
    options = _with_direct(want, first, second, cost[want, first, second], otherwise)
    return _solved(options, amount, opening, count)


def _with_direct(want: Any, first: Any, second: Any, cost: Floats, otherwise: Floats) -> _Options:
    """Options through hubs that beat going past all of them, and the way past them where there is one."""
    better = cost < otherwise[want]
    direct = np.flatnonzero(np.isfinite(otherwise))
    none = np.full(direct.size, -1)
    return _Options(
        np.concatenate([want[better], direct]).astype(np.int32),
        np.concatenate([first[better], none]).astype(np.int32),
        np.concatenate([second[better], none]).astype(np.int32),
        np.concatenate([cost[better], otherwise[direct]]),
    )


def _solved(options: _Options, amount: Floats, opening: Floats, count: int) -> HubPlan:
    n_wants = amount.size
    without = np.flatnonzero(np.bincount(options.want, minlength=n_wants) == 0)
    if without.size:
        what = f"consignments {', '.join(str(one) for one in without[:5])} can go through no site and not past them"
        raise InputError(Problem("hubs.unserved", "through sites", f"{what}.", _SERVE))
    highs = _programme(options, amount, opening, count)
    highs.run()
    status = highs.getModelStatus()
    if status == highspy.HighsModelStatus.kInfeasible:
        what = f"no {count} sites can serve all {n_wants} consignments."
        raise InputError(Problem("hubs.unserved", "count", what, _SERVE))
    if status != highspy.HighsModelStatus.kOptimal:
        raise RuntimeError(f"HiGHS ended with status {highs.modelStatusToString(status)}")
    value = np.array(highs.getSolution().col_value)
    is_open = value[options.want.size :] > 0.5
    chosen, cost = _cheapest(options, is_open, n_wants)
    used = np.unique(np.concatenate([options.first[chosen], options.second[chosen]]))
    sites = used[used >= 0]
    objective = float(amount @ cost + opening[sites].sum())
    bound = min(float(highs.getInfo().mip_dual_bound), objective)
    worth = np.array([_cost_without(site, sites, options, amount, opening) for site in sites]) - objective
    return HubPlan(sites, options.first[chosen], options.second[chosen], cost, objective, bound, worth)


def _programme(options: _Options, amount: Floats, opening: Floats, count: int) -> Any:
    """The mixed-integer programme in HiGHS: options first, then sites."""
    n_wants, n_sites, n_options = amount.size, opening.size, options.want.size
    option = np.arange(n_options)
    enters = options.first >= 0
    leaves = enters & (options.second != options.first)
    past = [
        n_wants + options.want[some] * n_sites + hub[some]
        for some, hub in ((enters, options.first), (leaves, options.second))
    ]
    pair = n_wants + np.arange(n_wants * n_sites)
    site = n_options + np.tile(np.arange(n_sites), n_wants)
    last = np.full(n_sites, n_wants + n_wants * n_sites)
    rows = np.concatenate([options.want, *past, pair, last])
    columns = np.concatenate([option, option[enters], option[leaves], site, n_options + np.arange(n_sites)])
    ones = n_options + int(enters.sum()) + int(leaves.sum())
    values = np.concatenate([np.ones(ones), -np.ones(pair.size), np.ones(n_sites)])
    matrix = csc_matrix((values, (rows, columns)), shape=(last[0] + 1 if n_sites else n_wants + 1, n_options + n_sites))
    programme = highspy.HighsLp()
    programme.num_col_, programme.num_row_ = matrix.shape[1], matrix.shape[0]
    programme.col_cost_ = np.concatenate([amount[options.want] * options.cost, opening])
    programme.col_lower_, programme.col_upper_ = np.zeros(matrix.shape[1]), np.ones(matrix.shape[1])
    programme.row_lower_ = np.concatenate([np.ones(n_wants), np.full(pair.size + 1, -np.inf)])
    programme.row_upper_ = np.concatenate([np.ones(n_wants), np.zeros(pair.size), [count]])
    programme.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    programme.a_matrix_.start_, programme.a_matrix_.index_ = matrix.indptr, matrix.indices
    programme.a_matrix_.value_ = matrix.data
    whole, free = highspy.HighsVarType.kInteger, highspy.HighsVarType.kContinuous
    programme.integrality_ = [free] * n_options + [whole] * n_sites
    make: Any = highspy.Highs  # highspy leaves its constructor without types
    highs = make()
    for name, value in {"output_flag": False, "threads": 1, "random_seed": 1, "mip_rel_gap": 0.0}.items():
        highs.setOptionValue(name, value)
    highs.passModel(programme)
    return highs


def _cheapest(options: _Options, is_open: npt.NDArray[np.bool_], n_wants: int) -> tuple[Ints, Floats]:
    """The option each consignment takes if these sites are open, and its cost; of equal ones the first."""
    usable = (options.first < 0) | (is_open[options.first] & is_open[options.second])
    cost = np.where(usable, options.cost, np.inf)
    order = np.lexsort((np.arange(cost.size), cost, options.want))
    first = np.searchsorted(options.want[order], np.arange(n_wants))
    taken = order[first].astype(np.int32)
    return taken, cost[taken]


def _cost_without(site: int, sites: Ints, options: _Options, amount: Floats, opening: Floats) -> float:
    is_open = np.zeros(opening.size, bool)
    is_open[sites[sites != site]] = True
    _, cost = _cheapest(options, is_open, amount.size)
    carried = float(np.sum(amount[amount > 0.0] * cost[amount > 0.0]))
    return carried + float(opening[is_open].sum())


def _extras(
    otherwise: npt.ArrayLike | None, opening: npt.ArrayLike | None, n_wants: int, n_sites: int
) -> tuple[Floats, Floats]:
    direct = np.full(n_wants, np.inf) if otherwise is None else np.asarray(otherwise, float)
    price = np.zeros(n_sites) if opening is None else np.asarray(opening, float)
    _refuse(
        _misshapen("otherwise_usd_per_t", direct, (n_wants,)) + _misshapen("opening_usd", price, (n_sites,)),
    )
    return direct, price


def _misshapen(where: str, array: Floats, shape: tuple[int, ...]) -> list[Problem]:
    if array.shape != shape:
        return [_bad(where, f"has shape {array.shape}, not {shape}", "give a row per consignment, a column per site")]
    if np.isnan(array).any() or (array == -np.inf).any():
        return [_bad(where, "holds values that are no numbers", "give USD, infinite where there is no way")]
    return []


def _misvalued(count: int, amount: Floats, otherwise: Floats, opening: Floats) -> list[Problem]:
    problems = []
    if count < 1:
        problems.append(_bad("count", f"{count} is below 1", "ask for at least one site"))
    if not np.isfinite(amount).all() or (amount < 0.0).any():
        problems.append(_bad("amount_t", "is below 0 or no number", "give tonnes of at least 0"))
    if not np.isfinite(opening).all():
        problems.append(_bad("opening_usd", "is not finite", "leave out sites that cannot be opened"))
    return problems


def _refuse(problems: list[Problem]) -> None:
    if problems:
        raise InputError(problems)


_SERVE = "allow more sites, give more ways through them, or a cost past all of them."


def _bad(where: str, what: str, mend: str) -> Problem:
    return Problem("hubs.input", where, f"{what}.", f"{mend}.")
