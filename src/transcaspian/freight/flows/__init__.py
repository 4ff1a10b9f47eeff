"""Flows on the packaged corridor: who goes which way, where it jams, and what stays behind.

Answers: if a way closes, how much can the others take, at what cost, and what is full first?
Start reading at `assignment.py`, then `result.py`.  Takes: a corridor on a day.  Gives: `FlowResult`.
"""

from transcaspian.freight.flows.result import FlowResult

__all__ = ["FlowResult"]
