"""What sources say, reconciled to low, mid and high without losing a contradiction.

Answers: who claims what about this quantity, and what do we take it to be?  Start reading at `evidence/ledger.py`.
Takes: the packaged tables of claims and sources.  Gives: `Ledger`, `Claim`, `Estimate`, `Conflict`.  Never knows:
the corridor.
"""

from transcaspian.evidence.claims import KINDS, Claim, Source
from transcaspian.evidence.conflicts import Conflict, rank_conflicts
from transcaspian.evidence.currency import ExchangeRates
from transcaspian.evidence.estimate import Estimate
from transcaspian.evidence.ledger import Ledger, load_ledger
from transcaspian.evidence.periods import Period, read_period
from transcaspian.evidence.units import convert

__all__ = [
    "KINDS",
    "Claim",
    "Conflict",
    "Estimate",
    "ExchangeRates",
    "Ledger",
    "Period",
    "Source",
    "convert",
    "load_ledger",
    "rank_conflicts",
    "read_period",
]
