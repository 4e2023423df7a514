"""A run's crew over the model of a tier: the document is in a bucket, time passes by waiting."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from fake_s3 import Bucket, FakeS3
from rollouts import beginning
from world import NAMES, World

from delivery.deciding.actions import Action, SetWeights, Unprotect, UnprotectTraffic, Up
from delivery.deciding.gates import Bake, Gate, Hold, Ready, Verdict
from delivery.deciding.observed import Observed
from delivery.document.lease import Holder, acquire
from delivery.document.record import Shift, Strategy, changed
from delivery.document.store import Store
from delivery.driving.driver import Crew
from delivery.engine.interrupted import Interrupted
from delivery.judging.judging import Look
from stack.document import Document
from stack.refusal import Refused

if TYPE_CHECKING:
    from delivery.driving.events import Event


class Stage:
    """The tier, its bucket and who works there."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.s3 = FakeS3()
        self.store = Store(NAMES, Bucket(self.s3), "artifacts", sleep=lambda _: None)
        self.store.write(world.document, None)
        self.told: list[Event] = []
        self.done: list[Action] = []
        self.wanted = False
        self.interrupted = Interrupted()
        self.mended: list[tuple[tuple[str, ...], ...]] = []
        self.refuse: dict[type[Action], int] = {}  # how many more of a kind fail

    def crew(self, owner: str = "ann@laptop") -> Crew:
        """Take the lease and be ready."""
        holder = acquire(self.store, owner)
        hands = Hands(self, holder)
        return Crew(
            holder=holder,
            live=hands,
            engine=hands,
            judge=hands,
            policy=lambda _: self.world.policy,
            stop=self,
            tell=self.told.append,
        )

    def write(self, document: Document) -> None:
        """Write the document, as somebody else would."""
        stored = self.store.read()
        self.store.write(document, stored.etag)
        self.world.write(changed(document, lease=None))

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.world.tick(max(1, int(seconds)))
        self.s3.now += timedelta(seconds=seconds)


@dataclass
class Hands:
    """Who looks, acts and judges on the model."""

    stage: Stage
    holder: Holder
    asked: list[Gate] = field(default_factory=list)

    def observe(self) -> Observed:
        """Look."""
        self.stage.world.document = changed(self.holder.document, lease=None)
        return self.stage.world.observe()

    def carry_out(self, action: Action) -> None:
        """Act."""
        self._do(action)

    def check(self) -> None:
        """Be ready."""

    def check_changes(
        self, document: Document, adds: Collection[str] = (), removes: Collection[str] = ()
    ) -> None:
        """Find nothing else to change."""

    def mend(
        self,
        owners: Collection[str] = (),
        adds: Collection[str] = (),
        removes: Collection[str] = (),
    ) -> Interrupted:
        """Say what another has left."""
        self.stage.mended.append((tuple(owners), tuple(adds), tuple(removes)))
        return self.stage.interrupted

    def forget(self, interrupted: Interrupted) -> None:
        """Let the state say that nothing is pending."""
        assert interrupted == self.stage.interrupted
        self.stage.interrupted = Interrupted()

    def up(
        self, document: Document, adds: Collection[str] = (), removes: Collection[str] = ()
    ) -> None:
        """Run the engine."""
        assert changed(document, lease=None) == changed(self.holder.document, lease=None)
        self._do(Up(tuple(adds), tuple(removes)))

    def unprotect(self, release: str) -> None:
        """Let a fleet go."""
        self._do(Unprotect(release))

    def unprotect_traffic(self) -> None:
        """Let the rule go."""
        self._do(UnprotectTraffic())

    def look(self, gate: Gate, observed: Observed) -> Look:
        """Judge."""
        world = self.stage.world
        self.asked.append(gate)
        match gate:
            case Ready():
                lacking = [
                    name for name, floor in gate.floors if observed.fleets[name].healthy < floor
                ]
                over = observed.now >= gate.until
                passed = not lacking
                reason = "not ready" if over else ""
            case Bake() | Hold():
                over, passed = observed.now >= gate.until, observed.now >= gate.until
                reason = "5 % of the requests failed" if world.bad else ""
            case _:
                raise AssertionError("actions are not judged")
        decided = passed or bool(reason)
        verdict = Verdict(gate, bool(passed and not reason), reason) if decided else None
        return Look(verdict=verdict)

    def _do(self, action: Action) -> None:
        stage = self.stage
        stage.done.append(action)
        left = stage.refuse.get(type(action), 0)
        if left:
            stage.refuse[type(action)] = left - 1
            raise Refused([f"{type(action).__name__} is refused."], "Mend it.")
        stage.world.document = changed(self.holder.document, lease=None)
        stage.world.do(action)


class Stopping:
    """The stage's stop, with another wait."""

    def __init__(self, stage: Stage, wait: Callable[[float], None]) -> None:
        self._stage = stage
        self.wait = wait

    @property
    def wanted(self) -> bool:
        """Tell whether somebody wants it to end."""
        return self._stage.wanted


def begin(
    stage: Stage,
    strategy: Strategy = "canary",
    plan: list[Shift] | None = None,
    migration: str = "",
) -> Stage:
    """Begin a rollout of v2 beside v1, in the document."""
    stage.write(beginning(stage.world, strategy, plan, migration=migration))
    return stage


def weights(stage: Stage) -> list[dict[str, int]]:
    """List the weights that the run has set."""
    return [dict(each.weights) for each in stage.done if isinstance(each, SetWeights)]


def at_rest(stage: Stage) -> Document:
    """Give the document, in which nothing is under way."""
    document = stage.store.read().document
    assert document.rollout is None
    return document
