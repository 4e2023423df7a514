"""The rollouts that the sweep is made of: in which tier, of which release, and which points."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.delivery.deploying import Deliver
from tests.delivery.engines import EngineTier
from tests.delivery.sweep.bench import Bench
from tests.delivery.sweep.points import CANARY, FIRST, PROVIDER, Point


@dataclass(frozen=True)
class Rollout:
    """A rollout, by its name in those of its points."""

    name: str
    tier: str
    release: int
    wants: Callable[[Point], bool]

    def bench(self, make: Callable[[str], EngineTier], folder: Path) -> Bench:
        """Bring the tier to where the rollout begins."""
        tier = make(self.tier)
        if self.release > 1:
            assert Deliver(tier).deploy_first(self.release - 1) == "done"
        mine = folder / self.name
        mine.mkdir()
        return Bench(tier, mine, self.release)


def _anything(_point: Point) -> bool:
    return True


def _makes_the_traffic_rule(point: Point) -> bool:
    """Of a first release only this is another way: the engine runs while it shifts."""
    return point.step == "shift-1" and point.who == PROVIDER


ROLLOUTS = (
    Rollout(CANARY, "stage", 2, _anything),
    Rollout(FIRST, "dev", 1, _makes_the_traffic_rule),
)
