import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.tools.conftest import ROOT

MAKEFILE = (ROOT / "Makefile").read_text()
TARGETS = re.findall(r"^([a-z-]+):", MAKEFILE, re.M)
DOCUMENTS = ["README.md", "CONTRIBUTING.md"]


def _make(*arguments: str) -> str:
    return subprocess.run(
        ["make", "--no-print-directory", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def test_help_lists_every_target_and_is_what_make_alone_does() -> None:
    listed = re.findall(r"^  make ([a-z-]+) +\S", _make("help"), re.M)
    assert listed == TARGETS
    assert _make() == _make("help")


def test_no_target_is_a_file() -> None:
    assert set(TARGETS) == set(re.findall(r"^\.PHONY: (.+)$", MAKEFILE, re.M))


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_command_that_a_document_names_is_a_target(document: str) -> None:
    text = (ROOT / document).read_text()
    named = set(re.findall(r"`make ([a-z-]+)", text))
    for block in re.findall(r"^```\w*\n(.*?)^```", text, re.M | re.S):
        for line in block.splitlines():
            if line.startswith("make "):
                named |= {word for word in line.split()[1:] if re.fullmatch(r"[a-z-]+", word)}
    of_baked_projects = {"build", "deliver", "run"}
    assert named, "no command found: the pattern is out of date"
    assert named - of_baked_projects <= set(TARGETS)


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["test", "K=not slow", "ARGS=-x"], "pytest -n auto .* -k 'not slow' -x"),
        (["cloud"], r"tests\.cloud\s*\\?\s*$"),
        (
            ["cloud", "EMPTY=1", "PORT=4567", "REGION=eu-west-1", "STATE=/tmp/a b"],
            r"tests\.cloud --empty --region 'eu-west-1' .*--port '4567' --state '/tmp/a b'",
        ),
        (["lock"], r"tools\.lock\s*$"),
        (["lock", "UPGRADE=1"], r"tools\.lock --upgrade"),
        (["demo", "ARGS=--keep"], r"tools\.demo --keep"),
        (["check"], r"ruff format --check tools tests hooks infra"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_words_reach_the_command(arguments: list[str], line: str) -> None:
    said = _make("--dry-run", *arguments).replace("\\\n", " ")
    assert re.search(re.sub(" +", r"\\s+", line), said, re.M), said


def test_words_of_ours_do_not_reach_the_make_of_a_baked_project(tmp_path: Path) -> None:
    """`make test K=word` runs baked projects' `make test`, where K has its own meaning."""
    start = MAKEFILE.index("K ?=")
    end = MAKEFILE.index("# The template's own code")
    (tmp_path / "Makefile").write_text(f"{MAKEFILE[start:end]}\nall:\n\t@make -f inner | grep K=\n")
    (tmp_path / "inner").write_text("all:\n\t@echo 'K=$(K) flags=$(MAKEFLAGS)'\n")
    clean = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    said = subprocess.run(
        ["make", "--silent", "--keep-going", "all", "K=word"],
        cwd=tmp_path,
        env=clean,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert said.replace("w", "") == "K= flags=\n"  # w: a make below another prints where it is
