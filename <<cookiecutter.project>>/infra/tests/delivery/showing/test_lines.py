from dataclasses import replace

from told import ALARM, BEGAN, FORWARD, UNDONE, after

from delivery.driving.events import Event, Seen, Turned
from delivery.showing.lines import Lines


def lines(events: list[Event]) -> list[str]:
    said = Lines()
    return [line for event in events if (line := said.of(event))]


def test_a_run_as_a_log() -> None:
    assert lines(UNDONE) == [
        "2026-11-21T08:00:00Z  canary of v2 (1.4.0) in prod, by ann@laptop: faster quotes. "
        "Steps: v1 95 %, v2 5 % for 10 min; v1 50 %, v2 50 % for 10 min; v2 100 % for 15 min",
        "2026-11-21T08:00:02Z  the fleet of v2 is made ready: keep the clock from sizing v1",
        "2026-11-21T08:00:05Z  run the engine: make the fleet of v2",
        "2026-11-21T08:00:30Z  v1 100 %, 4/4 healthy, 3 to 12",
        "2026-11-21T08:00:31Z  fleets grow for v1 95 %, v2 5 %, until they are healthy",
        "2026-11-21T08:00:41Z  v1 100 %, 4/4 healthy, 3 to 12; v2 0 %, 0/1 healthy, 1 to 12; "
        "must be healthy by 08:15:00 UTC: 3 of v1 and 1 of v2; "
        "v2 must answer when asked by its label; waits for v2",
        "2026-11-21T08:01:00Z  traffic goes to v1 95 %, v2 5 %, and is watched: "
        "move the traffic to v1 95 %, v2 5 %",
        "2026-11-21T08:01:10Z  v1 95 %, 4/4 healthy, 3 to 12; v2 5 %, 1/1 healthy, 1 to 12; "
        "v1 had 1,203 requests, 0.0 % failed, p90 84 ms; "
        "v2 had 60 requests, 1.6 % failed, p90 91 ms; "
        "v2 must be no worse than v1 until 08:11:00 UTC; waits for 140 more requests",
        f"2026-11-21T08:02:20Z  ALARM {ALARM}; "
        "v1 95 %, 4/4 healthy, 3 to 12; v2 5 %, 1/1 healthy, 1 to 12; "
        "v1 had 2,203 requests, 0.0 % failed, p90 84 ms; "
        "v2 had 130 requests, 21.6 % failed, p90 91 ms; 8 min 40 s left",
        f"2026-11-21T08:02:21Z  going back: {ALARM} is in ALARM",
        "2026-11-21T08:02:21Z  traffic goes back to where it was: move the traffic to v1 100 %",
        "2026-11-21T08:02:22Z  v1 100 %, 4/4 healthy, 3 to 12; v2 0 %, 1/1 healthy, 1 to 12",
        "2026-11-21T08:02:23Z  fleets that have no part any more are removed: "
        "run the engine: remove the fleet of v2",
        "2026-11-21T08:03:13Z  sizes are set as the hour has them: let the clock size v1 again",
        "2026-11-21T08:03:15Z  v1 100 %, 4/4 healthy, 3 to 12",
        f"2026-11-21T08:03:20Z  v2 is undone: {ALARM} is in ALARM; traffic: v1 100 %",
    ]


def test_what_was_seen_before_is_said_once_a_minute() -> None:
    sight = FORWARD[-1]
    assert isinstance(sight, Seen)
    again = [replace(sight, at=after(seconds), waits_for="") for seconds in range(80, 200, 10)]

    said = lines([*FORWARD, *again])[len(lines(FORWARD)) :]

    assert [line[:20] for line in said] == ["2026-11-21T08:02:10Z", "2026-11-21T08:03:10Z"]
    assert said[0].endswith("8 min 50 s left")


def test_an_alarm_is_said_at_once() -> None:
    sight = FORWARD[-1]
    assert isinstance(sight, Seen)

    assert f"ALARM {ALARM}" in lines([*FORWARD, replace(sight, at=after(71), alarms=(ALARM,))])[-1]


def test_a_line_is_one_line_and_steers_no_terminal() -> None:
    event = Turned(after(1), "bad\n::error::and\x1b[31mred")

    assert lines([BEGAN, event])[1:] == [
        "2026-11-21T08:00:01Z  going back: bad ::error::and [31mred"
    ]


def test_a_bake_that_waits_longer_says_so() -> None:
    sight = FORWARD[-1]
    assert isinstance(sight, Seen)
    over = replace(sight, at=after(720))

    assert lines([*FORWARD, over])[-1].endswith("at most 4 min more; waits for 140 more requests")
