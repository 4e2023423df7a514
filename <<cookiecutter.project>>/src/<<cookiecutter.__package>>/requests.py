"""How a request's body is read."""

from functools import cache
from typing import Any

import msgspec
from litestar import Request
from litestar.exceptions import HTTPException
from litestar.handlers import BaseRouteHandler


class StrictRequest(Request[Any, Any, Any]):
    """Decode the body in one step into the type that its handler declares.

    The framework decodes to plain objects, then converts those leniently: "3" would pass as 3.
    """

    async def json(self) -> Any:
        if self.content_type[0] not in {"application/json", ""}:
            raise HTTPException("The body must be application/json.", status_code=415)
        return _decoder(self.route_handler).decode(await self.body())


@cache
def _decoder(handler: BaseRouteHandler) -> msgspec.json.Decoder[Any]:
    declared = handler.parsed_data_field
    return msgspec.json.Decoder(declared.annotation if declared else Any)
