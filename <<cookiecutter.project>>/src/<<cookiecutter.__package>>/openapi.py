"""The API's description of itself, for people, clients and tests."""

from importlib.metadata import version
from typing import Any

import msgspec
from litestar import Litestar, Request
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin

from . import DESCRIPTION, NAME
from .problems import MEDIA_TYPE, Problem

PROBLEM = {
    "description": "Whatever went wrong, as problem details (RFC 9457).",
    "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
}


class Renderer(JsonRenderPlugin):
    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        return msgspec.json.encode(complete(openapi_schema))


def config() -> OpenAPIConfig:
    return OpenAPIConfig(
        title=NAME,
        description=DESCRIPTION,
        version=version(NAME),
        path="/schema",
        render_plugins=[Renderer(path="/openapi.json")],
        use_handler_docstrings=True,
    )


def document(app: Litestar) -> bytes:
    return msgspec.json.format(msgspec.json.encode(complete(app.openapi_schema.to_schema())))


def complete(schema: dict[str, Any]) -> dict[str, Any]:
    """Add what the framework cannot know: our errors, and which bodies refuse unknown fields."""
    components = schema.setdefault("components", {}).setdefault("schemas", {})
    for struct in _structs(msgspec.Struct):
        if struct.__name__ in components and struct.__struct_config__.forbid_unknown_fields:
            components[struct.__name__]["additionalProperties"] = False
    _, own = msgspec.json.schema_components([Problem], ref_template="#/components/schemas/{name}")
    components.update(own)
    for path in schema["paths"].values():
        for operation in path.values():
            operation["responses"].pop("400", None)
            operation["responses"]["default"] = PROBLEM
    return schema


def _structs(base: type[msgspec.Struct]) -> set[type[msgspec.Struct]]:
    return {base}.union(*(_structs(derived) for derived in base.__subclasses__()))
