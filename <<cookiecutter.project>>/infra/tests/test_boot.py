"""The boot folder without AWS: what it says agrees with the service and the stack."""

import ctypes
import importlib.util
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from samples import SECRET, SECRET_VERSION, names, release_data

from stack.document import Release
from stack.role import RoleArgs, rights
from stack.userdata import SCRIPT, described

PROJECT = Path(__file__).parents[2]
BOOT = PROJECT / "infra" / "boot"
(PACKAGE,) = (path.parent for path in (PROJECT / "src").glob("*/__main__.py"))
PYTHON = (PROJECT / ".python-version").read_text().strip()
UNITS = ("app.service", "app-secrets.service", "app-admin.service")
SOCKET = "app-admin.socket"
AWKWARD = "it's \"$HOME\" `id` ${X} $$ \\ \\\\ \\n \\$ %h %% # ; ' ü 東京  "


def loaded() -> ModuleType:
    spec = importlib.util.spec_from_file_location("boot_release", BOOT / "release.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


release = loaded()


def told(**changes: Any) -> dict[str, Any]:  # noqa: ANN401
    """Give what the stack tells an instance of a release."""
    given = Release.model_validate(release_data(7, **changes), strict=False)
    return described(names("prod"), "v7", given, "eu-west-1")


def directives(name: str, section: str) -> dict[str, list[str]]:
    """Read a unit; a directive may come more than once."""
    found: dict[str, list[str]] = {}
    inside = ""
    for line in (BOOT / name).read_text().splitlines():
        if line.startswith("["):
            inside = line.strip("[]")
        elif "=" in line and not line.startswith("#") and inside == section:
            key, _, value = line.partition("=")
            found.setdefault(key, []).append(value)
    return found


def default(setting: str) -> float:
    """Read a number out of the service's settings, which are another environment's."""
    text = (PACKAGE / "settings.py").read_text()
    found = re.search(rf"^    {setting}: .*?\] = ([0-9_.]+)$", text, re.MULTILINE | re.DOTALL)
    assert found
    return float(found[1])


def test_what_the_stack_tells_is_what_instances_read() -> None:
    secrets = {"KEY": {"arn": SECRET, "version": SECRET_VERSION}}

    assert release.problems(told(environment={"A": AWKWARD}, secrets=secrets)) == []
    assert release.problems({**told(), "schema": 2}) == ["schema is 2; this build reads 1."]


@pytest.mark.parametrize("name", release.FIELDS)
def test_every_value_that_goes_into_a_file_is_checked(name: str) -> None:
    (problem,) = release.problems({**told(), name: '"\n@x'})

    assert problem.startswith(f"{name} is ")


def test_the_service_cannot_be_told_another_place() -> None:
    own = release.ours(told(), 2)

    for name in own.keys() - {f"{release.PREFIX}WORKERS"}:
        assert release.problems(told(environment={name: "1"}))
    assert release.problems(told(environment={f"{release.PREFIX}WORKERS": "3"})) == []


def test_every_setting_it_gives_is_one_of_the_service() -> None:
    text = (PACKAGE / "settings.py").read_text()

    assert f'PREFIX = "{release.PREFIX}"' in text
    for name in release.ours(told(), 2):
        assert f"    {name.removeprefix(release.PREFIX).lower()}: " in text
    assert f"le={release.MOST_WORKERS}," in text


def test_no_more_workers_than_the_service_takes() -> None:
    assert release.ours(told(), 192)[f"{release.PREFIX}WORKERS"] == "64"


def test_the_unit_starts_what_the_procfile_starts() -> None:
    (command,) = directives("app.service", "Service")["ExecStart"]
    procfile = (PROJECT / "Procfile").read_text()

    assert command == f"/usr/bin/python{PYTHON} -m {PACKAGE.name} serve"
    assert procfile.startswith(f"web: python {command.partition(' ')[2]}")


def test_the_script_is_for_the_same_python_and_package() -> None:
    lines = (BOOT / "boot.sh").read_text().splitlines()

    assert f"PYTHON={PYTHON}" in lines
    assert f"PACKAGE={PACKAGE.name}" in lines


def test_stopping_waits_for_the_drain_and_the_longest_request() -> None:
    assert default("drain_seconds") == release.DRAIN
    assert default("request_seconds") == release.REQUEST
    (usual,) = directives("app.service", "Service")["TimeoutStopSec"]

    assert int(usual) >= release.DRAIN + release.REQUEST + release.MARGIN
    assert f"TimeoutStopSec={usual}\n" in release.unit(told())


def test_a_tier_that_drains_longer_is_waited_for_longer() -> None:
    longer = {f"{release.PREFIX}DRAIN_SECONDS": "119.5"}
    nonsense = {f"{release.PREFIX}DRAIN_SECONDS": "soon", f"{release.PREFIX}REQUEST_SECONDS": "inf"}

    assert "TimeoutStopSec=165\n" in release.unit(told(environment=longer))
    assert "TimeoutStopSec=60\n" in release.unit(told(environment=nonsense))


def test_wrong_settings_are_not_tried_for_ever() -> None:
    found = re.search(r"exit_code = ([0-9]+)  # EX_CONFIG", (PACKAGE / "settings.py").read_text())
    assert found

    service = directives("app.service", "Service")
    assert service["RestartPreventExitStatus"] == [found[1]]
    assert service["Restart"] == ["always"]


def test_secrets_come_first_and_from_where_they_are_put() -> None:
    secrets = {"KEY": {"arn": SECRET, "version": SECRET_VERSION}}
    unit = directives("app.service", "Unit")

    assert unit["Requires"] == ["app-secrets.service"]
    assert "app-secrets.service" in unit["After"][0].split()
    assert f"LoadCredential=KEY:{release.SECRETS}/KEY\n" in release.unit(told(secrets=secrets))
    assert f"secrets=$root{release.SECRETS}\n" in (BOOT / "boot.sh").read_text()
    service = directives("app-secrets.service", "Service")
    assert service["RuntimeDirectory"] == [Path(release.SECRETS).name]
    assert (service["RuntimeDirectoryMode"], service["RuntimeDirectoryPreserve"]) == (
        ["0700"],
        ["yes"],
    )
    assert release.secrets(told(secrets=secrets)) == f"KEY,{SECRET},{SECRET_VERSION}\n"


def test_after_a_reboot_the_same_script_reads_the_same_release() -> None:
    (command,) = directives("app-secrets.service", "Service")["ExecStart"]
    handed = SCRIPT.read_text().splitlines()[-1].split()[-1]

    assert command == f"/opt/service/current/boot/boot.sh secrets {handed}"
    assert "home=$root/opt/service\n" in (BOOT / "boot.sh").read_text()
    assert directives("app.service", "Install") == {"WantedBy": ["multi-user.target"]}


def test_the_paths_of_the_units_are_those_that_the_script_writes() -> None:
    service = directives("app.service", "Service")
    script = (BOOT / "boot.sh").read_text()

    assert service["EnvironmentFile"] == ["/opt/service/environment"]
    assert 'write environment "$home/environment"' in script
    assert "PYTHONPATH=/opt/service/current/lib" in service["Environment"]
    assert 'ln -sfn "$build" "$home/current"' in script


@pytest.mark.parametrize("unit", ["app.service", "app-admin.service"])
def test_the_service_is_shut_in(unit: str) -> None:
    service = directives(unit, "Service")

    for directive in ("DynamicUser", "NoNewPrivileges", "PrivateTmp", "ProtectHome"):
        assert service[directive] == ["yes"], directive
    assert service["ProtectSystem"] == ["strict"]
    assert service["CapabilityBoundingSet"] == [""]
    assert service["MemoryMax"]


def test_an_admin_process_is_the_release_s_own() -> None:
    service, admin = (directives(each, "Service") for each in ("app.service", "app-admin.service"))
    (command,) = admin["ExecStart"]

    program = "/opt/service/current/boot/admin_process.py"
    assert command == f"/usr/bin/python{PYTHON} -I {program} {PACKAGE.name}"
    assert (BOOT / Path(program).name).is_file()
    assert admin["EnvironmentFile"] == service["EnvironmentFile"]
    assert set(service["Environment"]) <= set(admin["Environment"])
    assert directives("app-admin.service", "Unit")["Requires"] == ["app-secrets.service"]
    script = (BOOT / "boot.sh").read_text()
    assert 'write unit "$units/app-admin.service.d/release.conf"' in script
    assert directives(SOCKET, "Socket")["SocketMode"] == ["0600"]
    (listening,) = directives(SOCKET, "Socket")["ListenStream"]
    assert listening == f"/run/{SOCKET}"
    assert f'cd "$root/run"\n  exec "$python" -I "$build/boot/admin.py" {SOCKET} "$@"' in script


def test_an_admin_process_is_shut_in_as_the_service_is_and_comes_second() -> None:
    service, admin = (directives(each, "Service") for each in ("app.service", "app-admin.service"))
    own = {"ExecStart", "Environment", "SyslogIdentifier", "RuntimeDirectory", "MemoryMax"}
    of_a_server = {"Restart", "RestartSec", "RestartPreventExitStatus", "TimeoutStopSec"}

    for directive in service.keys() - own - of_a_server:
        assert admin[directive] == service[directive], directive
    percents = [int(each["MemoryMax"][0].rstrip("%")) for each in (admin, service)]
    assert percents[0] < percents[1]
    assert int(admin["CPUWeight"][0]) < 100  # which a unit has unless told otherwise
    assert int(admin["OOMScoreAdjust"][0]) > 0


def test_runbooks_find_the_units() -> None:
    runbooks = (PROJECT / "docs/runbooks/README.md").read_text()

    assert "journalctl --unit 'app*'" in runbooks
    assert all(name.startswith("app") for name in UNITS)


def agent() -> dict[str, Any]:
    return json.loads(release.ANSWERS["agent"](told(), "i-0123456789abcdef0"))


def test_the_agent_sends_the_units_journal_to_the_tier_s_group() -> None:
    logs = agent()["logs"]
    (journal,) = logs["logs_collected"]["journald"]["collect_list"]
    groups = [journal, *logs["logs_collected"]["files"]["collect_list"]]
    groups.append(logs["metrics_collected"]["prometheus"])

    assert tuple(journal["units"]) == UNITS
    assert {each["log_group_name"] for each in groups} == {names("prod").log_group}
    assert journal["log_stream_name"] == "i-0123456789abcdef0"
    # The group is the stack's, with its retention; an agent that sets one needs a right to.
    assert not [each for each in groups if "retention_in_days" in each]


def test_the_role_may_do_what_the_scripts_ask_of_aws() -> None:
    args = RoleArgs(
        base_name="orders-prod",
        artifact_bucket="artifacts",
        builds=names("prod").builds,
        log_group_arn="arn:log-group",
        log_groups_arn="arn:log-groups",
        parameters_arn="arn:parameters",
        secret_arns=[SECRET],
        tags={},
    )
    allowed = {action for each in rights(args)["Statement"] for action in actions(each)}
    needed = {"s3 cp": "s3:GetObject", "secretsmanager get": "secretsmanager:GetSecretValue"}
    text = SCRIPT.read_text() + (BOOT / "boot.sh").read_text()

    assert set(re.findall(r"\baws ([a-z0-9]+ [a-z0-9]+)", text)) == needed.keys()
    agent_does = {"logs:CreateLogStream", "logs:PutLogEvents"}
    assert {*needed.values(), *agent_does} <= allowed


def actions(statement: dict[str, Any]) -> list[str]:
    action = statement["Action"]
    return action if isinstance(action, list) else [action]


def test_the_agent_scrapes_this_machine_s_own_numbers() -> None:
    metrics = release.ANSWERS["metrics"](told(), "i-0123456789abcdef0")
    prometheus = agent()["logs"]["metrics_collected"]["prometheus"]

    assert '- targets: ["127.0.0.1:8000"]' in metrics
    assert 'job_name: "i-0123456789abcdef0.metrics"' in metrics
    assert prometheus["prometheus_config_path"] == "/opt/service/metrics.yaml"
    assert 'write metrics "$home/metrics.yaml"' in (BOOT / "boot.sh").read_text()
    (declared,) = prometheus["emf_processor"]["metric_declaration"]
    for label in (*declared["source_labels"], *declared["dimensions"][0]):
        assert f"          {label}: " in metrics
    # The agent drops histograms; what is named must be something else.
    gauges = re.findall(r'Gauge\(\s+"([a-z_]+)"', (PACKAGE / "metrics.py").read_text())
    assert re.fullmatch(declared["metric_selectors"][0], "http_requests_in_flight")
    assert "http_requests_in_flight" in gauges


def test_nothing_is_left_to_fill_in() -> None:
    for kind in ("agent", "metrics"):
        assert "@" not in release.ANSWERS[kind](told(), "i-0")
    with pytest.raises(SystemExit, match="must match"):
        release.ANSWERS["agent"](told(), 'i-0"')


def test_the_readme_names_every_unit_and_the_agent_s_version() -> None:
    readme = (BOOT / "README.md").read_text()
    found = re.search(r"^AGENT=([0-9.]+)$", (BOOT / "boot.sh").read_text(), re.MULTILINE)

    assert found
    assert found[1] in readme
    assert all(unit in readme for unit in (*UNITS, SOCKET))


def test_shellcheck_has_nothing_to_say() -> None:
    shellcheck = Path(sys.executable).with_name("shellcheck")
    # Optional checks that ask for braces, and that doubt every function called in a condition.
    but = "--exclude=SC2250,SC2310,SC2311,SC2312"

    done = subprocess.run(  # noqa: S603
        [shellcheck, "--enable=all", but, BOOT / "boot.sh"],
        check=False,
        capture_output=True,
        text=True,
    )

    assert (done.returncode, done.stdout) == (0, "")
    assert (BOOT / "boot.sh").stat().st_mode & 0o111


def test_systemd_reads_the_environment_as_it_was_meant(tmp_path: Path) -> None:
    """Asked of systemd's own code, where it is on this machine."""
    found = sorted(Path("/").glob("usr/lib*/**/systemd/libsystemd-shared-*.so"))
    if not found:
        pytest.skip("needs systemd's library")
    path = tmp_path / "environment"
    wanted = {"AWKWARD": AWKWARD, "EMPTY": "", "LONG": "x" * 4096, "QUOTE": '"', "SLASH": "\\"}
    path.write_text(release.environment(told(environment=wanted), "2"))
    library = ctypes.CDLL(str(found[0]))
    values = ctypes.POINTER(ctypes.c_char_p)()

    code = library.load_env_file(None, str(path).encode(), ctypes.byref(values))

    assert code == 0
    read = {}
    index = 0
    while (each := values[index]) is not None:
        name, _, value = each.decode().partition("=")
        read[name] = value
        index += 1
    assert {name: read[name] for name in wanted} == wanted
    assert read.keys() == wanted.keys() | release.ours(told(), 2).keys()


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """Make a root with our units, the programs they start and the targets that systemd has."""
    units = tmp_path / "etc/systemd/system"
    secrets = {"KEY": {"arn": SECRET, "version": SECRET_VERSION}}
    for unit in ("app", "app-admin"):
        (units / f"{unit}.service.d").mkdir(parents=True)
        drop_in = units / f"{unit}.service.d/release.conf"
        drop_in.write_text(release.unit(told(secrets=secrets)))
    for name in (*UNITS, SOCKET):
        shutil.copy(BOOT / name, units)
    for name in ("basic", "multi-user", "network-online", "shutdown", "sockets", "sysinit"):
        (units / f"{name}.target").write_text(f"[Unit]\nDescription={name}\n")
    for program in (f"usr/bin/python{PYTHON}", "opt/service/current/boot/boot.sh"):
        (tmp_path / program).parent.mkdir(parents=True)
        (tmp_path / program).write_text("#!/bin/sh\n")
        (tmp_path / program).chmod(0o755)
    return tmp_path


def systemd_analyze(*words: str) -> subprocess.CompletedProcess[str]:
    program = shutil.which("systemd-analyze")
    if not program:
        pytest.skip("needs systemd-analyze")
    return subprocess.run(  # noqa: S603
        [program, *words], check=False, capture_output=True, text=True
    )


def test_systemd_finds_no_fault_with_the_units(machine: Path) -> None:
    done = systemd_analyze("verify", f"--root={machine}", *UNITS, SOCKET)

    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("unit", "exposure"),
    [("app.service", "2.0"), ("app-admin.service", "2.0"), ("app-secrets.service", "2.5")],
)
def test_systemd_holds_the_units_for_safe(machine: Path, unit: str, exposure: str) -> None:
    threshold = f"--threshold={exposure.replace('.', '')}"

    done = systemd_analyze(
        "security", "--offline=true", "--no-pager", f"--root={machine}", threshold, unit
    )

    assert done.returncode == 0, done.stdout[-200:]
