"""A machine's first boot and later ones: real user-data, build and `aws`, simulated AWS."""

import json
import os
import signal
import stat
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from tests.boot.conftest import BUCKET, REGION, Account, Release
from tests.boot.machine import INSTANCE, Machine
from tests.boot.stub_build import StubBuild, stub_build
from tests.cloud.faults import failure
from tests.service.installed import PROJECT, Installed, free_port, install_service

AWKWARD = {
    "QUOTES": 'it\'s "quoted"',
    "SHELL": "$HOME ${HOME} `id` $(id) \\ \\n %h %% # ; & | * ~",
    "SPACES": "  two  at each end  ",
    "UMLAUT": "schön, 東京",
    "EMPTY": "",
}
MakeRelease = Callable[..., Release]


def in_one_line(done: Any, *parts: str) -> None:  # noqa: ANN401 of either script
    assert done.returncode == 1
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    for part in parts:
        assert part in line


def nothing_started(machine: Machine) -> None:
    assert not [call for call in machine.calls() if call.startswith("systemctl")]
    assert not machine.units.exists()
    assert machine.pid() is None


def test_an_instance_starts_its_release(
    machine: Machine, account: Account, build: StubBuild, make_release: MakeRelease
) -> None:
    account.put(build)
    secrets = {
        "API_KEY": account.secret("api-key", "it's $ecret\n"),
        "SIGNING_KEY": account.secret("signing-key", bytes(range(32, 127))),
    }
    release = make_release("prod", environment=AWKWARD, secrets=secrets)

    done = machine.user_data(release.user_data, account.environment)

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    seen = machine.ask(release.port)
    assert seen["secrets"] == {
        "API_KEY": "it's $ecret\n",
        "SIGNING_KEY": bytes(range(32, 127)).decode(),
    }
    assert {name: seen["environment"][name] for name in AWKWARD} == AWKWARD
    own = {k: v for k, v in seen["environment"].items() if k.startswith("LATE_ORDERS_")}
    assert own == {
        "LATE_ORDERS_TIER": "prod",
        "LATE_ORDERS_RELEASE": "v7",
        "LATE_ORDERS_HOST": "0.0.0.0",  # noqa: S104
        "LATE_ORDERS_PORT": str(release.port),
        "LATE_ORDERS_WORKERS": str(min(64, len(os.sched_getaffinity(0)))),
    }
    # The agent reads the journal from when it starts, so it starts first; each thing happens once.
    assert machine.calls()[0].startswith(
        "amazon-cloudwatch-agent-ctl -a fetch-config -m ec2 -s -c "
    )
    assert [call for call in machine.calls()[1:] if "is-failed" not in call] == [
        "systemctl daemon-reload",
        "systemctl enable app.service",
        "systemctl enable --now app-admin.socket",
        "systemctl start app.service",
    ]
    agent = json.loads((machine.root / "opt/service/agent.json").read_text())
    assert agent["agent"]["region"] == REGION
    (journal,) = agent["logs"]["logs_collected"]["journald"]["collect_list"]
    assert journal["log_group_name"] == f"/{PROJECT}/prod"
    assert journal["log_stream_name"] == INSTANCE
    assert f'"127.0.0.1:{release.port}"' in (machine.root / "opt/service/metrics.yaml").read_text()
    machine.terminate()
    assert machine.ended() == 0


def test_secrets_are_roots_alone_and_in_memory(
    machine: Machine, account: Account, build: StubBuild, make_release: MakeRelease
) -> None:
    account.put(build)
    value = "correct-horse-battery"
    release = make_release(secrets={"API_KEY": account.secret("api-key", value)})

    done = machine.user_data(release.user_data, account.environment)

    assert done.returncode == 0, done.stderr
    assert stat.S_IMODE(machine.secrets.stat().st_mode) == 0o700
    assert stat.S_IMODE((machine.secrets / "API_KEY").stat().st_mode) == 0o600
    environment = machine.root / "opt/service/environment"
    assert stat.S_IMODE(environment.stat().st_mode) == 0o600
    memory = (machine.root / "run").resolve()
    holding = [each for each in files(machine.root) if value.encode() in each.read_bytes()]
    assert {each for each in holding if not each.resolve().is_relative_to(memory)} == set()
    assert machine.secrets / "API_KEY" in {*files(machine.secrets)}


def files(folder: Path) -> Iterable[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


def contents(machine: Machine) -> dict[Path, bytes]:
    changing = {"calls", "pid", "journal", "user-data"}
    return {path: path.read_bytes() for path in files(machine.root) if path.name not in changing}


def test_a_second_run_changes_nothing(
    machine: Machine, account: Account, build: StubBuild, make_release: MakeRelease
) -> None:
    account.put(build)
    release = make_release(secrets={"API_KEY": account.secret("api-key", "secret")})
    assert machine.user_data(release.user_data, account.environment).returncode == 0
    before, pid = contents(machine), machine.pid()

    again = machine.user_data(release.user_data, account.environment)

    assert (again.returncode, again.stderr) == (0, "")
    assert contents(machine) == before
    assert machine.pid() == pid
    machine.ask(release.port)


def test_after_a_reboot_the_secrets_are_fetched_again(
    machine: Machine, account: Account, build: StubBuild, make_release: MakeRelease
) -> None:
    account.put(build)
    release = make_release(secrets={"API_KEY": account.secret("api-key", "secret")})
    assert machine.user_data(release.user_data, account.environment).returncode == 0
    forget(machine)
    calls = machine.calls()

    # What app-secrets.service runs; that it does is in the bake's own tests.
    done = machine.run(machine.boot, "secrets", machine.release, environment=account.environment)

    assert (done.returncode, done.stderr) == (0, "")
    assert (machine.secrets / "API_KEY").read_text() == "secret"
    assert (machine.secrets / "complete").exists()
    assert machine.calls() == calls  # and nothing else


def forget(machine: Machine) -> None:
    """Do to memory what a reboot does."""
    for path in machine.secrets.iterdir():
        path.unlink()
    machine.secrets.rmdir()


def test_the_service_itself_starts_as_the_unit_says(
    make_machine: Callable[..., Machine],
    account: Account,
    project: Path,
    make_release: MakeRelease,
    tmp_path: Path,
) -> None:
    """The real one, with two workers; at SIGTERM it ends with 0."""
    installed: Installed = install_service(project, tmp_path)
    real = stub_build(project, installed.tree)
    account.put(real)
    settings = {"LATE_ORDERS_DRAIN_SECONDS": "0", "LATE_ORDERS_WORKERS": "2"}
    release = make_release("prod", sha256=real.sha256, environment=settings)
    machine = make_machine(installed.python)

    done = machine.user_data(release.user_data, account.environment)

    journal = (machine.root / "journal").read_text
    assert done.returncode == 0, done.stderr + journal()
    machine.ask(release.port)
    lines = [json.loads(line) for line in journal().splitlines()]
    assert {(line["tier"], line["release"]) for line in lines} == {("prod", "v7")}
    assert next(line for line in lines if line["event"] == "listening")["workers"] == 2
    machine.terminate()
    assert machine.ended() == 0
    assert "error" not in {json.loads(line)["level"] for line in journal().splitlines()}


def test_a_build_that_is_not_the_one_meant_is_not_run(
    machine: Machine, account: Account, build: StubBuild, make_release: MakeRelease
) -> None:
    release = make_release()
    other = StubBuild(build.content[:-1])
    account.put(other, key=f"builds/{PROJECT}/{build.sha256}.tar.zst")

    done = machine.user_data(release.user_data, account.environment)

    in_one_line(done, "user-data: ", f"{build.sha256}.tar.zst is not the build that its name says")
    assert not (machine.root / "opt/service/builds").exists()
    nothing_started(machine)


def test_a_missing_build_is_named(
    machine: Machine, account: Account, build: StubBuild, make_release: MakeRelease
) -> None:
    done = machine.user_data(make_release().user_data, account.environment)

    key = f"s3://{BUCKET}/builds/{PROJECT}/{build.sha256}.tar.zst"
    in_one_line(done, f"{key} cannot be fetched", "404")
    nothing_started(machine)


def test_a_build_that_is_no_archive_is_named(
    machine: Machine, account: Account, make_release: MakeRelease
) -> None:
    broken = StubBuild(b"no archive")
    account.put(broken)

    done = machine.user_data(make_release(sha256=broken.sha256).user_data, account.environment)

    in_one_line(done, f"{broken.sha256}.tar.zst cannot be unpacked", "zstd")
    nothing_started(machine)


def test_an_image_without_zstd_gets_it_from_dnf_or_is_refused(
    machine: Machine, account: Account, told: Release
) -> None:
    script = told.user_data.replace("command -v zstd", "command -v zstd-of-nobody")

    in_one_line(machine.user_data(script, account.environment), "zstd is not on the image")
    assert machine.calls() == ["dnf install --quiet --assumeyes zstd"]
    nothing_started(machine)


def test_a_missing_secret_is_named_and_nothing_starts(
    machine: Machine, account: Account, build: StubBuild, make_release: MakeRelease
) -> None:
    account.put(build)
    arn = f"arn:aws:secretsmanager:{REGION}:123456789012:secret:none-AbCdEf"
    secrets = {"API_KEY": {"arn": arn, "version": "0" * 32}}

    done = machine.user_data(make_release(secrets=secrets).user_data, account.environment)

    in_one_line(done, "Secret API_KEY", arn, "ResourceNotFound")
    nothing_started(machine)
    assert not (machine.secrets / "complete").exists()


def test_a_secret_without_the_right_to_it_is_named(
    machine: Machine, account: Account, build: StubBuild, make_release: MakeRelease
) -> None:
    account.put(build)
    release = make_release(secrets={"API_KEY": account.secret("api-key", "secret")})
    account.cloud.put_in_front(forbidding)

    done = machine.user_data(release.user_data, account.environment)

    in_one_line(done, "Secret API_KEY", "AccessDeniedException")
    nothing_started(machine)


def forbidding(app: Any) -> Any:  # noqa: ANN401
    """Let the next one who reads a secret have no right to it."""
    asked = []

    def serve(environ: dict[str, Any], start_response: Any) -> Any:  # noqa: ANN401
        if environ.get("HTTP_X_AMZ_TARGET") == "secretsmanager.GetSecretValue" and not asked:
            asked.append(1)
            status, said = "400 Bad Request", "no identity-based policy allows this"
            return failure(environ, start_response, said, "AccessDeniedException", status)
        return app(environ, start_response)

    return serve


@pytest.fixture
def boot(machine: Machine, account: Account, build: StubBuild, told: Release) -> Callable[..., Any]:
    """Run boot.sh on a machine that has its build already, with changes to what it is told."""
    folder = machine.root / "opt/service/builds" / build.sha256
    build.unpack(folder)

    def run(**changes: Any) -> Any:  # noqa: ANN401
        release = {**told.told, "port": free_port(), **changes}
        machine.release.write_text(json.dumps(release))
        script = folder / "boot/boot.sh"
        return machine.run(script, machine.release, environment=account.environment)

    return run


@pytest.mark.parametrize("tier", ["dev", "test", "stage"])
def test_the_same_build_boots_in_every_other_tier(
    tier: str, boot: Callable[..., Any], machine: Machine
) -> None:
    port = free_port()

    done = boot(tier=tier, log_group=f"/{PROJECT}/{tier}", port=port)

    assert (done.returncode, done.stderr) == (0, "")
    assert machine.ask(port)["environment"]["LATE_ORDERS_TIER"] == tier
    assert f'"/{PROJECT}/{tier}"' in (machine.root / "opt/service/agent.json").read_text()


@pytest.mark.parametrize(
    ("changes", "parts"),
    [
        ({"schema": 2}, ["release.json:", "schema is 2; this build reads 1."]),
        ({"tier": "../x"}, ["tier is '../x'"]),
        ({"port": "$(id)"}, ["port is '$(id)'"]),
        ({"environment": {"A": "1\n2"}}, ["environment.A must be one line of text."]),
        ({"environment": {"A": "\ud800"}}, ["environment.A must be one line of text."]),
        ({"environment": {"A B": "1"}}, ["environment has 'A B'"]),
        (
            {"environment": {"LATE_ORDERS_PORT": "1"}},
            ["environment.LATE_ORDERS_PORT is for boot.sh alone to set."],
        ),
        ({"secrets": {"KEY": {"arn": "x;id"}}}, ["secrets.KEY must have the arn of a secret"]),
        ({"secrets": None}, ["environment and secrets must be objects."]),
    ],
)
def test_a_release_that_this_build_cannot_read_is_refused(
    changes: dict[str, Any], parts: list[str], boot: Callable[..., Any], machine: Machine
) -> None:
    in_one_line(boot(**changes), "boot: ", *parts)
    nothing_started(machine)
    assert machine.calls() == []


def test_an_image_without_the_interpreter_gets_it_from_dnf(
    boot: Callable[..., Any], machine: Machine
) -> None:
    path = machine.bring_interpreter()
    kept = path.rename(path.with_suffix(".kept"))
    machine.stand_in(machine.bin / "dnf", f'mv "{kept}" "{path}"')

    assert boot().returncode == 0

    assert machine.calls()[0] == f"dnf install --quiet --assumeyes python{machine.minor}"


def test_without_an_interpreter_nothing_starts(boot: Callable[..., Any], machine: Machine) -> None:
    machine.bring_interpreter().unlink()
    machine.stand_in(machine.bin / "dnf", "echo 'No match for argument' >&2; exit 1")

    in_one_line(boot(), f"python{machine.minor} is not on the image", "No match for argument")
    nothing_started(machine)


def test_another_python_by_that_name_is_refused(boot: Callable[..., Any], machine: Machine) -> None:
    machine.bring_interpreter("echo 'AssertionError' >&2; exit 1")

    in_one_line(boot(), f"is not Python {machine.minor}, which the build is made for.")
    nothing_started(machine)


@pytest.mark.parametrize("version", ["1.300069.0", "1.247360.0b252701", "1.300070"])
def test_an_agent_too_old_is_refused(
    version: str, boot: Callable[..., Any], machine: Machine
) -> None:
    machine.bring_agent(version)

    in_one_line(boot(), f"The CloudWatch agent is {version}", "1.300070.0 or newer")
    nothing_started(machine)
    assert machine.calls() == []


def test_an_image_without_the_agent_gets_it_from_dnf_or_is_refused(
    boot: Callable[..., Any], machine: Machine
) -> None:
    (machine.agent / "amazon-cloudwatch-agent-ctl").unlink()

    in_one_line(boot(), "The CloudWatch agent is not on the image")
    assert machine.calls() == ["dnf install --quiet --assumeyes amazon-cloudwatch-agent"]
    nothing_started(machine)


def test_an_agent_that_refuses_its_configuration_is_heard(
    boot: Callable[..., Any], machine: Machine
) -> None:
    control = machine.agent / "amazon-cloudwatch-agent-ctl"
    machine.stand_in(control, "echo 'validation failed'; exit 1")

    in_one_line(boot(), "The CloudWatch agent refuses", "validation failed")
    nothing_started(machine)


@pytest.mark.parametrize(
    ("then", "meaning", "status"),
    [
        ("exec sleep 60", "app.service is not ready after 2 s.", 128 + signal.SIGTERM),
        ("exit 78", "app.service has failed, and starting again would not help.", 78),
    ],
)
def test_a_service_that_does_not_get_ready_is_not_left_running(
    then: str, meaning: str, status: int, boot: Callable[..., Any], machine: Machine
) -> None:
    machine.bring_interpreter(
        f'[ "$1" != -m ] || {{ echo "error: LATE_ORDERS_X is wrong"; {then}; }}\n'
        f'exec "{machine.python}" "$@"'
    )
    machine.patience = 2

    in_one_line(boot(), meaning, "error: LATE_ORDERS_X is wrong")
    assert machine.calls()[-1] == "systemctl disable --now --quiet app.service"
    assert machine.ended() == status


def test_a_service_that_systemd_refuses_to_start_is_named(
    boot: Callable[..., Any], machine: Machine
) -> None:
    start = f'echo "Job failed" >&2; echo "its reason" >"{machine.root}/journal"; exit 1'
    machine.stand_in(machine.bin / "systemctl", f'case "$*" in start*) {start} ;; esac')

    in_one_line(boot(), "app.service does not start.", "its reason")
    assert machine.calls()[-1] == "systemctl disable --now --quiet app.service"
