"""Pulumi's way in."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "parts"))

from platform_parts.errors import told_once
from tier.program import main

with told_once():
    main()
