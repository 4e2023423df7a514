"""A canary's run as it tells itself: v2 comes to 5 %, and its alarm turns it back."""

from datetime import UTC, datetime, timedelta

from delivery.deciding.gates import Bake, Ready
from delivery.deciding.observed import Fleet
from delivery.driving.events import Began, Ended, Event, Measured, Seen, Stepped, Turned

START = datetime(2026, 11, 21, 8, tzinfo=UTC)
ALARM = "orders-prod-v2-failed"
OLD = Fleet("whole", 3, 4, 12, 4, suspended=True)
STARTING = Fleet("whole", 1, 1, 12, 0, suspended=True)
NEW = Fleet("whole", 1, 1, 12, 1, suspended=True)


def after(seconds: float) -> datetime:
    """Give a moment of the run."""
    return START + timedelta(seconds=seconds)


READY = Ready((("v1", 3), ("v2", 1)), after(900), "v2")
BAKE = Bake("v2", ("v1",), after(60), after(660), after(960), 200, pass_quiet=True)
BOTH = {"v1": OLD, "v2": NEW}

BEGAN = Began(
    at=START,
    tier="prod",
    release="v2",
    version="1.4.0",
    strategy="canary",
    shifts=(({"v1": 95, "v2": 5}, 600), ({"v1": 50, "v2": 50}, 600), ({"v2": 100}, 900)),
    who="ann@laptop",
    why="faster quotes",
)
FORWARD: list[Event] = [
    BEGAN,
    Stepped(after(2), "adding", 0, ("keep the clock from sizing v1",)),
    Stepped(after(5), "adding", 0, ("run the engine: make the fleet of v2",)),
    Seen(after(30), {"v1": 100}, {"v1": OLD}),
    Stepped(after(31), "raising", 0, ()),
    Seen(after(41), {"v1": 100}, {"v1": OLD, "v2": STARTING}, READY, waits_for="v2"),
    Stepped(after(60), "shifting", 0, ("move the traffic to v1 95 %, v2 5 %",)),
    Seen(
        after(70),
        {"v1": 95, "v2": 5},
        BOTH,
        BAKE,
        {"v1": Measured(1203, 0.0, 84.2), "v2": Measured(60, 1.6, 91)},
        waits_for="140 more requests",
    ),
]
BACK: list[Event] = [
    Seen(
        after(140),
        {"v1": 95, "v2": 5},
        BOTH,
        BAKE,
        {"v1": Measured(2203, 0.0, 84.2), "v2": Measured(130, 21.6, 91)},
        (ALARM,),
    ),
    Turned(after(141), f"{ALARM} is in ALARM"),
    Stepped(after(141), "returning", 0, ("move the traffic to v1 100 %",)),
    Seen(after(142), {"v1": 100}, BOTH),
    Stepped(after(143), "closing", 0, ("run the engine: remove the fleet of v2",)),
    Stepped(after(193), "settling", 0, ("let the clock size v1 again",)),
    Seen(after(195), {"v1": 100}, {"v1": OLD}),
    Ended(after(200), "undone", {"v1": 100}, f"v2 is undone: {ALARM} is in ALARM"),
]
UNDONE = FORWARD + BACK
