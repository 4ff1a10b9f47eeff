"""The world as kernels see it: a table of addresses, and a view for each array.

numba passes a tuple of arrays by value and counts references to each of them at every call: with fifty arrays
that is twenty times the work of an event. So the kernels get a handle, the address of a table with the address and
the shape of every array of a `World`, and make views where they need them, which costs nothing. Whoever calls a
kernel must keep world and table alive until it returns; `run_world` does.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
import numpy.typing as npt
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from transcaspian._jit import njit
from transcaspian.freight.simulation import _world as w

Addresses = npt.NDArray[np.int64]
Handle = int  # address of a table of addresses

_WORDS = 4  # of one array: address, shape


def addresses(world: w.World) -> Addresses:
    """The table for the kernels, shape (n_arrays, 4)."""
    table = np.zeros((len(world), _WORDS), dtype=np.int64)
    for row, array in enumerate(world):
        if not array.flags.c_contiguous:
            raise ValueError(f"{world._fields[row]} is not contiguous")
        table[row, 0] = array.ctypes.data
        table[row, 1 : 1 + array.ndim] = array.shape
    return table


def _typed_pointer(typing_context: Any, address: Any) -> Any:
    """An address as a pointer."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.inttoptr(args[0], cgutils.voidptr_t)

    return types.voidptr(address), generate


# numba's stubs know neither what an intrinsic is called with nor that `carray` is public.
_pointer: Any = intrinsic(_typed_pointer)
carray: Any = vars(numba)["carray"]


# The rows of the table, in the order of `World`.
(
    _LOTS, _FLOWS, _STAGES, _STATIONS, _SERVICES, _ENDS, _SHIPS, _BERTHS, _GATES, _YARDS, _FREE_H, _STARTS_H,
    _SHUT_FROM_H, _SHUT_UNTIL_H, _TURN_H, _TURN_GATE, _TURN_SIGN, _PERIOD_H, _PERIOD_MONTH, _RATE, _PAYLOAD_T,
    _ACTIVE, _SERVERS, _BERTH_SERVERS, _ROOM, _YARD_UNITS, _SHIP_BERTH, _UNIT_H, _WAITING, _KEYS, _WINDOW_H,
    _HEAP_H, _HEAP_RANK, _HEAP_WHO, _COUNTERS, _WAIT_BINS, _JOURNEY_BINS, _JOURNEYS, _SHIPPED, _CREATED,
    _ARRIVED, _TRAINS, _CALLS, _QUEUE_SHIPS, _QUEUE_JOBS, _QUEUE_UNITS, _VOYAGES, _MOVES,
) = range(len(w.World._fields))  # fmt: skip
_TABLE = (len(w.World._fields), _WORDS)

_LOT_KIND = w.lot_record
_FLOW_KIND = w.flow_record
_STAGE_KIND = w.stage_record
_STATION_KIND = w.station_record
_SERVICE_KIND = w.service_record
_END_KIND = w.end_record
_SHIP_KIND = w.ship_record
_BERTH_KIND = w.berth_record
_GATE_KIND = w.gate_record
_YARD_KIND = w.yard_record
_F, _I = np.float64, np.int64


@njit()
def _words(world: Handle, row: int) -> Any:
    """Address and shape of one array."""
    return carray(_pointer(world), _TABLE, np.int64)[row]


# One function each, with a name of its own: numba's cache tells kernels apart by their names.


@njit()
def lots_of(world: Handle) -> Any:
    """`World.lots`."""
    words = _words(world, _LOTS)
    return carray(_pointer(words[0]), (words[1],), _LOT_KIND)


@njit()
def flows_of(world: Handle) -> Any:
    """`World.flows`."""
    words = _words(world, _FLOWS)
    return carray(_pointer(words[0]), (words[1],), _FLOW_KIND)


@njit()
def stages_of(world: Handle) -> Any:
    """`World.stages`."""
    words = _words(world, _STAGES)
    return carray(_pointer(words[0]), (words[1],), _STAGE_KIND)


@njit()
def stations_of(world: Handle) -> Any:
    """`World.stations`."""
    words = _words(world, _STATIONS)
    return carray(_pointer(words[0]), (words[1],), _STATION_KIND)


@njit()
def services_of(world: Handle) -> Any:
    """`World.services`."""
    words = _words(world, _SERVICES)
    return carray(_pointer(words[0]), (words[1],), _SERVICE_KIND)


@njit()
def ends_of(world: Handle) -> Any:
    """`World.ends`."""
    words = _words(world, _ENDS)
    return carray(_pointer(words[0]), (words[1],), _END_KIND)


@njit()
def ships_of(world: Handle) -> Any:
    """`World.ships`."""
    words = _words(world, _SHIPS)
    return carray(_pointer(words[0]), (words[1],), _SHIP_KIND)


@njit()
def berths_of(world: Handle) -> Any:
    """`World.berths`."""
    words = _words(world, _BERTHS)
    return carray(_pointer(words[0]), (words[1],), _BERTH_KIND)


@njit()
def gates_of(world: Handle) -> Any:
    """`World.gates`."""
    words = _words(world, _GATES)
    return carray(_pointer(words[0]), (words[1],), _GATE_KIND)


@njit()
def yards_of(world: Handle) -> Any:
    """`World.yards`."""
    words = _words(world, _YARDS)
    return carray(_pointer(words[0]), (words[1],), _YARD_KIND)


@njit()
def free_h_of(world: Handle) -> Any:
    """`World.free_h`."""
    words = _words(world, _FREE_H)
    return carray(_pointer(words[0]), (words[1],), _F)


@njit()
def starts_h_of(world: Handle) -> Any:
    """`World.starts_h`."""
    words = _words(world, _STARTS_H)
    return carray(_pointer(words[0]), (words[1], words[2]), _F)


@njit()
def shut_from_h_of(world: Handle) -> Any:
    """`World.shut_from_h`."""
    words = _words(world, _SHUT_FROM_H)
    return carray(_pointer(words[0]), (words[1],), _F)


@njit()
def shut_until_h_of(world: Handle) -> Any:
    """`World.shut_until_h`."""
    words = _words(world, _SHUT_UNTIL_H)
    return carray(_pointer(words[0]), (words[1],), _F)


@njit()
def turn_h_of(world: Handle) -> Any:
    """`World.turn_h`."""
    words = _words(world, _TURN_H)
    return carray(_pointer(words[0]), (words[1],), _F)


@njit()
def turn_gate_of(world: Handle) -> Any:
    """`World.turn_gate`."""
    words = _words(world, _TURN_GATE)
    return carray(_pointer(words[0]), (words[1],), _I)


@njit()
def turn_sign_of(world: Handle) -> Any:
    """`World.turn_sign`."""
    words = _words(world, _TURN_SIGN)
    return carray(_pointer(words[0]), (words[1],), _I)


@njit()
def period_h_of(world: Handle) -> Any:
    """`World.period_h`."""
    words = _words(world, _PERIOD_H)
    return carray(_pointer(words[0]), (words[1],), _F)


@njit()
def period_month_of(world: Handle) -> Any:
    """`World.period_month`."""
    words = _words(world, _PERIOD_MONTH)
    return carray(_pointer(words[0]), (words[1],), _I)


@njit()
def rate_of(world: Handle) -> Any:
    """`World.rate`."""
    words = _words(world, _RATE)
    return carray(_pointer(words[0]), (words[1], words[2]), _F)


@njit()
def payload_t_of(world: Handle) -> Any:
    """`World.payload_t`."""
    words = _words(world, _PAYLOAD_T)
    return carray(_pointer(words[0]), (words[1], words[2], words[3]), _F)


@njit()
def active_of(world: Handle) -> Any:
    """`World.active`."""
    words = _words(world, _ACTIVE)
    return carray(_pointer(words[0]), (words[1], words[2]), _I)


@njit()
def servers_of(world: Handle) -> Any:
    """`World.servers`."""
    words = _words(world, _SERVERS)
    return carray(_pointer(words[0]), (words[1], words[2]), _I)


@njit()
def berth_servers_of(world: Handle) -> Any:
    """`World.berth_servers`."""
    words = _words(world, _BERTH_SERVERS)
    return carray(_pointer(words[0]), (words[1], words[2]), _I)


@njit()
def room_of(world: Handle) -> Any:
    """`World.room`."""
    words = _words(world, _ROOM)
    return carray(_pointer(words[0]), (words[1], words[2]), _F)


@njit()
def yard_units_of(world: Handle) -> Any:
    """`World.yard_units`."""
    words = _words(world, _YARD_UNITS)
    return carray(_pointer(words[0]), (words[1],), _F)


@njit()
def ship_berth_of(world: Handle) -> Any:
    """`World.ship_berth`."""
    words = _words(world, _SHIP_BERTH)
    return carray(_pointer(words[0]), (words[1], words[2]), _I)


@njit()
def unit_h_of(world: Handle) -> Any:
    """`World.unit_h`."""
    words = _words(world, _UNIT_H)
    return carray(_pointer(words[0]), (words[1], words[2]), _F)


@njit()
def waiting_of(world: Handle) -> Any:
    """`World.waiting`."""
    words = _words(world, _WAITING)
    return carray(_pointer(words[0]), (words[1], words[2]), _F)


@njit()
def keys_of(world: Handle) -> Any:
    """`World.keys`."""
    words = _words(world, _KEYS)
    return carray(_pointer(words[0]), (words[1],), np.uint64)


@njit()
def window_h_of(world: Handle) -> Any:
    """`World.window_h`."""
    words = _words(world, _WINDOW_H)
    return carray(_pointer(words[0]), (words[1],), _F)


@njit()
def heap_h_of(world: Handle) -> Any:
    """`World.heap_h`."""
    words = _words(world, _HEAP_H)
    return carray(_pointer(words[0]), (words[1],), _F)


@njit()
def heap_rank_of(world: Handle) -> Any:
    """`World.heap_rank`."""
    words = _words(world, _HEAP_RANK)
    return carray(_pointer(words[0]), (words[1],), _I)


@njit()
def heap_who_of(world: Handle) -> Any:
    """`World.heap_who`."""
    words = _words(world, _HEAP_WHO)
    return carray(_pointer(words[0]), (words[1],), _I)


@njit()
def counters_of(world: Handle) -> Any:
    """`World.counters`."""
    words = _words(world, _COUNTERS)
    return carray(_pointer(words[0]), (words[1],), _I)


@njit()
def wait_bins_of(world: Handle) -> Any:
    """`World.wait_bins`."""
    words = _words(world, _WAIT_BINS)
    return carray(_pointer(words[0]), (words[1], words[2]), _I)


@njit()
def journey_bins_of(world: Handle) -> Any:
    """`World.journey_bins`."""
    words = _words(world, _JOURNEY_BINS)
    return carray(_pointer(words[0]), (words[1], words[2]), _F)


@njit()
def journeys_of(world: Handle) -> Any:
    """`World.journeys`."""
    words = _words(world, _JOURNEYS)
    return carray(_pointer(words[0]), (words[1], words[2]), _F)


@njit()
def shipped_of(world: Handle) -> Any:
    """`World.shipped`."""
    words = _words(world, _SHIPPED)
    return carray(_pointer(words[0]), (words[1], words[2]), _F)


@njit()
def created_of(world: Handle) -> Any:
    """`World.created`."""
    words = _words(world, _CREATED)
    return carray(_pointer(words[0]), (words[1], words[2]), _F)


@njit()
def arrived_of(world: Handle) -> Any:
    """`World.arrived`."""
    words = _words(world, _ARRIVED)
    return carray(_pointer(words[0]), (words[1], words[2]), _F)


@njit()
def trains_of(world: Handle) -> Any:
    """`World.trains`."""
    words = _words(world, _TRAINS)
    return carray(_pointer(words[0]), (words[1], words[2]), _I)


@njit()
def calls_of(world: Handle) -> Any:
    """`World.calls`."""
    words = _words(world, _CALLS)
    return carray(_pointer(words[0]), (words[1], words[2]), _I)


@njit()
def queue_ships_of(world: Handle) -> Any:
    """`World.queue_ships`."""
    words = _words(world, _QUEUE_SHIPS)
    return carray(_pointer(words[0]), (words[1], words[2]), _I)


@njit()
def queue_jobs_of(world: Handle) -> Any:
    """`World.queue_jobs`."""
    words = _words(world, _QUEUE_JOBS)
    return carray(_pointer(words[0]), (words[1], words[2]), _I)


@njit()
def queue_units_of(world: Handle) -> Any:
    """`World.queue_units`."""
    words = _words(world, _QUEUE_UNITS)
    return carray(_pointer(words[0]), (words[1], words[2]), _F)


@njit()
def voyages_of(world: Handle) -> Any:
    """`World.voyages`."""
    words = _words(world, _VOYAGES)
    return carray(_pointer(words[0]), (words[1], words[2]), _F)


@njit()
def moves_of(world: Handle) -> Any:
    """`World.moves`."""
    words = _words(world, _MOVES)
    return carray(_pointer(words[0]), (words[1], words[2]), _F)
