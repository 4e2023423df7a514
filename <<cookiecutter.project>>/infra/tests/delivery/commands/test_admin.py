"""A command on one instance, from the first look to the last, with AWS played by a fake."""

import pytest
from botocore.exceptions import EndpointConnectionError, NoCredentialsError, ReadTimeoutError
from fake_instance import COMMAND, INSTANCE, RUNS, WAITS, FakeInstance, Look, ended, lines

from delivery.commands.admin import CANCELLED, TOO_LONG, Ran, Ways, run
from delivery.commands.host import Host
from delivery.commands.run_command import DELIVERY
from delivery.driving.endings import NeedsPerson
from stack.refusal import Refused

AGENT = "failed to run commands: exit status 3"  # what AWS's agent adds


class Stop:
    """Somebody who wants it to end at the n-th wait."""

    def __init__(self, at: int) -> None:
        self._left = at

    @property
    def wanted(self) -> bool:
        """Tell."""
        return self._left <= 0

    def wait(self, seconds: float) -> None:
        """Wait without time."""
        del seconds
        self._left -= 1


class Session:
    """What a person sees of one run."""

    def __init__(self, instance: FakeInstance) -> None:
        self.instance = instance
        self.out: list[str] = []
        self.err: list[str] = []
        self.told: list[str] = []

    def run(self, stop: Stop | None = None) -> Ran:
        """Run a command there."""
        ways = Ways(stop=stop, out=self.out.append, err=self.err.append)
        return run(self.instance.live, "v1", ["migrate"], self.told.append, ways)


@pytest.fixture(autouse=True)
def host(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "delivery.commands.admin.find_host", lambda *_: Host(INSTANCE, "orders-dev-v1", "v1")
    )


def test_its_exit_code_is_the_command_s() -> None:
    session = Session(FakeInstance(looks=[RUNS, ended(3)]))

    assert session.run().code == 3
    assert session.told[-1] == f"`migrate` ended with 3 on {INSTANCE} of v1"


def test_output_comes_as_it_is_written_and_once() -> None:
    events = {"stdout": [["one\n"], ["two\nthree\n"], ["four"]]}
    content = "one\ntwo\nthree\nfour\n"
    session = Session(FakeInstance(looks=[RUNS, RUNS, ended(0, content)], events=events))

    session.run()

    assert list(lines(session.out)) == ["one", "two", "three", "four"]
    assert session.err == []


@pytest.mark.parametrize("events", [{}, {"stdout": [["one\n"]]}])
def test_what_never_comes_in_the_log_run_command_has(events: dict[str, list[list[str]]]) -> None:
    session = Session(FakeInstance(looks=[RUNS, ended(0, "one\r\ntwo\n", "oh")], events=events))

    session.run()

    assert list(lines(session.out)) == ["one", "two"]
    assert list(lines(session.err)) == ["oh"]


def test_of_long_output_the_log_has_the_end() -> None:
    whole = "".join(f"line {number}\n" for number in range(5000))
    cut = whole[:23_979] + "--output truncated--"
    events = {"stdout": [[whole[:30_000]], [], [whole[30_000:]]]}
    session = Session(FakeInstance(looks=[ended(0, cut)], events=events))

    session.run()

    assert "".join(session.out) == whole


def test_output_that_is_nowhere_whole_is_said_to_be_cut() -> None:
    session = Session(FakeInstance(looks=[ended(0, "x\n" * 10 + "--output truncated--")]))

    session.run()

    assert list(lines(session.out)) == ["x"] * 10
    assert f"the rest of it is in the journal of {INSTANCE} alone" in session.told


@pytest.mark.parametrize("before", ["", "oh\n", "oh"])
def test_the_words_of_aws_s_agent_are_left_out(before: str) -> None:
    said = before + AGENT
    for events in ({}, {"stderr": [[said]]}, {"stderr": [[before], [AGENT]] if before else []}):
        session = Session(FakeInstance(looks=[ended(3, "", said)], events=events))
        session.run()
        assert list(lines(session.err)) == before.splitlines()


def test_words_of_the_command_that_look_like_the_agent_s_stay() -> None:
    events = {"stderr": [[f"{AGENT}\n"], ["and more\n"]]}
    session = Session(FakeInstance(looks=[ended(1, "", f"{AGENT}\nand more\n")], events=events))

    session.run()

    assert list(lines(session.err)) == [AGENT, "and more"]


def test_the_instance_is_protected_meanwhile() -> None:
    instance = FakeInstance()

    Session(instance).run()

    assert instance.done == ["protect=True", "SendCommand", "protect=False"]


def test_who_was_protected_stays_so() -> None:
    instance = FakeInstance(protected=True)

    Session(instance).run()

    assert instance.done == ["SendCommand"]


def test_protection_is_taken_back_when_the_command_is_refused() -> None:
    instance = FakeInstance(refuse={"SendCommand"})

    with pytest.raises(Refused, match="Nothing was run"):
        Session(instance).run()

    assert not instance.protected


def test_no_credentials_are_a_refusal_too() -> None:
    with pytest.raises(Refused, match=r"Unable to locate credentials.*Nothing was run"):
        Session(FakeInstance(unheard=[NoCredentialsError()])).run()


def test_protection_is_taken_back_when_its_own_answer_is_lost() -> None:
    instance = FakeInstance(refuse={"protect=True"})

    with pytest.raises(Refused, match="cannot be protected"):
        Session(instance).run()

    assert instance.done == ["protect=True", "protect=False"]
    assert not instance.protected


def test_a_command_that_is_lost_sight_of_needs_a_person() -> None:
    instance = FakeInstance(away=True)

    with pytest.raises(NeedsPerson, match=f"may still run: .* --command-id {COMMAND}"):
        Session(instance).run()

    assert not instance.protected


def test_who_stops_in_time_sends_nothing() -> None:
    instance = FakeInstance()

    with pytest.raises(Refused, match="Stopped before the command was sent"):
        Session(instance).run(Stop(0))

    assert instance.done == ["protect=True", "protect=False"]


def test_a_protection_that_cannot_be_taken_back_is_told_and_hides_nothing() -> None:
    session = Session(FakeInstance(looks=[ended(3)], refuse={"protect=False"}))

    assert session.run().code == 3
    assert any(f"{INSTANCE} is still protected" in each for each in session.told)
    assert "--no-protected-from-scale-in" in session.told[-2]


def test_another_run_s_end_does_not_leave_it_unprotected() -> None:
    instance = FakeInstance(protected=True, looks=[RUNS] * 25 + [ended()])

    class Other(Stop):
        def wait(self, seconds: float) -> None:
            super().wait(seconds)
            if self._left == 95:
                instance.protected = False

    Session(instance).run(Other(100))

    assert instance.done == ["SendCommand", "protect=True", "protect=False"]


def test_ctrl_c_cancels_and_waits_for_the_end() -> None:
    instance = FakeInstance(looks=[RUNS])
    session = Session(instance)

    ran = session.run(Stop(2))

    assert ran.code == CANCELLED
    assert instance.done == ["protect=True", "SendCommand", "CancelCommand", "protect=False"]
    assert session.told[-1] == f"`migrate` was cancelled on {INSTANCE} of v1"


def test_what_takes_too_long_has_a_code_of_its_own() -> None:
    late: Look = ("TimedOut", "Execution Timed Out", 137, "", "")

    assert Session(FakeInstance(looks=[RUNS, late])).run().code == TOO_LONG


@pytest.mark.parametrize(
    "never",
    [("TimedOut", "DeliveryTimedOut"), ("Failed", "Undeliverable"), ("Failed", "Terminated")],
)
def test_what_never_ran_is_refused(never: tuple[str, str]) -> None:
    instance = FakeInstance(looks=[WAITS, (*never, -1, "", "")])

    with pytest.raises(Refused, match="Nothing was run"):
        Session(instance).run()

    assert not instance.protected


def test_an_agent_that_takes_nothing_is_not_waited_for() -> None:
    instance = FakeInstance(looks=[WAITS])
    session = Session(instance)

    with pytest.raises(Refused, match="did not take the command"):
        session.run()

    assert "CancelCommand" in instance.done
    assert f"its agent has not taken it in {DELIVERY} s; cancelling it" in session.told


def test_a_machine_that_is_gone_needs_a_person() -> None:
    instance = FakeInstance(looks=[RUNS])

    class Reclaimed(Stop):
        def wait(self, seconds: float) -> None:
            super().wait(seconds)
            instance.in_service = False

    with pytest.raises(NeedsPerson, match="how far the command came is not known"):
        Session(instance).run(Reclaimed(100))


def test_a_lost_answer_is_no_second_command() -> None:
    instance = FakeInstance(lost_answers=1)

    assert Session(instance).run().command_id == COMMAND
    assert len(instance.sent) == 1


def test_a_call_that_did_not_arrive_is_made_again() -> None:
    lost = {"endpoint_url": "https://ssm"}
    away = [EndpointConnectionError(**lost), ReadTimeoutError(**lost)]
    instance = FakeInstance(unheard=[*away])

    Session(instance).run()

    assert len(instance.sent) == 1
    [sent] = instance.sent
    assert sent["Parameters"] == {
        "commands": ["exec /opt/service/current/boot/boot.sh admin migrate"],
        "executionTimeout": ["3600"],
    }
    assert sent["CloudWatchOutputConfig"]["CloudWatchLogGroupName"] == "/orders/dev"
