"""Where moto is more lenient than AWS, or wrong: one file per service, put over moto when the service is first asked.

Each rule is a function that names the AWS documentation page it follows.
"""

import importlib
import importlib.util
import threading

SERVED_BY = {"elb": "elbv2"}  # moto answers both generations of load balancing from one application

_lock = threading.Lock()


def apply(service: str) -> None:
    """Put the rules of a service over moto's backend; importing the file does it, so once per process."""
    module = f"{__name__}.{SERVED_BY.get(service, service)}"
    with _lock:
        if importlib.util.find_spec(module):
            importlib.import_module(module)
