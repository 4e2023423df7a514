"""The strategies: which movements of traffic a rollout makes, and how long each is watched.

all-at-once   all traffic in one movement, nothing watched. For tiers that nobody depends on.
blue-green    the new fleet is probed by header, gets all traffic in one movement, and is watched
              while the old one still stands.
canary        the same in several movements: PERCENTS of the new release, each watched.
split         two or more releases share the traffic for a stated time, and a client stays where it
              is; then all goes to one side. It ends with stickiness off, before a fleet goes.

None takes capacity from the old fleets before the new one carries all: a request is worth more than
the hour of an instance, in dev, too. What a rollout does is fixed when it begins; other numbers
here are for the next one.
"""

from collections.abc import Mapping

from stack.tiers import COLUMNS

from .record import Shift, Strategy, Weights

ALL = 100
MINUTE = 60

# The share of the new release in per cent, and for how many minutes it is watched.
# fmt: off
NOW = ((100, 0),)
PERCENTS: dict[Strategy, tuple[tuple[tuple[int, int], ...], ...]] = {
    "all-at-once": (NOW, NOW, NOW, NOW),
    # strategy      dev                  test
    #               stage                prod
    "blue-green":  (((100, 1),),         ((100, 2),),
                    ((100, 5),),         ((100, 15),)),
    "canary":      (((50, 1), (100, 1)), ((25, 2), (100, 2)),
                    ((5, 5), (50, 5), (100, 5)),
                                         ((5, 10), (25, 10), (50, 10), (100, 15))),
}
# fmt: on
# What a deployment does where nobody chose.
USUAL: dict[str, Strategy] = dict(
    zip(COLUMNS, ("all-at-once", "blue-green", "canary", "canary"), strict=True)
)


def shifts(strategy: Strategy, tier: str, start: Mapping[str, int], release: str) -> list[Shift]:
    """List the movements that bring a release to all the traffic."""
    steps = PERCENTS[strategy][COLUMNS.index(tier)]
    now = start.get(release, 0)
    return [
        Shift(weights=shared(start, release, percent), bake_seconds=minutes * MINUTE)
        for percent, minutes in steps
        if percent > now and (start or percent == ALL)  # the first release has nobody to share with
    ]


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
