"""Imports of pulumi_aws that take only what the program names.

`pulumi_aws.ec2` alone is some 600 files, of which a tier needs two. With `install`, the package of
an AWS service is empty at first and fetches a class from its file when it is asked for. What is not
in a file of its name comes from the package as its authors wrote it: everything works as without,
only slower. docs/decisions/0006-lean-imports.md has the numbers.
"""

import importlib
import importlib.abc
import importlib.machinery
import re
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from types import ModuleType
from typing import Any

SDK = "pulumi_aws"
EVERYTHING = "__all__"  # what `from pulumi_aws.ec2 import *` asks for first
# A word begins where small letters end, and before the last capital of a row: NATGateway.
WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def install() -> None:
    """Let imports of the SDK's services that follow be lean; a second time does nothing."""
    if not any(isinstance(finder, LeanFinder) for finder in sys.meta_path):
        sys.meta_path.insert(0, LeanFinder())


class LeanFinder(importlib.abc.MetaPathFinder):
    """Finds the packages of services, like `pulumi_aws.ec2`, and nothing else."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Find a service as Python does, but have it loaded lean."""
        if fullname.rpartition(".")[0] != SDK:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec and spec.loader and spec.submodule_search_locations:
            spec.loader = LeanLoader(spec.loader)
        return spec


class LeanLoader(importlib.abc.Loader):
    """Leaves a package empty until it is asked for something."""

    def __init__(self, complete: importlib.abc.Loader) -> None:
        self._complete = complete
        self._once = threading.RLock()
        self._loaded = False

    def exec_module(self, module: ModuleType) -> None:
        """Import nothing; be ready to look for what is asked for."""

        def look_for(name: str) -> Any:  # noqa: ANN401 as modules are
            found = None
            own = name.startswith("__")  # one of Python's questions, not a class
            if not own:
                found = _from_its_file(module.__name__, name)
            if found is None and (not own or name == EVERYTHING):
                self._load(module)
                found = module.__dict__.get(name)
            if found is None:
                raise AttributeError(f"module {module.__name__!r} has no attribute {name!r}")
            setattr(module, name, found)
            return found

        module.__dict__["__getattr__"] = look_for

    def _load(self, module: ModuleType) -> None:
        """Load the package with everything in it, once; other threads wait until it is there."""
        with self._once:
            if not self._loaded:
                self._loaded = True
                self._complete.exec_module(module)


def _from_its_file(package: str, name: str) -> object | None:
    """Give LaunchTemplate from launch_template.py, and so on; None if no such file has it."""
    for file in (WORD.sub("_", name).lower(), "_inputs", "_enums"):
        place = f"{package}.{file}"
        with suppress(ModuleNotFoundError):
            module = importlib.import_module(place)
            if file == name:
                return module  # `from . import outputs`
            if hasattr(module, name):
                return getattr(module, name)
    return None
