"""The heartbeat: while a run works, its lease is renewed in the background."""

import threading
from collections.abc import Callable
from time import monotonic
from types import TracebackType
from typing import Self

from stack.refusal import Refused

from .lease import HEARTBEAT, LENGTH, Holder, LeaseLost

AGAIN = 20.0  # seconds until the next try, when S3 did not take one


class Heartbeat:
    """As a context it keeps the lease; `check` tells a run that has lost it."""

    def __init__(self, holder: Holder, clock: Callable[[], float] = monotonic) -> None:
        self._holder = holder
        self._clock = clock
        self._heard = clock()
        self._lost: Refused | None = None
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="heartbeat", daemon=True)

    def check(self) -> None:
        """Refuse to go on without the lease: another may have taken the tier over."""
        if isinstance(self._lost, LeaseLost):
            raise self._lost
        if self._lost and self._clock() - self._heard >= LENGTH.total_seconds():
            raise LeaseLost(
                [f"The lease could not be renewed in time, and has run out: {self._lost}"],
                "`deliver status` shows how the tier stands.",
            )

    def __enter__(self) -> Self:
        """Begin."""
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End; a beat that is under way is waited for."""
        self._over.set()
        self._thread.join()

    def _beat(self) -> None:
        pause = HEARTBEAT.total_seconds()
        while not self._over.wait(pause):
            try:
                self._holder.renew()
            except LeaseLost as lost:
                self._lost = lost
                return
            except Refused as trouble:
                self._lost, pause = trouble, AGAIN
            else:
                self._heard, self._lost = self._clock(), None
                pause = HEARTBEAT.total_seconds()
