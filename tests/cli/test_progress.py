"""The bar of what takes long: seen in a terminal, silent everywhere else."""

from __future__ import annotations

import io
import sys

import pytest

from transcaspian.cli.progress import progress_bar


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """What a person would see; called in the test itself, as pytest takes the stream back after the set-up."""
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "80")
    return screen


def test_a_terminal_shows_what_is_done_and_how_much_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = terminal(monkeypatch)
    with progress_bar("replications") as tell:
        assert tell is not None
        tell(0, 200)
        tell(150, 200)
    shown = screen.getvalue()
    assert "replications" in shown
    assert "150/200" in shown


def test_json_has_no_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = terminal(monkeypatch)
    with progress_bar("replications", quiet=True) as tell:
        assert tell is None
    assert screen.getvalue() == ""


def test_a_file_has_no_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    file = io.StringIO()
    monkeypatch.setattr(sys, "stderr", file)
    with progress_bar("replications") as tell:
        assert tell is None
    assert file.getvalue() == ""
