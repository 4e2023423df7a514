"""The hooks as modules, un-rendered: whatever they decide is plain Python."""

import importlib.util
import json
from collections.abc import Mapping
from types import ModuleType

import jinja2

from tests.bake.baking import ROOT


def load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "hooks" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def render(name: str, answers: Mapping[str, object]) -> str:
    """A hook as cookiecutter would run it."""
    settings = json.loads((ROOT / "cookiecutter.json").read_text())
    environment = jinja2.Environment(**settings["_jinja2_env_vars"], autoescape=False)  # noqa: S701
    source = (ROOT / "hooks" / f"{name}.py").read_text()
    return environment.from_string(source).render(cookiecutter=answers)


pre_gen_project = load("pre_gen_project")
post_gen_project = load("post_gen_project")
