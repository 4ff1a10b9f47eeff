"""From the level of the sea to the tonnes aboard: depth, permitted draught, payload, voyages.

Answers: how deep may a ship sit here, what does it carry then, and what do dredging or shallower ships buy back?
Start reading at `payload.py`.  Takes: a `Corridor`.  Gives: frozen records.  Never knows: scenarios, solvers.
"""

from transcaspian.corridor.sea.berths import find_berth
from transcaspian.corridor.sea.depths import BerthDepth, bed_level_m_bs, berth_depths
from transcaspian.corridor.sea.dredging import dredge, dredging_cost
from transcaspian.corridor.sea.level import SeaLevel, level_on, sea_level, seasonal_anomaly_m
from transcaspian.corridor.sea.payload import Payload, cost_per_t, get_hull, voyage_payload
from transcaspian.corridor.sea.voyages import units_aboard, vessel_classes, voyages

__all__ = [
    "BerthDepth",
    "Payload",
    "SeaLevel",
    "bed_level_m_bs",
    "berth_depths",
    "cost_per_t",
    "dredge",
    "dredging_cost",
    "find_berth",
    "get_hull",
    "level_on",
    "sea_level",
    "seasonal_anomaly_m",
    "units_aboard",
    "vessel_classes",
    "voyage_payload",
    "voyages",
]
