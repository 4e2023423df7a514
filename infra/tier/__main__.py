"""Pulumi's way in."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "parts"))

from tier.program import main

main()
