"""The demo's `deliver`: the project's own, run in the time of the simulated cloud."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from tests.cloud import Cloud
from tools.demo import in_cloud_time
from tools.demo.children import Children

LOOK_EVERY = "60"  # seconds of the cloud's time
STANDS_FROM = "2026-11-23T08:00:00Z"  # a workday's morning: no tier is off

type Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def stand_still(cloud: Cloud) -> None:
    """Let the cloud's time pass only when a deployer waits."""
    cloud.clock.set(STANDS_FROM)
    path, _, name = in_cloud_time.PASS.partition("?")

    def in_front_of(aws: Wsgi) -> Wsgi:
        def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
            if environ["PATH_INFO"] != path:
                return aws(environ, start_response)
            [seconds] = parse_qs(environ["QUERY_STRING"])[name.rstrip("=")]
            cloud.clock.advance(float(seconds))
            start_response("204 No Content", [])
            return []

        return answer

    cloud.put_in_front(in_front_of)


@dataclass(frozen=True)
class Deliver:
    """Runs verbs of the baked project's `deliver`."""

    project: Path
    children: Children
    environment: Mapping[str, str]
    endpoint: str  # of the cloud
    service_port: int

    def run(
        self,
        *words: str,
        progress: Callable[[str], None] | None = None,
        shown: bool = False,
        codes: Iterable[int] = (0,),
    ) -> str:
        """Run a verb to its end; `shown` leaves it the terminal."""
        infra = self.project / "infra"
        python = infra / ".venv" / "bin" / "python"
        return self.children.run(
            [str(python), str(Path(in_cloud_time.__file__)), *words],
            folder=infra,
            environment={
                **self.environment,
                in_cloud_time.CLOUD: self.endpoint,
                in_cloud_time.SERVICE: str(self.service_port),
            },
            progress=progress,
            shown=shown,
            codes=codes,
        )

    def move(
        self,
        verb: str,
        tier: str,
        *words: str,
        progress: Callable[[str], None] | None = None,
        shown: bool = False,
        codes: Iterable[int] = (0,),
    ) -> None:
        """Run a verb that moves a tier."""
        given = (verb, tier, *words, "--yes", "--wait", "--look-every", LOOK_EVERY)
        self.run(*given, progress=progress, shown=shown, codes=codes)
