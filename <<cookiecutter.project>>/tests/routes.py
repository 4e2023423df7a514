"""Routes that only tests have, so that these do not depend on any feature."""

import asyncio
from typing import Annotated, Any

from litestar import Request, Response, get, post
from litestar.params import JSONBody, QueryParameter
from msgspec import Struct

from <<cookiecutter.__package>>.caching import unless_known


class Note(Struct, frozen=True, forbid_unknown_fields=True):
    text: str
    tags: list[str] = []


@post("/echo", status_code=200, sync_to_thread=False)
def echo(data: JSONBody[Note]) -> Note:
    return data


@get("/page", sync_to_thread=False)
def page(limit: Annotated[int, QueryParameter(ge=1)] = 10) -> int:
    return limit


@get("/broken", sync_to_thread=False)
def broken() -> None:
    password = "hunter2"  # noqa: F841, S105
    raise RuntimeError("the database is on fire")


@get("/slow")
async def slow() -> None:
    await asyncio.sleep(5)


@get("/kept", sync_to_thread=False)
def kept(request: Request[Any, Any, Any]) -> Response[list[str] | None]:
    return unless_known(request, ["a", "b"])


ROUTES = [broken, echo, kept, page, slow]
