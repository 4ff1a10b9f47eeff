"""Runs: named random streams, many replications on many workers, the run folder, resume.

Answers: the same question, asked a thousand times, by any number of workers, with the same bytes as answer.
Start reading at `runs/README.md`.
Takes: a callable of the replication's number.  Gives: its results in order, summaries, a folder.
Never knows: any layer.
"""

from transcaspian.runs.ensemble import run_ensemble
from transcaspian.runs.folder import finish_run, open_run, write_table
from transcaspian.runs.streams import antithetic, stream_key
from transcaspian.runs.summary import Difference, Summary, antithetic_variance_ratio, paired_difference, summarise

__all__ = [
    "Difference",
    "Summary",
    "antithetic",
    "antithetic_variance_ratio",
    "finish_run",
    "open_run",
    "paired_difference",
    "run_ensemble",
    "stream_key",
    "summarise",
    "write_table",
]
