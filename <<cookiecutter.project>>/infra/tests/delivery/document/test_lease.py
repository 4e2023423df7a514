from datetime import timedelta
from typing import Any

import pytest
from fake_s3 import START, Bucket, FakeS3
from samples import document, names

from delivery.document.lease import LENGTH, Busy, Holder, LeaseLost, acquire
from delivery.document.record import changed, lease_of
from delivery.document.store import Overtaken, Store
from stack.document import Document, Maintenance


class Clocks:
    """The time of S3 and the seconds that a machine counts, which pass alike."""

    def __init__(self, s3: FakeS3) -> None:
        self.s3 = s3
        self.seconds = 0.0

    def __call__(self) -> float:
        """Give the machine's seconds."""
        return self.seconds

    def pass_(self, time: timedelta) -> None:
        """Let time pass."""
        self.seconds += time.total_seconds()
        self.s3.now += time


@pytest.fixture
def s3() -> FakeS3:
    return FakeS3()


@pytest.fixture
def clocks(s3: FakeS3) -> Clocks:
    return Clocks(s3)


@pytest.fixture
def store(s3: FakeS3) -> Store:
    store = Store(names(), Bucket(s3), "artifacts", sleep=lambda _: None)
    store.write(document(), None)
    return store


def floored(given: Document, floor: int) -> Document:
    return changed(given, floors={"v1": floor})


def test_one_deployer_at_a_time(store: Store) -> None:
    acquire(store, "ann@laptop")

    with pytest.raises(Busy) as caught:
        acquire(store, "bob@runner")

    line = str(caught.value)
    assert "ann@laptop is at work since 2026-11-21T08:00:00Z" in line
    assert "the lease ends at 2026-11-21T08:10:00Z" in line
    assert "--steal" in line
    assert len(line.splitlines()) == 1


def test_the_one_who_holds_it_writes(store: Store) -> None:
    holder = acquire(store, "ann@laptop")

    holder.write(floored(holder.document, 2), instead_of=holder.document)

    assert store.read().document == holder.document
    assert holder.document.floors == {"v1": 2}


def test_a_released_lease_is_free(store: Store) -> None:
    acquire(store, "ann@laptop").release()

    assert store.read().document == document()
    acquire(store, "bob@runner")


def test_a_lease_without_heartbeat_runs_out(store: Store, clocks: Clocks) -> None:
    acquire(store, "ann@laptop")
    clocks.pass_(LENGTH - timedelta(seconds=1))
    with pytest.raises(Busy):
        acquire(store, "bob@runner")
    clocks.pass_(timedelta(seconds=1))

    acquire(store, "bob@runner")


def test_a_heartbeat_keeps_it(store: Store, clocks: Clocks) -> None:
    holder = acquire(store, "ann@laptop", clock=clocks)
    clocks.pass_(timedelta(minutes=6))
    holder.renew()
    clocks.pass_(timedelta(minutes=6))

    with pytest.raises(Busy, match="last heard of at 2026-11-21T08:06:00Z"):
        acquire(store, "bob@runner")


def test_every_write_is_a_heartbeat(store: Store, clocks: Clocks) -> None:
    holder = acquire(store, "ann@laptop", clock=clocks)
    clocks.pass_(timedelta(minutes=6))
    holder.write(floored(holder.document, 2), instead_of=holder.document)

    lease = lease_of(store.read().document)
    assert lease
    assert lease.expires == START + timedelta(minutes=6) + LENGTH
    assert lease.since == START


def test_the_clock_is_that_of_s3(store: Store, s3: FakeS3) -> None:
    """A machine whose clock is a year off takes and keeps it as any other."""
    s3.now += timedelta(days=365)
    acquire(store, "ann@laptop")

    lease = lease_of(store.read().document)
    assert lease
    assert lease.expires == START + timedelta(days=365) + LENGTH


@pytest.mark.parametrize("act", ["write", "renew", "release"])
def test_who_was_robbed_notices_before_anything_is_written(store: Store, act: str) -> None:
    holder = acquire(store, "ann@laptop")
    thief = acquire(store, "bob@runner", steal=True)

    with pytest.raises(LeaseLost, match="bob@runner has it since"):
        _act(holder, act)

    assert store.read().document == thief.document
    thief.renew()


@pytest.mark.parametrize("act", ["write", "renew"])
def test_who_was_robbed_and_left_alone_notices_too(store: Store, act: str) -> None:
    holder = acquire(store, "ann@laptop")
    acquire(store, "bob@runner", steal=True).release()

    with pytest.raises(LeaseLost, match="it was released"):
        _act(holder, act)


@pytest.mark.parametrize("act", ["write", "renew", "release"])
def test_who_was_robbed_and_knows_it_disturbs_the_other_no_more(store: Store, act: str) -> None:
    holder = acquire(store, "ann@laptop")
    thief = acquire(store, "bob@runner", steal=True)
    with pytest.raises(LeaseLost):
        holder.renew()

    with pytest.raises(LeaseLost, match="bob@runner has it since"):
        _act(holder, act)

    assert store.read().document == thief.document


def test_of_two_who_come_at_once_one_gets_it(store: Store, s3: FakeS3) -> None:
    arrives = s3.put_object

    def late(**given: Any) -> dict[str, Any]:  # noqa: ANN401 as boto3
        s3.put_object = arrives
        acquire(store, "bob@runner")
        return arrives(**given)

    s3.put_object = late
    with pytest.raises(Busy, match="bob@runner is at work"):
        acquire(store, "ann@laptop")


def test_a_lost_answer_is_no_lost_lease(store: Store, s3: FakeS3) -> None:
    s3.troubles = ["lost"]
    holder = acquire(store, "ann@laptop")
    s3.troubles = ["lost"]
    holder.write(floored(holder.document, 2), instead_of=holder.document)
    s3.troubles = ["lost"]
    holder.renew()
    s3.troubles = ["lost"]
    holder.release()

    assert store.read().document == floored(document(), 2)


def test_a_change_by_hand_is_taken_in_and_decided_upon_anew(store: Store) -> None:
    holder = acquire(store, "ann@laptop")
    before = holder.document
    soon = Maintenance(text="soon", token="e" * 32)
    store.write(changed(before, maintenance=soon), store.read().etag)

    with pytest.raises(Overtaken):
        holder.write(floored(before, 2), instead_of=before)
    with pytest.raises(Overtaken):
        holder.write(floored(before, 2), instead_of=before)
    holder.write(floored(holder.document, 2), instead_of=holder.document)

    assert holder.document.maintenance
    assert holder.document.floors == {"v1": 2}


def test_a_heartbeat_between_two_writes_disturbs_neither(store: Store) -> None:
    holder = acquire(store, "ann@laptop")
    decided_on = holder.document
    holder.renew()

    holder.write(floored(decided_on, 2), instead_of=decided_on)
    assert store.read().document.floors == {"v1": 2}


def _act(holder: Holder, act: str) -> None:
    if act == "write":
        holder.write(floored(holder.document, 2), instead_of=holder.document)
    else:
        getattr(holder, act)()
