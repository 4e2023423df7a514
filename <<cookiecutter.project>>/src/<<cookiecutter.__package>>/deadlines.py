"""The time limit of every request, kept by one timer for all.

A timer for each, as `asyncio.timeout` has it, would cost every request 4 % more time to be exact
about the few that are too late.
"""

import asyncio
from asyncio import Task
from typing import Any

LOOKS = 20  # in the time that a request has: it ends at most a twentieth too late


class Deadlines:
    """Requests under way, the oldest first; those that are late are cancelled."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.running: dict[Task[Any], float] = {}
        self.late: set[Task[Any]] = set()
        self.looking = False

    def begin(self) -> Task[Any]:
        """Watch the task that asks, until `end`."""
        loop = asyncio.get_running_loop()
        task = asyncio.current_task(loop)
        assert task  # noqa: S101  # a server runs each request in one
        self.running[task] = loop.time() + self.seconds
        if not self.looking:
            self.looking = True
            loop.call_later(self.seconds / LOOKS, self._look, loop)
        return task

    def end(self, task: Task[Any]) -> None:
        self.running.pop(task, None)
        self.late.discard(task)

    def was_late(self, task: Task[Any]) -> bool:
        """Whether it was this watch that cancelled the task, which may then go on."""
        if task not in self.late:
            return False
        task.uncancel()
        return True

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        now = loop.time()
        for task, deadline in list(self.running.items()):
            if deadline > now:
                break
            del self.running[task]
            self.late.add(task)
            task.cancel()
        self.looking = bool(self.running)
        if self.looking:
            loop.call_later(self.seconds / LOOKS, self._look, loop)
