"""What the README, the help texts and the generated pages promise."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PROGRAM = Path(sys.executable).with_name("transcaspian")

# Two towns and two ways between them, for the example of `equilibrium`.
NET = """<NUMBER OF ZONES> 2
<NUMBER OF NODES> 3
<FIRST THRU NODE> 3
<NUMBER OF LINKS> 3
<END OF METADATA>
~ init term capacity length free_flow_time b power speed toll type ;
1 2 10 1 10 0.15 4 0 0 1 ;
1 3 10 1 4 0.15 4 0 0 1 ;
3 2 10 1 4 0.15 4 0 0 1 ;
"""
TRIPS = """<NUMBER OF ZONES> 2
<TOTAL OD FLOW> 20.0
<END OF METADATA>
Origin 1
    2 : 20.0;
"""


def commands_of(path: Path) -> list[str]:
    """The `transcaspian …` lines of the code blocks of a page, and of its tables."""
    text = path.read_text(encoding="utf-8")
    blocks = re.findall(r"```(?:sh|console)?\n(.*?)```", text, flags=re.S)
    lines = [line.strip() for block in blocks for line in block.splitlines()]
    lines += re.findall(r"`(transcaspian [^`]+)`", text)
    return [line for line in dict.fromkeys(lines) if line.startswith("transcaspian ")]


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    words = shlex.split(command)
    words[0] = str(PROGRAM)
    return subprocess.run(words, cwd=folder, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.newcomer
def test_every_command_of_the_readme_works_in_the_order_of_the_page(tmp_path):
    commands = commands_of(ROOT / "README.md")
    assert len(commands) >= 5
    for command in commands:
        done = run(command, tmp_path)
        assert done.returncode == 0, f"{command}\n{done.stdout[-1000:]}\n{done.stderr}"


def help_examples() -> list[str]:
    listed = run("transcaspian --help", ROOT).stdout
    names = re.findall(r"^│ ([a-z][a-z-]+) ", listed, flags=re.M)
    examples = []
    for name in names:
        text = re.sub(r"\s+", " ", run(f"transcaspian {name} --help", ROOT).stdout)
        found = re.search(r"Example: (transcaspian .+?)\s*$", text)
        assert found, f"the help of {name} ends without an example"
        examples.append(found.group(1))
    return examples


@pytest.mark.newcomer
def test_every_command_ends_its_help_with_an_example_that_works(tmp_path):
    examples = help_examples()
    assert len(examples) >= 8
    (tmp_path / "NET.tntp").write_text(NET, encoding="utf-8")
    (tmp_path / "TRIPS.tntp").write_text(TRIPS, encoding="utf-8")
    for example in examples:
        done = run(example, tmp_path)
        assert done.returncode == 0, f"{example}\n{done.stdout[-500:]}\n{done.stderr}"


@pytest.mark.newcomer
def test_the_showcase_writes_one_page(tmp_path):
    done = run("transcaspian showcase --out out", tmp_path)
    assert done.returncode == 0, done.stderr
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["showcase.html"]
    assert "showcase.html" in done.stdout


def test_the_generated_pages_are_up_to_date():
    done = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "docs" / "build_docs.py"), "--check"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "COLUMNS": "100"},
    )
    assert done.returncode == 0, done.stderr


def test_the_lock_files_have_hashes_and_no_address():
    for lock in (ROOT / "requirements").glob("*.lock"):
        text = lock.read_text(encoding="utf-8")
        assert "://" not in text
        pins = re.findall(r"^[a-z0-9][\w.\-\[\]]*==", text, flags=re.M | re.I)
        assert len(pins) >= 20
        assert text.count("--hash=sha256:") >= len(pins)
