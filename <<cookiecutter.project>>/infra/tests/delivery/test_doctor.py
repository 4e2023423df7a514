"""What `deliver doctor` finds in a tier that is right, and in one where something is wrong."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from places import Cloud, repository, write
from samples import PROJECT_FILE, TIER_FILE, contract_data, names

from delivery import doctor
from delivery.doctor import SKEW_SECONDS, Finding, examine
from delivery.place import account_in
from stack.refusal import Refused

ALL = ["Python", "repository", "Pulumi", "settings", "account", "platform", "document", "stack"]


class Ground:
    """A project and its account; a test makes something of them wrong."""

    def __init__(self, project: Path) -> None:
        self.project = project
        self.cloud = Cloud()
        self.cloud.bucket.now = datetime.now(UTC)
        self.cloud.parameters[names().contract] = json.dumps(contract_data())
        self.pulumi: Callable[[], object] = lambda: SimpleNamespace(version="3.1.0")
        self.stack: Callable[[], None] = lambda: None

    def write(self, name: str, text: str) -> None:
        """Write a file of the stacks."""
        (self.project / "infra" / name).write_text(text)

    def found(self, tier: str = "dev") -> dict[str, Finding]:
        """Examine it."""
        return {each.what: each for each in examine(self.project, tier)}

    def wrong(self) -> dict[str, str]:
        """Give what is wrong, in words."""
        return {name: each.words for name, each in self.found().items() if not each.well}


@pytest.fixture
def ground(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ground:
    ground = Ground(tmp_path)
    repository(tmp_path, "first")
    (tmp_path / "infra").mkdir()
    ground.write("Pulumi.yaml", PROJECT_FILE)
    ground.write("Pulumi.dev.yaml", TIER_FILE)
    monkeypatch.setattr(doctor, "account_in", lambda *where: account_in(*where) and ground.cloud)
    monkeypatch.setattr(doctor, "find_command", lambda *_: ground.pulumi())
    monkeypatch.setattr(doctor, "Engine", lambda *_: SimpleNamespace(check=ground.stack))
    return ground


def refuse(problem: str) -> Callable[[], None]:
    def look() -> None:
        raise Refused([problem])

    return look


def test_a_tier_that_has_everything_is_well(ground: Ground) -> None:
    found = ground.found()

    assert [*found] == ALL
    assert ground.wrong() == {}
    assert found["document"].words.endswith("none yet, which is as good as empty")


def test_a_document_that_is_there_is_named_and_read(ground: Ground) -> None:
    write(ground.cloud)
    assert ground.found()["document"].words == "s3://artifacts/rollouts/orders/dev.json"

    ground.cloud.bucket.put(names().document, b"{}")
    assert "schema is missing" in ground.wrong()["document"]


def test_one_thing_that_is_wrong_hides_no_other(ground: Ground) -> None:
    ground.write("Pulumi.dev.yaml", f"{TIER_FILE[:-2]}, orders:max_size: 0}}\n")
    ground.pulumi = refuse("There is no `pulumi` on the PATH.")
    ground.stack = refuse("The stack dev has nothing in it yet.")
    ground.cloud.bucket.denied.add("GetObject")

    wrong = ground.wrong()

    assert [*wrong] == ["Pulumi", "settings", "document", "stack"]
    assert wrong["Pulumi"] == "There is no `pulumi` on the PATH."
    assert "max_size" in wrong["settings"]
    assert "AccessDenied" in wrong["document"]
    assert wrong["stack"] == "The stack dev has nothing in it yet."


def test_without_a_commit_the_repository_is_wrong(ground: Ground) -> None:
    (ground.project / ".git" / "HEAD").write_text("ref: refs/heads/nobody\n")

    assert [*ground.wrong()] == ["repository"]


@pytest.mark.parametrize("ahead", [1, -1])
def test_a_clock_that_aws_would_refuse_is_told(ground: Ground, ahead: int) -> None:
    ground.cloud.bucket.now += ahead * timedelta(seconds=SKEW_SECONDS + 60)

    assert "s off that of AWS. Set it, as by NTP." in ground.wrong()["document"]


def test_what_needs_the_platform_is_left_out_without_it(ground: Ground) -> None:
    ground.cloud.parameters.clear()

    assert [*ground.found()] == [*ALL[:-2]]
    assert "Parameter /platform/dev does not exist" in ground.wrong()["platform"]


def test_what_needs_the_account_is_left_out_where_nobody_answers(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ground.cloud, "described", refuse("The account cannot be read."))

    assert [*ground.found()] == [*ALL[:-3]]
    assert ground.wrong() == {"account": "The account cannot be read."}


def test_what_needs_the_account_is_left_out_where_its_region_is_missing(ground: Ground) -> None:
    ground.write("Pulumi.dev.yaml", "")

    assert [*ground.found()] == [*ALL[:-3]]
    assert "aws:region is missing" in ground.wrong()["account"]


def test_a_wrong_tier_is_told_its_neighbour(ground: Ground) -> None:
    with pytest.raises(Refused, match="did you mean dev"):
        ground.found("devv")
