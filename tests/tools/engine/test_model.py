import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tools.engine.model import Engine, WayFailedError, engine_at

type Put = Callable[[str, str], Path]


@pytest.mark.parametrize(
    "answer", ["v3.250.0", "v3.272.0", "3.300.1-alpha.1", "v3.250.0-dev+dirty"]
)
def test_a_version_that_fits(program: Put, answer: str) -> None:
    engine = engine_at(program("pulumi", f"echo {answer}"), "on PATH")
    assert engine.version == answer.removeprefix("v").partition("-")[0]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("echo v3.249.9", "is version 3.249.9, we need 3.250.0 or later, below 4"),
        ("echo v4.0.0", "is version 4.0.0, we need 3.250.0 or later, below 4"),
        ("echo v3.9.0", "is version 3.9.0, we need"),
        ("echo Pulumi", "does not tell its version, it says: Pulumi"),
        ("echo broken >&2; exit 2", "does not tell its version, it says: broken"),
        ("exit 2", "does not tell its version, it says: nothing"),
    ],
)
def test_a_version_that_does_not_fit(program: Put, body: str, reason: str) -> None:
    with pytest.raises(WayFailedError) as caught:
        engine_at(program("pulumi", body), "on PATH")
    assert reason in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_program_for_another_machine(program: Put) -> None:
    path = program("pulumi", "")
    path.write_bytes(b"\x7fELF of another machine")
    with pytest.raises(WayFailedError, match="does not run"):
        engine_at(path, "on PATH")


def test_our_engine_comes_first_on_path(own_cache: Path) -> None:
    engine = Engine(path=own_cache / "built/bin/pulumi", version="3.250.0", origin="")
    assert engine.ours
    assert engine.environment["PATH"] == f"{own_cache}/built/bin{os.pathsep}{os.environ['PATH']}"


def test_a_persons_engine_leaves_path_as_it_is(own_cache: Path) -> None:
    engine = Engine(path=Path("/usr/bin/pulumi"), version="3.250.0", origin="")
    assert not engine.ours
    assert engine.environment["PATH"] == os.environ["PATH"]
    assert engine.environment["PULUMI_HOME"].startswith(str(own_cache)), "never the person's own"


def test_the_environment_chooses_no_backend(own_cache: Path) -> None:
    engine = Engine(path=own_cache / "built/bin/pulumi", version="3.250.0", origin="")
    assert set(engine.environment) == {
        "PATH",
        "PULUMI_HOME",
        "PULUMI_SKIP_UPDATE_CHECK",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION",
    }
