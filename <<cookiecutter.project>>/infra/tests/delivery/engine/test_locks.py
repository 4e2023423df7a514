"""A lock on the state: whose it is, and whether its maker is gone."""

import os
import socket
import subprocess
import sys

from delivery.engine.locks import Lock, parse_locks

HERE = socket.gethostname()
SAID = """error: the stack is currently locked by 2 lock(s). Either wait for the other process(es) to
end or delete the lock file with `pulumi cancel`.
  s3://states/.pulumi/locks/organization/orders/prod/1.json: created by ann@ci-7 (pid 12) at 2026-11-21T08:00:00Z
  s3://states/.pulumi/locks/organization/orders/prod/2.json: created by DOM\\ben@x.y (pid 9) at 2026-11-21T08:01:00Z
"""  # noqa: E501 as Pulumi writes it


def lock(pid: int, host: str = HERE, user: str = "ann") -> Lock:
    return Lock(user, host, pid, "2026-11-21T08:00:00Z")


def test_pulumi_names_the_holders() -> None:
    first, second = parse_locks(SAID)

    assert str(first) == "ann@ci-7 (process 12) since 2026-11-21T08:00:00Z"
    assert second.owner == "DOM\\ben@x.y"
    assert parse_locks("error: no stack named 'prod' found") == []


def test_on_this_machine_the_process_counts() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"],
        capture_output=True,
        text=True,
        check=True,
    )

    assert lock(int(ended.stdout)).left_by([])
    assert lock(os.getpid()).left_by([]), "a number that another program has got since"
    assert not lock(os.getpid()).alive


def test_elsewhere_only_a_deployer_before_us_is_gone() -> None:
    there = lock(1, "elsewhere")

    assert not there.alive
    assert not there.left_by([])
    assert not there.left_by(["ann@here", "ben@elsewhere"])
    assert there.left_by(["ann@elsewhere"])
