"""Results as JSON, with the keys of `transcaspian oil --json`; and the means and bands of replications."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from transcaspian.oil.accounts import Outcome
from transcaspian.oil.dated import Floats
from transcaspian.oil.solve import OilResult, first_day

JsonObject = dict[str, Any]
_LEAST_KT = 0.01  # a day's cut below ten tonnes is rounding of the solver
QUANTILES = (10, 50, 90)
_WORDS = ("id", "limit", "unit", "field")  # what a row is about, as against its figures
CPC = "cpc"


def result_json(result: OilResult) -> JsonObject:
    """All figures of a run, Mt and USD; `daily` is filled in by whoever writes the file."""
    net, outcome, baseline = result.network, result.outcome, result.baseline
    home = np.flatnonzero(net.grade_home[net.field_grade])
    foreign = np.flatnonzero(~net.grade_home[net.field_grade])
    shut_in = result.shut_in_kt
    routes = _routes(result)
    fields = [_field(result, shut_in, int(field)) for field in home]
    return {
        "period": {
            "from": result.period.start.isoformat(),
            "until": result.period.end.isoformat(),
            "step": result.period.step,
            "days": int(result.days.sum()),
        },
        "totals": {
            "production_mt": _mt(outcome.production_kt[:, home]),
            "exports_mt": round(sum(route["mt"] for route in routes), 6),
            "shut_in_mt": round(sum(field["shut_in_mt"] for field in fields), 6),
            "rerouted_mt": round(sum(max(0.0, r["change_mt"]) for r in routes if r["id"] != CPC), 6),
            "cost_usd": round(result.cost_usd, 2),
            "transport_usd": round(outcome.transport_usd, 2),
            "refined_mt": _mt(outcome.sale_kt[:, _to_refineries(result)]),
            "refineries_short_mt": _mt(outcome.short_kt),
            "baseline_production_mt": _mt(baseline.production_kt[:, home]),
        },
        "routes": routes,
        "fields": fields,
        "foreign": [_field(result, shut_in, int(field)) for field in foreign],
        "storage": [_store(result, store) for store in range(len(net.store_id))],
        "links": [
            {
                "id": link,
                "mt": _mt(outcome.link_kt[:, row]),
                "capacity_mt": _finite(result.link_capacity_kt[:, row].sum() / 1000),
                "change_mt": round(float((outcome.link_kt - baseline.link_kt)[:, row].sum()) / 1000, 6),
            }
            for row, link in enumerate(net.link_id)
        ],
        "binding": [
            {
                "id": one.id,
                "dual_usd_per_t": round(one.dual_usd_per_t, 4),
                "days": round(one.days, 2),
                "limit": one.limit,
            }
            for one in result.bindings
        ],
        "worth": [{"id": one.id, "unit": one.unit, "usd": round(float(one.usd), 2)} for one in result.worths],
        "netbacks": [
            {"id": f"{one.field_id}|{one.route_id}", "field": one.field_id, "route": one.route_id,
             "mt": round(one.mt, 6), "usd_per_t": round(one.usd_per_t, 4)}
            for one in result.netbacks
        ],
        "foresight": _foresight(result),
        "daily": None,
    }  # fmt: skip


def daily_rows(result: OilResult) -> tuple[list[str], list[list[str]]]:
    """The run step by step as a table: header and rows; kt in the step, stocks in kt at its end.

    With `start_mt` of the tank farms it closes: production less deliveries is what the tanks gain, all oil counted.
    """
    net = result.network
    groups: tuple[tuple[str, Sequence[str], Floats, Floats], ...] = (
        ("production", net.field_id, result.outcome.production_kt, result.baseline.production_kt),
        ("route", net.route_id, result.outcome.route_kt, result.baseline.route_kt),
        ("link", net.link_id, result.outcome.link_kt, result.baseline.link_kt),
        ("delivery", net.market_id, _delivered(result, result.outcome), _delivered(result, result.baseline)),
        ("stock", net.store_id, result.outcome.stock_kt, result.baseline.stock_kt),
    )
    rows = [
        [day.isoformat(), group, row_id, _kt(values[step, row]), _kt(normal[step, row])]
        for step, day in enumerate(result.period.firsts)
        for group, ids, values, normal in groups
        for row, row_id in enumerate(ids)
    ]
    return ["date", "group", "id", "kt", "baseline_kt"], rows


def _delivered(result: OilResult, outcome: Outcome) -> Floats:
    """What each market and refinery gets, kt, shape (T, markets)."""
    found = np.zeros((outcome.sale_kt.shape[0], len(result.network.market_id)))
    np.add.at(found.T, result.network.sale_market, outcome.sale_kt.T)
    return found


def _kt(value: float) -> str:
    """Ten places: sums over all links of a node must still close to a gram in a thousand tonnes."""
    return f"{round(value, 10) + 0.0:.10f}"


def mean_json(results: Sequence[JsonObject]) -> JsonObject:
    """The mean of every figure, and `bands` with the same keys and `{p10, p50, p90}` in place of each figure.

    Of dates the median stands for the mean; where it never came in half of the draws it is null.
    """
    means: JsonObject = _combined(results, _mean)
    means["daily"] = None
    means["bands"] = _combined(
        [{k: v for k, v in one.items() if k not in {"period", "daily"}} for one in results], _band
    )
    return means


def _routes(result: OilResult) -> list[JsonObject]:
    net = result.network
    found = []
    for row, route in enumerate(net.route_id):
        mt, base = (float(one.route_kt[:, row].sum()) / 1000 for one in (result.outcome, result.baseline))
        grades = {
            net.grade_id[grade]: round(float(kt) / 1000, 6)
            for grade, kt in enumerate(result.outcome.route_grade_kt[row])
            if kt > _LEAST_KT
        }
        found.append({"id": route, "mt": _round(mt), "baseline_mt": _round(base), "change_mt": _round(mt - base),
                      "grades_mt": grades})  # fmt: skip
    return found


def _field(result: OilResult, shut_in: Floats, field: int) -> JsonObject:
    lost = float((result.baseline.production_kt - result.outcome.production_kt)[:, field].sum()) / 1000
    cut = shut_in[:, field] > np.maximum(_LEAST_KT, 1e-4 * result.baseline.production_kt[:, field])
    day = first_day(result, cut)
    return {
        "id": result.network.field_id[field],
        "production_mt": _mt(result.outcome.production_kt[:, field]),
        "shut_in_mt": _round(max(0.0, lost)),
        "first_cut_date": day.isoformat() if day else None,
    }


def _store(result: OilResult, store: int) -> JsonObject:
    stock = result.outcome.stock_kt[:, store]
    cap = result.store_capacity_kt[:, store]
    day = first_day(result, np.isfinite(cap) & (stock >= cap - np.maximum(_LEAST_KT, 1e-6 * cap)))
    return {
        "id": result.network.store_id[store],
        "full_on": day.isoformat() if day else None,
        "capacity_mt": _finite(cap[0] / 1000),
        "start_mt": _round(float(result.first_stock_kt[store]) / 1000),
        "highest_mt": _round(float(stock.max()) / 1000),
        "end_mt": _round(float(stock[-1]) / 1000),
    }


def _foresight(result: OilResult) -> JsonObject:
    perfect = result.perfect
    home = result.network.grade_home[result.network.field_grade]
    more = float((perfect.production_kt - result.outcome.production_kt)[:, home].sum()) / 1000
    days = result.foresight.days
    return {
        "days": "perfect" if days is None else days,
        "horizon_days": None if days is None else result.horizon_days,
        "belief": None if days is None else result.foresight.belief,
        "gap_usd": round(result.foresight_gap_usd, 2) if days is not None else 0.0,
        "gap_production_mt": _round(more),
    }


def _to_refineries(result: OilResult) -> np.typing.NDArray[np.bool_]:
    net = result.network
    return np.asarray(net.market_refinery[net.sale_market])


def _combined(values: Sequence[Any], join: Any) -> Any:
    """Join equal structures: objects by key, lists of objects by id, figures by `join`."""
    known = [value for value in values if value is not None]
    if known and isinstance(known[0], Mapping):
        keys = list(dict.fromkeys(key for value in known for key in value))
        return {key: _combined([value.get(key) for value in known], join) for key in keys if key != "daily"}
    if known and isinstance(known[0], list):
        keys_of_rows = list(dict.fromkeys(_key(item) for value in known for item in value))
        by_key = [{_key(item): item for item in value} for value in known]
        return [_joined_rows([rows.get(key) for rows in by_key], join) for key in keys_of_rows]
    return join(values)


def _key(row: Mapping[str, Any]) -> tuple[Any, ...]:
    """What tells rows apart: one route may be held back by its lag and by its ramp."""
    return tuple(row.get(name) for name in _WORDS)


def _joined_rows(rows: Sequence[JsonObject | None], join: Any) -> JsonObject:
    """A row that some draws lack counts as nothing there, 0 days or 0 Mt; a price that was none is left out."""
    sample = next(row for row in rows if row is not None)
    empty = {
        key: 0.0 if isinstance(value, float) and not key.endswith("usd_per_t") else None
        for key, value in sample.items()
    }
    found: JsonObject = _combined([row if row is not None else empty for row in rows], join)
    return {**found, **{name: sample[name] for name in _WORDS if name in sample}}


def _mean(values: Sequence[Any]) -> Any:
    if _are_figures(values):
        return round(float(np.mean([float(value) for value in values if value is not None])), 6)
    return _middle(values, 50)


def _band(values: Sequence[Any]) -> Any:
    if _are_figures(values):
        own = [float(value) for value in values if value is not None]
        return {f"p{q}": round(float(np.percentile(own, q)), 6) for q in QUANTILES}
    if all(value is None or _is_date(value) for value in values):
        return {f"p{q}": _middle(values, q) for q in QUANTILES}
    return _middle(values, 50)


def _middle(values: Sequence[Any], percent: int) -> Any:
    """The order statistic of dates, what never came last; of words the first."""
    if any(isinstance(value, str) and not _is_date(value) for value in values):
        return next(value for value in values if value is not None)
    ordered = sorted((value for value in values if value is not None), key=str)
    ordered += [None] * (len(values) - len(ordered))
    return ordered[min(len(ordered) - 1, int(np.floor(percent / 100 * (len(ordered) - 1) + 0.5)))]


def _are_figures(values: Sequence[Any]) -> bool:
    known = [value for value in values if value is not None]
    return bool(known) and all(isinstance(value, (int, float)) for value in known)


def _is_date(value: object) -> bool:
    try:
        return isinstance(value, str) and bool(dt.date.fromisoformat(value))
    except ValueError:
        return False


def _mt(kt: Floats) -> float:
    return _round(float(kt.sum()) / 1000)


def _round(value: float) -> float:
    return round(value, 6) + 0.0  # + 0.0: no negative zero


def _finite(value: float) -> float | None:
    return _round(float(value)) if np.isfinite(value) else None
