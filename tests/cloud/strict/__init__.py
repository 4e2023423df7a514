"""Where moto is more lenient than AWS, or wrong: one file per service.

Each rule is a function that names the AWS documentation page it follows. A file takes effect
when its service is first asked.
"""

import importlib
import importlib.util
import threading

SERVED_BY = {"elb": "elbv2"}  # moto answers both generations of load balancing from one application

_lock = threading.Lock()


def apply(service: str) -> None:
    """Put a service's rules over moto; importing the file does it, so once per process."""
    module = f"{__name__}.{SERVED_BY.get(service, service)}"
    with _lock:
        if importlib.util.find_spec(module):
            importlib.import_module(module)
