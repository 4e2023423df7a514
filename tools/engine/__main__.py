"""`make engine`: say which Pulumi CLI there is; with --environment, what to set to use it."""

import argparse
import sys

from tools.engine import EngineError, find_engine


def main() -> int:
    """Print the engine, or one line that says why there is none."""
    parser = argparse.ArgumentParser(prog="python -m tools.engine", description=__doc__)
    parser.add_argument(
        "--environment", action="store_true", help="print NAME=value lines to run it with"
    )
    wanted = parser.parse_args()
    try:
        engine = find_engine(
            progress=lambda line: print(f"engine: {line}", file=sys.stderr, flush=True)
        )
    except EngineError as error:
        print(f"engine: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("engine: interrupted; nothing half-done is kept", file=sys.stderr)
        return 130
    if wanted.environment:
        for name, value in engine.environment.items():
            print(f"{name}={value}")
    else:
        print(f"engine: Pulumi CLI {engine.version}, {engine.origin}: {engine.path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
