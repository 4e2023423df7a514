"""`deliver` in this process, in the cloud's time, at the desk its command line puts together."""

import hashlib
import json
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from tests.cloud import Cloud
from tests.delivery import documents
from tests.delivery.engines import EngineTier, git
from tools.demo import tiers

MORNING = "2026-11-23T08:00:00Z"  # of a workday
AWAY = 60.0  # seconds between two looks; CloudWatch has no new number sooner


class Waiting:
    """A run's stop: waiting is the cloud's time passing. A test may want it to end."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self.wanted = False
        self.meanwhile: Callable[[], None] | None = None  # done once before each wait

    def wait(self, seconds: float) -> None:
        if self.meanwhile:
            self.meanwhile()
        self._cloud.clock.sleep(seconds)


class Deliver:
    """What a person does with `deliver` in one tier."""

    def __init__(self, tier: EngineTier) -> None:
        self.tier = tier
        self.cloud = tier.cloud
        self.told: list[Any] = []
        self.noted: list[str] = []
        self.waiting = Waiting(tier.cloud)
        self.refuse_probes = False

    @property
    def place(self) -> Any:
        return import_module("delivery.place").place_of(self.tier.project, self.tier.tier)

    @property
    def document(self) -> Any:
        return self.place.store.read().document

    @property
    def weights(self) -> dict[str, int]:
        return {each.release: each.weight for each in self._fleets() if each.weight}

    @property
    def sizes(self) -> dict[str, tuple[int, int, int]]:
        return {
            each.release: (each.smallest, each.running, each.largest) for each in self._fleets()
        }

    def desk(self, *, wait: bool = True) -> Any:
        """A new one, as each run has."""
        place = self.place
        judging, moving = (
            import_module("delivery.judging.judging"),
            import_module("delivery.live.moving"),
        )
        live = moving.Mover(place.names, place.account, self.noted.append, self.cloud.clock.sleep)
        return import_module("delivery.driving.desk").Desk(
            place=place,
            live=live,
            engine=import_module("delivery.engine.engine").Engine(
                place.infra, place.names, self.noted.append, self.cloud.clock.sleep
            ),
            judge=lambda document: judging.Judge(
                live, place.settings, place.contract, document, ask=self._answer
            ),
            stop=self.waiting,
            tell=self.told.append,
            note=self.noted.append,
            look_every=AWAY,
            wait=wait,
        )

    def seen(self, desk: Any) -> Any:
        """The tier as a verb finds it."""
        place = desk.place
        seen = import_module("delivery.driving.proposing").Seen
        return seen(place, place.store.read().document, desk.live.observe())

    def publish(self, number: int) -> str:
        """Put a build into the bucket whose instances nobody boots; gives its digest."""
        archive = f"build {number} of {self.tier.service}".encode()
        sha256 = hashlib.sha256(archive).hexdigest()
        place = self.place
        head = git(self.tier.project, "rev-parse", "HEAD").strip()
        manifest = {
            "schema": 1,
            "service": self.tier.service,
            "version": f"0.{number}.0+g{head[:12]}",
            "commit": head,
            "dirty": False,
            "python": "3.13",
            "platform": "manylinux_2_34",
            "architecture": place.settings.architecture,
            "lock": "0" * 64,
            "sbom": "0" * 64,
        }
        s3, bucket = self.cloud.client("s3"), place.contract.artifact_bucket
        for key, body in (
            (place.names.build(sha256), archive),
            (place.names.manifest(sha256), json.dumps(manifest).encode()),
        ):
            s3.put_object(Bucket=bucket, Key=key, Body=body, ChecksumAlgorithm="SHA256")
        return sha256

    def deploy(self, build: str, strategy: str | None = None, **given: Any) -> str:
        """`deliver deploy`; gives the outcome."""
        propose = import_module("delivery.driving.proposing").deployment
        desk = self.desk(wait=given.pop("wait", True))
        return self._begin(
            desk, lambda seen: propose(seen, build, strategy=strategy, why=None, **given)
        )

    def deploy_first(self, number: int) -> str:
        """Release a build where the tiers before have run it: tests of one tier have no others."""
        return self.deploy(self.proven(number), "all-at-once")

    def proven(self, number: int) -> str:
        """Publish a build and let the tier before run it, by its document; gives its digest."""
        sha256 = self.publish(number)
        before = import_module("delivery.releases.promoting").previous_tier(self.tier.tier)
        if before:
            content = documents.document(self.tier.service, before, {1: 100}, builds={1: sha256})
            bucket = self.place.contract.artifact_bucket
            documents.put(self.cloud.client, bucket, content)
        return sha256

    def promote(self, strategy: str | None = None) -> str:
        propose = import_module("delivery.driving.proposing").promotion
        return self._begin(self.desk(), lambda seen: propose(seen, strategy=strategy, why=None))

    def rollback(self, to: str | None = None) -> str:
        propose = import_module("delivery.driving.proposing").rollback
        return self._begin(self.desk(), lambda seen: propose(seen, to=to, why=None))

    def restart(self) -> str:
        propose = import_module("delivery.driving.proposing").restart
        return self._begin(self.desk(), lambda seen: propose(seen, strategy=None, why=None))

    def resume(self, **given: Any) -> str:
        desk = self.desk(wait=given.pop("wait", True))
        return str(import_module("delivery.driving.rolling").carry_on(desk, **given))

    def abort(self, *, steal: bool = False) -> str:
        rolling = import_module("delivery.driving.rolling")
        return str(rolling.turn_back(self.desk(), reason="aborted by hand", steal=steal))

    def moves(self) -> list[dict[str, int]]:
        """The weights that were seen, each once as long as they stayed."""
        seen: list[dict[str, int]] = []
        for event in self.told:
            now = dict(getattr(event, "weights", None) or {})
            if type(event).__name__ == "Seen" and now and seen[-1:] != [now]:
                seen.append(now)
        return seen

    @property
    def strategy(self) -> str:
        """The strategy of the last rollout that was told of."""
        return next(
            str(each.strategy) for each in reversed(self.told) if type(each).__name__ == "Began"
        )

    def reasons(self) -> list[str]:
        return [each.reason for each in self.told if type(each).__name__ == "Turned"]

    def _fleets(self) -> list[tiers.Fleet]:
        return tiers.fleets(self.cloud.client, self.tier.service, self.tier.tier)

    def _begin(self, desk: Any, propose: Callable[[Any], Any]) -> str:
        rolling, seen = import_module("delivery.driving.rolling"), self.seen(desk)
        proposal = propose(seen)
        if proposal is None:
            return str(rolling.turn_back(desk, reason="rolled back by hand"))
        self.noted.extend(proposal.lines())
        rolling.check(desk, proposal.plan, seen.document)
        return str(rolling.begin(desk, proposal.plan, seen.document))

    def _answer(self, _target: object, _path: str, headers: Mapping[str, str]) -> Any:
        """Answer a probe in the balancer's place, which has no traffic of its own here."""
        answer = import_module("delivery.judging.probe").Answer
        status = 503 if self.refuse_probes else 200
        return answer(status, {"x-request-id": headers["X-Request-Id"]})
