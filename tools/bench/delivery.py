"""How long going back takes, beside going forward; and what `deliver` itself takes of a step."""

import importlib
import os
import sys
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from unittest.mock import patch

from cookiecutter.main import cookiecutter

from tests.cloud import Cloud
from tests.delivery.conftest import REGION, Account
from tests.delivery.deploying import MORNING, Deliver
from tests.delivery.engines import EngineTier, copied
from tests.delivery.kept import Kept
from tests.delivery.stacks import Baked
from tools.bench.bake import ROOT, silence
from tools.bench.measure import Benchmark, Case
from tools.engine import find_engine

SERVICE, TIER = "orders", "stage"
ENGINE = ("check", "check_changes", "up", "unprotect", "mend")  # what runs Pulumi


class Reached(BaseException):
    """The traffic is where it was to go: the rest of the rollout is not measured."""


class Rollouts:
    """One tier, and the moments in it that a measure begins from."""

    def __init__(self, tier: EngineTier, folder: Path) -> None:
        self._tier = tier
        deliver = Deliver(tier)
        deliver.deploy_first(1)
        self._build = deliver.proven(2)
        self._before = Kept(tier.cloud, folder / "before")
        deliver.deploy(self._build, "all-at-once")
        self._gone = Kept(tier.cloud, folder / "gone")
        self._reached({"v2": 100}, self._deployment())
        self._stands = Kept(tier.cloud, folder / "stands")

    def forward(self) -> float:
        """Seconds until a new release has all the traffic; most of them its instances boot."""
        return self._reached({"v2": 100}, self._deployment())

    def back(self) -> float:
        """Seconds until the old release has it back, while its fleet stands."""
        return self._reached({"v1": 100}, self._at(self._stands).rollback)

    def again(self) -> float:
        """Seconds until its content has it, when the old fleet is gone."""
        return self._reached({"v3": 100}, self._at(self._gone).rollback)

    def step(self, *, engine: bool) -> float:
        """Seconds of a canary's step, with those of the engine or without."""
        deliver = self._at(self._before)
        with spent_in_the_engine() as spent:
            begun = time.perf_counter()
            deliver.deploy(self._build, "canary")
            taken = time.perf_counter() - begun
        steps = sum(type(each).__name__ == "Stepped" for each in deliver.told)
        return (taken - (0 if engine else sum(spent))) / steps

    def _deployment(self) -> Callable[[], str]:
        return partial(self._at(self._before).deploy, self._build, "blue-green")

    def _at(self, moment: Kept) -> Deliver:
        moment.restore()
        return Deliver(self._tier)

    def _reached(self, weights: dict[str, int], go: Callable[[], str]) -> float:
        """Go until the balancer has the weights; count our seconds, and those of the cloud.

        The cloud's clock stands while somebody works, and goes on while somebody waits.
        """
        cloud, deliver = self._tier.cloud, Deliver(self._tier)
        moving = importlib.import_module("delivery.live.moving")
        move: Callable[..., None] = moving.carry_out

        def watched(*what: object) -> None:
            move(*what)
            if deliver.weights == weights:
                raise Reached

        ours, theirs = time.perf_counter(), cloud.clock.now()
        with patch.object(moving, "carry_out", watched), suppress(Reached):
            go()
        return time.perf_counter() - ours + (cloud.clock.now() - theirs).total_seconds()


@contextmanager
def spent_in_the_engine() -> Generator[list[float]]:
    """Count the seconds in which the engine is asked or runs."""
    engine = importlib.import_module("delivery.engine.engine").Engine
    spent: list[float] = []
    inside = [0]

    def counted(does: Callable[..., object]) -> Callable[..., object]:
        def timed(*given: object, **named: object) -> object:
            inside[0] += 1
            begun = time.perf_counter()
            try:
                return does(*given, **named)
            finally:
                inside[0] -= 1
                if not inside[0]:
                    spent.append(time.perf_counter() - begun)

        return timed

    with ExitStack() as patches:
        for name in ENGINE:
            patches.enter_context(patch.object(engine, name, counted(getattr(engine, name))))
        yield spent


@contextmanager
def prepare(folder: Path) -> Generator[Sequence[Case]]:
    """Bring up stage on a simulated cloud, with a release that has all the traffic."""
    with silence():
        answers = {"project": SERVICE, "region": REGION}
        cookiecutter(str(ROOT), no_input=True, output_dir=str(folder), extra_context=answers)
    infra = folder / SERVICE / "infra"
    sys.path.insert(0, str(infra))
    engine = find_engine(progress=lambda _: None)
    with Cloud.start(region=REGION) as cloud:
        settings = {
            **engine.environment,
            **cloud.environment,
            "PULUMI_CONFIG_PASSPHRASE": "bench",
            "PULUMI_HOME": str(folder / "pulumi-home"),
        }
        with patch.dict(os.environ, settings):
            program = importlib.import_module("stack.program").main
            baked = Baked(SERVICE, infra, program)
            account = Account(cloud, baked, dict(os.environ), folder)
            cloud.clock.set(MORNING)
            cloud.instances.as_on_aws()
            account.set_up(TIER, certified=False)
            with patch.dict(os.environ, {"PULUMI_BACKEND_URL": account.state}):
                tier = EngineTier(cloud, copied(infra, folder / "copy"), TIER, SERVICE)
                tier.make()
                yield cases(Rollouts(tier, folder))


def cases(rollouts: Rollouts) -> list[Case]:
    return [
        Case(group="all traffic moved", name="a deployment", once=rollouts.forward),
        Case(
            group="all traffic moved",
            name="rollback, the old fleet stands",
            once=rollouts.back,
            most_ratio=0.2,
        ),
        Case(
            group="all traffic moved", name="rollback, the old fleet is gone", once=rollouts.again
        ),
        Case(
            group="a step of a canary",
            name="with the engine",
            once=partial(rollouts.step, engine=True),
        ),
        Case(
            group="a step of a canary",
            name="deliver alone",
            once=partial(rollouts.step, engine=False),
        ),
    ]


BENCHMARK = Benchmark(
    name="delivery",
    question="How long does going back take, beside going forward?",
    prepare=prepare,
    rounds=3,
    remark=(
        "In stage, by blue-green. An instance of the simulated cloud runs after 30 s and is well"
        " 60 s later; those seconds are counted, and passed by in no time. Of a step, watching is"
        " not counted: only what deliver and the engine do."
    ),
)
