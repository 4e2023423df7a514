"""What a bake writes, for every combination of choices and for the longest and shortest answers."""

import ast
import json
import os
import re
import subprocess
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from tests.bake.answers import SETS
from tests.bake.baking import PROJECT, Baked, Workshop, contents, files, git

TAG = re.compile(r"<<\s*cookiecutter|<%|%>\s|<#|cookiecutter\.[a-z_]")
# Blank lines at the start or end, more than two together, a space before or no line end at the end.
SCAR = re.compile(r"\A\n|\n{4}|[ \t]\n|\n\n\Z|[^\n]\Z")
LINE_END = "\n"


class AnyTag(yaml.SafeLoader):
    """Reads YAML with tags of others, such as GitLab's !reference."""


def untagged(loader: AnyTag, _suffix: str, node: yaml.Node) -> object:
    if isinstance(node, yaml.ScalarNode):
        return loader.construct_scalar(node)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    assert isinstance(node, yaml.MappingNode)
    return loader.construct_mapping(node, deep=True)


AnyTag.add_multi_constructor("!", untagged)

PARSERS: dict[str, Callable[[str], object]] = {
    ".py": ast.parse,
    ".toml": tomllib.loads,
    ".json": json.loads,
    ".yml": lambda text: list(yaml.load_all(text, AnyTag)),
    ".yaml": lambda text: list(yaml.load_all(text, AnyTag)),
}


@pytest.fixture(params=SETS)
def project(request: pytest.FixtureRequest, baked: Callable[[str], Baked]) -> Baked:
    return baked(request.param)


def test_no_tag_is_left_in_any_file_or_name(project: Baked) -> None:
    left = [
        f"{name}: {found[0]!r}"
        for name, path in files(project.folder).items()
        for text in (name, path.read_text().replace(project.answers["description"], ""))
        if (found := TAG.search(text))
    ]
    assert left == []


def test_every_file_parses(project: Baked) -> None:
    for name, path in files(project.folder).items():
        parse = PARSERS.get(path.suffix)
        if parse:
            try:
                parse(path.read_text())
            except (SyntaxError, ValueError, yaml.YAMLError) as error:
                pytest.fail(f"{name}: {error}")


def test_makefile_and_scripts_parse(project: Baked) -> None:
    subprocess.run(["make", "-n", "help"], cwd=project.folder, check=True, capture_output=True)
    for path in files(project.folder).values():
        if path.suffix == ".sh":
            subprocess.run(["sh", "-n", path], check=True)


def test_rendering_leaves_no_scars(project: Baked) -> None:
    scars = [
        f"{name}:{text.count(LINE_END, 0, found.start()) + 1}"
        for name, path in files(project.folder).items()
        for text in (path.read_text(),)
        if (found := SCAR.search(text))
    ]
    assert scars == []


def test_only_the_chosen_pipeline_is_there(project: Baked) -> None:
    there = {path.name for path in project.folder.iterdir()} & {".github", ".gitlab-ci.yml"}
    assert there == {{"github": ".github", "gitlab": ".gitlab-ci.yml"}[project.answers["ci"]]}


def test_executable_is_what_is_executable_in_the_template(project: Baked, template: Path) -> None:
    source = {
        name.replace("<<cookiecutter.__package>>", project.package): path
        for name, path in files(template / PROJECT).items()
    }
    for name, path in files(project.folder).items():
        assert os.access(path, os.X_OK) == os.access(source[name], os.X_OK), name
        assert os.access(path, os.X_OK) == path.read_bytes().startswith(b"#!"), name


def test_first_commit_holds_every_file(project: Baked) -> None:
    assert git("status", "--porcelain", at=project.folder) == ""
    committed = git("ls-files", "-z", at=project.folder).split("\0")[:-1]
    assert set(committed) == set(files(project.folder))


def test_description_arrives_as_it_was_given(project: Baked) -> None:
    answers = project.answers
    written = tomllib.loads((project.folder / "pyproject.toml").read_text())["project"]
    assert (written["name"], written["description"]) == (answers["project"], answers["description"])
    pulumi = yaml.safe_load((project.folder / "infra" / "Pulumi.yaml").read_text())
    assert pulumi["name"] == answers["project"]
    assert pulumi.get("description", answers["description"]) == answers["description"]


@pytest.mark.parametrize("name", ["longest", "shortest"])
def test_no_default_answer_lingers(
    name: str, baked: Callable[[str], Baked], template: Path
) -> None:
    """Where an answer belongs there is a tag. (What has none may use the defaults in examples.)"""
    project = baked(name)
    source = {
        name.replace("<<cookiecutter.__package>>", project.package): path
        for name, path in files(template / PROJECT).items()
    }
    lingering = [
        f"{file}:{number}: {line.strip()}"
        for file, path in files(project.folder).items()
        if "cookiecutter." in source[file].read_text()
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if re.search(r"\borders\b|ORDERS_|\bshop\b", line) or "orders" in file
    ]
    assert lingering == []


def test_same_answers_give_the_same_bytes(
    baked: Callable[[str], Baked], workshop: Workshop
) -> None:
    assert contents(workshop.bake(SETS["longest"])) == contents(baked("longest").folder)
