"""Pulumi's way in."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "parts"))

from account.program import main
from platform_parts.errors import told_once

with told_once():
    main()
