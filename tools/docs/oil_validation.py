"""The page `docs/oil-validation.md`: published flows by pipeline beside those of the oil layer, with the misses."""

from __future__ import annotations

from collections.abc import Sequence

from transcaspian.corridor import load_corridor
from transcaspian.evidence import Ledger, load_ledger
from transcaspian.oil.validation import ROLES, Comparison, compare_flows

HEAD = """# Kazakhstan's oil: published flows beside ours

Written by `make docs` with `transcaspian.oil.validation`, for the packaged tables: one monthly run of each year with
perfect foresight and no scenario. A flow counts as met within 5 % of what is published.

- *Input*: the tables hold the figure itself, as a nomination, a quota or a source. That it comes out proves nothing.
- *Fitted*: of 2023; parameters or a remainder were set so that it comes out.
- *Predicted*: no nomination is this figure. Inputs are the production, the refining and the plans of the year; what the
  layer adds is the split.
- *Reported*: not judged. The totals of 2025 hold an outage of CPC that is kept for blind tests, and the run does not.

Calibrated on three things only: the loading of a single mooring in August-November 2022 (0.128 Mt a day), the tanks of
the terminal in February 2023 (0.609 Mt of room, full after 3.5 days), and the flows of 2023. The parameters are frozen;
`tests/oil/test_calibration.py` holds them. All other outages were left alone.
"""

WHY = """## What falls short

- **Exports of KazTransOil** are some 1.2 Mt more than the lines added up here (Samara, China, Aktau, handed over
  to CPC), in both years alike. Which oil it counts beside them is not said.
- **Makhachkala in ten months of 2024** had less than its plan. The input is the plan (3.6 Mt for Aktau less the
  contract with Baku), and nothing in the tables knows why it was missed.
- **2025** is a plan too: the run has neither the outage at its end nor the two months of chlorides in BTC.
- Fields of 2024 have no published totals but that of the country: Kashagan is what is left.
- Months are twelfths: maintenance in autumn and the ups and downs of schedules are not in the tables.
"""


def oil_validation_page() -> str:
    """All comparisons by year, misses in bold, and why."""
    ledger = load_ledger()
    comparisons = list(compare_flows(load_corridor()))
    lines = [HEAD, *_summary(comparisons)]
    for year in sorted({one.figure.year for one in comparisons}):
        lines += [
            "",
            f"## {year}",
            "",
            "| flow | published, Mt | ours, Mt | off | role | who says so |",
            "|---|---|---|---|---|---|",
            *(_line(one, ledger) for one in comparisons if one.figure.year == year),
        ]
    return "\n".join([*lines, "", WHY])


def _summary(comparisons: Sequence[Comparison]) -> list[str]:
    lines = []
    for role in ROLES[:3]:
        own = [one for one in comparisons if one.figure.role == role]
        misses = [one.figure.note + f" {one.figure.year}" for one in own if not one.agrees]
        missed = f"missed: {'; '.join(misses)}" if misses else "none missed"
        lines.append(f"- {role.capitalize()}: {len(own)} figures, {missed}.")
    return lines


def _line(one: Comparison, ledger: Ledger) -> str:
    low, high = one.low_mt, one.high_mt
    published = f"{low:.3g}" if high - low < 0.005 * high else f"{low:.3g}–{high:.3g}"
    published = f"{low:.2f}" if low >= 10 and high - low < 0.005 * high else published
    off = f"{one.off_percent:+.1f} %" if abs(one.off_percent) >= 0.05 else "0.0 %"
    off = "inside" if one.off_percent == 0 else off
    off = f"**{off}**" if one.judged and not one.agrees else off
    sources = [ledger.source_of(ledger.get_claim(claim)) for claim in one.figure.claims]
    named = [f"[{s.label()}]({s.url})" if s.url.startswith("http") else s.label() for s in sources]
    who = "; ".join(dict.fromkeys(named))
    return f"| {one.figure.note} | {published} | {one.ours_mt:.2f} | {off} | {one.figure.role} | {who} |"
