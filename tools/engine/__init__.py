"""Find the Pulumi CLI, or install or build one outside the repository."""

from tools.engine.finder import find_engine
from tools.engine.model import Engine, EngineError

__all__ = ["Engine", "EngineError", "find_engine"]
