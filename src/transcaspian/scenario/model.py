"""A scenario: a question, and the dated changes that ask it.

Periods are half-open: `since` is the first day in force, `until` the first day no longer in force, `None` means
from the start or to the end of the run. In TOML `since` is called `from`, which Python keeps for itself.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

Value = float | str | bool  # what `set` may give a cell: a quantity, a word, a flag


@dataclass(frozen=True, slots=True)
class Change:
    """What is done to one row of the corridor, or to those of a selector, and when.

    `claims` are what its figures rest on; `assumption` says what they take without a source, and why.
    `set`, `scale` and `add` go from column to value. Where they meet one cell on one day they act in this order.
    """

    target: str
    since: dt.date | None = None
    until: dt.date | None = None
    set: Mapping[str, Value] = field(default_factory=dict)
    scale: Mapping[str, float] = field(default_factory=dict)
    add: Mapping[str, float] = field(default_factory=dict)
    close: bool = False
    claims: tuple[str, ...] = ()
    assumption: str = ""

    def __post_init__(self) -> None:
        for act in ("set", "scale", "add"):
            values = {column: _plain(value) for column, value in getattr(self, act).items()}
            object.__setattr__(self, act, MappingProxyType(values))
        object.__setattr__(self, "claims", tuple(self.claims))

    def __hash__(self) -> int:
        return hash((self.target, self.since, self.until, self.close, self.claims))

    def __reduce__(self) -> tuple[Callable[..., Change], tuple[object, ...]]:
        # Read-only views cannot be pickled, and scenarios travel to workers.
        values = (dict(self.set), dict(self.scale), dict(self.add))
        return Change, (self.target, self.since, self.until, *values, self.close, self.claims, self.assumption)

    @property
    def empty(self) -> bool:
        """True when nothing is asked of the target."""
        return not (self.set or self.scale or self.add or self.close)


@dataclass(frozen=True, slots=True)
class Scenario:
    """A named question about the corridor of `base_year`; without changes it is the baseline.

    `uses` names scenarios whose changes are made too, before its own; what two of them set alike is an error.
    `source` is the file it was read from and `lines` has the line of each key of each change there, both for
    messages only: they take no part in a comparison.
    """

    name: str
    base_year: int
    question: str = ""
    changes: tuple[Change, ...] = ()
    uses: tuple[str, ...] = ()
    source: str = field(default="", compare=False)
    lines: tuple[Mapping[str, int], ...] = field(default=(), compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "changes", tuple(self.changes))
        object.__setattr__(self, "uses", tuple(self.uses))


def _plain(value: Value) -> Value:
    """Whole numbers as floats; one too large for a float becomes infinite, which `apply` refuses."""
    if isinstance(value, bool) or not isinstance(value, int):
        return value
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf
