"""Which points are run: all, a shard of them, those with a word, or the sample."""

import re
from collections.abc import Sequence

from tests.delivery.sweep.points import Point, parse

# One of each kind, for `make test`.
SAMPLE = (
    "adding-1.program.s3.PutObject.2.lost",
    "adding-1.provider.elbv2.CreateRule.1.lost",
    "adding-1.provider.autoscaling.CreateAutoScalingGroup.1.killed",
    "adding-1.provider.autoscaling.CreateAutoScalingGroup.1.orphaned",
    "raising-3.program.autoscaling.UpdateAutoScalingGroup.1.before",
    "shifting-1.program.elbv2.ModifyRule.1.after",
    "closing-3.provider.autoscaling.DeleteAutoScalingGroup.1.before",
    "settling-3.program.autoscaling.ResumeProcesses.1.lost",
)


class ChoiceError(ValueError):
    """What was asked for cannot be chosen."""


def sample() -> list[Point]:
    """Give the few that `make test` runs."""
    return [parse(each) for each in SAMPLE]


def exactly(name: str) -> list[Point]:
    """Give the point of this name, which needs no list of all; none if it is no such name."""
    try:
        return [parse(name)]
    except ValueError:
        return []


def shard(points: Sequence[Point], said: str) -> list[Point]:
    """Give every n-th point, from the i-th on."""
    found = re.fullmatch(r"([1-9]\d*)/([1-9]\d*)", said)
    if not found or int(found[1]) > int(found[2]):
        raise ChoiceError(f"SHARD={said} is none; write SHARD=1/2 and SHARD=2/2")
    return list(points[int(found[1]) - 1 :: int(found[2])])


def named(points: Sequence[Point], word: str) -> list[Point]:
    """Give those whose name has the word in it."""
    found = [each for each in points if word in each.name]
    if not found:
        raise ChoiceError(f"no point has {word} in its name; ARGS=--list names them")
    return found
