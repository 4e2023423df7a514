"""Which points are run: all, a shard of them, those with a word, or the sample."""

import re
from argparse import Namespace
from collections.abc import Sequence

from tests.delivery.sweep.points import CANARY, FIRST, Point, parse

# Of each kind one that is cheap, for `make test`.
SAMPLE = (
    "canary.adding-1.provider.elbv2.CreateRule.1.lost",
    "canary.raising-3.program.autoscaling.UpdateAutoScalingGroup.1.before",
    "canary.shifting-1.program.s3.PutObject.3.after",
    "canary.shifting-1.program.elbv2.ModifyRule.1.lost",
    "canary.closing-3.provider.elbv2.DeleteTargetGroup.1.after",
    "canary.closing-3.provider.autoscaling.DeleteAutoScalingGroup.1.killed",
    "canary.closing-3.provider.autoscaling.DeleteAutoScalingGroup.1.orphaned",
    "canary.settling-3.program.autoscaling.ResumeProcesses.1.lost",
)
SHARD = r"([1-9]\d*)/([1-9]\d*)"


class Asked(Namespace):
    """What the command line asks for."""

    named: str
    shard: str
    sample: bool
    list: bool


def exactly(asked: Asked) -> list[Point]:
    """Give points that need no list of all: the sample, or the one of a whole name."""
    if asked.sample:
        return [parse(each) for each in SAMPLE]
    try:
        return [parse(asked.named)]
    except ValueError:
        return []


def is_meant(rollout: str, asked: Asked) -> bool:
    """Tell whether points of a rollout may be asked for: most words may be of any."""
    names = {each.rollout for each in exactly(asked)} or {asked.named.partition(".")[0]}
    return rollout in names or not names & {CANARY, FIRST}


def chosen(points: Sequence[Point], asked: Asked) -> list[Point]:
    """Give those that have the word in their name, and of these every n-th from the i-th on.

    They are counted by their names: another process may have recorded them in another order, as
    the engine makes several calls at once.
    """
    found = [each for each in points if asked.named in each.name]
    shard = re.fullmatch(SHARD, asked.shard)
    if not shard:
        return found
    mine = sorted(each.name for each in found)[int(shard[1]) - 1 :: int(shard[2])]
    return [each for each in found if each.name in mine]
