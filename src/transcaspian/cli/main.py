"""The entry point: one Typer app, one place where bad input becomes exit code 2."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from transcaspian import __version__
from transcaspian.cli import corridor, facts, route, sea, showcase, validate
from transcaspian.cli.output import report_error
from transcaspian.errors import InputError


class Commands(TyperGroup):
    """The group of all commands; an `InputError` from any of them is said once and exits with 2."""

    def invoke(self, ctx: Any) -> Any:
        """Run the chosen command."""
        try:
            return super().invoke(ctx)
        except InputError as error:
            report_error(error, as_json="--json" in sys.argv or "--json" in (ctx.obj or []))
            raise typer.Exit(2) from None

    def main(self, args: Any = None, *rest: Any, **settings: Any) -> Any:
        """Remember the arguments, so that an error knows whether JSON was asked for."""
        settings.setdefault("obj", list(args) if args is not None else [])
        return super().main(args, *rest, **settings)


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


for group in (route, sea, facts, corridor, validate, showcase):
    group.register(app)


def run() -> None:
    """Run the command line (the console script `transcaspian`)."""
    app()
