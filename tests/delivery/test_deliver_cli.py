"""`python -m delivery` as a person and a pipeline use it: what it prints, asks and ends with."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from tests.cloud import Cloud
from tests.delivery.conftest import PROJECT, Account
from tests.delivery.deploying import Deliver
from tests.delivery.engines import EngineTier, copied
from tests.delivery.kept import Kept
from tests.delivery.stacks import Baked
from tools.environment import python_with

pytestmark = pytest.mark.engine
PATIENCE = 300  # seconds of ours, on a busy machine
LOOKS = ("--look-every", "0.2")


@dataclass(frozen=True)
class Terminal:
    """A project's infra/, where somebody types."""

    tier: EngineTier

    def start(self, *words: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [".venv/bin/python", "-m", "delivery", *words],
            cwd=self.tier.infra,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def says(self, *words: str, code: int = 0) -> tuple[str, str]:
        """Run a verb to its end; gives what is on stdout, and on stderr."""
        return ended(self.start(*words), code)


def ended(process: "subprocess.Popen[str]", code: int) -> tuple[str, str]:
    said, progress = process.communicate(timeout=PATIENCE)
    assert process.returncode == code, progress
    assert "Traceback" not in progress
    assert "\x1b" not in said + progress, "plain lines where there is no terminal"
    return said, progress


def until(holds: Callable[[], object], process: "subprocess.Popen[str]") -> None:
    """Wait in our own time, which is the cloud's here, while a process is at work."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert process.poll() is None, process.communicate()[1]
        assert time.monotonic() < end
        time.sleep(0.1)


@dataclass(frozen=True)
class First:
    """Dev, where v1 was deployed at this terminal."""

    terminal: Terminal
    said: str
    progress: str
    deliver: Deliver
    kept: Kept


@pytest.fixture(scope="module")
def first(
    account_of_module: Account,
    baked: Baked,
    cloud: Cloud,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[First]:
    folder = tmp_path_factory.mktemp("terminal")
    account_of_module.set_up("dev", certified=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PULUMI_BACKEND_URL", account_of_module.state)
        tier = EngineTier(cloud, copied(baked.infra, folder), "dev", PROJECT)
        python = python_with("stacks", [tier.infra / "requirements-dev.txt"])
        (tier.infra / ".venv").symlink_to(python.parents[1])
        tier.settings(night="", ready_minutes=6)
        tier.make()
        deliver, terminal = Deliver(tier), Terminal(tier)
        said, progress = terminal.says(
            "deploy", "dev", deliver.publish(1)[:12], "--json", "--yes", *LOOKS
        )
        yield First(terminal, said, progress, deliver, Kept(cloud, folder / "kept"))
    cloud.reset()


@pytest.fixture(scope="module")
def interrupted(first: First, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Kept]:
    """The same where Ctrl-C was pressed while v2's fleet was being made; what that said."""
    first.kept.restore()
    deliver = first.deliver
    process = first.terminal.start("deploy", "dev", deliver.publish(2), *LOOKS)
    until(lambda: "v2" in deliver.sizes, process)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does it: the engine hears it, too
    _, progress = ended(process, 4)
    return progress, Kept(deliver.cloud, tmp_path_factory.mktemp("interrupted") / "kept")


def test_deploy_prints_one_object_and_tells_people_the_rest(first: First) -> None:
    first.kept.restore()

    told = json.loads(first.said)
    assert (told["tier"], told["release"], told["outcome"]) == ("dev", "v1", "done")
    assert len(first.progress.splitlines()) > 5
    assert "dev: v1, 0.1.0" in first.progress

    status, _ = first.terminal.says("status", "dev", "--json")
    release = json.loads(status)["releases"]["v1"]
    assert (release["weight"], release["weight_in_document"]) == (100, 100)
    page, _ = first.terminal.says("status", "dev")
    assert "v1" in page
    history, _ = first.terminal.says("history", "dev", "--json")
    assert json.loads(history)["changes"][0]["weights"] == {"v1": 100}


def test_prod_asks_before_anything_is_done_and_here_nobody_can_answer(first: First) -> None:
    first.kept.restore()

    said, progress = first.terminal.says("deploy", "prod", code=1)

    assert said == ""
    assert "prod asks before it is moved" in progress
    assert "--yes" in progress
    assert [*first.deliver.cloud.calls] == []


def test_the_help_tells_what_each_ending_means(first: First) -> None:
    said, _ = first.terminal.says("--help")

    codes = said.partition("Exit codes:")[2].splitlines()
    assert [line.split()[0] for line in codes if line.strip()][:6] == list("012345")
    assert "No such command" in first.terminal.says("deplyo", code=2)[1]


def test_ctrl_c_ends_after_the_step_and_resume_goes_on(
    first: First, interrupted: tuple[str, Kept]
) -> None:
    progress, kept = interrupted
    kept.restore()
    assert "stopping after this step" in progress
    assert "`deliver resume dev` goes on" in progress
    assert first.deliver.weights == {"v1": 100}
    status = json.loads(first.terminal.says("status", "dev", "--json")[0])
    assert (status["rollout"]["release"], status["lease"]) == ("v2", None)

    said, _ = first.terminal.says("resume", "dev", "--json", *LOOKS)

    assert json.loads(said)["outcome"] == "done"
    assert first.deliver.weights == {"v2": 100}


def test_a_step_that_aws_refuses_is_undone_and_told_without_the_sdks_noise(first: First) -> None:
    first.kept.restore()
    deliver = first.deliver
    with deliver.cloud.faults.fail("elbv2", "CreateTargetGroup", times=99, who="provider"):
        process = first.terminal.start("deploy", "dev", deliver.publish(2), "--json", *LOOKS)
        said, progress = ended(process, 3)

    assert json.loads(said)["outcome"] == "undone"
    assert "CreateTargetGroup: InternalFailure" in progress
    assert progress.splitlines()[-1] == "error: The rollout was undone; why is said above."
    assert deliver.weights == {"v1": 100}


def test_a_gate_that_does_not_hold_ends_with_a_code_of_its_own(first: First) -> None:
    first.kept.restore()
    deliver = first.deliver
    deliver.cloud.instances.never(f"{PROJECT}-dev-v2")

    process = first.terminal.start("deploy", "dev", deliver.publish(2), "--json", *LOOKS)
    until(lambda: (deliver.document.rollout or {}).get("stage") == "raising", process)
    deliver.cloud.clock.advance(6 * 60 + 1)
    said, progress = ended(process, 3)

    assert json.loads(said)["outcome"] == "undone"
    assert "v2 has 0 of 1 healthy" in progress
    assert deliver.weights == {"v1": 100}
