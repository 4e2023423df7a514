import re
import tomllib
from pathlib import Path

import pytest

from tests.tools.conftest import ROOT
from tools import lock

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
LOCKS = sorted(
    path
    for pattern in (
        "requirements*.txt",
        "tools/**/*.txt",
        "tests/**/requirements*.txt",
        f"{lock.TEMPLATE}/**/requirements*.txt",
    )
    for path in ROOT.glob(pattern)
)


def test_our_locks_are_exact(tmp_path: Path) -> None:
    assert lock.stale(lock.own_locks(tmp_path)) == []


@pytest.mark.slow
def test_the_locks_of_a_baked_project_are_exact(tmp_path: Path) -> None:
    locks = lock.template_locks(tmp_path)
    assert {ROOT / path for path in locks} == {
        path for path in LOCKS if lock.TEMPLATE in path.parts
    }
    assert lock.stale(locks) == []


def test_a_changed_source_changes_the_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pyproject.toml").write_text(
        '[project]\nname = "small"\nversion = "0"\ndependencies = ["iniconfig"]\n'
    )
    name = "requirements.txt"
    monkeypatch.setattr(lock, "ROOT", tmp_path)
    monkeypatch.setattr(lock, "OWN_LOCKS", {name: ["pyproject.toml"]})
    locks = lock.own_locks(tmp_path / "first")
    assert lock.stale(locks) == [Path(name)]
    (tmp_path / name).write_text(locks[Path(name)])
    assert lock.stale(lock.own_locks(tmp_path / "second")) == []


def test_versions_stay_until_an_upgrade_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pyproject.toml").write_text(
        '[project]\nname = "small"\nversion = "0"\ndependencies = ["iniconfig"]\n'
    )
    (tmp_path / "requirements.txt").write_text("iniconfig==2.0.0\n")
    monkeypatch.setattr(lock, "ROOT", tmp_path)
    monkeypatch.setattr(lock, "OWN_LOCKS", {"requirements.txt": ["pyproject.toml"]})
    (kept,) = lock.own_locks(tmp_path / "kept").values()
    (upgraded,) = lock.own_locks(tmp_path / "upgraded", upgrade=True).values()
    assert "iniconfig==2.0.0 " in kept
    assert "iniconfig==2.0.0 " not in upgraded


def test_what_cannot_be_locked_changes_nothing_and_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pyproject.toml").write_text(
        '[project]\nname = "x"\nversion = "0"\ndependencies = [1]'
    )
    monkeypatch.setattr(lock, "ROOT", tmp_path)
    with pytest.raises(
        lock.LockError, match=r"^no lock was changed, because a command failed: .+$"
    ):
        lock.own_locks(tmp_path / "work")
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["pyproject.toml"]


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: str(path.relative_to(ROOT)))
def test_everything_is_pinned_with_hashes(path: Path) -> None:
    text = path.read_text()
    entries = re.split(r"^(?=\S)", re.sub(r"^ *#.*\n", "", text, flags=re.M), flags=re.M)[1:]
    assert entries
    for entry in entries:
        assert re.match(r"[\w.\[\],-]+==\S+( ; .+)? \\\n    --hash=sha256:[0-9a-f]{64}", entry), (
            entry
        )
    assert "make lock" in text.splitlines()[1]


def test_every_direct_dependency_is_locked_at_a_version_that_fits() -> None:
    text = (ROOT / "requirements.txt").read_text()
    exact = [name for name in PROJECT["project"]["dependencies"] if "==" in name]
    assert len(exact) >= 3
    for requirement in exact:
        assert re.search(rf"^{re.escape(requirement)} ", text, re.M), requirement


def test_uv_is_one_version_everywhere() -> None:
    found = {
        version
        for name in ("requirements.txt", "tools/uv.txt")
        for version in re.findall(r"^uv==(\S+)", (ROOT / name).read_text(), re.M)
    }
    assert len(found) == 1


def test_one_oldest_python_is_meant_everywhere() -> None:
    oldest = PROJECT["project"]["requires-python"].removeprefix(">=")
    assert PROJECT["tool"]["ruff"]["target-version"] == f"py{oldest.replace('.', '')}"
    assert PROJECT["tool"]["ty"]["environment"]["python-version"] == oldest
    assert oldest in lock.COMPILE
    install = (ROOT / "tools/install.sh").read_text()
    assert f"({oldest.replace('.', ', ')}) <= sys.version_info" in install
    assert f"'>={oldest},<" in install
    assert oldest in re.findall(r'"([\d.]+)"', (ROOT / ".github/workflows/ci.yml").read_text())
