"""`transcaspian scenarios` and `scenario show | new | diff`: the questions that are ready, and how to write one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

_Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
_Corridor = Annotated[Path | None, typer.Option("--corridor", help="A folder of tables instead of ours.")]

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="rich",
    help="Show, compare and begin scenarios; each command prints JSON with --json.",
    epilog="Example: transcaspian scenario show aktau-dredged",
)


def register(main: typer.Typer) -> None:
    """Add the commands of this file to the app."""
    main.command("scenarios", epilog="Example: transcaspian scenarios sea")(scenarios)
    main.add_typer(app, name="scenario")


def scenarios(
    word: Annotated[str, typer.Argument(help="Only those with this word in their name or question.")] = "",
    as_json: _Json = False,
) -> None:
    """List the ready-made scenarios with their questions."""
    from transcaspian.cli.output import emit
    from transcaspian.cli.scenario_tables import print_scenarios, summary_json
    from transcaspian.scenario import packaged_scenario, scenario_names

    ready = [packaged_scenario(name) for name in scenario_names()]
    found = [summary_json(one) for one in ready if word.casefold() in f"{one.name} {one.question}".casefold()]
    if as_json:
        emit({"scenarios": found})
    else:
        print_scenarios(found, word)


@app.command("show", epilog="Example: transcaspian scenario show aktau-dredged")
def show(
    names: Annotated[list[str], typer.Argument(help="A scenario's name or file; several, or A+B, are made together.")],
    corridor: _Corridor = None,
    as_json: _Json = False,
) -> None:
    """Show what a scenario asks, what each change does to the tables, and what its figures rest on."""
    from transcaspian.cli.output import emit
    from transcaspian.cli.scenario_tables import effect_json, print_scenario, scenario_json
    from transcaspian.corridor import load_corridor
    from transcaspian.scenario import asked_scenario, every_change
    from transcaspian.scenario.told import scenario_effects

    state = load_corridor(corridor)
    effects = scenario_effects(state, names)
    asked = asked_scenario(names)
    assert asked is not None  # the argument is required
    changes = every_change(asked)
    claims = list(dict.fromkeys(claim for change in changes for claim in change.claims))
    if not as_json:
        print_scenario(state, asked, changes, effects)
        return
    assumed = [
        {"name": change.target, "basis": "assumption", "reason": change.assumption}
        for change in changes
        if change.assumption
    ]
    body = {**scenario_json(asked, changes), "effects": [effect_json(effect) for effect in effects]}
    emit(body, defaults_used=assumed, claims=claims)


@app.command("new", epilog="Example: transcaspian scenario new my-question.toml")
def new(
    file: Annotated[Path | None, typer.Argument(help="The file to write; without it the page is printed.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it is there.")] = False,
    as_json: _Json = False,
) -> None:
    """Begin a scenario: a commented page that can be applied as it stands."""
    from transcaspian.cli.output import emit, err_console
    from transcaspian.scenario.template import scenario_template, write_template

    if file is not None:
        write_template(file, force=force)
    if as_json:
        text = scenario_template(file.stem if file is not None else "my-question")
        emit({"file": str(file) if file is not None else None, "toml": text})
    elif file is None:
        typer.echo(scenario_template("my-question"), nl=False)
    else:
        err_console().print(f"Written: {file}. See what it does: transcaspian scenario show {file}", soft_wrap=True)


@app.command("diff", epilog="Example: transcaspian scenario diff aktau-dredged tankers-sea-2030")
def diff(
    first: Annotated[str, typer.Argument(help="A scenario's name or file, or A+B.")],
    second: Annotated[str, typer.Argument(help="Another.")],
    corridor: _Corridor = None,
    as_json: _Json = False,
) -> None:
    """Show what only one of two scenarios changes, and what both change to different values."""
    from transcaspian.cli.output import emit
    from transcaspian.cli.scenario_tables import difference_json, print_difference
    from transcaspian.corridor import load_corridor
    from transcaspian.scenario.told import compare_scenarios

    found = compare_scenarios(load_corridor(corridor), first, second)
    if as_json:
        effects = [*found.only_first, *found.only_second, *(one for pair in found.otherwise for one in pair)]
        claims = list(dict.fromkeys(claim for effect in effects for claim in effect.change.claims))
        emit(difference_json(found, first, second), claims=claims)
    else:
        print_difference(found, first, second)
