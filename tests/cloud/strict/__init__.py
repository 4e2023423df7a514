"""Where moto is more lenient than AWS, or wrong: one file per service.

Each rule is a function that names the AWS documentation page it follows. A file takes effect
when its service is first asked: `elbv2.py` and whatever begins with `elbv2_`.
"""

import importlib
import threading
from functools import cache
from pkgutil import iter_modules

SERVED_BY = {"elb": "elbv2"}  # moto answers both generations of load balancing from one application

_lock = threading.Lock()


def apply(service: str) -> None:
    """Put a service's rules over moto; importing a file does it, so once per process."""
    service = SERVED_BY.get(service, service)
    with _lock:
        for name in _names():
            if name == service or name.startswith(f"{service}_"):
                importlib.import_module(f"{__name__}.{name}")


@cache
def _names() -> tuple[str, ...]:
    return tuple(sorted(module.name for module in iter_modules(__path__)))
