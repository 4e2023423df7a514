"""A bake asks nobody for anything: it works where there is no network at all."""

import subprocess

import pytest

from tests.bake.baking import ROOT, Workshop, git, tool

# A network namespace of its own holds no interface that is up, not even loopback.
ALONE = ("unshare", "--user", "--map-root-user", "--net")


def can_be_alone() -> bool:
    try:
        return subprocess.run([*ALONE, "true"], capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


@pytest.mark.skipif(not can_be_alone(), reason="this system gives no network namespace")
@pytest.mark.parametrize("command", ["cookiecutter", "cruft create"])
def test_a_bake_needs_no_network(command: str, workshop: Workshop) -> None:
    program, *words = command.split()
    done = workshop.run(*ALONE, tool(program), *words, workshop.template, "--no-input")
    assert done.returncode == 0, done.stderr
    assert "First commit made." in done.stdout
    alone = workshop.run(*ALONE, "git", "ls-remote", "https://127.0.0.1/x.git")
    assert alone.returncode != 0  # the proof that it was alone


def test_the_template_holds_nothing_that_git_ignores() -> None:
    """cookiecutter copies whatever lies in the folder, such as caches of tools run in it."""
    template = "<<cookiecutter.project>>"
    ignored = git("ls-files", "-oi", "--exclude-standard", "--directory", "--", template, at=ROOT)
    assert ignored.splitlines() == [], "remove it: a bake from this folder would copy it"
