"""How much water stands at each berth at a level of the sea, and how deep a ship may sit there.

    depth = depth_m + (level - at_level) - silt            metres
    permitted draught = depth / clearance_ratio            (a clearance of 10 % of the draught is a ratio of 1.10)

The bed lies at `at_level + local_offset - depth_m`, and the water at a port at `level + local_offset`: both on the
Baltic system, so that a port's offset enters the bed once and leaves the depth as it was sounded. A row with a ratio
of exactly 1 states a permitted draught at its level instead of a depth, and falls with the sea metre by metre
(Makhachkala: `T = T0 + (L + 28)`). A row without a level lies in the open sea and never changes. A row without a
facility is a channel, which every berth of its port shares.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from transcaspian.corridor.changes import upgrade_changes
from transcaspian.corridor.model import BASE_YEAR, Corridor
from transcaspian.corridor.provenance import Cell
from transcaspian.corridor.ranges import ZERO, exact, quotient, total
from transcaspian.corridor.tables import Estimate3

_DAYS_PER_YEAR = 365.25
_COLUMNS = ("depth_m", "at_level_m_bs", "local_offset_m", "clearance_ratio", "silting_m_per_year")


@dataclass(frozen=True, slots=True)
class BerthDepth:
    """Water and permitted draught at the berths of one facility, its channels included."""

    place: str
    facility: str
    kind: str  # of the facility: oil_berth, dry_berth …
    depth_m: Estimate3  # at the shallowest of berth and channels; below 0 the bed lies dry
    permitted_draught_m: Estimate3
    bed_level_m_bs: Estimate3 | None  # of that row; None where it does not depend on the sea
    binding: str  # the row of `depths` with the least draught
    states_draught: bool  # that row gives a permitted draught, not a depth
    cells: tuple[Cell, ...]

    @property
    def dry(self) -> bool:
        """True where no water is left."""
        return self.depth_m.mid <= 0

    @property
    def on_the_caspian(self) -> bool:
        """True where the depth follows the level of the sea."""
        return self.bed_level_m_bs is not None


def berth_depths(corridor: Corridor, level_m_bs: Estimate3, *, port: str | None = None) -> tuple[BerthDepth, ...]:
    """The depths of all facilities of which one is known, in the order of the table.

    Parameters
    ----------
    corridor
        As it stands on its day: dredging in service and the changes of a scenario are in its depths.
    level_m_bs
        Mean level of the sea with its range, see `sea_level`.
    port
        Id of a place, to be told its berths only.
    """
    depths = corridor["depths"]
    by_facility: dict[str, list[int]] = {}
    channels: dict[str, list[int]] = {}
    for row in range(len(depths)):
        facility = depths.text(row, "facility")
        if port is not None and depths.text(row, "place") != port:
            continue
        if facility:
            by_facility.setdefault(facility, []).append(row)
        else:
            channels.setdefault(depths.text(row, "place"), []).append(row)
    found = []
    for facility, rows in by_facility.items():
        place = depths.text(rows[0], "place")
        found.append(_berth(corridor, facility, [*rows, *channels.get(place, ())], level_m_bs))
    return tuple(found)


def bed_level_m_bs(corridor: Corridor, depth_id: str) -> Estimate3 | None:
    """The height of the bed behind one row of `depths`, metres in the Baltic system; `None` in the open sea."""
    table = corridor["depths"]
    row = table.get_row(depth_id)
    at_level, depth = table.estimate(row, "at_level_m_bs"), table.estimate(row, "depth_m")
    if at_level is None or depth is None:
        return None
    offset = table.estimate(row, "local_offset_m") or ZERO
    return total((at_level, offset, negative(depth), _silt_m(corridor, row)), correlation=0)


def negative(value: Estimate3) -> Estimate3:
    """The value with its sign turned."""
    return Estimate3(-value.high, -value.mid, -value.low)


def shallower(draughts: Iterable[Estimate3]) -> Estimate3:
    """The least of several draughts, end by end."""
    known = list(draughts)
    return Estimate3(min(d.low for d in known), min(d.mid for d in known), min(d.high for d in known))


def _berth(corridor: Corridor, facility: str, rows: list[int], level: Estimate3) -> BerthDepth:
    depths, facilities = corridor["depths"], corridor["facilities"]
    known = [row for row in rows if depths.estimate(row, "depth_m") is not None]
    waters = {row: _depth_m(corridor, row, level) for row in known}
    draughts = {row: _permitted(corridor, row, waters[row]) for row in known}
    least = min(known, key=lambda row: draughts[row].mid)
    depth_id = depths.text(least, "id")
    ratio = depths.estimate(least, "clearance_ratio")
    names = [(row, column) for row in known for column in _COLUMNS if depths.estimate(row, column) is not None]
    return BerthDepth(
        place=depths.text(least, "place"),
        facility=facility,
        kind=facilities.text(facilities.get_row(facility), "kind"),
        depth_m=waters[least],
        permitted_draught_m=shallower(draughts.values()),
        bed_level_m_bs=bed_level_m_bs(corridor, depth_id),
        binding=depth_id,
        states_draught=ratio is not None and ratio.mid == 1.0,
        cells=tuple(("depths", depths.text(row, "id"), column) for row, column in names),
    )


def _depth_m(corridor: Corridor, row: int, level: Estimate3) -> Estimate3:
    table = corridor["depths"]
    depth, at_level = table.estimate(row, "depth_m"), table.estimate(row, "at_level_m_bs")
    assert depth is not None  # only rows with a depth come here
    silt = negative(_silt_m(corridor, row))
    if at_level is None:
        return total((depth, silt), correlation=0)
    return total((depth, level, negative(at_level), silt), correlation=0)


def _permitted(corridor: Corridor, row: int, depth: Estimate3) -> Estimate3:
    """The draught that this much water permits; none where the bed lies dry."""
    ratio = corridor["depths"].estimate(row, "clearance_ratio") or exact(1.0)
    wet = Estimate3(max(depth.low, 0.0), max(depth.mid, 0.0), max(depth.high, 0.0))
    if wet.mid == 0:
        return Estimate3(0.0, 0.0, wet.high / ratio.low)
    return quotient(wet, ratio)


def _silt_m(corridor: Corridor, row: int) -> Estimate3:
    """What has settled since the base date or the last dredging; nothing without a rate or a day."""
    table = corridor["depths"]
    rate = table.estimate(row, "silting_m_per_year")
    if rate is None or corridor.day is None:
        return ZERO
    since = max([dt.date(BASE_YEAR, 1, 1), *_dredged_on(corridor, table.text(row, "id"), corridor.day)])
    return rate.scaled(max(0.0, (corridor.day - since).days / _DAYS_PER_YEAR))


def _dredged_on(corridor: Corridor, depth_id: str, day: dt.date) -> list[dt.date]:
    """The days up to `day` on which a depth was given anew."""
    changes = [*upgrade_changes(corridor["upgrades"], corridor.base), *corridor.changes]
    return [
        change.since
        for change in changes
        if (change.table, change.row_id, change.column, change.act) == ("depths", depth_id, "depth_m", "set")
        and change.since is not None
        and change.in_force(day)
    ]
