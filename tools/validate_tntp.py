"""Solve the public test networks and compare with their published solutions.

    python tools/validate_tntp.py [--tntp DIR] [--json]

`DIR`, or the environment variable TNTP, is a folder with the files of
https://github.com/bstabler/TransportationNetworks: `SiouxFalls/SiouxFalls_net.tntp` and so on. Their licence is for
research only, so they are not part of this project; without them the comparison is skipped, and says so.
The equilibrium is solved to a gap of 1e-12; its objective must be the best known one to 1e-8 relative, and its link
flows those of the published solution, whose own gap is shown beside.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from transcaspian.freight.equilibrium import user_equilibrium
from transcaspian.freight.equilibrium.tntp import demand_of, network_of, read_flows, read_net, read_trips

GAP = 1e-12
OBJECTIVE = 1e-8  # relative difference of the objective that still counts as equal
FLOWS = 1e-6  # of the mean flow: the largest difference of a link's flow that still counts as equal


@dataclass(frozen=True)
class Published:
    """A network with its best-known objective, as its README states it, and the factors of its generalised cost."""

    folder: str
    name: str
    objective: float
    toll_factor: float = 0.0
    distance_factor: float = 0.0


NETWORKS = (
    Published("SiouxFalls", "SiouxFalls", 42.31335287107440e5),
    Published("Anaheim", "Anaheim", 1286032.1710960),
    Published("Chicago-Sketch", "ChicagoSketch", 17313018.738748, 0.02, 0.04),
)


def compare(published: Published, folder: Path) -> dict[str, object]:
    """Our solution beside the published one."""
    stem = folder / published.folder / published.name
    net = read_net(Path(f"{stem}_net.tntp"))
    network = network_of(net, toll_factor=published.toll_factor, distance_factor=published.distance_factor)
    found = user_equilibrium(network, demand_of(network, read_trips(Path(f"{stem}_trips.tntp"))), gap=GAP)
    flows = read_flows(Path(f"{stem}_flow.tntp"))
    volume = dict(zip(zip(flows.tail.tolist(), flows.head.tolist(), strict=True), flows.volume, strict=True))
    theirs = np.array([volume[ends] for ends in zip(net.tail.tolist(), net.head.tolist(), strict=True)])
    off = abs(found.objective / published.objective - 1.0)
    apart = float(np.abs(found.flow - theirs).max())
    agrees = off <= OBJECTIVE and apart <= FLOWS * float(theirs.mean()) and found.converged
    return {
        "network": published.name,
        "objective": found.objective,
        "published_objective": published.objective,
        "objective_off": off,
        "largest_flow_difference": apart,
        "mean_flow": float(theirs.mean()),
        "relative_gap": found.relative_gap,
        "agrees": bool(agrees),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tntp", type=Path, default=os.environ.get("TNTP") or None, help="folder of the TNTP files")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    given = parser.parse_args()
    folder = Path(given.tntp) if given.tntp else None
    if folder is None or not folder.is_dir():
        where = "neither --tntp nor TNTP is set" if folder is None else f"there is no folder {folder}"
        print(f"The public test networks are skipped: {where}.", file=sys.stderr)
        return 0
    there = [one for one in NETWORKS if (folder / one.folder).is_dir()]
    for one in NETWORKS:
        if one not in there:
            print(f"{one.name} is skipped: there is no folder {folder / one.folder}.", file=sys.stderr)
    rows = [compare(one, folder) for one in there]
    if given.json:
        print(json.dumps({"ok": all(row["agrees"] for row in rows), "result": {"networks": rows}}, indent=2))
    else:
        print(f"{'network':14s} {'objective':>22s} {'off':>9s} {'largest flow apart':>19s} {'gap':>9s}")
        for row in rows:
            said = "agrees" if row["agrees"] else "MISS"
            print(
                f"{row['network']:14s} {row['objective']:22.7f} {row['objective_off']:9.1e} "
                f"{row['largest_flow_difference']:19.1e} {row['relative_gap']:9.1e}  {said}"
            )
    return 0 if all(row["agrees"] for row in rows) else 1


if __name__ == "__main__":
    raise SystemExit(main())
