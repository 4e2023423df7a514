"""The programs are stand-ins here; the template's tests run the real ones."""

from pathlib import Path

import pytest

from delivery.builds.source import Recipe
from delivery.builds.workbench import Workbench
from stack.refusal import Refused

RECIPE = Recipe("orders", "1.0.0", "3.13", "arm64")
NO_WHEEL = """\
echo '  \u00d7 No solution found when resolving dependencies:' >&2
echo '  ╰─▶ Because foo==1 has no usable wheels' >&2
echo '      and building is disabled.' >&2
exit 1"""


class Bench:
    """A project whose .venv holds scripts."""

    def __init__(self, project: Path) -> None:
        self.project = project
        self.wheels = project / "wheels"
        self.wheels.mkdir()
        (project / ".venv/bin").mkdir(parents=True)
        self.workbench = Workbench(project, RECIPE)

    def program(self, name: str, body: str) -> None:
        """Put a program there that writes down how it is called."""
        path = self.project / ".venv/bin" / name
        path.write_text(f'#!/bin/sh\necho "$*" >>{self.project}/calls\n{body}\n')
        path.chmod(0o755)

    def calls(self) -> list[str]:
        """Give how the programs were called."""
        return (self.project / "calls").read_text().splitlines()

    def install_service(self) -> None:
        """Make and install the wheel."""
        self.workbench.install_service(self.project, self.project / "lib", self.wheels, 1)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_the_interpreter_says_its_version(bench: Bench) -> None:
    bench.program("python", "echo 3.13.9")

    assert bench.workbench.interpreter() == "3.13.9"


@pytest.mark.parametrize("version", ["3.12.13", "3.14.0", "3.1.3"])
def test_an_interpreter_of_another_minor_is_refused(bench: Bench, version: str) -> None:
    bench.program("python", f"echo {version}")

    with pytest.raises(Refused, match=rf"\.venv has Python {version}, but .* runs on 3\.13"):
        bench.workbench.interpreter()


def test_without_an_environment_it_says_how_to_make_one(bench: Bench) -> None:
    with pytest.raises(Refused, match=r"python cannot be run: No such .*`make install`") as caught:
        bench.workbench.interpreter()
    assert "\n" not in str(caught.value)


def test_dependencies_are_for_the_instances_and_proven(bench: Bench) -> None:
    bench.program("uv", "exit 0")

    bench.workbench.install_dependencies(bench.project, bench.project / "lib")

    (call,) = bench.calls()
    for words in (
        "--require-hashes",
        "--only-binary :all:",
        "--python-platform aarch64-manylinux_2_34",
        "--python-version 3.13",
        "--link-mode copy",  # or what is written here is written to uv's cache
    ):
        assert words in call


def test_what_uv_says_becomes_one_line(bench: Bench) -> None:
    bench.program("uv", NO_WHEEL)

    with pytest.raises(Refused) as caught:
        bench.workbench.install_dependencies(bench.project, bench.project / "lib")

    assert str(caught.value) == (
        "The dependencies cannot be installed for arm64: No solution found when resolving "
        "dependencies: Because foo==1 has no usable wheels and building is disabled. Each needs a "
        "wheel for that platform, and its hash in requirements.txt."
    )


def test_the_wheel_is_made_by_what_is_locked_at_the_commits_time(bench: Bench) -> None:
    bench.program("uv", f'echo "$SOURCE_DATE_EPOCH"; touch {bench.wheels}/o-1-py3-none-any.whl')

    bench.install_service()

    build, install = bench.calls()
    assert "--require-hashes --build-constraints requirements-dev.txt" in build
    assert "--force-pep517" in build  # else this uv makes it, whatever backend is locked
    assert "--no-deps" in install


def test_a_wheel_for_one_machine_is_refused(bench: Bench) -> None:
    bench.program("uv", f"touch {bench.wheels}/o-1-cp313-cp313-linux_x86_64.whl")

    with pytest.raises(Refused, match=r"o-1-cp313-cp313-linux_x86_64\.whl, which fits one kind"):
        bench.install_service()


def test_the_persons_settings_of_python_do_not_reach_it(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONNODEBUGRANGES", "1")
    monkeypatch.setenv("PYTHONOPTIMIZE", "2")
    bench.program("python", f"env >{bench.project}/environment")

    bench.workbench.compile(bench.project)

    python = [
        line
        for line in (bench.project / "environment").read_text().splitlines()
        if line.startswith("PYTHON")
    ]
    assert python == ["PYTHONHASHSEED=0"]
