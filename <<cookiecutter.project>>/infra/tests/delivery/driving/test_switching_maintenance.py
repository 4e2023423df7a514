"""Who puts the page before a service keeps the tier until the engine is through."""

from datetime import timedelta
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest
from fake_s3 import Bucket, FakeS3
from samples import contract, names, settings

from delivery.document import heartbeat
from delivery.driving.desk import Desk
from delivery.driving.maintenance import switch_off, switch_on
from delivery.place import Place
from stack.document import Document, Maintenance, empty

SOON = 30.0  # seconds for what takes none


class Waiting:
    """An engine that stands behind another, longer than a lease lasts."""

    def __init__(self, s3: FakeS3) -> None:
        self._s3 = s3
        self.told: list[Maintenance | None] = []

    def mend(self) -> None:
        """Find nothing left by another."""

    def up(self, document: Document) -> None:
        """Wait until the lease has been renewed twice."""
        enough, latest = self._s3.puts + 2, monotonic() + SOON
        while self._s3.puts < enough:
            assert monotonic() < latest, "nobody renews the lease"
            sleep(0.01)
        self.told.append(document.maintenance)


def test_the_lease_is_kept_while_the_engine_puts_the_page_up_and_takes_it_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(heartbeat, "HEARTBEAT", timedelta(milliseconds=10))
    s3 = FakeS3()
    engine: Any = Waiting(s3)
    nobody: Any = None  # no look, no gate, no word
    here = Place(Path("/nowhere"), names("dev"), settings("dev"), Bucket(s3), contract("dev"))
    desk = Desk(here, nobody, engine, nobody, nobody, nobody, print)
    here.store.write(empty(here.names), None)

    page = switch_on(desk, text="Moving house.", until=None, token=None)
    shown = here.store.read().document
    assert switch_off(desk)

    on = Maintenance(text="Moving house.", token=page.token)
    assert engine.told == [on, None]
    assert (shown.maintenance, shown.lease) == (on, None)
    assert here.store.read().document.maintenance is None
