"""Who drives a rollout of the model tier, one atomic thing at a time."""

from typing import TYPE_CHECKING

from world import Died, Failed, Fault, World

from delivery.deciding.actions import Action
from delivery.deciding.gates import Acted, Gate, Hold, Ready, Verdict
from delivery.deciding.strategy import Done, next_step
from delivery.deciding.turning import taken_over
from stack.document import Document

if TYPE_CHECKING:
    from delivery.deciding.view import Step


class Deployer:
    """Drives a rollout one atomic thing at a time: look, write, each action, the gate."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.step: Step | None = None
        self.todo: list[Action | Document] = []
        self.verdict: Verdict | None = None
        self.waited = 0
        self.steps: list[Step] = []
        world.proven = world.proven or set()
        if world.rollout:
            world.document = taken_over(world.document, world.now)

    def advance(self, fault: Fault = None) -> bool:
        """Do the next thing; say whether there was any."""
        if self.step is None:
            return self._decide()
        if self.todo:
            self._act(self.todo.pop(0), fault)
        else:
            self._wait(self.step.gate)
        return True

    def run(self, most: int = 400) -> None:
        """Go on to the end, which must come."""
        for _ in range(most):
            if not self.advance():
                return
        raise AssertionError("it ends")

    def _decide(self) -> bool:
        observed = self.world.observe(self.verdict)
        self.verdict = None
        step = next_step(self.world.document, observed, self.world.policy)
        if isinstance(step, Done):
            return False
        self.world.judge(step)
        self.steps.append(step)
        self.step, self.todo = step, [step.document, *step.actions]
        return True

    def _act(self, what: Action | Document, fault: Fault) -> None:
        if isinstance(what, Document):
            if fault == "before":
                assert self.step
                if self.step.urgent:
                    return  # the balancer is told whatever the bucket says
                raise Died
            self.world.write(what)
            if fault:
                raise Died
            return
        try:
            self.world.do(what, fault)
        except Failed:
            assert self.step
            self._end(self.step.gate, passed=False)

    def _wait(self, gate: Gate) -> None:
        world = self.world
        match gate:
            case Acted():
                self._end(gate, passed=True)
            case Ready():
                ready = all(
                    name in world.fleets and world.fleets[name].healthy >= floor
                    for name, floor in gate.floors
                )
                if ready or world.now >= gate.until:
                    self._end(gate, passed=ready)
                else:
                    world.tick()
            case _:
                world.tick(max(60, int((gate.until - world.now).total_seconds())))
                self._end(gate, passed=not world.bad or isinstance(gate, Hold))

    def _end(self, gate: Gate, *, passed: bool) -> None:
        if passed:
            self.world.passed()
        self.verdict = Verdict(gate, passed, "" if passed else "5 % of requests failed")
        self.step = None
