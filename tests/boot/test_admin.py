"""Admin processes on a machine that has booted: as `deliver run` asks for one."""

import json
import os
import signal
import stat
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.boot.conftest import Account, Release
from tests.boot.machine import PATIENCE, Machine
from tests.boot.stub_build import StubBuild

AWKWARD = ["", " two  words ", "it's", '"$HOME" `id` ; & | * ~ \\', "-x", "--", "ü 東京", "a\nb"]


@pytest.fixture
def booted(
    machine: Machine, account: Account, build: StubBuild, make_release: Callable[..., Release]
) -> Machine:
    account.put(build)
    secrets = {"API_KEY": account.secret("api-key", "it's $ecret\n")}
    release = make_release("prod", environment={"SHOP": "a $hop"}, secrets=secrets)
    done = machine.user_data(release.user_data, account.environment)
    assert (done.returncode, done.stderr) == (0, "")
    return machine


def admin(machine: Machine, *words: str) -> subprocess.CompletedProcess[str]:
    return machine.run(machine.boot, "admin", *words, environment={})


def test_it_has_the_release_s_environment_and_secrets(booted: Machine) -> None:
    done = admin(booted, "show", *AWKWARD)

    assert (done.returncode, done.stderr) == (0, "")
    seen: dict[str, Any] = json.loads(done.stdout)
    assert seen["words"] == ["show", *AWKWARD]
    assert seen["secrets"] == {"API_KEY": "it's $ecret\n"}
    assert seen["environment"]["SHOP"] == "a $hop"
    assert seen["environment"]["LATE_ORDERS_TIER"] == "prod"
    assert seen["environment"]["LATE_ORDERS_RELEASE"] == "v7"


def test_its_exit_code_and_its_words_come_back_and_go_into_the_journal(booted: Machine) -> None:
    done = admin(booted, "fail", "3")

    assert (done.returncode, done.stdout, done.stderr) == (3, "before\n", "")
    journal = (booted.root / "journal").read_text().splitlines()
    assert journal[-3:] == ['running: ["fail", "3"]', "before", "ended with 3"]


@pytest.mark.parametrize("code", [168, 194])
def test_no_exit_code_is_an_order_to_aws(booted: Machine, code: int) -> None:
    """Run Command restarts the machine and runs the script again at 194; 168 is a success."""
    done = admin(booted, "fail", str(code))

    assert done.returncode == 1
    assert f"it ended with {code}" in done.stderr


def test_only_root_may_ask(booted: Machine) -> None:
    mode = (booted.root / "run/app-admin.socket").stat().st_mode

    assert stat.S_ISSOCK(mode)
    assert stat.S_IMODE(mode) == 0o600


def test_one_after_the_other(booted: Machine) -> None:
    assert [admin(booted, "fail", code).returncode for code in "120"] == [1, 2, 0]


def asked(machine: Machine, words: Sequence[str]) -> "subprocess.Popen[str]":
    """Ask as Run Command does: in a process group of its own, to be killed as a whole."""
    return subprocess.Popen(
        [machine.boot, "admin", *words],
        env={"PATH": os.defpath, "BOOT_ROOT": str(machine.root)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def test_it_is_told_to_end_when_who_asked_is_killed(booted: Machine, tmp_path: Path) -> None:
    told = tmp_path / "told"
    popen = asked(booted, ["wait", str(told)])
    assert popen.stdout
    assert popen.stdout.readline() == "waiting\n"  # as it comes, not at the end

    os.killpg(popen.pid, signal.SIGKILL)
    popen.communicate()

    deadline = time.monotonic() + PATIENCE
    while not (booted.root / "journal").read_text().endswith("ended with 7\n"):
        assert time.monotonic() < deadline, "it runs on"
        time.sleep(0.05)
    assert told.read_text() == "SIGTERM"
    assert admin(booted, "fail", "0").returncode == 0


def test_a_machine_that_cannot_is_one_line(booted: Machine) -> None:
    booted.power_off()

    done = admin(booted, "show")

    assert done.returncode == 1
    assert done.stderr == "admin: app-admin.socket does not answer: Connection refused.\n"
