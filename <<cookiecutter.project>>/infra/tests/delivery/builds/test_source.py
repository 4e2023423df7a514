import subprocess
from pathlib import Path

import pytest

from delivery.builds.source import Recipe, find_source, read_recipe
from stack.refusal import Refused

FILES = {
    ".gitignore": "ignored\n",
    ".python-version": "3.13\n",
    "pyproject.toml": '[project]\nname = "late-orders"\nversion = "1.4.0"\n',
    "infra/Pulumi.yaml": "name: late-orders\nconfig:\n  architecture:\n    value: arm64\n",
    "src/late_orders/a.py": "A\r\n",
}
WHEN = "2026-11-21T08:00:00+05:00"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a project inside a repository, whose owner has settings of his own."""
    settings = tmp_path / "gitconfig"
    settings.write_text(
        "[core]\n\tautocrlf = input\n[tar]\n\tumask = 0077\n[status]\n\tshort = 1\n"
    )
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(settings))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    folder = tmp_path / "repository/service"
    for name, content in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content.encode())
    git(folder, "init", "--quiet", "..")
    git(folder, "-c", "core.autocrlf=false", "add", "-A", ".")
    commit(folder, "first")
    return folder


def git(folder: Path, *words: str) -> str:
    who = ["-c", "user.name=A", "-c", "user.email=a@example.com"]
    command = ["git", *who, *words]
    environment = {"PATH": "/usr/bin:/bin", "GIT_COMMITTER_DATE": WHEN, "HOME": str(folder)}
    done = subprocess.run(  # noqa: S603 our own words
        command, cwd=folder, env=environment, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def commit(folder: Path, message: str) -> None:
    git(folder, "commit", "--quiet", "--allow-empty", "-m", message)


def files(folder: Path) -> dict[str, bytes]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}


def test_a_commit_gives_its_own_files_as_they_are(project: Path, tmp_path: Path) -> None:
    (project / "ignored").write_text("mine")

    source = find_source(project)
    source.export(tmp_path / "out")

    assert source.commit == git(project, "rev-parse", "HEAD")
    assert source.time == int(git(project, "log", "-1", "--format=%ct"))
    assert source.changed == ()
    source.refuse_changes()
    assert files(tmp_path / "out") == {name: text.encode() for name, text in FILES.items()}


def test_changes_are_named_and_refused(project: Path) -> None:
    (project / "pyproject.toml").write_text("")
    (project / "infra/Pulumi.yaml").unlink()
    (project / "src/new folder").mkdir()
    (project / "src/new folder/ü.py").touch()
    (project.parent / "of another project").touch()

    source = find_source(project)

    names = "service/infra/Pulumi.yaml, service/pyproject.toml, service/src/new folder/ü.py"
    assert ", ".join(source.changed) == names
    with pytest.raises(Refused) as caught:
        source.refuse_changes()
    assert str(caught.value).startswith(f"Not committed: {names}. A build is made of a commit")
    assert "\n" not in str(caught.value)


def test_many_changes_are_counted(project: Path) -> None:
    for number in range(14):
        (project / f"new-{number:02}").touch()

    with pytest.raises(Refused, match=r"service/new-09 and 4 more\. "):
        find_source(project).refuse_changes()


def test_with_changes_all_that_git_sees_is_given(project: Path, tmp_path: Path) -> None:
    (project / "pyproject.toml").write_text("changed")
    (project / "src/late_orders/a.py").unlink()
    (project / "src/late_orders/b.py").write_text("B")
    (project / "ignored").write_text("mine")

    find_source(project).export(tmp_path / "out")

    given = files(tmp_path / "out")
    assert given["pyproject.toml"] == b"changed"
    assert given["src/late_orders/b.py"] == b"B"
    assert not {"src/late_orders/a.py", "ignored"} & given.keys()


def test_a_hooks_repository_is_not_meant(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = find_source(project)
    monkeypatch.setenv("GIT_DIR", "/nowhere")

    assert find_source(project) == before


def test_without_a_commit_it_says_so(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")

    with pytest.raises(Refused, match=r"does not have any commits yet\. A build needs") as caught:
        find_source(tmp_path)
    assert "\n" not in str(caught.value)


def recipe(project: Path, folder: Path, architecture: str | None = None) -> Recipe:
    source = find_source(project)
    source.export(folder)
    return read_recipe(folder, source, architecture)


def test_the_recipe_is_in_the_files(project: Path, tmp_path: Path) -> None:
    digits = git(project, "rev-parse", "HEAD")[:12]

    made = recipe(project, tmp_path / "out")

    assert made == Recipe("late-orders", f"1.4.0+g{digits}", "3.13", "arm64")
    assert made.package == "late_orders"
    assert recipe(project, tmp_path / "out2", "x86_64").architecture == "x86_64"


@pytest.mark.parametrize(
    ("version", "expected"),
    [("1.4.0", "1.4.0+g{}.dirty"), ("1.4.0+eu.1", "1.4.0+eu.1.g{}.dirty")],
)
def test_a_version_says_that_there_are_changes(
    project: Path, tmp_path: Path, version: str, expected: str
) -> None:
    (project / "pyproject.toml").write_text(f'[project]\nversion = "{version}"\n')

    digits = git(project, "rev-parse", "HEAD")[:12]
    assert recipe(project, tmp_path / "out").version == expected.format(digits)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("pyproject.toml", '[project]\nname = "x"\n', "project.version is missing."),
        ("pyproject.toml", "[project\n", "pyproject.toml cannot be read: "),
        ("infra/Pulumi.yaml", "name: [", "Pulumi.yaml cannot be read: "),
        ("infra/Pulumi.yaml", "name: x\n", "Pulumi.yaml: config.architecture.value is missing."),
        (
            "infra/Pulumi.yaml",
            "name: x\nconfig: {architecture: {value: mips}}\n",
            "Pulumi.yaml: architecture is 'mips'. It must be arm64 or x86_64.",
        ),
        (".python-version", None, ".python-version is not in the commit."),
    ],
)
def test_what_cannot_be_read_is_told_in_one_line(
    project: Path, tmp_path: Path, name: str, content: str | None, said: str
) -> None:
    if content is None:
        (project / name).unlink()
    else:
        (project / name).write_text(content)

    with pytest.raises(Refused) as caught:
        recipe(project, tmp_path / "out")
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
