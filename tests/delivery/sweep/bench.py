"""Where the sweep works: a tier with its first release live, and the build of the next at hand."""

import itertools
import json
import os
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from botocore.retries.standard import ExponentialBackoff

from tests.cloud import Cloud
from tests.delivery.deploying import Deliver
from tests.delivery.engines import EngineTier
from tests.delivery.kept import Kept

REQUESTS = 3000  # a minute: enough for each gate
SETTLED = 480.0  # seconds by which instances have come and gone, and no lease has run out


class Over(BaseException):
    """The step that a run was to take is taken; nothing but the harness may catch it."""


class Watched(Deliver):
    """`deliver`, whose document and turns are heard of, and which waits in the cloud's time."""

    def __init__(self, tier: EngineTier) -> None:
        super().__init__(tier)
        self.written: Callable[[Any], None] = lambda _document: None
        self.turning: Callable[[], None] = lambda: None

    @property
    def place(self) -> Any:
        """The tier's place; its store tells of each version that has arrived."""
        place = super().place
        store = import_module("delivery.document.store").Store(
            place.names,
            place.account,
            place.contract.artifact_bucket,
            self.cloud.clock.sleep,
        )
        write = store.write

        def watched(document: Any, etag: str | None) -> Any:
            stored = write(document, etag)
            self.written(stored.document)
            return stored

        store.write = watched
        vars(place)["store"] = store  # as its cached property keeps it
        return place

    def desk(self, *, wait: bool = True) -> Any:
        """A new one, as each run has."""
        desk = super().desk(wait=wait)
        tell = desk.tell

        def hear(event: Any) -> None:
            if type(event).__name__ == "Turned":
                self.turning()
            tell(event)

        return replace(desk, tell=hear)


class Bench:
    """The tier, the build of its next release, and moments to come back to."""

    def __init__(self, tier: EngineTier, folder: Path, number: int = 2) -> None:
        self.tier = tier
        self.folder = folder
        self._numbers = itertools.count(1)
        hasten()
        self.cloud.traffic.flow(f"{tier.service}-{tier.tier}", REQUESTS)
        self.build = Deliver(tier).proven(number)
        self.cloud.clock.advance(SETTLED)
        self.start = self.keep()

    @property
    def cloud(self) -> Cloud:
        """The simulated AWS."""
        return self.tier.cloud

    def keep(self) -> Kept:
        """The moment that it is now."""
        return Kept(self.cloud, self.folder / f"moment-{next(self._numbers)}")

    def state(self) -> dict[str, Any]:
        """What the engine keeps, read from its file: the CLI takes half a second for that."""
        folder = Path(urlsplit(os.environ["PULUMI_BACKEND_URL"]).path, ".pulumi/stacks")
        [file] = folder.glob(f"**/{self.tier.service}/{self.tier.tier}.json")
        return dict(json.loads(file.read_text())["checkpoint"]["latest"])

    def mend_folder(self) -> None:
        """Make of the folder with the engine's state what a bucket would be after a kill.

        Beside each file it has another with its attributes, which is not written whole or not at
        all as objects of a bucket are (fileblob's setAttrs, of gocloud.dev): an empty one goes.
        """
        folder = Path(urlsplit(os.environ["PULUMI_BACKEND_URL"]).path)
        for file in folder.glob("**/*.attrs"):
            if not file.stat().st_size:
                file.unlink()

    def locks(self) -> list[Path]:
        """The locks on the engine's state."""
        folder = Path(urlsplit(os.environ["PULUMI_BACKEND_URL"]).path, ".pulumi/locks")
        return list(folder.glob(f"**/{self.tier.service}/{self.tier.tier}/*.json"))


def hasten() -> None:
    """Let boto3's retries follow at once: they wait by the machine's clock, for nothing here."""
    ExponentialBackoff.delay_amount = lambda *_: 0  # ty: ignore[invalid-assignment]
