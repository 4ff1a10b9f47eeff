"""The commented page from which a new scenario is written: it can be applied as it stands."""

from __future__ import annotations

import json
from pathlib import Path

from transcaspian.corridor.files import replace_file, write_text
from transcaspian.corridor.model import BASE_YEAR
from transcaspian.errors import Problem
from transcaspian.scenario.problems import ScenarioError

_TEMPLATE = """\
# A scenario: a question, and the changes that ask it. Try it with
#   transcaspian scenario show FILE        what each change does, before and after
#   transcaspian route Khorgos Poti --load "1 FEU" --scenario FILE
#   transcaspian simulate --scenario FILE  and sea, payload, oil in the same way

name = NAME
question = "What if the sea stands as in 2030 and Aktau is shut for ten days?"
base_year = BASE_YEAR
# uses = ["aktau-dredged"]         # other scenarios whose changes are made too; `transcaspian scenarios` lists them

# Each change names a target: the id of any row of any table. `transcaspian places Aktau` finds places, and
# `transcaspian init DIR` writes all tables with their ids; docs/tables.md explains the columns.

[[change]]
target = "sea"
set = { level_year = 2030 }        # the sea of that year; `projection = "kazhydromet"` beside it picks one

[[change]]
target = "KZAAU"                   # the port of Aktau
from = 2024-11-10                  # first day in force; absent: from the start
until = 2024-11-20                 # first day no longer in force; absent: to the end
close = true
assumption = "ten days in November; storms of up to five days are on record"

# A quantity is set, scaled or added to; the column's name ends with its unit:
#
# [[change]]
# target = "KZDZN-KZ_SAKSAULSKAYA.rail"
# scale = { capacity_t_per_day = 1.5 }
# claims = ["SUBJECT/QUANTITY/ID"] # ids of `transcaspian facts`, if its figures rest on them
#
# Many rows at once, by what stands in their columns:
#
# [[change]]
# target = "demand[commodity=steel,origin_country=KZ]"
# scale = { cargo_t_per_year = 2 }
#
# What is planned is built by its own row of `upgrades`:
#
# [[change]]
# target = "alat-phase2"
# set = { status = "in_service", effective_from = BASE_YEAR-01-01 }
"""


def scenario_template(name: str) -> str:
    """The template as TOML text, with the scenario's name filled in."""
    quoted = json.dumps(name, ensure_ascii=False).replace("\x7f", "\\u007f")
    return _TEMPLATE.replace("NAME", quoted, 1).replace("BASE_YEAR", str(BASE_YEAR))


def write_template(path: Path, *, force: bool = False) -> None:
    """Write the template; what stands there already stays unless `force` is given.

    Raises
    ------
    ScenarioError
        If there is such a file already.
    InputError
        If it cannot be written.
    """
    if path.is_file() and not force:
        what = "is there already"
        raise ScenarioError(Problem("scenario.file", str(path), what, "take another name, or give --force."))
    replace_file(path, lambda made: write_text(made, scenario_template(path.stem or "my-question")))
