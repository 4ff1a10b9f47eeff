"""What `flows` and `calibrate` print for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transcaspian.freight.flows.calibration import Calibration
    from transcaspian.freight.flows.result import FlowResult, LimitFlow

_SHOWN = 12  # limits; `--json` has all


def print_flows(result: FlowResult) -> None:
    """Corridors, markets, the fullest limits, and what is left behind."""
    from rich.table import Table

    from transcaspian.cli.output import console
    from transcaspian.freight.corridors import TITLES

    out = console()
    table = Table(title=f"Flows of {result.year} by corridor, {result.method}", title_justify="left",
                  title_style="bold", box=None, pad_edge=False, header_style="bold")  # fmt: skip
    for name in ("corridor", "kt", "thousand TEU", "share"):
        table.add_column(name, justify="left" if name == "corridor" else "right")
    for one in result.corridors:
        table.add_row(TITLES.get(one.id, one.id), f"{one.t_per_year / 1e3:,.1f}", f"{one.teu_per_year / 1e3:,.2f}",
                      f"{100 * one.share:.2f} %")  # fmt: skip
    out.print(table)
    out.print()
    markets = Table(title="Markets", title_justify="left", title_style="bold", box=None, pad_edge=False,
                    header_style="bold")  # fmt: skip
    for name in ("market", "corridor", "kt", "thousand TEU", "share"):
        markets.add_column(name, justify="left" if name in ("market", "corridor") else "right")
    for row in result.markets:
        if row.share >= 5e-4:
            markets.add_row(row.id, TITLES.get(row.corridor, row.corridor), f"{row.t_per_year / 1e3:,.1f}",
                            f"{row.teu_per_year / 1e3:,.2f}", f"{100 * row.share:.2f} %")  # fmt: skip
    out.print(markets)
    out.print()
    _print_limits(result)
    out.print(
        f"\nCarried {result.carried_t / 1e6:,.3f} of {result.demand_t / 1e6:,.3f} Mt at "
        f"{result.mean_cost_usd_per_t:,.1f} USD/t in {result.mean_time_h / 24:,.1f} days on average."
    )
    for left in result.unmet:
        out.print(f"Not carried: {left.demand}, {left.t_per_year / 1e3:,.1f} kt: {left.reason}.")
    out.print(f"Nearly full or full: {', '.join(result.binding)}." if result.binding else "Nothing is nearly full.")
    state = "reached" if result.convergence.converged else "not reached"
    out.print(
        f"Relative gap {result.convergence.relative_gap:.2g} ({state}) after {result.convergence.iterations} rounds, "
        f"{result.convergence.seconds:.2f} s."
    )
    for note in result.notes:
        out.print(note)


def _print_limits(result: FlowResult) -> None:
    from rich.table import Table

    from transcaspian.cli.output import console

    table = Table(title="The fullest limits", title_justify="left", title_style="bold", box=None, pad_edge=False,
                  header_style="bold")  # fmt: skip
    for name in ("limit", "full", "waits", "of a year's", "counted in", "one tonne more is worth"):
        table.add_column(name, justify="left" if name in ("limit", "counted in") else "right")
    limits = [*result.facilities, *result.links, *result.fleets]
    limits.sort(key=lambda one: (-(one.utilisation or 0.0), one.id))
    for one in limits[:_SHOWN]:
        table.add_row(one.id, f"{100 * (one.utilisation or 0.0):.0f} %", f"{one.delay_h:,.1f} h", _capacity(one),
                      one.unit, _worth(one))  # fmt: skip
    console().print(table)


def _worth(one: LimitFlow) -> str:
    return "" if one.shadow_price_usd_per_t is None else f"{one.shadow_price_usd_per_t:,.2f} USD"


def _capacity(one: LimitFlow) -> str:
    return "" if one.capacity_units is None else f"{one.capacity_units:,.0f}"


def print_calibration(found: Calibration, written: list[str]) -> None:
    """Constants with targets and residuals."""
    from rich.table import Table

    from transcaspian.cli.output import console

    table = Table(title="Constants fitted to 2024", title_justify="left", title_style="bold", box=None, pad_edge=False,
                  header_style="bold")  # fmt: skip
    for name in ("class", "way", "target", "model", "residual", "constant, USD/t", "basis"):
        table.add_column(name, justify="left" if name in ("class", "way", "basis") else "right")
    for one in found.fits:
        off = one.model_share - one.target_share
        table.add_row(one.choice_class, one.way, f"{100 * one.target_share:.3f} %", f"{100 * one.model_share:.3f} %",
                      f"{100 * off:+.4f} %", f"{one.constant_usd_per_t:,.1f}",
                      "counted" if one.counted else "assumed, together")  # fmt: skip
    console().print(table)
    state = "Done" if found.converged else "Not converged"
    console().print(
        f"\n{state} after {found.rounds} equilibria; the worst residual is {100 * found.worst_residual:.4f} %."
    )
    if written:
        console().print(f"Written: {', '.join(written)}.")
