"""What the kernel works on: one record per lot, ship, berth, …, and the numbers that stand for words.

A `World` is one run's plan and state as flat arrays, nothing else; `world.py` makes it, the kernels move it. Hours
count from the start of the run (warm-up included). A lot is a consignment: unit loads of one flow that travel
together; a ship that has less room takes a part of it. A gate is whatever can be shut: a port, a line, a station.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]  # one width everywhere: each kernel is compiled for one set of types
Keys = npt.NDArray[np.uint64]
Records = npt.NDArray[np.void]

# Kinds of event. Of events at one time the smaller kind comes first, then the one that was scheduled first.
PERIOD, GATE, SHIP, LOT, FLOW, SERVICE, DAY = range(7)

# Kinds of stage in the chain of a flow.
TRAVEL, SERVE, GATHER, BOARD, END = range(5)

# What a lot's hours went into. The order is that of `CAUSES`.
MOVING, LOADING, BERTH, YARD, BORDER, GAUGE, WEATHER, DEPARTURE = range(8)
CAUSES = ("moving", "loading", "berth", "yard", "border", "gauge", "weather", "departure")
N_CAUSES = len(CAUSES)

# What a ship is doing. Hours in each are counted; the order is that of `SHIP_STATES`.
ABSENT, IDLE, CALLED, QUEUED, DISCHARGING, LOADING_CARGO, HELD, SAILING, REPAIR = range(9)
SHIP_STATES = ("absent", "idle", "called", "queued", "discharging", "loading", "held", "sailing", "repair")
N_STATES = len(SHIP_STATES)

# When something leaves: at fixed intervals, or full (or when it has waited its longest).
AT_INTERVALS, WHEN_FULL = range(2)

# Distributions of a time with a given mean.
DETERMINISTIC, EXPONENTIAL, LOGNORMAL = range(3)

# Named random streams, by their place in `World.keys`.
ARRIVALS, TRAVEL_TIMES, SERVICE_TIMES, INSPECTIONS, SAILING_TIMES, HANDLING_TIMES, BREAKDOWNS, REPAIRS, EMPTIES = range(
    9
)
STREAMS = (
    "arrivals", "travel", "service", "inspection", "sailing", "handling", "breakdown", "repair", "empties",
)  # fmt: skip

# Why a run stopped early: an array was too small. The face makes it larger and runs again.
DONE, MORE_LOTS, MORE_EVENTS, MORE_STARTS, MORE_VOYAGES, MORE_MOVES = range(6)

# Times are counted in bins: one for all below 2**-7 h (half a minute), then 64 of equal width from each power of two
# to the next, up to 2**18 h, so that a bin is at most 1.6 % wide and found from the bits of a number (as in Tene's
# HdrHistogram).
FIRST_OCTAVE, OCTAVES, BINS_PER_OCTAVE = -7, 25, 64
N_BINS = 1 + OCTAVES * BINS_PER_OCTAVE

# A ship looks past so many lots that do not fit before it calls itself full.
LOOK_AHEAD = 50

# The key of a lot is flow, number, part: 16 bits say which part. Each splitting of a lot sets its next bit in the part
# that leaves, in the binomial tree of splittings every part so has a number, and draws, of its own.
FLOW_SHIFT, PART_BITS = 48, 16

lot_record = np.dtype(
    [
        ("key", np.int64),  # entity of its random draws
        ("flow", np.int64),
        ("stage", np.int64),
        ("next", np.int64),  # in whatever list it stands, -1 at the end
        ("splits", np.int64),  # in its history: the bit that marks the next part
        ("units", np.float64),
        ("created_h", np.float64),
        ("since_h", np.float64),  # in the present state
        ("closed_h", np.float64),  # hours the gate had been shut when the state began
        ("cause_h", np.float64, (N_CAUSES,)),
    ],
    align=True,
)
flow_record = np.dtype(
    [
        ("first_stage", np.int64),
        ("unit_load", np.int64),
        ("bulk", np.int64),  # 1: units are tonnes and need not be whole
        ("regular", np.int64),  # 1: lots come at even intervals, 0: as a Poisson process
        ("empties", np.int64),  # flow of the unit loads that go back empty, -1 for none
        ("passing", np.int64),  # 1: one station is all its way, so its lots need no record
        ("unseen", np.int64),  # 1: nobody asks for its journeys, so they are not counted
        ("traced", np.int64),  # 1: its moves are logged when a trace is wanted
        ("empty_share", np.float64),
        ("lot_units", np.float64),
        ("gross_t", np.float64),  # of one unit
        ("cargo_t", np.float64),  # of one unit
        ("number", np.int64),  # lots so far
    ],
    align=True,
)
stage_record = np.dtype(
    [
        ("kind", np.int64),
        ("ref", np.int64),  # station, service or end of a line
        ("cause", np.int64),  # of the stage's own hours
        ("wait_cause", np.int64),  # of waiting for it
        ("distribution", np.int64),
        ("mean_h", np.float64),  # for a lot of any size
        ("unit_h", np.float64),  # more for each unit
        ("cv", np.float64),  # of a lognormal time
        ("sigma", np.float64),  # of its logarithm, as the world sets it from `cv`
        ("chance", np.float64),  # of being held for inspection
        ("extra_h", np.float64),  # mean of the inspection
    ],
    align=True,
)
station_record = np.dtype(
    [
        ("servers", np.int64),
        ("first_server", np.int64),  # in `free_h`
        ("gate", np.int64),  # -1: never shut
        ("head", np.int64),  # jobs that have begun, for the length of the queue
        ("tail", np.int64),  # jobs booked
        ("jobs", np.int64),  # in the window, as all that follows
        ("wait_h", np.float64),
        ("busy_h", np.float64),
        ("queue_h", np.float64),  # job-hours in the queue
        ("longest", np.int64),  # queue
    ],
    align=True,
)
service_record = np.dtype(
    [
        ("policy", np.int64),
        ("gate", np.int64),
        ("first", np.int64),
        ("last", np.int64),
        ("ticket", np.int64),  # of its one live event
        ("size", np.float64),  # units that one departure takes
        ("headway_h", np.float64),
        ("phase_h", np.float64),
        ("longest_h", np.float64),
        ("waiting", np.float64),
        ("departures", np.int64),  # in the window
        ("carried", np.float64),
    ],
    align=True,
)
end_record = np.dtype(  # one end of a line: a port as seen by the ships of one service
    [
        ("gate", np.int64),
        ("line_gate", np.int64),  # of the service, -1: never shut
        ("yard", np.int64),  # -1: no limit
        ("policy", np.int64),
        ("first", np.int64),  # lots waiting for a ship
        ("last", np.int64),
        ("idle_first", np.int64),  # ships waiting for cargo
        ("idle_last", np.int64),
        ("called", np.int64),  # ships on their way to the berth to load
        ("inbound", np.int64),  # ships under way to this end, until they have discharged
        ("gross_t", np.float64),  # waiting
        ("lightest_t", np.float64),  # unit of any flow that boards here
        ("next_slot_h", np.float64),
        ("headway_h", np.float64),
        ("full_share", np.float64),
        ("longest_h", np.float64),
        ("patience_h", np.float64),
    ],
    align=True,
)
ship_record = np.dtype(
    [
        ("line", np.int64),  # its ends are 2 line and 2 line + 1
        ("side", np.int64),  # 0 or 1: the end where it is or to which it sails
        ("state", np.int64),
        ("next", np.int64),  # in whatever queue it stands
        ("first", np.int64),  # lots aboard
        ("last", np.int64),
        ("at_berth", np.int64),
        ("from_sea", np.int64),  # 1: has yet to discharge
        ("summoned", np.int64),  # 1: called across the sea, and counted there as inbound
        ("ticket", np.int64),  # of its one live event
        ("voyages", np.int64),
        ("visits", np.int64),
        ("since_h", np.float64),
        ("closed_h", np.float64),
        ("repair_h", np.float64),  # due when this visit is over
        ("deck", np.float64),  # share of the slots taken
        ("gross_t", np.float64),  # aboard
        ("payload_t", np.float64),  # permitted when it was loaded
        ("sail_h", np.float64),
        ("sail_cv", np.float64),  # below 0: exponential
        ("sail_sigma", np.float64),
        ("break_chance", np.float64),
        ("repair_mean_h", np.float64),
        ("cause_h", np.float64, (N_CAUSES,)),  # of this voyage, for all lots aboard
        ("state_h", np.float64, (N_STATES,)),  # in the window
        ("trips", np.int64, (2,)),  # departures in the window from each side
        ("carried_t", np.float64, (2,)),  # cargo in the window from each side
        ("deck_sum", np.float64, (2,)),
        ("mass_sum", np.float64, (2,)),  # sum of shares of the payload taken
    ],
    align=True,
)
berth_record = np.dtype(
    [
        ("gate", np.int64),
        ("servers", np.int64),
        ("taken", np.int64),
        ("first", np.int64),
        ("last", np.int64),
        ("waiting", np.int64),
        ("distribution", np.int64),
        ("call_h", np.float64),  # of each call beside the handling of units
        ("cv", np.float64),
        ("sigma", np.float64),
        ("calls", np.int64),  # ships from the sea that were moored, in the window, as all that follows
        ("jobs", np.int64),
        ("wait_h", np.float64),
        ("handling_h", np.float64),
        ("busy_h", np.float64),
        ("queue_h", np.float64),
        ("longest", np.int64),
    ],
    align=True,
)
gate_record = np.dtype(
    [
        ("shut", np.int64),
        ("first", np.int64),  # ships held here
        ("last", np.int64),
        ("first_interval", np.int64),  # in `shut_from_h`, `shut_until_h`
        ("last_interval", np.int64),
        ("since_h", np.float64),
        ("sum_h", np.float64),
    ],
    align=True,
)
yard_record = np.dtype(
    [
        ("first", np.int64),  # lots outside
        ("last", np.int64),
        ("outside", np.int64),
        ("room", np.float64),
        ("used", np.float64),
        ("jobs", np.int64),
        ("wait_h", np.float64),
        ("used_h", np.float64),
        ("queue_h", np.float64),
        ("longest", np.int64),
    ],
    align=True,
)


class World(NamedTuple):
    """One run: plan and state. Shapes use R gates, P periods, F flows, S ships, K unit loads, B berths, M months."""

    lots: Records
    flows: Records
    stages: Records
    stations: Records
    services: Records
    ends: Records
    ships: Records
    berths: Records
    gates: Records
    yards: Records
    free_h: Floats  # when each server of each station is free again
    starts_h: Floats  # (n_stations, ring): starts of booked jobs; ring 0: lengths of queues are not followed
    shut_from_h: Floats  # intervals of the gates, by gate, in order of time
    shut_until_h: Floats
    turn_h: Floats  # the same as a timeline of shutting (+1) and opening (-1)
    turn_gate: Ints
    turn_sign: Ints
    period_h: Floats  # (P + 1,) bounds
    period_month: Ints  # (P,) month of the window, -1 outside
    rate: Floats  # (P, F) lots an hour
    payload_t: Floats  # (P, S, 2) by the side of departure
    active: Ints  # (P, S) 1: the ship is in service
    servers: Ints  # (P, n_stations)
    berth_servers: Ints  # (P, B)
    room: Floats  # (S, K) slots by unit load; infinite where only mass counts, 0 where it carries none
    yard_units: Floats  # (K,) room in a yard that one unit load takes
    ship_berth: Ints  # (S, 2)
    unit_h: Floats  # (B, K) hours to handle one unit load
    waiting: Floats  # (n_ends, K) unit loads waiting for a ship
    keys: Keys  # random streams
    window_h: Floats  # (2,) from, until: only this is counted
    heap_h: Floats
    heap_rank: Ints
    heap_who: Ints
    counters: Ints  # see the names below
    wait_bins: Ints  # (n_stations + B + n_yards, N_BINS)
    journey_bins: Floats  # (F, N_BINS) unit loads
    journeys: Floats  # (F, 2 + N_CAUSES): units, hours, hours by cause
    shipped: Floats  # (M, F) unit loads discharged after the crossing
    created: Floats  # (M, F)
    arrived: Floats  # (M, F)
    trains: Ints  # (M, n_services)
    calls: Ints  # (M, B)
    queue_ships: Ints  # (days, B)
    queue_jobs: Ints  # (days, n_stations)
    queue_units: Floats  # (days, n_ends) waiting for a ship
    voyages: Floats  # (n, 6): ship, side, departure, arrival, share of the deck, share of the payload
    moves: Floats  # (n, 4): stage, departure, arrival, units


# Names of `World.counters`.
HEAP_SIZE, SEQUENCE, FREE_LOT, PERIOD_NOW, TURN_NOW, DAY_NOW, N_VOYAGES, N_MOVES, STATUS, EVENTS, N_LOTS = range(11)
N_COUNTERS = 11
