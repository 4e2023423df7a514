"""The demo's rollouts: v1 through every tier, v2 by canary, v3 that its alarm turns back."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from tests.cloud import Cloud
from tools.demo.delivering import Deliver
from tools.demo.narration import Narrator

PER_MINUTE = 1200  # requests, so that a share of 5 % is enough to judge by
UNDONE = 3  # exit code of a rollout that a gate has turned back
# What v2 and v3 differ by from the release before: a release is also its environment.
LARGER = {"BODY_BYTES": "2000000"}
SOONER = {**LARGER, "REQUEST_SECONDS": "1"}


@dataclass(frozen=True)
class Show:
    """Carries releases to where they run, and says so."""

    cloud: Cloud
    service: str
    deliver: Deliver
    narrator: Narrator
    record: Path  # of the tier that is watched

    def first(self, tiers: Sequence[str]) -> None:
        """Bring v1 from tier to tier, each taking what is live in the one before."""
        self.cloud.instances.as_on_aws()
        with self.narrator.step(
            f"v1: deliver deploy {tiers[0]}, then promote to {', '.join(tiers[1:])}"
        ) as progress:
            for verb, tier in zip(("deploy", *["promote"] * len(tiers)), tiers, strict=False):
                self.cloud.traffic.flow(f"{self.service}-{tier}", PER_MINUTE)
                self.deliver.move(
                    verb, tier, progress=lambda line, tier=tier: progress(f"{tier}: {line}")
                )

    def canary(self, tier: str) -> None:
        """Bring v2 into a tier step by step: the same build, with another environment."""
        with self.narrator.shown(f"v2: deliver deploy {tier}, a canary watched step by step"):
            self._deploy(tier, LARGER, "take larger baskets")

    def broken(self, tier: str) -> None:
        """Bring v3 into a tier, which fails one request in five, and see it turned back."""
        self.cloud.traffic.behave(f"{self.service}-{tier}-v3", failing=0.2)
        with self.narrator.shown(f"v3: deliver deploy {tier}; it fails, and is undone"):
            self._deploy(tier, SOONER, "give up sooner", code=UNDONE)

    def timeline(self, svg: Path | None) -> None:
        """Draw what became of the tier, from the run's own record."""
        with self.narrator.shown("deliver timeline, from the record of both"):
            self.deliver.run("timeline", str(self.record), shown=True)
            if svg:
                self.deliver.run("timeline", str(self.record), "--svg", str(svg))

    def _deploy(self, tier: str, environment: dict[str, str], why: str, code: int = 0) -> None:
        """Set the release's environment and release it; the bytes are those of v1."""
        file = self.deliver.project / "infra" / f"Pulumi.{tier}.yaml"
        settings = yaml.safe_load(file.read_text())
        settings["config"][f"{self.service}:environment"] = {
            f"{self.service.upper()}_{name}": value for name, value in environment.items()
        }
        file.write_text(yaml.safe_dump(settings))
        words = ("--why", why, "--record", str(self.record))
        self.deliver.move("deploy", tier, *words, shown=True, codes=(code,))
