"""Run as `python -m delivery`."""

from .cli import main

main()
