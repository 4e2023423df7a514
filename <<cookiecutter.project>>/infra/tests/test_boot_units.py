"""The units: what they start, with what, how they stop, and how little they may do."""

import re
from pathlib import Path

import pytest
from boot_folder import (
    BOOT,
    PACKAGE,
    PROJECT,
    PYTHON,
    SOCKET,
    UNITS,
    default,
    directives,
    release,
    told,
)
from samples import SECRET, SECRET_VERSION

from stack.userdata import SCRIPT


def test_the_unit_starts_what_the_procfile_starts() -> None:
    (command,) = directives("app.service", "Service")["ExecStart"]
    procfile = (PROJECT / "Procfile").read_text()

    assert command == f"/usr/bin/python{PYTHON} -m {PACKAGE.name} serve"
    assert procfile.startswith(f"web: python {command.partition(' ')[2]}")


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
