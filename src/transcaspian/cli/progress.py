"""A bar on standard error for what takes long: how much is done, and how much time is left."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def progress_bar(what: str, *, quiet: bool = False) -> Iterator[Callable[[int, int], None] | None]:
    """Something to call with (done, in all) while the block runs; the bar is gone afterwards.

    Parameters
    ----------
    what
        A word or two before the bar.
    quiet
        Draw nothing, as with `--json`. Nothing is drawn either where standard error is no terminal: the value is
        then None.
    """
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich import progress as rich_progress  # only where a bar is drawn

    from transcaspian.cli.output import err_console

    columns = (
        rich_progress.TextColumn("{task.description}"),
        rich_progress.BarColumn(),
        rich_progress.MofNCompleteColumn(),
        rich_progress.TimeRemainingColumn(compact=True),
    )
    with rich_progress.Progress(*columns, console=err_console(), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, in_all: bar.update(task, completed=done, total=in_all)
