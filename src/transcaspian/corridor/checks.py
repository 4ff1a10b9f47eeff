"""What is wrong with a corridor's tables, beyond what keeps them from being read.

`check(corridor)` returns every finding; nothing is changed. An error makes answers wrong or impossible, a warning
says what a reader of the answers should know. The tables of the base year are checked, not what is in force on a day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from transcaspian.corridor import demand_checks, link_checks, network_checks
from transcaspian.corridor.model import Corridor
from transcaspian.corridor.provenance_checks import check_provenance
from transcaspian.corridor.standards import check_standards
from transcaspian.errors import Problem
from transcaspian.evidence import Ledger, load_ledger

# In the order in which a reader would mend them; each is a function of the corridor alone.
STRUCTURE: tuple[Callable[[Corridor], Iterable[Problem]], ...] = (
    link_checks.check_ids,
    link_checks.check_links,
    link_checks.check_services,
    link_checks.check_upgrades,
    link_checks.check_cargo,
    demand_checks.check_seasons,
    demand_checks.check_demand_routes,
    demand_checks.check_fleet,
    network_checks.check_operations,
    network_checks.check_borders,
    network_checks.check_gauges,
    network_checks.check_ports,
    network_checks.check_sailings,
    network_checks.check_tariffs,
    network_checks.check_reach,
)


def check(corridor: Corridor, ledger: Ledger | None = None) -> list[Problem]:
    """Every problem of the tables, errors first.

    Parameters
    ----------
    corridor
        As loaded; changes and the day are not looked at.
    ledger
        Where the cited claims must stand; the packaged one by default.

    Returns
    -------
    problems
        Errors, then warnings, each group in the order of the tables; empty when nothing is wrong.
    """
    found = [problem for rule in STRUCTURE for problem in rule(corridor)]
    found += check_standards(corridor.base)
    found += check_provenance(corridor, ledger or load_ledger())
    return sorted(found, key=lambda problem: problem.severity != "error")
