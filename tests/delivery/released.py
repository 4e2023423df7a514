"""A tier whose first release is live, kept to be come back to; and programs in the cloud's time."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import datetime, tzinfo
from importlib import import_module
from pathlib import Path
from typing import Any, Self

import pytest

from tests.cloud import Cloud
from tests.delivery.deploying import MORNING, Deliver
from tests.delivery.engines import EngineTier
from tests.delivery.kept import Kept


@contextmanager
def released(tier: EngineTier, folder: Path, **settings: Any) -> Generator[tuple[EngineTier, Kept]]:
    """A tier with settings of its own and v1, on a workday's morning."""
    cloud = tier.cloud
    cloud.clock.set(MORNING)
    cloud.instances.as_on_aws()
    tier.settings(**settings)
    tier.make()
    assert Deliver(tier).deploy_first(1) == "done"
    yield tier, Kept(cloud, folder / "kept")
    cloud.reset()


@contextmanager
def edited(tier: EngineTier, **settings: Any) -> Generator[None]:
    """A tier's settings file as somebody edits it, for a while."""
    file = tier.infra / f"Pulumi.{tier.tier}.yaml"
    before = file.read_text()
    tier.settings(**settings)
    try:
        yield
    finally:
        file.write_text(before)


def in_cloud_time(cloud: Cloud, patch: pytest.MonkeyPatch) -> None:
    """Let programs that ask this machine for the time hear the cloud's."""

    class CloudTime(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            return cls.fromtimestamp(cloud.clock.now().timestamp(), tz)

    for module in ("stack.program", "delivery.engine.changes"):
        patch.setattr(import_module(module), "datetime", CloudTime)


class Vanished(BaseException):
    """Ends a deployer without a chance to say anything."""


def killed(deliver: Deliver, build: str, weights: dict[str, int]) -> None:
    """Begin a release by the tier's strategy, whose deployer is gone at these weights."""

    def vanish() -> None:
        raise Vanished

    at_step(deliver, weights, vanish)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(import_module("delivery.document.lease").Holder, "release", lambda _: None)
        with pytest.raises(Vanished):
            deliver.deploy(build)


def at_step(deliver: Deliver, weights: dict[str, int], do: Callable[[], None]) -> None:
    """Do something once, when the balancer has these weights."""

    def look() -> None:
        if deliver.weights == weights:
            deliver.waiting.meanwhile = None
            do()

    deliver.waiting.meanwhile = look
