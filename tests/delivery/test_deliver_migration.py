"""A rollout with a migration, on the simulated cloud: its command runs as a process behind v2."""

import subprocess
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest

from tests.delivery.deploying import Deliver
from tests.delivery.engines import EngineTier
from tests.delivery.kept import Kept
from tests.delivery.released import Vanished, edited

pytestmark = pytest.mark.engine

ADMIN = "exec /opt/service/current/boot/boot.sh admin migrate --to 5"


class Machines:
    """What is behind the instances of the newer fleets: each takes commands."""

    def __init__(self, deliver: Deliver) -> None:
        self._deliver = deliver
        self.code = 0  # that the command ends with
        self.scripts: list[str] = []

    def attach(self) -> None:
        """Let the agents of all instances that are there register."""
        cloud = self._deliver.cloud
        for each in cloud.client("autoscaling").describe_auto_scaling_instances()[
            "AutoScalingInstances"
        ]:
            if each["InstanceId"] not in cloud.agents.known():
                cloud.agents.attach(each["InstanceId"], self._start)

    def _start(self, script: str) -> "subprocess.Popen[bytes]":
        self.scripts.append(script.rstrip())
        return subprocess.Popen(
            ["sh", "-c", f"echo added a table; exit {self.code}"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )

    @property
    def protected(self) -> bool:
        """Whether any instance of the tier is kept from being scaled in."""
        found = self._deliver.cloud.client("autoscaling").describe_auto_scaling_instances()
        return any(each["ProtectedFromScaleIn"] for each in found["AutoScalingInstances"])


@pytest.fixture
def migrated(first_release: tuple[EngineTier, Kept], deliver: Deliver) -> Iterator[Deliver]:
    """A tier in which new releases bring a migration."""
    tier, _ = first_release
    with edited(tier, migration="migrate --to 5", strategy="all-at-once"):
        yield deliver
    deliver.cloud.agents.forget()


@pytest.fixture
def machines(migrated: Deliver) -> Machines:
    machines = Machines(migrated)
    migrated.waiting.meanwhile = machines.attach
    return machines


def order(deliver: Deliver) -> list[str]:
    """What was done, of what matters here."""
    calls = [str(each) for each in deliver.cloud.calls.of(mutating=True)]
    return [each for each in calls if each in ("ssm.SendCommand", "elbv2.ModifyRule")]


def test_a_release_brings_its_migration_before_it_has_traffic(
    migrated: Deliver, machines: Machines
) -> None:
    assert migrated.deploy(migrated.proven(2), "blue-green") == "done"

    assert machines.scripts == [ADMIN]
    assert order(migrated) == ["ssm.SendCommand", "elbv2.ModifyRule"]
    assert "  migration    `migrate --to 5`, before v2 has any traffic" in migrated.noted
    assert "added a table" in migrated.noted
    assert not machines.protected
    assert migrated.weights == {"v2": 100}


def test_a_migration_that_fails_undoes_the_rollout(migrated: Deliver, machines: Machines) -> None:
    machines.code = 3
    before = migrated.sizes

    assert migrated.deploy(migrated.proven(2), "blue-green") == "undone"

    assert order(migrated) == ["ssm.SendCommand"]
    [reason] = migrated.reasons()
    assert reason.startswith("`migrate --to 5` ended with 3 on i-")
    assert (migrated.weights, migrated.sizes) == ({"v1": 100}, before)


def test_whoever_takes_over_from_a_dead_deployer_runs_it_again(
    migrated: Deliver, machines: Machines, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = import_module("delivery.commands.admin").run

    def die(*given: Any) -> None:
        run(*given)
        raise Vanished

    with monkeypatch.context() as patch:
        patch.setattr(import_module("delivery.commands.migrating"), "run", die)
        patch.setattr(import_module("delivery.document.lease").Holder, "release", lambda _: None)
        with pytest.raises(Vanished):
            migrated.deploy(migrated.proven(2), "blue-green")
    assert migrated.weights == {"v1": 100}

    assert migrated.resume(steal=True) == "done"

    assert machines.scripts == [ADMIN, ADMIN]
    assert order(migrated) == ["ssm.SendCommand", "ssm.SendCommand", "elbv2.ModifyRule"]
    assert migrated.weights == {"v2": 100}


def test_what_has_run_here_brings_none(migrated: Deliver, machines: Machines) -> None:
    assert migrated.restart() == "done"

    assert machines.scripts == []
    assert migrated.weights == {"v2": 100}
