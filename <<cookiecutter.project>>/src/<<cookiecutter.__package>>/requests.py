"""How a request's body is read."""

from functools import cache
from typing import Any

import msgspec
from litestar import Request
from litestar.exceptions import HTTPException


class StrictRequest(Request[Any, Any, Any]):
    """Decode the body in one step into the type that its handler declares.

    The framework decodes to plain objects, then converts those leniently: "3" would pass as 3.
    """

    async def json(self) -> Any:
        if self.content_type[0] not in {"application/json", ""}:
            raise HTTPException("The body must be application/json.", status_code=415)
        body = await self.body()
        declared = self.route_handler.parsed_data_field
        return _decoder(declared.raw if declared else Any).decode(body)


@cache
def _decoder(body_type: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(body_type)
