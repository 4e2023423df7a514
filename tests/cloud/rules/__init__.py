"""What AWS accepts in a property: a row each, one file per service; all are entered here."""

from importlib import import_module
from pkgutil import iter_modules

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")
