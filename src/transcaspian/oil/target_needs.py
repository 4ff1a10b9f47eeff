"""What a cap that binds needs: ships, metres of water, berths, points of quality, each as a range.

Ranges come from the low and high of the tables: payload and waiting of a round trip for ships, depth for the water.
"""

from __future__ import annotations

import datetime as dt
import math

import numpy as np

from transcaspian.corridor import Corridor
from transcaspian.corridor.sea import level_on, voyage_payload
from transcaspian.corridor.sea.payload import get_hull
from transcaspian.oil.planning import Run
from transcaspian.oil.series import Series

_KM_PER_NM = 1.852
Need = tuple[float, float, float]  # low, mid, high


def ships_to_add(run: Run, route: int, volume_mt: float, cap_mt: float) -> Need:
    """Full ships of the largest class on this run that the missing volume takes.

    volume / (full payload / round trip / availability), with the low and high of payload, waiting and availability.
    """
    corridor, shuttle, _ = _run_of(run, route)
    shuttles, tankers = corridor["oil_shuttles"], corridor["oil_tankers"]
    ship = _largest(run, shuttle)
    full = get_hull(corridor, ship).full_payload_t
    speed = corridor["vessels"].floats("speed_kn")[corridor["vessels"].get_row(ship)]
    sailing_h = 2 * shuttles.floats("distance_km")[shuttle] / (speed * _KM_PER_NM)
    ends = []
    columns = ("load_h", "discharge_h", "wait_h")
    for payload_t, hours in ((full.high, shuttles.low), (full.mid, shuttles.mid), (full.low, shuttles.high)):
        trip_h = sailing_h + sum(float(np.nan_to_num(hours[column][shuttle])) for column in columns)
        share = float(np.nanmean(tankers.floats("availability_share")))
        a_year_mt = payload_t / 1e6 * 8760 / trip_h * share
        ends.append(math.ceil((volume_mt - cap_mt) / a_year_mt - 1e-9))
    return float(ends[0]), float(ends[1]), float(ends[2])


def metres_to_add(run: Run, route: int) -> Need:
    """Metres of draught that the largest ship lacks at the shallower end, in the middle of the year."""
    _, shuttle, day = _run_of(run, route)
    state = run.dated.on(day, frozenset()).state
    shuttles = state["oil_shuttles"]
    ends = (shuttles.text(shuttle, "from_place"), shuttles.text(shuttle, "to_place"))
    found = voyage_payload(state, _largest(run, shuttle), *ends, level_on(state, day))
    ship = get_hull(state, found.vessel_id).draught_m
    permitted = found.permitted_draught_m
    # Half of the ship's own uncertainty belongs to both; the wider ends are kept.
    low, mid, high = ship.mid - permitted.high, ship.mid - permitted.mid, ship.mid - permitted.low
    return round(max(0.0, low), 3), round(max(0.0, mid), 3), round(max(0.0, high), 3)


def berths_to_add(run: Run, facility: str, volume_mt: float, cap_mt: float, series: Series) -> Need:
    """Berths like those there: by what one of them passes a year, in tonnes or in berth time."""
    facilities = run.corridor["facilities"]
    row = facilities.get_row(facility)
    servers = float(np.nan_to_num(facilities.floats("servers")[row], nan=1.0))
    berth = run.corridor["oil_berths"].texts("facility").index(facility)
    by_rating = float(series.berth_cap[0, berth]) * 0.365 / servers
    by_time = cap_mt / servers
    one = by_rating if math.isfinite(by_rating) and by_rating > 0 else by_time
    need = (volume_mt - cap_mt) / max(one, 1e-9)
    mid = float(math.ceil(need - 1e-9))
    return float(math.floor(need)), mid, float(math.ceil(need * 1.25 - 1e-9))


def points_to_add(run: Run, quality_id: str, volume_mt: float, series: Series) -> Need:
    """Percentage points by which the limit of a blend must rise: share of the volume in the oil of the link."""
    net = run.network
    row = net.quality_id.index(quality_id)
    link = int(net.quality_link[row])
    foreign = [f for f in range(len(net.field_id)) if not net.grade_home[net.field_grade[f]]]
    on_link = {int(grade) for grade in net.arc_grade[net.arc_link == link]}
    other_mt = sum(float(series.production[0, f]) for f in foreign if int(net.field_grade[f]) in on_link) * 0.365
    gap = series.quality[0].reshape(len(net.quality_id), len(net.grade_id))[row]
    home = [gap[g] for g in on_link if net.grade_home[g]]
    abroad = [gap[g] for g in on_link if not net.grade_home[g]]
    blended = (np.mean(home) * volume_mt + np.mean(abroad) * other_mt) / (volume_mt + other_mt)
    points = round(max(0.0, float(blended)), 4)
    return points, points, points


def _run_of(run: Run, route: int) -> tuple[Corridor, int, dt.date]:
    """The corridor in the middle of the year, the shuttle of a route, and that day."""
    net = run.network
    shuttle = int(np.flatnonzero(net.shuttle_link == net.route_link[route])[0])
    day = run.period.firsts[len(run.period.firsts) // 2]
    return run.dated.on(day, frozenset()).state, shuttle, day


def _largest(run: Run, shuttle: int) -> str:
    """The largest open tanker of the fleets on a shuttle."""
    net, corridor = run.network, run.corridor
    vessels = corridor["vessels"]
    fleets = {
        corridor["oil_tankers"].text(int(tanker), "fleet") for tanker in net.lift_tanker[net.lift_shuttle == shuttle]
    }
    own = [row for row in range(len(vessels)) if vessels.text(row, "fleet") in fleets]
    own = [row for row in own if vessels.text(row, "status") == "open"] or own
    return str(vessels.mid["id"][max(own, key=lambda row: float(vessels.floats("deadweight_t")[row]))])
