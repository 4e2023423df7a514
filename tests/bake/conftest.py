"""One copy of the template per run, one workshop per test, each bake only once."""

import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.bake.answers import DEFAULTS, SETS
from tests.bake.baking import Baked, Workshop, copy_template, new_workshop


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The current tree's template; tests that change it make their own copy."""
    return copy_template(tmp_path_factory.mktemp("template"))


@pytest.fixture
def workshop(tmp_path: Path, template: Path, monkeypatch: pytest.MonkeyPatch) -> Workshop:
    """A workshop whose environment also holds for bakes in this process."""
    made = new_workshop(tmp_path / "workshop", template)
    settle_in(made, monkeypatch)
    return made


@pytest.fixture(scope="session")
def baked(tmp_path_factory: pytest.TempPathFactory, template: Path) -> Callable[[str], Baked]:
    """The project baked from a set of answers, by its name. Read it; change nothing in it."""
    made: dict[str, Baked] = {}

    def bake(name: str) -> Baked:
        if name not in made:
            workshop = new_workshop(tmp_path_factory.mktemp(name) / "workshop", template)
            with pytest.MonkeyPatch.context() as monkeypatch:
                settle_in(workshop, monkeypatch)
                answers = {**DEFAULTS, **SETS[name]}
                made[name] = Baked(workshop.bake(SETS[name]), answers)
        return made[name]

    return bake


def settle_in(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in workshop.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(tempfile, "tempdir", None)  # it remembers the folder of an earlier test
