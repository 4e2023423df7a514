"""The strategies: which movements of traffic a rollout makes, and how long each is watched.

all-at-once   all traffic in one movement, nothing watched. For tiers that nobody depends on.
blue-green    the new fleet is probed by header, gets all traffic in one movement, and is watched
              while the old one still stands.
canary        the same in several movements, each watched.
split         two or more releases share the traffic for a stated time, and a client stays where it
              is; then all goes to one side. It ends with stickiness off, before a fleet goes.

None takes capacity from the old fleets before the new one carries all: a request is worth more than
the hour of an instance, in dev, too. What a rollout does is fixed when it begins; other numbers
here are for the next one. They are settings of the tier: stack/tiers.py.
"""

from collections.abc import Mapping

from stack.settings import Settings

from ..document.record import Shift, Strategy, Weights

ALL = 100
MINUTE = 60


def shifts(
    strategy: Strategy, settings: Settings, start: Mapping[str, int], release: str
) -> list[Shift]:
    """List the movements that bring a release to all the traffic."""
    now = start.get(release, 0)
    return [
        Shift(weights=shared(start, release, percent), bake_seconds=minutes * MINUTE)
        for percent, minutes in _steps(strategy, settings)
        if percent > now and (start or percent == ALL)  # the first release has nobody to share with
    ]


def _steps(strategy: Strategy, settings: Settings) -> list[tuple[int, int]]:
    """List the new release's shares in per cent, and for how many minutes each is watched."""
    match strategy:
        case "all-at-once":
            return [(ALL, 0)]
        case "blue-green":
            return [(ALL, settings.standby_minutes)]
        case "canary":
            steps = [(percent, settings.canary_minutes) for percent in settings.canary_percents]
            return [*steps, (ALL, settings.standby_minutes)]
        case "split":
            raise ValueError("A split says its own shares: see split().")


def split(held: Weights, goal: Weights, *, seconds: int, sticky_seconds: int) -> list[Shift]:
    """List the movements of a split: to the shares that are held, and to what comes after them."""
    return [
        Shift(weights=held, bake_seconds=seconds, sticky_seconds=sticky_seconds, held=True),
        Shift(weights=goal, bake_seconds=0),
    ]


def shared(start: Mapping[str, int], release: str, percent: int) -> Weights:
    """Give the release its percent; the others share the rest as they did before."""
    others = {name: weight for name, weight in start.items() if name != release and weight}
    rest, total = ALL - percent, sum(others.values())
    if not total:
        return {release: ALL}
    exact = {name: weight * rest / total for name, weight in others.items()}
    parts = {name: int(share) for name, share in exact.items()}
    missing = rest - sum(parts.values())
    for name in sorted(exact, key=lambda each: parts[each] - exact[each])[:missing]:
        parts[name] += 1
    return {name: part for name, part in {**parts, release: percent}.items() if part}
