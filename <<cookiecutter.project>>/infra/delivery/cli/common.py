"""What verbs share: where the project is, and how a result is printed."""

import json
from pathlib import Path
from typing import Any

import click

PROJECT = Path(__file__).parents[3]

as_json = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")


def show(result: dict[str, Any], words: str, *, as_json: bool) -> None:
    """Print what came of it, on stdout and nothing else there."""
    click.echo(json.dumps(result, indent=2) if as_json else words)
