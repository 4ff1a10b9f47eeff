"""Whether every number has a source, and whether it is the number that the source gives.

Missing provenance, rows that point nowhere and unknown claims are errors. A value that its own provenance does not
bear out is a warning: whoever corrects a kilometre in a spreadsheet has not yet said where it comes from.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from transcaspian.corridor.claim_units import Numbers, claim_numbers, column_units, numbers_in
from transcaspian.corridor.model import Corridor
from transcaspian.corridor.provenance import Cell, Origin, evaluate
from transcaspian.corridor.schema import PROVENANCE
from transcaspian.corridor.tables import Table
from transcaspian.errors import InputError, Problem, did_you_mean
from transcaspian.evidence import Claim, Ledger

RELATIVE_TOLERANCE = 1e-6  # of a claimed value: cells are written with ten digits
FORMULA_TOLERANCE = 0.01  # of a derived value: cells may be rounded to three digits
_WHOLE_DATA_SET = "dataset:"  # a claim on a data set stands for all its figures


def check_provenance(corridor: Corridor, ledger: Ledger) -> list[Problem]:
    """Every cell without an origin, every origin without a cell or claim, every value that does not follow."""
    problems = [problem for table in corridor.base.values() for problem in _unsourced(corridor, table)]
    claims, unknown = _claims(corridor, ledger)
    problems += unknown
    for cell, origin in corridor.provenance.origins.items():
        problem = _points_nowhere(corridor, cell, origin)
        if problem is None:
            problems += _wrong_value(corridor, cell, origin, claims)
        else:
            problems.append(problem)
    return problems


def cell_place(table: Table, row: int, column: str) -> str:
    """Where a cell stands, as every message says it."""
    return f"{table.name}.csv, line {table.lines[row]}, column {column}"


def _unsourced(corridor: Corridor, table: Table) -> Iterator[Problem]:
    """Quantities without a row of provenance."""
    for field in table.schema.fields:
        if not field.numeric:
            continue
        values = table.floats(field.name)
        for row, row_id in enumerate(table):
            if not math.isnan(values[row]) and not corridor.provenance.find(table.name, row_id, field.name):
                yield Problem(
                    "provenance.missing",
                    cell_place(table, row, field.name),
                    f"{values[row]:g} has no row in {PROVENANCE}.csv",
                    f"add the row {table.name},{row_id},{field.name} with its claims, or an assumption with a reason.",
                )


def _points_nowhere(corridor: Corridor, cell: Cell, origin: Origin) -> Problem | None:
    """An origin of a table, row, column or number that does not exist."""
    name, row_id, column = cell
    table = corridor.base.get(name)
    if table is None:
        what, mend = f"there is no table {name!r}", did_you_mean(name, corridor.base)
    elif row_id not in table:
        what, mend = f"{name}.csv has no row {row_id!r}", did_you_mean(row_id, table)
    elif column not in table.low:
        what, mend = f"{name}.csv has no quantity {column!r}", did_you_mean(column, table.low)
    elif math.isnan(float(table.floats(column)[table.get_row(row_id)])):
        what, mend = f"{column} of {row_id} in {name}.csv is empty", "give the value, or delete this row."
    else:
        return None
    where = f"{PROVENANCE}.csv, line {origin.line}"
    return Problem("provenance.nowhere", where, what, mend or "delete this row, or mend its first three cells.")


def _claims(corridor: Corridor, ledger: Ledger) -> tuple[dict[str, Claim], list[Problem]]:
    """The cited claims by id, and a problem for each that the ledger does not hold."""
    known: dict[str, Claim] = {}
    unknown: dict[str, Problem] = {}
    for origin in corridor.provenance.origins.values():
        for claim_id in origin.claims:
            if claim_id in known or claim_id in unknown:
                continue
            try:
                known[claim_id] = ledger.get_claim(claim_id)
            except InputError as error:
                where = f"{PROVENANCE}.csv, line {origin.line}, column claims"
                what = f"there is no claim {claim_id!r}"
                unknown[claim_id] = Problem("provenance.claim", where, what, error.problems[0].mend)
    return known, list(unknown.values())


def _wrong_value(corridor: Corridor, cell: Cell, origin: Origin, claims: dict[str, Claim]) -> list[Problem]:
    """A warning about a value that is outside its range, or else does not follow from its claims."""
    name, row_id, column = cell
    table = corridor.base[name]
    row = table.get_row(row_id)
    value = float(table.floats(column)[row])
    where = cell_place(table, row, column)
    slack = abs(value) * RELATIVE_TOLERANCE
    if not origin.low - slack <= value <= origin.high + slack:
        span = f"{origin.low:g}" if origin.low == origin.high else f"{origin.low:g}–{origin.high:g}"
        what = f"your value {value:g} lies outside {span} of {PROVENANCE}.csv, line {origin.line}"
        return [Problem("provenance.range", where, what, "widen the range or state your source there.", "warning")]
    cited = [claims[claim_id] for claim_id in origin.claims if claim_id in claims]
    if len(cited) < len(origin.claims):
        return []  # an unknown claim is an error already
    finding = ""
    if origin.basis == "claim":
        finding = _not_claimed(table, row, column, value, cited)
    elif origin.basis == "derived":
        finding = _not_derived(value, origin, cited)
    mend = f"mend the value, or its basis in {PROVENANCE}.csv, line {origin.line}."
    return [Problem("provenance.value", where, finding, mend, "warning")] if finding else []


def _not_claimed(table: Table, row: int, column: str, value: float, cited: list[Claim]) -> str:
    """Why a claimed value is none of its claims' values nor between them; empty when it is."""
    if all(claim.subject.startswith(_WHOLE_DATA_SET) for claim in cited):
        return ""
    units = column_units(table, row, column)
    numbers: list[Numbers] = []
    for claim in cited:
        found = numbers_in(claim, units)
        if found is None:
            return (
                f"the claim {claim.id} is in {claim.unit or 'no unit'}, which is not {units[0] if units else 'a unit'} "
                "without a factor: the cell is derived, not claimed"
            )
        numbers.append(found)
    low, high = min(n.low for n in numbers), max(n.high for n in numbers)
    slack = max(abs(low), abs(high), abs(value)) * RELATIVE_TOLERANCE
    if low - slack <= value <= high + slack:
        return ""
    span = f"{low:g}" if low == high else f"{low:g}–{high:g}"
    return f"{value:g} is not what its claims say ({span} {units[0].strip('*/')})".replace(" )", ")")


def _not_derived(value: float, origin: Origin, cited: list[Claim]) -> str:
    """Why a derived value is not what its formula gives; empty when it is."""
    inputs: list[float] = []
    for claim in cited:
        numbers = claim_numbers(claim)
        if numbers is None:
            return f"the claim {claim.id} holds no number, so {origin.formula!r} cannot be computed"
        inputs.append(numbers.mid)
    try:
        computed = evaluate(origin.formula, inputs)
    except ValueError as error:
        return f"its formula {origin.formula!r} cannot be computed: {error}"
    if math.isclose(value, computed, rel_tol=FORMULA_TOLERANCE, abs_tol=1e-9):
        return ""
    return f"{value:g} is not {origin.formula} = {computed:.6g}"
