"""Process types and admin processes: all of the same code and the same settings."""

import argparse
import sys
from collections.abc import Sequence

from . import DESCRIPTION
from .settings import Settings, StartError, example, load_settings, text, variable


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. What a person can put right is a line on stderr, never a traceback."""
    options = _parser().parse_args(arguments)
    try:
        options.command(options)
    except StartError as exc:
        exc.report()
        return exc.exit_code
    return 0


def _serve(options: argparse.Namespace) -> None:
    from .server import serve

    serve(load_settings(Settings))


def _openapi(options: argparse.Namespace) -> None:
    from .app import create_app
    from .openapi import document

    settings = load_settings(Settings).model_copy(update={"openapi": True})
    sys.stdout.buffer.write(document(create_app(settings)) + b"\n")


def _settings(options: argparse.Namespace) -> None:
    if options.example:
        sys.stdout.write(example())
        return
    for name, value in load_settings(Settings):
        sys.stdout.write(f"{variable(name)}={text(value)}\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"python -m {__package__}", description=DESCRIPTION)
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    command = commands.add_parser("serve", help="serve the API until SIGTERM")
    command.set_defaults(command=_serve)
    command = commands.add_parser("openapi", help="print the API's description")
    command.set_defaults(command=_openapi)
    command = commands.add_parser("settings", help="show the settings this environment makes")
    command.add_argument("--example", action="store_true", help="print .env.example instead")
    command.set_defaults(command=_settings)
    return parser


if __name__ == "__main__":
    sys.exit(main())
