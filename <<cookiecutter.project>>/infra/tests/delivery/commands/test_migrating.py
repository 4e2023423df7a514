"""A migration's command on one instance, with AWS played by a fake."""

import pytest
from fake_instance import COMMAND, INSTANCE, RUNS, FakeInstance, ended

from delivery.commands.host import Host
from delivery.commands.migrating import AGENT, LOOK, migrate
from delivery.deciding.actions import RunAdmin
from delivery.live.live import Live
from delivery.live.moving import carry_out
from stack.refusal import Refused

MIGRATE = RunAdmin("v2", ("migrate", "--to", "5"))


class Hosts:
    """Finds an instance, after some looks in vain."""

    def __init__(self) -> None:
        self.silent = 0

    def __call__(self, _live: Live, release: str) -> Host:
        """Look for one."""
        if self.silent:
            self.silent -= 1
            raise Refused([f"No instance of {release} answers."], "Wait.")
        return Host(INSTANCE, f"orders-dev-{release}", release)


@pytest.fixture(autouse=True)
def hosts(monkeypatch: pytest.MonkeyPatch) -> Hosts:
    hosts = Hosts()
    monkeypatch.setattr("delivery.commands.admin.find_host", hosts)
    monkeypatch.setattr("delivery.commands.migrating.find_host", hosts)
    return hosts


def test_it_runs_protected_and_what_it_says_is_told_by_line() -> None:
    told: list[str] = []
    instance = FakeInstance(
        looks=[RUNS, ended(0, "added a table\nadded an index\n")],
        events={"stdout": [["added a table\nadded an index\n"]]},
    )

    carry_out(instance.live, MIGRATE, told.append)

    [sent] = instance.sent
    assert sent["Parameters"]["commands"] == [
        "exec /opt/service/current/boot/boot.sh admin migrate --to 5"
    ]
    assert "(migration)" in sent["Comment"]
    assert [each for each in instance.done if each.startswith("protect")] == [
        "protect=True",
        "protect=False",
    ]
    assert told[2:4] == ["added a table", "added an index"]
    assert told[-1] == f"`migrate --to 5` ended with 0 on {INSTANCE} of v2"


def test_another_end_than_0_is_refused_with_where_its_words_are() -> None:
    with pytest.raises(Refused) as caught:
        migrate(FakeInstance(looks=[ended(3)]).live, MIGRATE, lambda _: None)

    assert str(caught.value) == (
        f"`migrate --to 5` ended with 3 on {INSTANCE} of v2; what it said is in log group "
        f"/orders/dev, streams {COMMAND}/..."
    )


def test_an_instance_that_goes_meanwhile_needs_no_person() -> None:
    instance = FakeInstance(looks=[RUNS])
    done: list[str] = []

    def tell(line: str) -> None:
        done.append(line)
        instance.in_service = len(done) < 2

    with pytest.raises(Refused, match="has gone out of service") as caught:
        migrate(instance.live, MIGRATE, tell)

    assert type(caught.value) is Refused


def test_an_agent_may_register_later(hosts: Hosts) -> None:
    told: list[str] = []
    hosts.silent = 2

    migrate(FakeInstance().live, MIGRATE, told.append)

    waits = "waiting for an instance that takes commands: No instance of v2 answers."
    assert told[:2] == [waits, waits]
    assert told[-1].endswith("ended with 0 on i-0123456789abcdef0 of v2")


def test_one_that_never_registers_is_not_waited_for_forever(hosts: Hosts) -> None:
    instance = FakeInstance()
    hosts.silent = 1_000

    with pytest.raises(Refused, match="No instance of v2 answers"):
        migrate(instance.live, MIGRATE, lambda _: None)

    assert 1_000 - hosts.silent == AGENT / LOOK
    assert not instance.sent
