"""The hooks as modules, un-rendered: whatever they decide is plain Python."""

import importlib.util
from types import ModuleType

from tests.bake.baking import ROOT


def load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "hooks" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


pre_gen_project = load("pre_gen_project")
post_gen_project = load("post_gen_project")
