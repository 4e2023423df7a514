"""`deliver run` and `contract`: the commands of a real build, on a machine that booted it."""

import base64
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.boot.machine import PATIENCE, Machine
from tests.cloud import Cloud
from tests.delivery import documents
from tests.delivery.builder import Builder, bake, image_python
from tests.delivery.conftest import PROJECT, REGION, Account
from tests.delivery.instance import known, machine
from tests.delivery.test_first_boot import on_another_port
from tests.service.installed import MEMORY, free_port

pytestmark = [
    pytest.mark.engine,
    pytest.mark.slow,
    pytest.mark.skipif(
        sys.platform != "linux" or not MEMORY or not shutil.which("zstd"),
        reason="an instance needs Linux, /dev/shm and zstd",
    ),
]

TIER = "dev"
FLEET = f"{PROJECT}-{TIER}-v1"
# What a team adds to its command line, after the last command that is there.
LAST = "    command.set_defaults(command=_settings)\n"
ADDED = """\
    command = commands.add_parser("contract", help="let go of what no release needs any more")
    command.set_defaults(command=lambda _: print("contracted"))
    command = commands.add_parser("export", help="print much")
    command.set_defaults(command=lambda _: print(*range(20_000), sep="\\n"))
    command = commands.add_parser("backfill", help="take a while")
    command.add_argument("mark")
    command.set_defaults(command=_backfill)
"""
WORK = '''

def _backfill(options: argparse.Namespace) -> None:
    """Take a while, and end well when told to."""
    import signal
    import time
    from pathlib import Path

    def end(*_: object) -> None:
        Path(options.mark).write_text("ended well")
        sys.exit(0)

    signal.signal(signal.SIGTERM, end)
    print("row 1", flush=True)
    time.sleep(300)


def _parser('''


@dataclass(frozen=True)
class Tier:
    """A tier with one release on one instance, and the command that a person has."""

    cloud: Cloud
    builder: Builder
    machine: Machine
    instance: str

    def deliver(self, *words: str) -> subprocess.CompletedProcess[str]:
        return self.builder.deliver(*words)

    @property
    def protected(self) -> bool:
        scaling = self.cloud.client("autoscaling")
        [found] = scaling.describe_auto_scaling_instances(InstanceIds=[self.instance])[
            "AutoScalingInstances"
        ]
        return bool(found["ProtectedFromScaleIn"])

    def protect(self, *, wanted: bool) -> None:
        self.cloud.client("autoscaling").set_instance_protection(
            AutoScalingGroupName=FLEET, InstanceIds=[self.instance], ProtectedFromScaleIn=wanted
        )

    def write(self, **parts: object) -> None:
        """Write the document with other parts."""
        content = documents.document(PROJECT, TIER, {1: 100})
        documents.write(self.cloud.client, {**content, **parts})


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Builder:
    """A project whose service has admin processes of its own."""
    builder = bake(tmp_path_factory.mktemp("bake"), [f"project={PROJECT}", f"region={REGION}"])
    (main,) = (builder.project / "src").glob("*/__main__.py")
    text = main.read_text()
    assert text.count(LAST) == text.count("\n\ndef _parser(") == 1
    main.write_text(text.replace(LAST, LAST + ADDED).replace("\n\ndef _parser(", WORK))
    builder.commit("Add admin processes")
    return builder


@pytest.fixture(scope="module")
def tier(
    account_of_module: Account,
    cloud: Cloud,
    built: Builder,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Tier]:
    stack = account_of_module.stack(TIER)
    made = built.build()
    bucket = documents.artifact_bucket(cloud.client, TIER)
    cloud.client("s3").put_object(
        Bucket=bucket,
        Key=f"builds/{PROJECT}/{made.sha256}.tar.zst",
        Body=made.archive.read_bytes(),
    )
    content = documents.document(PROJECT, TIER, {1: 100}, builds={1: made.sha256})
    content["releases"]["v1"]["environment"] = {"SHOP_FRONT_DRAIN_SECONDS": "0"}
    documents.write(cloud.client, content)
    stack.up()
    template = cloud.client("ec2").describe_launch_template_versions(
        LaunchTemplateName=FLEET, Versions=["1"]
    )["LaunchTemplateVersions"][0]["LaunchTemplateData"]
    user_data = base64.b64decode(template["UserData"]).decode()
    [group] = cloud.client("autoscaling").describe_auto_scaling_groups(
        AutoScalingGroupNames=[FLEET]
    )["AutoScalingGroups"]
    instance = group["Instances"][0]["InstanceId"]
    with machine(tmp_path_factory.mktemp("machine") / "root", image_python()) as booting:
        done = booting.user_data(on_another_port(user_data, free_port()), known(cloud))
        assert (done.returncode, done.stderr) == (0, "")
        cloud.agents.attach(instance, booting.start)
        yield Tier(cloud, built.with_environment(**cloud.environment), booting, instance)


def test_a_command_of_the_release_runs_where_it_runs(tier: Tier) -> None:
    tier.cloud.calls.clear()

    done = tier.deliver("run", TIER, "--", "settings")

    assert done.returncode == 0, done.stderr
    shown = dict(line.split("=", 1) for line in done.stdout.splitlines())
    assert (shown["SHOP_FRONT_TIER"], shown["SHOP_FRONT_RELEASE"]) == (TIER, "v1")
    first, _, last = done.stderr.splitlines()
    assert first == f"run: `settings` on {tier.instance} of v1"
    assert last == f"run: `settings` ended with 0 on {tier.instance} of v1"
    told = tier.cloud.calls.of("autoscaling", "SetInstanceProtection")
    assert [b"ProtectedFromScaleIn=true" in (each.body or b"") for each in told] == [True, False]
    assert not tier.protected


def test_what_it_says_is_in_the_log_group_and_in_the_journal(tier: Tier) -> None:
    told = json.loads(tier.deliver("run", TIER, "--json", "--", "settings").stdout)

    assert told["exit_code"] == 0
    logs = tier.cloud.client("logs")
    found = logs.get_log_events(
        logGroupName=f"/{PROJECT}/{TIER}",
        logStreamName=f"{told['command_id']}/{tier.instance}/aws-runShellScript/stdout",
        startFromHead=True,
    )["events"]
    assert [line for each in found for line in each["message"].splitlines()] == told[
        "stdout"
    ].splitlines()
    journal = (tier.machine.root / "journal").read_text()
    assert told["stdout"] in journal


def test_output_that_run_command_cuts_off_comes_whole(tier: Tier) -> None:
    done = tier.deliver("run", TIER, "--", "export")

    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [str(number) for number in range(20_000)]


def test_a_command_that_fails_ends_with_its_own_code(tier: Tier) -> None:
    done = tier.deliver("run", TIER, "--", "no-such-command")

    assert (done.returncode, done.stdout) == (2, "")
    assert "invalid choice: 'no-such-command'" in done.stderr
    assert "failed to run commands" not in done.stderr  # the words of AWS's agent
    assert done.stderr.splitlines()[-1].startswith("run: `no-such-command` ended with 2 on ")
    assert not tier.protected


@pytest.mark.parametrize("word", ["; touch {}", "$(touch {})", "' ; touch {} '", "`touch {}`"])
def test_a_word_stays_a_word(tier: Tier, tmp_path: Path, word: str) -> None:
    mark = tmp_path / "mark"

    done = tier.deliver("run", TIER, "--", "settings", word.format(mark))

    assert done.returncode == 2
    assert word.format(mark) in done.stderr
    assert not mark.exists()


def test_an_instance_that_was_protected_stays_so(tier: Tier) -> None:
    tier.protect(wanted=True)
    try:
        assert tier.deliver("run", TIER, "--", "settings").returncode == 0
        assert tier.protected
    finally:
        tier.protect(wanted=False)


def test_a_second_command_is_not_sent_for_a_lost_answer(tier: Tier) -> None:
    before = len(commands(tier))

    with tier.cloud.faults.lose("ssm", "SendCommand", times=1) as fault:
        done = tier.deliver("run", TIER, "--", "settings")

    assert fault.hits
    assert done.returncode == 0, done.stderr
    assert len(commands(tier)) == before + 1


def commands(tier: Tier) -> list[dict[str, Any]]:
    return tier.cloud.client("ssm").list_commands()["Commands"]


def test_ctrl_c_ends_it_well(tier: Tier, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    infra = tier.builder.project / "infra"
    popen = subprocess.Popen(
        [infra / ".venv/bin/python", "-m", "delivery", "run", TIER, "--", "backfill", str(mark)],
        cwd=infra,
        env={**os.environ, **tier.builder.environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert popen.stdout
    assert popen.stdout.readline() == "row 1\n"  # as it comes
    assert tier.protected

    popen.send_signal(signal.SIGINT)
    _, said = popen.communicate(timeout=PATIENCE)

    assert popen.returncode == 130
    assert said.splitlines()[-1].startswith(f"run: `backfill {mark}` was cancelled on ")
    assert not tier.protected
    deadline = time.monotonic() + PATIENCE
    while not mark.exists():
        assert time.monotonic() < deadline, "it runs on"
        time.sleep(0.05)
    assert mark.read_text() == "ended well"


def test_an_instance_whose_agent_is_silent_is_named(tier: Tier) -> None:
    tier.cloud.agents.lose(tier.instance)
    try:
        done = tier.deliver("run", TIER, "--", "settings")
    finally:
        tier.cloud.agents.attach(tier.instance, tier.machine.start)

    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith(
        f"error: No instance of {FLEET} answers Systems Manager: {tier.instance} (ConnectionLost)."
    )


def test_a_release_that_is_not_there_is_named(tier: Tier) -> None:
    done = tier.deliver("run", TIER, "--release", "v2", "--", "settings")

    assert done.returncode == 1
    assert done.stderr == "error: dev has no fleet of v2. It has v1.\n"


def test_contract_runs_when_one_release_is_all_there_is(tier: Tier) -> None:
    done = tier.deliver("contract", TIER)

    assert (done.returncode, done.stdout) == (0, "contracted\n")


def test_contract_is_refused_while_an_older_release_stands(tier: Tier) -> None:
    releases = {f"v{number}": documents.release(number) for number in (1, 2)}
    tier.write(releases=releases, weights={"v1": 0, "v2": 100})
    try:
        done = tier.deliver("contract", TIER)
    finally:
        tier.write()

    assert (done.returncode, done.stdout) == (1, "")
    assert "v1 still stands in dev, and would not work afterwards." in done.stderr


def test_contract_is_refused_where_another_deployer_is_at_work(tier: Tier) -> None:
    now = "2099-01-01T00:00:00Z"
    lease = {"owner": "ann@laptop", "nonce": "0" * 32, "since": now, "heartbeat": now}
    tier.write(lease={**lease, "expires": "2099-01-01T00:10:00Z"})
    try:
        done = tier.deliver("contract", TIER)
    finally:
        tier.write()

    assert done.returncode == 1
    assert "ann@laptop is at work" in done.stderr
