"""How the program ends that runs in this process, when the engine it runs for is gone.

Where the engine has failed, the SDK stops the program's event loop and tells the engine so. That
has ended by then: the SDK fails on its own farewell, and leaves the program's task as it is. Python
would show a person its traceback whenever it collects that task, often as the last lines of all.
"""

import asyncio
from typing import Any

import grpc


def part_in_order() -> None:
    """Let the program that calls this be cancelled when its engine is gone; others go on."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()

    def heed(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        gone = isinstance(context.get("exception"), grpc.RpcError)
        if not gone:
            loop.default_exception_handler(context)
        elif task and not task.cancelling():
            task.cancel()

    loop.set_exception_handler(heed)
