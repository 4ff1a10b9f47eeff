"""How long a process takes from start to answer: `--help`, and a cold `route`, medians of whole processes."""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from pathlib import Path

COMMANDS = {
    "--help": ["--help"],
    "route": ["route", "CNXAG", "ROCND", "--load", "2 FEU", "--json"],
    "facts": ["facts", "trade:kz-az", "--quantity", "trade_turnover", "--period", "2025-H1"],
    "check": ["check"],
}


def seconds(arguments: list[str]) -> float:
    program = Path(sys.executable).with_name("transcaspian")
    start = time.perf_counter()
    subprocess.run([str(program), *arguments], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    for arguments in COMMANDS.values():
        seconds(arguments)  # compiled kernels and byte code on disk
    taken = {name: [] for name in COMMANDS}
    for _ in range(options.runs):
        for name, arguments in COMMANDS.items():
            taken[name].append(seconds(arguments))
    medians = {name: round(statistics.median(values), 3) for name, values in taken.items()}
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    if options.json:
        print(json.dumps({"machine": machine, "runs": options.runs, "median_s": medians}, indent=2))
        return
    print(f"{machine}; medians of {options.runs} whole processes")
    for name, value in medians.items():
        print(f"  transcaspian {name:<8} {value:.3f} s")


if __name__ == "__main__":
    main()
