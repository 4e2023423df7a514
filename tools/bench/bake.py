"""How long a bake takes, beside that of a template with one file and no hooks."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from cookiecutter.main import cookiecutter

from tools.bench.measure import Benchmark, Case

ROOT = Path(__file__).parents[2]
PARTS = ("cookiecutter.json", "hooks", "<<cookiecutter.project>>", "{{cookiecutter.unused}}")
FRESH = """
import sys, time
from cookiecutter.main import cookiecutter
begun = time.perf_counter()
cookiecutter(sys.argv[1], no_input=True, output_dir=sys.argv[2])
print(f"took {time.perf_counter() - begun}")
"""


class Oven:
    """Bakes one template in each of the ways that we measure."""

    def __init__(self, template: Path, shelf: Path) -> None:
        self._template = str(template)
        self._shelf = shelf

    def by_command(self) -> float:
        program = str(Path(sys.executable).parent / "cookiecutter")
        return self._run([program, self._template, "--no-input", "-o", self._new_shelf()])[0]

    def by_new_process(self) -> float:
        return self._run([sys.executable, "-c", FRESH, self._template, self._new_shelf()])[0]

    def by_first_call(self) -> float:
        said = self._run([sys.executable, "-c", FRESH, self._template, self._new_shelf()])[1]
        return float(said.rpartition("took ")[2])

    def by_later_call(self) -> float:
        shelf = self._new_shelf()
        with silence():
            begun = time.perf_counter()
            cookiecutter(self._template, no_input=True, output_dir=shelf)
            return time.perf_counter() - begun

    def _run(self, command: list[str]) -> tuple[float, str]:
        begun = time.perf_counter()
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        return time.perf_counter() - begun, done.stdout

    def _new_shelf(self) -> str:
        shutil.rmtree(self._shelf, ignore_errors=True)
        self._shelf.mkdir()
        return str(self._shelf)


@contextmanager
def prepare(folder: Path) -> Generator[Sequence[Case]]:
    live_apart(folder / "home")
    small = Oven(one_file(folder / "one-file"), folder / "shelf")
    bare = Oven(ours(folder / "bare", hooks=False), folder / "shelf")
    full = Oven(ours(folder / "slipway", hooks=True), folder / "shelf")
    ways = {
        "the command": Oven.by_command,
        "API, whole process": Oven.by_new_process,
        "API, first call": Oven.by_first_call,
        "API, later calls": Oven.by_later_call,
    }
    cases = []
    for way, bake in ways.items():
        cases += [
            Case(group=way, name="one file", once=partial(bake, small)),
            Case(group=way, name="no hooks", once=partial(bake, bare)),
            Case(
                group=way,
                name="Slipway",
                once=partial(bake, full),
                most_seconds=1.0 if bake is Oven.by_command else None,
                most_ratio=1.5 if bake is Oven.by_new_process else None,
            ),
        ]
    yield cases


def one_file(folder: Path) -> Path:
    project = folder / "{{cookiecutter.project}}"
    project.mkdir(parents=True)
    (project / "README.md").write_text("# {{cookiecutter.project}}\n")
    (folder / "cookiecutter.json").write_text(json.dumps({"project": "orders"}))
    return folder


def ours(folder: Path, *, hooks: bool) -> Path:
    """The template as it lies here, without what tools may have left in it."""
    litter = shutil.ignore_patterns("__pycache__", ".*_cache", ".venv")
    for part in PARTS:
        source = ROOT / part
        if part == "hooks" and not hooks:
            continue
        if source.is_dir():
            shutil.copytree(source, folder / part, ignore=litter)
        else:
            folder.mkdir(exist_ok=True)
            shutil.copy(source, folder / part)
    return folder


def live_apart(home: Path) -> None:
    """Neither read nor write the settings of whoever measures: some sign commits or run hooks."""
    home.mkdir()
    (home / ".gitconfig").write_text("[user]\n\tname = Bench\n\temail = bench@example.com\n")
    os.environ |= {
        "HOME": str(home),
        "GIT_CONFIG_GLOBAL": str(home / ".gitconfig"),
        "GIT_CONFIG_NOSYSTEM": "1",
    }


@contextmanager
def silence() -> Generator[None]:
    """Keep what hooks print, in processes of their own, off the table."""
    sys.stdout.flush()
    kept = os.dup(1)
    with Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), 1)
    try:
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)


BENCHMARK = Benchmark(
    name="bake",
    question="How long does a bake take, first commit included?",
    prepare=prepare,
    rounds=9,
    remark=(
        "Beside a template of one file without hooks. Whole process: with start and imports. First"
        " call: without them. Later calls find all warm: what is left is Jinja, a Python that"
        " starts for each hook, and git three times."
    ),
)
