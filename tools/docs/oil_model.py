"""`docs/oil-model.md`: the linear program of the oil room, from the docstrings of its code."""

from __future__ import annotations

import inspect
import re

from transcaspian.oil import program
from transcaspian.oil.matrix import CONSTRAINTS


def oil_model_page() -> str:
    """Variables, objective and every constraint, each with its equation and unit, in the order of the solver's rows."""
    variables = inspect.getdoc(program) or ""
    lines = [
        "# The linear program of Kazakhstan's oil",
        "",
        "Written by `make docs` from `program.py` and `constraints_*.py`; the same names stand in the solver's rows",
        "and in the readable model (`readable.py`). Tables and method: `src/transcaspian/oil/README.md`.",
        "",
        "## Variables",
        "",
        "```",
        variables.split("bounds):", 1)[1].strip("\n"),
        "```",
        "",
        "## Objective",
        "",
        *_equation(program.objective.__doc__ or ""),
        "",
        "## Constraints",
        "",
    ]
    for constraint in CONSTRAINTS:
        lines += [f"### {constraint.__name__}", "", *_equation(constraint.__doc__ or ""), ""]
    return "\n".join(lines).rstrip() + "\n"


def _equation(doc: str) -> list[str]:
    """Text as it is, equations in a block of their own; the indented or symbol-laden paragraphs are equations."""
    found: list[str] = []
    for paragraph in re.split(r"\n\s*\n", inspect.cleandoc(doc)):
        is_equation = bool(re.search(r"<=|>=| = ", paragraph)) or paragraph.startswith("    ")
        found += ["```", paragraph.strip("\n"), "```"] if is_equation else [paragraph]
        found.append("")
    return found[:-1]
