"""The first commit: made whenever git can, never in the way when it cannot."""

import shutil
import stat
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.bake.answers import DEFAULTS, derived
from tests.bake.baking import Workshop, everything_in, files, git, tool
from tests.bake.hooks import post_gen_project, render

BY_HAND = "git commit -m 'Start orders from the Slipway template'"
ALL_BY_HAND = f"git init -b main && git add -A && {BY_HAND}"


@pytest.fixture
def said(capfd: pytest.CaptureFixture[str]) -> Callable[[], str]:
    """What the bake said, its first line."""

    def read() -> str:
        out, err = capfd.readouterr()
        assert err == ""
        assert "Next:\n  cd orders\n  make install " in out
        return out.splitlines()[0]

    return read


def configure(workshop: Workshop, *words: str) -> None:
    git("config", "--global", *words, at=workshop.root)


def test_it_is_made_on_main_by_the_user(workshop: Workshop, said: Callable[[], str]) -> None:
    folder = workshop.bake()
    assert said() == "orders is ready. First commit made."
    assert git("log", "--all", "--format=%s|%an|%ae|%cn", at=folder).splitlines() == [
        "Start orders from the Slipway template|Ada Tester|ada@example.com|Ada Tester"
    ]
    assert git("symbolic-ref", "HEAD", at=folder) == "refs/heads/main\n"
    assert git("status", "--porcelain", "--ignored", at=folder) == ""
    assert everything_in(workshop.temporary) == set()


def test_it_is_not_made_inside_another_repository(
    workshop: Workshop, said: Callable[[], str]
) -> None:
    git("init", "-q", at=workshop.root)
    folder = workshop.bake()
    assert f"No commit: it lies inside {workshop.root}. " in (line := said())
    assert ALL_BY_HAND in line
    assert not (folder / ".git").exists()
    assert git("status", "--porcelain", at=folder) != ""


def test_it_is_not_made_without_git(
    workshop: Workshop, said: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(workshop.root / "home"))
    folder = workshop.bake()
    assert f"No commit: git cannot be run. Once it can: {ALL_BY_HAND}" in said()
    assert not (folder / ".git").exists()


def test_it_is_not_made_in_a_guessed_name(
    workshop: Workshop, said: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (workshop.root / "home" / ".gitconfig").write_text("")
    monkeypatch.setenv("EMAIL", "root@laptop.example.com")  # git could make do with this
    folder = workshop.bake()
    line = said()
    assert "No commit: git has no name for you. By hand, in it: git config --global" in line
    command = line.partition("By hand, in it: ")[2].replace("'YOUR NAME'", "Ada")
    done = workshop.run("sh", "-c", command.replace("ADDRESS", "ada@example.com"), at=folder)
    assert done.returncode == 0, done.stderr
    assert git("status", "--porcelain", at=folder) == ""
    assert set(git("ls-files", at=folder).splitlines()) == set(files(folder))


def test_identity_may_come_from_the_environment(
    workshop: Workshop, said: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (workshop.root / "home" / ".gitconfig").write_text("")
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_NAME", "Bob")
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "bob@example.com")
    assert git("log", "--format=%an", at=workshop.bake()) == "Bob\n"
    assert "First commit made." in said()


def test_the_repository_of_a_running_git_hook_is_not_meant(
    workshop: Workshop, said: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    other = workshop.root / "other"
    other.mkdir()
    git("init", "-q", at=other)
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other / ".git" / "index"))
    workshop.bake()
    monkeypatch.undo()
    assert "First commit made." in said()
    assert git("count-objects", at=other).startswith("0 objects")


def test_a_failing_hook_of_the_user_is_told(workshop: Workshop, said: Callable[[], str]) -> None:
    hook(workshop, "echo 'one'; echo 'say a ticket number' >&2; exit 1")
    folder = workshop.bake()
    assert f"No commit: git said one / say a ticket number. By hand, in it: {BY_HAND}" in said()
    assert git("status", "--porcelain", at=folder).startswith("A  ")


def test_a_signature_that_cannot_be_made_is_told(
    workshop: Workshop, said: Callable[[], str]
) -> None:
    configure(workshop, "commit.gpgSign", "true")
    configure(workshop, "gpg.program", shutil.which("false") or "false")
    workshop.bake()
    assert "No commit: git said error: gpg failed to sign the data" in said()


def test_nothing_can_wait_at_the_terminal(workshop: Workshop, said: Callable[[], str]) -> None:
    """A passphrase is asked for at /dev/tty, or at standard input; a hook gets neither."""
    hook(
        workshop, "if read answer || (: </dev/tty); then echo there is one; exit 1; fi 2>/dev/null"
    )
    workshop.bake()
    assert "First commit made." in said()


def test_what_hangs_is_ended_with_its_children(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook(workshop, f"sleep 600 & echo $! > {workshop.root}/child; wait")
    monkeypatch.chdir(workshop.shelf)
    monkeypatch.setattr(post_gen_project, "PATIENCE", 0.5)
    begun = time.monotonic()
    line = post_gen_project.first_commit(str(workshop.shelf))
    assert "git said nothing for 0 seconds, as if it waited for a passphrase" in line
    assert time.monotonic() - begun < 10
    child = (workshop.root / "child").read_text().strip()
    state = Path(f"/proc/{child}/stat")
    assert not state.exists() or state.read_text().split()[2] == "Z"


def test_a_service_that_a_hook_starts_does_not_hold_the_bake(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook(workshop, f"sleep 30 & echo $! > {workshop.root}/child")
    (workshop.shelf / "file").write_text("")
    monkeypatch.chdir(workshop.shelf)
    begun = time.monotonic()
    assert post_gen_project.first_commit(str(workshop.shelf)) == "First commit made."
    assert time.monotonic() - begun < 15
    workshop.run("kill", (workshop.root / "child").read_text().strip())


def test_personal_settings_do_not_leave_files_out(workshop: Workshop) -> None:
    ignored = workshop.root / "home" / "ignored"
    ignored.write_text("*.toml\n.env*\ninfra/\n")
    configure(workshop, "core.excludesFile", str(ignored))
    folder = workshop.bake()
    assert set(git("ls-files", at=folder).splitlines()) == set(files(folder))


def test_baking_over_a_repository_commits_nothing(
    workshop: Workshop, said: Callable[[], str]
) -> None:
    folder = workshop.bake()
    said()
    (folder / "mine").write_text("mine\n")
    workshop.bake({"region": "us-west-2"}, over=True)
    assert "It has a repository already: see git status." in said()
    assert git("rev-list", "--count", "HEAD", at=folder) == "1\n"
    changed = git("status", "--porcelain", at=folder)
    assert "?? mine" in changed
    assert " M infra/" in changed


@pytest.mark.parametrize("ci", ["github", "gitlab"])
def test_running_the_last_hook_again_changes_nothing(workshop: Workshop, ci: str) -> None:
    folder = workshop.bake({"ci": ci})
    hook_file = workshop.root / "again.py"
    answers = {**DEFAULTS, "ci": ci}
    everything = {**answers, **derived(answers), "_output_dir": "shelf"}
    hook_file.write_text(render("post_gen_project", everything))
    before, head = everything_in(folder), git("rev-parse", "HEAD", at=folder)
    done = workshop.run(tool("python"), hook_file, at=folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert (everything_in(folder), git("rev-parse", "HEAD", at=folder)) == (before, head)
    assert git("status", "--porcelain", at=folder) == ""


@pytest.mark.parametrize(
    ("at", "shown"),
    [("shelf", "cd orders"), ("shelf/with space", "cd 'with space/orders'"), ("home", "cd /")],
)
def test_it_says_where_to_go(
    workshop: Workshop, at: str, shown: str, capfd: pytest.CaptureFixture[str]
) -> None:
    output = workshop.shelf / "with space" if "space" in at else workshop.shelf
    place = workshop.shelf if "space" in at else workshop.root / at
    output.mkdir(exist_ok=True)
    command = (tool("cookiecutter"), workshop.template, "--no-input", "-o", output)
    done = workshop.run(*command, at=place, also={"PWD": str(place)})
    assert f"\n  {shown}" in done.stdout
    assert capfd.readouterr().err == ""


def hook(workshop: Workshop, script: str) -> None:
    """A hook of the user's that runs before each commit."""
    file = workshop.root / "home" / "hooks" / "pre-commit"
    file.parent.mkdir()
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(file.stat().st_mode | stat.S_IXUSR)
    configure(workshop, "core.hooksPath", str(file.parent))
