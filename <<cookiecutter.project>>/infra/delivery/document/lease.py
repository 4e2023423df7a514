"""The lease: one deployer at a time.

It is a part of the document, so taking it, keeping it and every other change are the same
conditional write: who has lost it notices when the next one is refused, before anything is done.
Times are by the clock of S3, so that two machines need not agree on theirs.
"""

import getpass
import socket
import threading
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from time import monotonic

from stack.document import Document
from stack.refusal import Refused

from .record import Lease, at, changed, lease_of, unleased
from .store import TRIES, Overtaken, Store, Stored

LENGTH = timedelta(minutes=10)  # an engine run with its pauses; then others may go on
HEARTBEAT = timedelta(minutes=3)  # three chances to be heard in that time


class LeaseLost(Refused):
    """Another deployer has taken over."""


class Busy(Refused):
    """Another deployer is at work."""


def who() -> str:
    """Name whoever runs this, as the lease and the history keep it."""
    return f"{getpass.getuser()}@{socket.gethostname()}"


class Holder:
    """The one who may change the tier, with the document as it is. Safe for a heartbeat thread."""

    def __init__(
        self, store: Store, stored: Stored, lease: Lease, clock: Callable[[], float] = monotonic
    ) -> None:
        self._store = store
        self._lease = lease
        self._clock = clock
        self._lock = threading.RLock()
        self._keep(stored)

    @property
    def document(self) -> Document:
        """Give the document as it was last read or written."""
        return self._stored.document

    def write(self, document: Document, instead_of: Document) -> None:
        """Write a document that was decided on the ground of another; it renews the lease, too.

        A change by hand in between is taken in and told as `Overtaken`: decide again.
        """
        with self._lock:
            if unleased(self.document) != unleased(instead_of):
                raise self._store.overtaken()
            try:
                self._write(document)
            except Overtaken:
                self._look()
                raise

    def renew(self) -> None:
        """Say that we are still there."""
        with self._lock:
            for _ in range(TRIES):
                try:
                    return self._write(self.document)
                except Overtaken:
                    self._look()
            raise self._store.overtaken()

    def release(self) -> None:
        """Let others work; who has lost the lease has none to give."""
        with self._lock:
            for _ in range(TRIES):
                try:
                    document = unleased(self.document)
                    return self._keep(self._store.write(document, self._stored.etag))
                except Overtaken:
                    self._look()
            raise self._store.overtaken()

    def _write(self, document: Document) -> None:
        now = self._now()
        self._lease = self._lease.model_copy(update={"heartbeat": now, "expires": now + LENGTH})
        self._keep(self._store.write(changed(document, lease=self._lease), self._stored.etag))

    def _look(self) -> None:
        """Read again: a change by hand is taken in, a lease that is not ours any more ends it."""
        stored = self._store.read()
        lease = lease_of(stored.document)
        # What another has written is not kept: its version would let us write over it.
        if lease is None or lease.nonce != self._lease.nonce:
            whom = f"{lease.owner} has it since {at(lease.since)}" if lease else "it was released"
            raise LeaseLost(
                [f"{self._store.where}: this run has lost its lease: {whom}. It stops here."],
                "`deliver status` shows how the tier stands.",
            )
        self._keep(stored)

    def _keep(self, stored: Stored) -> None:
        self._stored, self._heard = stored, self._clock()

    def _now(self) -> datetime:
        """Give the time by the clock of S3, from its last answer and how long ago that was."""
        return self._stored.now + timedelta(seconds=int(self._clock() - self._heard))


def acquire(
    store: Store, owner: str, *, steal: bool = False, clock: Callable[[], float] = monotonic
) -> Holder:
    """Take the lease: if it is free, has expired, or is to be stolen."""
    stored = store.read()
    lease = lease_of(stored.document)
    if lease and lease.expires > stored.now and not steal:
        raise Busy([_taken(store.where, lease)], ADVICE)
    ours = Lease(
        owner=owner,
        nonce=uuid.uuid4().hex,
        since=stored.now,
        heartbeat=stored.now,
        expires=stored.now + LENGTH,
    )
    try:
        stored = store.write(changed(stored.document, lease=ours), stored.etag)
    except Overtaken:
        other = lease_of(store.read().document)
        if other is None:
            return acquire(store, owner, steal=steal, clock=clock)
        raise Busy([_taken(store.where, other)], ADVICE) from None
    return Holder(store, stored, ours, clock)


ADVICE = "Wait for it, or take over with --steal if you know that it is gone."


def _taken(where: str, lease: Lease) -> str:
    return (
        f"{where}: {lease.owner} is at work since {at(lease.since)}, last heard of at "
        f"{at(lease.heartbeat)}; the lease ends at {at(lease.expires)} unless it is renewed."
    )
