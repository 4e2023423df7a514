"""Handlers of resource types, one file per AWS service or part of one; all are entered here."""

from importlib import import_module
from pkgutil import iter_modules

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")
