"""What is told of two releases before one takes the other's place."""

import json
from pathlib import Path
from typing import Any

import pytest
from places import commit, git, repository
from samples import SECRET, SECRET_VERSION, release_data

from delivery.releases.commits import ENOUGH, between
from delivery.releases.difference import SAME, as_lines, differences
from stack.document import Release

OTHER_VERSION = "f" * 32


def release(number: int = 1, **changes: Any) -> Release:  # noqa: ANN401 as samples
    return Release.model_validate_json(json.dumps(release_data(number, **changes)))


def built(of: str, number: int = 2) -> dict[str, str]:
    return {"sha256": f"{number:064x}", "version": f"1.{number}.0", "commit": of}


def lines(old: Release | None, new: Release, project: Path = Path("/nowhere")) -> list[str]:
    return as_lines(differences(old, new, project))


def test_the_same_content_is_told_as_that() -> None:
    one = release()

    assert lines(one, one.model_copy(update={"label": "b" * 32})) == [SAME]


def test_a_first_release_is_told_whole() -> None:
    secrets = {"ORDERS_KEY": {"arn": SECRET, "version": SECRET_VERSION}}

    assert lines(None, release(secrets=secrets)) == [
        "version      1.1.0, build 000000000000",
        "image        ami-0123456789abcdef0",
        "machines     Spot: 75 % of the others",
        "machines     architecture: arm64",
        "machines     on-demand: 1 of a fleet at least",
        "machines     types: t4g.small, t4g.medium",
        "environment  ORDERS_LOG_LEVEL: info",
        "secret       ORDERS_KEY: 01234567",
    ]


def test_each_part_is_told() -> None:
    old = release(
        environment={"GONE": "1", "LEVEL": "info", "SAME": "1"},
        secrets={
            "KEY": {"arn": SECRET, "version": SECRET_VERSION},
            "MOVED": {"arn": SECRET, "version": SECRET_VERSION},
        },
    )
    new = release(
        image="ami-00000002",
        spot_percent=0,
        environment={"LEVEL": "debug", "NEW": "", "SAME": "1"},
        secrets={
            "KEY": {"arn": SECRET, "version": OTHER_VERSION},
            "MOVED": {"arn": SECRET.replace("database", "queue"), "version": SECRET_VERSION},
        },
    )

    assert lines(old, new) == [
        "image        ami-0123456789abcdef0 -> ami-00000002",
        "machines     Spot: 75 % of the others -> 0 % of the others",
        "environment  GONE: 1 (removed)",
        "environment  LEVEL: info -> debug",
        "environment  NEW: (empty) (new)",
        "secret       KEY: 01234567 -> ffffffff",
        "secret       MOVED: orders/database-AbCdEf -> orders/queue-AbCdEf",
    ]


def test_a_long_value_is_cut_for_people_and_whole_for_programs() -> None:
    [found] = differences(
        release(environment={}), release(environment={"LONG": "x" * 999}), Path("/nowhere")
    )

    assert len(found.lines[0]) < 100
    assert found.data == {"part": "environment", "name": "LONG", "old": None, "new": "x" * 999}


def test_the_commits_between_two_builds_are_named(tmp_path: Path) -> None:
    first, second, third = repository(tmp_path, "first", "second", "third")

    forward = lines(release(build=built(first, 1)), release(build=built(third)), tmp_path)
    assert forward == [
        "version      1.1.0 -> 1.2.0, build 000000000000",
        "code         brings 2 commits",
        f"             + {third[:7]} third",
        f"             + {second[:7]} second",
    ]
    back = lines(release(build=built(third, 1)), release(build=built(second)), tmp_path)
    assert back[1:] == ["code         goes back 1 commit", f"             - {third[:7]} third"]


def test_two_branches_are_told_as_a_way_back_and_forth(tmp_path: Path) -> None:
    first, second = repository(tmp_path, "first", "second")
    git(tmp_path, "checkout", "--quiet", "-b", "other", first)
    other = commit(tmp_path, "other")

    way = between(tmp_path, second, other)

    assert way.said == "goes back 1 commit, brings 1 commit"
    assert way.lines == [f"- {second[:7]} second", f"+ {other[:7]} other"]


def test_commits_of_other_projects_in_the_repository_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "orders").mkdir()
    first, second = repository(tmp_path, "first", "second")

    assert between(tmp_path / "orders", first, second).said == (
        "no commit of this project lies between them"
    )


def test_many_commits_are_counted(tmp_path: Path) -> None:
    made = repository(tmp_path, *(f"change {n}" for n in range(ENOUGH + 4)))

    way = between(tmp_path, made[0], made[-1])

    assert way.said == f"brings {ENOUGH + 3} commits"
    assert way.lines[-1] == "and 3 more"
    assert len(way.lines) == ENOUGH + 1


def test_a_commit_that_is_not_here_is_told(tmp_path: Path) -> None:
    [first] = repository(tmp_path, "first")

    assert between(tmp_path, first, "0" * 40).said == (
        "000000000000 is not in this clone, so what changed is not known here"
    )
    assert "is not in this clone" in between(Path("/"), first, "0" * 40).said


def test_a_shallow_clone_does_not_guess(tmp_path: Path) -> None:
    origin, clone = tmp_path / "origin", tmp_path / "clone"
    origin.mkdir()
    first, _, third = repository(origin, "first", "second", "third")
    git(tmp_path, "clone", "--quiet", "--depth=1", origin.as_uri(), str(clone))
    git(clone, "fetch", "--quiet", "--depth=1", "origin", first)

    assert between(clone, first, third).said == (
        "this clone is shallow, so what changed is not known here"
    )


@pytest.mark.parametrize("steers", ["\x1b[31mred", "a\tb"])
def test_a_commit_s_subject_does_not_steer_a_terminal(tmp_path: Path, steers: str) -> None:
    first, second = repository(tmp_path, "first", steers)

    assert all(line.isprintable() for line in between(tmp_path, first, second).lines)
