"""A benchmark's command: its time and its memory, not ours, and what it said when it failed."""

import os
import sys
from pathlib import Path

import pytest

from tools.bench.command import Command, CommandError


def program(text: str) -> Command:
    return Command([sys.executable, "-c", text], Path.cwd(), os.environ)


def test_seconds_are_those_until_its_end() -> None:
    assert program("import time; time.sleep(0.3)").seconds() >= 0.3


def test_memory_is_that_of_the_largest_process_it_started() -> None:
    hold = "x = b'x' * 200_000_000"
    start = "import subprocess, sys; subprocess.run([sys.executable, '-c', sys.argv[1]])"
    nested = Command([sys.executable, "-c", start, hold], Path.cwd(), os.environ)
    assert 200 < nested.megabytes() < 250


def test_memory_of_the_measuring_process_is_not_counted() -> None:
    ours = b"x" * 300_000_000
    assert program("pass").megabytes() < 100
    assert len(ours)


def test_a_failure_is_told_in_its_own_words() -> None:
    with pytest.raises(CommandError, match="no such stack"):
        program("print('no such stack'); raise SystemExit(3)").seconds()
    with pytest.raises(CommandError, match="no such stack"):
        program("print('no such stack'); raise SystemExit(3)").megabytes()
