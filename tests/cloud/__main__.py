"""The simulated AWS in the foreground: `make cloud`.

Standard output has nothing but NAME=value lines, which point a Pulumi CLI, boto3 or `aws` here.
"""

import argparse
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from tests.cloud.cloud import DEFAULT_REGION, Cloud
from tests.cloud.words import CloudStartError


class Stopped(BaseException):
    """Raised in the main thread by a signal."""


def main() -> int:
    options = _options()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    own_state = None if options.state else Path(tempfile.mkdtemp(prefix="slipway-state-"))
    try:
        _run(options, own_state or Path(options.state).resolve())
    except Stopped:
        say("stopped")
    except CloudStartError as error:
        say(str(error))
        return 1
    finally:
        if own_state:
            _remove(own_state)
    return 0


def _remove(folder: Path) -> None:
    """Remove a folder in which an engine may still be writing its last words."""
    for _ in range(20):
        shutil.rmtree(folder, ignore_errors=True)
        time.sleep(0.05)
        if not folder.exists():
            return
        time.sleep(0.2)


def _stop(*_: object) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: os._exit(130))  # a second Ctrl-C does not wait
    raise Stopped


def _run(options: argparse.Namespace, state: Path) -> None:
    started = time.monotonic()
    state.mkdir(parents=True, exist_ok=True)
    say(f"starting a simulated AWS in {options.region} ...")
    with Cloud.start(region=options.region, port=options.port) as cloud:
        engine = _engine(options.empty)
        environment = {
            **engine,
            **cloud.environment,
            "PULUMI_BACKEND_URL": state.as_uri(),
        }
        if not options.empty:
            _lay_platform(cloud, environment, state)
        for name, value in environment.items():
            if name != "PATH" or value != os.environ.get("PATH"):
                print(f"{name}={value}", flush=True)
        say(f"ready after {time.monotonic() - started:.1f} s; Ctrl-C ends it")
        while True:
            time.sleep(0.5)  # signal.pause would miss a signal that comes just before it


def _engine(empty: bool) -> Mapping[str, str]:
    """What the CLI needs. Without one an empty cloud still serves boto3 and `aws`."""
    from tools.engine import EngineError, find_engine

    try:
        return find_engine(progress=say).environment
    except EngineError as error:
        if not empty:
            raise CloudStartError(str(error)) from error
        say(str(error))
        return {}


def _lay_platform(cloud: Cloud, environment: Mapping[str, str], state: Path) -> None:
    """Bring up the platform here now, and in other regions when somebody asks."""
    from pulumi.automation.errors import CommandError

    from tests.cloud.platform_on_demand import BUILDER_KEY, PlatformOnDemand, last_error
    from tests.cloud.platform_setup import set_up_platform
    from tests.cloud.regions import regions

    def lay(region: str) -> None:
        here = region == cloud.region
        backend = state if here else state / "platform" / region
        backend.mkdir(parents=True, exist_ok=True)
        say(f"laying the platform in {region} (account, dev, test, stage, prod) ...")
        point = {
            **os.environ,
            **environment,
            "AWS_ACCESS_KEY_ID": BUILDER_KEY,
            "AWS_REGION": region,
            "AWS_DEFAULT_REGION": region,
            "PULUMI_BACKEND_URL": backend.as_uri(),
        }
        set_up_platform(point, region, backend.as_uri(), say, certified=["prod"])

    try:
        lay(cloud.region)
    except CommandError as error:
        raise CloudStartError(f"the platform could not be laid: {last_error(error)}") from error
    demand = PlatformOnDemand(lay, regions(), laid=[cloud.region])
    cloud.put_in_front(demand.in_front_of)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.cloud", description=__doc__)
    parser.add_argument("--empty", action="store_true", help="do not set up the platform")
    parser.add_argument("--port", type=_port, default=0, help="port of the AWS endpoint (any free)")
    parser.add_argument("--region", default=DEFAULT_REGION, help="region (%(default)s)")
    parser.add_argument("--state", default="", help="folder of Pulumi's state (a temporary one)")
    return parser.parse_args()


def _port(text: str) -> int:
    if text.isdecimal() and 1 <= int(text) <= 65535:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text} is not a port; give a number from 1 to 65535")


def say(line: str) -> None:
    """Words for a person: on standard error, for standard output is for programs."""
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
