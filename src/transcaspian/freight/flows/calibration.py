"""Constants fitted to the base year: what each way is worth to each market beside money, time and reliability.

Answers: which constants make the equilibrium of 2024 carry what was counted on each way?  Start reading at `calibrate`.
Takes: the packaged corridor.  Gives: `Calibration`, and the rows of `choice_constants.csv`.

Every class is fitted by itself to its shares: the constant of a way is moved by log(target / model) over the scale of
the choice, all at once, and the equilibrium is solved again, until nothing moves (the balancing of Furness, 1965, on
utilities; for logit it is the maximum of the likelihood: Train, 2009, section 3.8). The way with most cargo has 0. Ways
on which nothing was counted share one constant, fitted to the assumed share of all of them together, so that among
themselves their costs decide.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from transcaspian.corridor import BASE_YEAR, Corridor
from transcaspian.corridor.files import replace_file
from transcaspian.errors import InputError, Problem
from transcaspian.freight.flows.assignment import Assigned, PreparedYear, assign, prepare_year
from transcaspian.freight.flows.choice import BTK, ChoiceClass
from transcaspian.freight.flows.summary import PeriodFlows

TOLERANCE = 1e-5  # of a share
ROUNDS = 300
UNSEEN = "unseen"  # all ways together on which nothing was counted
COLUMNS = ("id", "choice_class", "way", "target_share", "constant_usd_per_t", "note")


@dataclass(frozen=True, slots=True)
class Fit:
    """One constant with what it was fitted to."""

    choice_class: str
    way: str
    target_share: float
    model_share: float
    constant_usd_per_t: float
    target_t: float  # a year's; what was counted, or the assumed share of what nobody counted
    counted: bool  # false: nothing was counted; shares and tonnes are those of all such ways of the class together
    doubled_usd_per_t: float  # how much lower a constant would double the odds of the way


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """Fitted classes and their residuals."""

    classes: tuple[ChoiceClass, ...]
    fits: tuple[Fit, ...]
    rounds: int
    converged: bool
    assigned: Assigned

    @property
    def worst_residual(self) -> float:
        """Largest difference of a model's share and its target."""
        return max((abs(fit.model_share - fit.target_share) for fit in self.fits), default=0.0)

    def table(self) -> str:
        """The rows of `choice_constants.csv`."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(COLUMNS)
        for fit in self.fits:
            note = "" if fit.counted else "nothing counted; the share is that of all such ways of the class"
            writer.writerow(
                (f"{fit.choice_class}.{fit.way}", fit.choice_class, fit.way, f"{fit.target_share:.6g}",
                 f"{fit.constant_usd_per_t:.5g}", note)
            )  # fmt: skip
        return out.getvalue()


def calibrate(corridor: Corridor, *, rounds: int = ROUNDS, tolerance: float = TOLERANCE) -> Calibration:
    """Fit the constants of every class to the shares of the base year.

    Parameters
    ----------
    corridor
        The base, without a scenario.
    rounds, tolerance
        Equilibria at most, and the difference of shares that counts as none.

    Returns
    -------
    Calibration
        With `converged` false where shares still moved at the end.

    Raises
    ------
    InputError
        If a demand row says where it was counted, but has no such way on the network.
    """
    prepared = prepare_year(corridor, BASE_YEAR)
    targets, unseen = _targets(corridor, prepared)
    classes = [replace(one, constants=_begin(one, targets[one.id], unseen[one.id]),
                       typical_cost_usd_per_t=_typical_cost(prepared, number))
               for number, one in enumerate(prepared.classes)]  # fmt: skip
    points, flows = assign(prepared, classes=classes)
    number, moved = 0, np.inf
    for number in range(1, rounds + 1):  # noqa: B007
        shares = _shares(prepared, flows, unseen)
        moved = max(abs(shares[c].get(way, 0.0) - share) for c, ways in targets.items() for way, share in ways.items())
        if moved <= tolerance:
            break
        classes = [_moved(one, targets[one.id], shares[one.id], unseen[one.id]) for one in classes]
        points, flows = assign(prepared, classes=classes, start=Assigned(prepared, points, flows))
    shares = _shares(prepared, flows, unseen)
    tonnes = _class_tonnes(prepared)
    fits = tuple(
        Fit(one.id, way, share, shares[one.id].get(key, 0.0), one.constants[way], share * tonnes[one.id], key != UNSEEN,
            float(np.log(2.0) / one.scale_per_usd_t))
        for one in classes
        for key, share in sorted(targets[one.id].items(), key=lambda item: (item[0] == BTK, -item[1], item[0]))
        for way in (sorted(unseen[one.id]) if key == UNSEEN else (key,))
    )  # fmt: skip
    return Calibration(tuple(classes), fits, number, moved <= tolerance, Assigned(prepared, points, flows))


def write_calibration(corridor: Corridor, found: Calibration, folder: Path) -> list[str]:
    """Write the constants into a folder of tables, with typical costs and provenance; gives the files' names.

    Parameters
    ----------
    corridor
        That was fitted; its provenance says what the counts rest on.
    found
        From `calibrate`.
    folder
        A folder of tables, as `transcaspian init` writes it. Each file is written whole or not at all.

    Raises
    ------
    InputError
        If the folder lacks its tables, or nothing may be written there.
    """
    classes, origins = folder / "choice_classes.csv", folder / "provenance.csv"
    missing = [path for path in (classes, origins) if not path.is_file()]
    if missing:
        what = f"there is no {missing[0].name}"
        raise InputError(Problem("flows.folder", str(folder), what, "`transcaspian init DIR` writes the tables."))
    typical = {one.id: f"{one.typical_cost_usd_per_t:.5g}" for one in found.classes}
    header, rows = _read(classes)
    for row in rows:
        row["typical_cost_usd_per_t"] = typical.get(row["id"], row["typical_cost_usd_per_t"])
    columns, kept = _read(origins)
    kept = [row for row in kept if row["table"] != "choice_constants"
            and not (row["table"] == "choice_classes" and row["column"] == "typical_cost_usd_per_t")]  # fmt: skip
    kept += [
        dict(zip(columns, origin, strict=True)) for origin in _origins(corridor, found, {row["id"] for row in rows})
    ]
    texts = {
        "choice_constants.csv": found.table(),
        classes.name: _text(header, rows),
        origins.name: _text(columns, kept),
    }
    for name, text in texts.items():
        replace_file(folder / name, lambda made, text=text: made.write_text(text, encoding="utf-8", newline=""))  # type: ignore[misc]
    return list(texts)


def _read(path: Path) -> tuple[list[str], list[dict[str, str]]]:
    with path.open(newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        return list(reader.fieldnames or ()), list(reader)


def _text(columns: list[str], rows: list[dict[str, str]]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def _origins(corridor: Corridor, found: Calibration, known: set[str]) -> Iterator[tuple[str, ...]]:
    """Rows of provenance: table, row, column, basis, claims, formula, reason, low, high."""
    for one in found.classes:
        if one.id in known:
            cost = float(f"{one.typical_cost_usd_per_t:.5g}")
            reason = "mean cost without time of what was counted in 2024, by its cheapest way; `transcaspian calibrate`"
            yield ("choice_classes", one.id, "typical_cost_usd_per_t", "assumption", "", "", reason,
                   f"{0.5 * cost:.5g}", f"{2 * cost:.5g}")  # fmt: skip
    for fit in found.fits:
        row = f"{fit.choice_class}.{fit.way}"
        claims = ";".join(_claims(corridor, found, fit)) if fit.counted else ""
        low, high = (0.5 * fit.target_share, min(1.0, 2.0 * fit.target_share))
        reason = ("share of the demand rows of the class that bear the way in counted_on" if fit.counted
                  else "unseen_share of the class, for all ways together on which nothing was counted")  # fmt: skip
        if fit.way == BTK:
            reason = "share of the rows of demand_routes by TRKSY among boxes of the Middle corridor for Türkiye"
        yield ("choice_constants", row, "target_share", "assumption", claims, "", reason, f"{low:.6g}", f"{high:.6g}")
        value, half = fit.constant_usd_per_t, fit.doubled_usd_per_t
        reason = "fitted to target_share by `transcaspian calibrate`; the range doubles or halves the odds of the way"
        yield ("choice_constants", row, "constant_usd_per_t", "assumption", claims, "", reason,
               f"{value - half:.5g}", f"{value + half:.5g}")  # fmt: skip


def _claims(corridor: Corridor, found: Calibration, fit: Fit) -> tuple[str, ...]:
    """The claims under the demand rows of a class that were counted on a way."""
    demand, prepared = corridor["demand"], found.assigned.prepared
    class_of = prepared.periods[0].sets.class_of
    rows = [
        demand_id
        for want, demand_id in enumerate(prepared.wants.id)
        if prepared.classes[int(class_of[want])].id == fit.choice_class
        and (fit.way == BTK or demand.text(demand.get_row(demand_id), "counted_on") == fit.way)
    ]
    columns = ("cargo_t_per_year", "teu_per_year")
    return corridor.provenance.claims_of(("demand", row, column) for row in rows for column in columns)


def _begin(one: ChoiceClass, targets: Mapping[str, float], unseen: set[str]) -> dict[str, float]:
    """Constants to begin with: those of the table, and one for all ways without a count."""
    constants = {way: one.constants.get(way, 0.0) for way in targets if way != UNSEEN}
    shared = max((one.constants[way] for way in unseen if way in one.constants), default=0.0)
    return {**constants, **dict.fromkeys(sorted(unseen), shared)}


def _moved(
    one: ChoiceClass, targets: Mapping[str, float], shares: Mapping[str, float], unseen: set[str]
) -> ChoiceClass:
    """The class with each constant moved to where its share would be right if no other moved."""
    if not targets:
        return one
    constants = dict(one.constants)
    for key, target in targets.items():
        model = max(shares.get(key, 0.0), 1e-9)
        if key == BTK:  # its share is one of the Middle corridor's, so odds are compared
            odds = np.log(target / (1.0 - target)) - np.log(model / max(1.0 - model, 1e-9))
        else:
            odds = np.log(target / model)
        for way in unseen if key == UNSEEN else (key,):
            constants[way] -= float(np.clip(odds, -5.0, 5.0)) / one.scale_per_usd_t
    main = max((way for way in targets if way not in (BTK, UNSEEN)), key=lambda way: targets[way])
    base = constants[main]
    return replace(one, constants={way: value if way == BTK else value - base for way, value in constants.items()})


def _targets(corridor: Corridor, prepared: PreparedYear) -> tuple[dict[str, dict[str, float]], dict[str, set[str]]]:
    """By class: share of each way that was counted, and the ways on which nothing was."""
    demand = corridor["demand"]
    ways = _ways_offered(prepared)
    amount = prepared.wants.amount_t.sum(axis=1)
    found: dict[str, dict[str, float]] = {one.id: {} for one in prepared.classes}
    problems: list[Problem] = []
    for want, demand_id in enumerate(prepared.wants.id):
        one = prepared.classes[int(prepared.periods[0].sets.class_of[want])]
        way = demand.text(demand.get_row(demand_id), "counted_on")
        if not way or one.kind == "bulk":
            continue
        if way not in ways[one.id]:
            what = f"was counted on {way}, which its market cannot take"
            mend = "mend counted_on, or what closes the way."
            problems.append(Problem("flows.counted_on", f"demand.csv, {demand_id}", what, mend))
        found[one.id][way] = found[one.id].get(way, 0.0) + float(amount[want])
    if problems:
        raise InputError(problems)
    shares: dict[str, dict[str, float]] = {}
    unseen: dict[str, set[str]] = {}
    for one in prepared.classes:
        seen, total = found[one.id], sum(found[one.id].values())
        unseen[one.id] = ways[one.id] - set(seen) if total > 0 else set()
        left = one.unseen_share if unseen[one.id] else 0.0
        shares[one.id] = {way: tonnes / total * (1.0 - left) for way, tonnes in seen.items() if total > 0}
        if left > 0:
            shares[one.id][UNSEEN] = left
        btk = _btk_target(corridor, prepared, one) if total > 0 else None
        if btk is not None:
            shares[one.id][BTK] = btk
    return shares, unseen


def _ways_offered(prepared: PreparedYear) -> dict[str, set[str]]:
    ways: dict[str, set[str]] = {one.id: set() for one in prepared.classes}
    for period in prepared.periods:
        sets = period.sets
        for path, way in enumerate(sets.way):
            ways[sets.classes[int(sets.class_of[sets.want[path]])].id].add(way)
    return ways


def _btk_target(corridor: Corridor, prepared: PreparedYear, one: ChoiceClass) -> float | None:
    """Share of the railway Baku–Tbilisi–Kars among a class's boxes of the Middle corridor from and for Türkiye.

    From the vias of `demand_routes`; none where the class has no such rows.
    """
    if one.kind != "box":
        return None
    routes, wants = corridor["demand_routes"], prepared.wants
    by_rail = whole = 0.0
    amount = wants.amount_t.sum(axis=1)
    for row in range(len(routes)):
        want = wants.id.index(routes.text(row, "demand"))
        turkish = "TR" in (wants.origin[want][:2], wants.destination[want][:2])
        if turkish and prepared.classes[int(prepared.periods[0].sets.class_of[want])].id == one.id:
            tonnes = float(amount[want] * routes.floats("share")[row])
            whole += tonnes
            by_rail += tonnes if "TRKSY" in routes.items(row, "via") else 0.0
    return by_rail / whole if 0.0 < by_rail < whole else None


def _shares(
    prepared: PreparedYear, flows: tuple[PeriodFlows, ...], unseen: Mapping[str, set[str]]
) -> dict[str, dict[str, float]]:
    """By class: share of each way, and of the railway Baku–Tbilisi–Kars among the Middle ones for Türkiye."""
    tonnes: dict[str, dict[str, float]] = {one.id: {} for one in prepared.classes}
    turkish: dict[str, list[float]] = {one.id: [0.0, 0.0] for one in prepared.classes}
    wants = prepared.wants
    for period in flows:
        sets = period.sets
        for path in range(sets.n_paths):
            want = int(sets.want[path])
            class_id = sets.classes[int(sets.class_of[want])].id
            flow = float(period.flow_t[path])
            tonnes[class_id][sets.way[path]] = tonnes[class_id].get(sets.way[path], 0.0) + flow
            if sets.corridor[path] == "middle" and "TR" in (wants.origin[want][:2], wants.destination[want][:2]):
                turkish[class_id][0] += flow
                turkish[class_id][1] += flow if sets.btk[path] else 0.0
    shares = {}
    for class_id, ways in tonnes.items():
        whole = sum(ways.values())
        shares[class_id] = {way: flow / whole for way, flow in ways.items()} if whole > 0 else {}
        if unseen[class_id]:
            shares[class_id][UNSEEN] = sum(shares[class_id].get(way, 0.0) for way in unseen[class_id])
        if turkish[class_id][0] > 0:
            shares[class_id][BTK] = turkish[class_id][1] / turkish[class_id][0]
    return shares


def _class_tonnes(prepared: PreparedYear) -> dict[str, float]:
    amount = prepared.wants.amount_t.sum(axis=1)
    of = prepared.periods[0].sets.class_of
    return {one.id: float(amount[of == number].sum()) for number, one in enumerate(prepared.classes)}


def _typical_cost(prepared: PreparedYear, number: int) -> float:
    """Mean cost of the cheapest way of each row of a class where it was counted, by tonnes; else its own figure."""
    corridor = prepared.year.corridor["demand"]
    sets, amount = prepared.periods[0].sets, prepared.wants.amount_t.sum(axis=1)
    spent = tonnes = 0.0
    for want in np.flatnonzero(sets.class_of == number).tolist():
        way = corridor.text(corridor.get_row(prepared.wants.id[want]), "counted_on")
        own = range(int(sets.first[want]), int(sets.first[want + 1]))
        costs = [float(sets.money_usd[path]) for path in own if sets.way[path] == way]
        if costs:
            spent += min(costs) * float(amount[want])
            tonnes += float(amount[want])
    return spent / tonnes if tonnes > 0 else sets.classes[number].typical_cost_usd_per_t
