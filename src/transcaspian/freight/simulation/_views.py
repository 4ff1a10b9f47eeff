"""The world as kernels see it: a table of addresses, and a view for each array.

numba passes a tuple of arrays by value and counts references to each of them at every call: with fifty arrays
that is twenty times the work of an event. So the kernels get a handle, the address of a table with the address and
the shape of every array of a `World`, and make views where they need them, which costs nothing. Whoever calls a
kernel must keep world and table alive until it returns; `run_world` does.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
from numba import carray, types
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


@intrinsic  # type: ignore[untyped-decorator]
def _pointer(typing_context: Any, address: Any) -> Any:
    """An address as a pointer."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.inttoptr(args[0], cgutils.voidptr_t)

    return types.voidptr(address), generate


def _view(name: str, dtype: npt.DTypeLike, dimensions: int = 1) -> Callable[[Handle], Any]:
    """The kernel function that gives the array `name` of a world."""
    row = w.World._fields.index(name)
    kind, table = np.dtype(dtype), (len(w.World._fields), _WORDS)

    if dimensions == 1:

        @njit()
        def view(world: Handle) -> Any:
            words = carray(_pointer(world), table, np.int64)[row]
            return carray(_pointer(words[0]), (words[1],), kind)

    elif dimensions == 2:

        @njit()
        def view(world: Handle) -> Any:
            words = carray(_pointer(world), table, np.int64)[row]
            return carray(_pointer(words[0]), (words[1], words[2]), kind)

    else:

        @njit()
        def view(world: Handle) -> Any:
            words = carray(_pointer(world), table, np.int64)[row]
            return carray(_pointer(words[0]), (words[1], words[2], words[3]), kind)

    return view


_F, _I = np.float64, np.int64

lots_of = _view("lots", w.lot_record)
flows_of = _view("flows", w.flow_record)
stages_of = _view("stages", w.stage_record)
stations_of = _view("stations", w.station_record)
services_of = _view("services", w.service_record)
ends_of = _view("ends", w.end_record)
ships_of = _view("ships", w.ship_record)
berths_of = _view("berths", w.berth_record)
gates_of = _view("gates", w.gate_record)
yards_of = _view("yards", w.yard_record)
free_h_of = _view("free_h", _F)
starts_h_of = _view("starts_h", _F, 2)
shut_from_h_of = _view("shut_from_h", _F)
shut_until_h_of = _view("shut_until_h", _F)
turn_h_of = _view("turn_h", _F)
turn_gate_of = _view("turn_gate", _I)
turn_sign_of = _view("turn_sign", _I)
period_h_of = _view("period_h", _F)
period_month_of = _view("period_month", _I)
rate_of = _view("rate", _F, 2)
payload_t_of = _view("payload_t", _F, 3)
active_of = _view("active", _I, 2)
servers_of = _view("servers", _I, 2)
berth_servers_of = _view("berth_servers", _I, 2)
room_of = _view("room", _F, 2)
yard_units_of = _view("yard_units", _F)
ship_berth_of = _view("ship_berth", _I, 2)
unit_h_of = _view("unit_h", _F, 2)
waiting_of = _view("waiting", _F, 2)
keys_of = _view("keys", np.uint64)
window_h_of = _view("window_h", _F)
heap_h_of = _view("heap_h", _F)
heap_rank_of = _view("heap_rank", _I)
heap_who_of = _view("heap_who", _I)
counters_of = _view("counters", _I)
wait_bins_of = _view("wait_bins", _I, 2)
journey_bins_of = _view("journey_bins", _F, 2)
journeys_of = _view("journeys", _F, 2)
shipped_of = _view("shipped", _F, 2)
created_of = _view("created", _F, 2)
arrived_of = _view("arrived", _F, 2)
trains_of = _view("trains", _I, 2)
calls_of = _view("calls", _I, 2)
queue_ships_of = _view("queue_ships", _I, 2)
queue_jobs_of = _view("queue_jobs", _I, 2)
queue_units_of = _view("queue_units", _F, 2)
voyages_of = _view("voyages", _F, 2)
moves_of = _view("moves", _F, 2)
