"""Formulas over claims: arithmetic, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transcaspian.corridor.provenance import UNIT_CONSTANTS, evaluate, load_provenance
from transcaspian.testing import write_tiny_tables

positive = st.floats(1e-3, 1e6)


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("c1", 30.0),
        ("c1+c2", 36.0),
        ("c1-c2", 24.0),
        ("c1*c2", 180.0),
        ("c1/c2", 5.0),
        ("(c1+c2)/2", 18.0),
        ("c1/365", 30 / 365),
        ("c1*1.852", 55.56),
        ("c1*1e6/365/24", 30e6 / 365 / 24),
        ("c1 - c2 * 2", 18.0),
    ],
)
def test_arithmetic_over_claims_and_unit_constants(formula: str, value: float) -> None:
    assert evaluate(formula, [30.0, 6.0]) == pytest.approx(value)


@pytest.mark.parametrize(
    "formula",
    [
        "",
        "c1 +",
        "c3",  # only two claims are cited
        "c0",
        "x",
        "c1*0.85",  # a measured factor makes an assumption
        "c1*42",
        "c1**2",
        "c1//c2",
        "c1%c2",
        "-c1",
        "max(c1, c2)",
        "c1 if c2 else 1",
        "c1.real",
        "[c1]",
        "'c1'",
        "c1; c2",
        "__import__('os').system('true')",
        "c1/(c2-6)",  # divides by zero
        "lambda: c1",
    ],
)
def test_anything_else_is_refused(formula: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        evaluate(formula, [30.0, 6.0])


@settings(deadline=None, derandomize=True)
@given(st.floats(allow_nan=False, allow_infinity=False), positive)
def test_a_number_that_is_no_unit_constant_is_refused(constant: float, claim: float) -> None:
    text = repr(abs(constant))
    if abs(constant) in UNIT_CONSTANTS:
        assert evaluate(f"c1*{text}", [claim]) == claim * abs(constant)
    else:
        with pytest.raises(ValueError, match="no unit constant"):
            evaluate(f"c1*{text}", [claim])


@settings(deadline=None, derandomize=True)
@given(positive, positive, positive)
def test_formulas_bind_as_in_school(a: float, b: float, c: float) -> None:
    assert evaluate("c1+c2*c3", [a, b, c]) == pytest.approx(a + b * c)
    assert evaluate("(c1+c2)*c3", [a, b, c]) == pytest.approx((a + b) * c)
    assert evaluate("c1/c2/c3", [a, b, c]) == pytest.approx(a / b / c)


@pytest.mark.parametrize(
    ("row", "type_"),
    [
        ("fleets,asco-ferries,units,guess,,,because,1,2", "provenance.basis"),
        ("fleets,asco-ferries,units,claim,,,,1,2", "provenance.empty"),
        ("fleets,asco-ferries,units,derived,a/b/1,,,1,2", "provenance.empty"),
        ("fleets,asco-ferries,units,assumption,,,,1,2", "provenance.empty"),
        ("fleets,asco-ferries,units,assumption,,,because,2,1", "provenance.range"),
        ("fleets,asco-ferries,units,assumption,,,because,one,2", "provenance.number"),
        ("fleets,asco-ferries,units,assumption,,,because,1", "provenance.columns"),
    ],
)
def test_a_row_that_cannot_be_read_is_named_by_its_line(tmp_path: Path, row: str, type_: str) -> None:
    write_tiny_tables(tmp_path)
    path = tmp_path / "provenance.csv"
    header = path.read_text(encoding="utf-8").splitlines()[0]
    path.write_text(f"{header}\n{row}\n", encoding="utf-8")
    _, (problem,) = load_provenance(tmp_path)
    assert problem.type == type_
    assert problem.where == "provenance.csv, line 2"


def test_a_cell_with_two_origins_is_named(tmp_path: Path) -> None:
    write_tiny_tables(tmp_path)
    path = tmp_path / "provenance.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([*lines, lines[1]]) + "\n", encoding="utf-8")
    _, (problem,) = load_provenance(tmp_path)
    assert problem.type == "provenance.twice"
