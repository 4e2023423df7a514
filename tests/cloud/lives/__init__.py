"""A life per type: how it is made, what changes in place, what replaces, how it drifts.

One file per part of AWS. What other tests make things with is told here, too.
"""

from importlib import import_module
from pkgutil import iter_modules

from tests.cloud.lives.balancing import (
    NOTHING,
    balanced,
    certificate,
    forward,
    listener,
    target_group,
)
from tests.cloud.lives.base import ALLOW, LIVES, Life, document
from tests.cloud.lives.identity import role
from tests.cloud.lives.names import acl_inputs
from tests.cloud.lives.scaling import group_inputs
from tests.cloud.lives.storage import bucket

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")

__all__ = [
    "ALLOW",
    "LIVES",
    "NOTHING",
    "Life",
    "acl_inputs",
    "balanced",
    "bucket",
    "certificate",
    "document",
    "forward",
    "group_inputs",
    "listener",
    "role",
    "target_group",
]
