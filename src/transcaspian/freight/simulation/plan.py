"""What is to be simulated: the crossing as numbered tables, before any random draw.

A `Plan` is frozen and holds no state, so that one plan serves every replication and travels to workers. `world.py`
turns it into the world that the kernel moves. Rows are told by the ids beside them; hours count from `start`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from transcaspian.corridor.provenance import Cell
from transcaspian.errors import Problem
from transcaspian.freight.simulation._world import Floats, Ints, Records
from transcaspian.freight.simulation.weather import Weather

HOURS_PER_DAY = 24.0


@dataclass(frozen=True, slots=True)
class FlowInfo:
    """What a flow stands for, for people and tables."""

    id: str
    demand: str
    commodity: str
    origin: str
    destination: str
    unit_load: str
    service: str  # the crossing it uses, empty for none
    side: int  # the end of the crossing where it boards, 0 or 1; -1 for none
    empty: bool  # unit loads that go back empty


@dataclass(frozen=True, eq=False)
class Plan:
    """A run without its random draws. Shapes as in `_world.World`."""

    start: dt.datetime  # hour 0: the beginning of the warm-up
    since: dt.datetime  # what is counted, from
    until: dt.datetime  # to
    flow_info: tuple[FlowInfo, ...]
    station_ids: tuple[str, ...]
    service_ids: tuple[str, ...]  # that gather: trains, onward ships
    line_ids: tuple[str, ...]  # services with ships of their own; ends 2 line and 2 line + 1
    end_ports: tuple[str, ...]
    ship_ids: tuple[str, ...]
    berth_ids: tuple[str, ...]
    yard_ids: tuple[str, ...]
    gate_ids: tuple[str, ...]  # ports first, then whatever else can be shut
    unit_loads: tuple[str, ...]
    flows: Records
    stages: Records
    stations: Records
    services: Records
    ends: Records
    ships: Records
    berths: Records
    yards: Records
    period_h: Floats
    period_month: Ints
    months: tuple[str, ...]  # "2024-01", …
    rate: Floats
    payload_t: Floats
    active: Ints
    servers: Ints
    berth_servers: Ints
    room: Floats
    yard_units: Floats
    ship_berth: Ints
    unit_h: Floats
    weather: Weather  # drawn closures
    given: tuple[tuple[int, float, float], ...] = ()  # gate, from, until: closures that are known
    weather_from_h: float = 0.0  # drawn closures begin here; before it only the given ones hold
    daily: bool = True  # the lengths of queues are followed, and looked at once a day
    stage_words: tuple[str, ...] = ()  # by stage: what it is, for the trace and the notes
    stage_links: Mapping[int, Sequence[str]] = field(default_factory=dict)  # links of a travelling stage
    cells: tuple[Cell, ...] = ()
    defaults: tuple[Mapping[str, object], ...] = ()
    notes: tuple[Problem, ...] = ()  # warnings, such as ships that are laid up

    @property
    def end_h(self) -> float:
        """Hours of the whole run."""
        return float(self.period_h[-1])

    @property
    def window_h(self) -> tuple[float, float]:
        """The hours that are counted."""
        return self.hour(self.since), self.hour(self.until)

    @property
    def days(self) -> int:
        """Whole days in the window, a part of one counts as one."""
        since_h, until_h = self.window_h
        return int(np.ceil((until_h - since_h) / HOURS_PER_DAY))

    def hour(self, when: dt.datetime) -> float:
        """Hours from the start of the run."""
        return (when - self.start).total_seconds() / 3600.0

    def time(self, hour: float) -> dt.datetime:
        """The date and time of an hour of the run."""
        return self.start + dt.timedelta(hours=hour)
