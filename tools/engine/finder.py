"""Try the ways to a Pulumi CLI, cheapest first."""

from collections.abc import Callable, Mapping

from tools.engine import built, cache, official
from tools.engine.model import OLDEST, Engine, EngineError, Progress, WayFailedError
from tools.engine.on_path import on_path

type Way = Callable[[Progress], Engine]

# What is here already, with the reason it is looked at kept for the error when nothing helps.
PRESENT: Mapping[str, Way] = {
    "PATH": on_path,
    "official installation of before": official.cached,
    "build of before": built.cached,
}
# What makes one; a machine that reaches package registries only gets there by the second.
OBTAINABLE: Mapping[str, Way] = {
    "official installation": official.install,
    "Go build": built.build,
}


def find_engine(
    progress: Progress = lambda _: None,
    *,
    present: Mapping[str, Way] = PRESENT,
    obtainable: Mapping[str, Way] = OBTAINABLE,
) -> Engine:
    """Return a CLI whose version fits; obtain one, which can take minutes, where there is none.

    `progress` hears one line now and then while that lasts. EngineError when no way leads to one.
    """
    failures: dict[str, str] = {}
    if engine := _first(present, progress, failures):
        return engine
    try:
        with cache.turn(progress):
            # Another process may have been at it while we waited for our turn.
            if engine := _first(present, progress, {}) or _first(obtainable, progress, failures):
                return engine
    except OSError as error:
        failures[f"cache {cache.root()}"] = str(error)
    tried = "; ".join(f"{way}: {reason}" for way, reason in failures.items())
    oldest = ".".join(map(str, OLDEST))
    raise EngineError(
        f"no Pulumi CLI. Tried {tried}. Put pulumi {oldest} or later on PATH, then try again."
    )


def _first(ways: Mapping[str, Way], progress: Progress, failures: dict[str, str]) -> Engine | None:
    for name, way in ways.items():
        try:
            return way(progress)
        except (WayFailedError, OSError) as error:
            failures[name] = " ".join(str(error).split())
    return None
