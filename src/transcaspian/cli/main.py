"""The entry point: one Typer app, one place where bad input becomes exit code 2."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from transcaspian import __version__
from transcaspian.cli import (
    bottlenecks,
    corridor,
    equilibrium,
    facts,
    flows,
    hubs,
    oil,
    route,
    scenario,
    sea,
    showcase,
    simulate,
    validate,
)
from transcaspian.cli.output import report_error
from transcaspian.errors import InputError, Problem

# Typer keeps the base of its usage errors to itself; `BadParameter`, which it shows, is one of them.
UsageError: Any = next(kind for kind in typer.BadParameter.__mro__ if kind.__name__ == "UsageError")


class Commands(TyperGroup):
    """The group of all commands; an `InputError` from any of them is said once and exits with 2."""

    def invoke(self, ctx: Any) -> Any:
        """Run the chosen command."""
        try:
            return super().invoke(ctx)
        except InputError as error:
            report_error(error, as_json="--json" in sys.argv or "--json" in (ctx.obj or []))
            raise typer.Exit(2) from None

    def main(
        self,
        args: Any = None,
        prog_name: Any = None,
        complete_var: Any = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **settings: Any,
    ) -> Any:
        """Run with these arguments, or those of the process; with `--json` wrong use is said as JSON too."""
        given = list(args) if args is not None else sys.argv[1:]
        settings.setdefault("obj", given)
        if "--json" not in given or not standalone_mode:
            return super().main(args, prog_name, complete_var, standalone_mode, windows_expand_args, **settings)
        try:
            code = super().main(args, prog_name, complete_var, False, windows_expand_args, **settings)
        except UsageError as error:
            report_error(InputError(_wrong_use(error)), as_json=True)
            code = 2
        except typer.Abort:
            code = 1
        # Typer hands back the code of an Exit, or what the command returns: nothing, as commands print.
        sys.exit(code or 0)


def _wrong_use(error: UsageError) -> Problem:
    """A missing argument, an unknown option or a value of the wrong type, as our one form of error."""
    command = error.ctx.command_path if error.ctx else "transcaspian"
    parameter = getattr(error, "param", None)
    where = max(parameter.opts, key=len) if parameter else getattr(error, "option_name", "") or ""
    return Problem("option.usage", where, error.format_message(), f"see `{command} --help`.")


app = typer.Typer(
    cls=Commands,
    name="transcaspian",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    help="The open digital twin of the Middle Corridor: routes, times, costs and the source of every figure.",
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"transcaspian {__version__}")
        raise typer.Exit


@app.callback()
def _common(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    """Take the options that stand before a command."""


_GROUPS = (
    route, sea, simulate, flows, bottlenecks, hubs, equilibrium, oil, scenario, facts, corridor, validate, showcase,
)  # fmt: skip
for group in _GROUPS:
    group.register(app)


def run() -> None:
    """Run the command line (the console script `transcaspian`)."""
    app()
