"""What no resource of a tier may be: a file per idea, a pure function per rule."""

from .candidate import Candidate
from .rules import NAMES, RULES, WHOLE
from .watch import Guardrails

__all__ = ["NAMES", "RULES", "WHOLE", "Candidate", "Guardrails"]
