"""The API's description of itself, for people, clients and tests."""

from importlib.metadata import version

from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin

from . import DESCRIPTION, NAME


def config() -> OpenAPIConfig:
    return OpenAPIConfig(
        title=NAME,
        description=DESCRIPTION,
        version=version(NAME),
        path="/schema",
        render_plugins=[JsonRenderPlugin(path="/openapi.json")],
    )
