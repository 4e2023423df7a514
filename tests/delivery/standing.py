"""A tier that was brought up once by the real engine, and comes back as it was for each test."""

from importlib import import_module
from typing import Any

from tests.cloud import Cloud
from tests.delivery import documents
from tests.delivery.conftest import PROJECT, Account
from tests.delivery.living import traffic_rule

TIER = "stage"  # in which fleets have several instances and no night
MORNING = "2026-11-23T08:00:00Z"
WEIGHTS = {1: 75, 2: 25}


class Standing:
    """The tier as `deliver` meets it: two fleets that share the traffic, two instances each."""

    def __init__(self, cloud: Cloud, account: Account) -> None:
        self.cloud = cloud
        cloud.clock.set(MORNING)
        stack = account.stack(TIER)
        self.document = documents.document(PROJECT, TIER, WEIGHTS)
        documents.write(cloud.client, self.document)
        stack.up()
        self._saved = cloud.save()

    def restore(self) -> None:
        """Bring the tier back as it was, with no calls made yet."""
        self.cloud.restore(self._saved)
        self.cloud.calls.clear()

    @property
    def mover(self) -> Any:
        """The baked project's own Mover, which waits in the cloud's time and tells `self.told`."""
        region = self.cloud.region
        account = import_module("stack.account").Account(region)
        self.told: list[str] = []
        return import_module("delivery.live.moving").Mover(
            import_module("stack.names").Names(PROJECT, TIER),
            account,
            self.told.append,
            self.cloud.clock.sleep,
        )

    def action(self, kind: str, *values: object) -> object:
        """One of the baked project's actions."""
        return getattr(import_module("delivery.deciding.actions"), kind)(*values)

    def sizes(self, least: int, most: int) -> object:
        """Bounds of a fleet."""
        return import_module("delivery.document.record").Sizes(min_size=least, max_size=most)

    @property
    def refused(self) -> type[Exception]:
        """The baked project's error."""
        refused: type[Exception] = import_module("stack.refusal").Refused
        return refused

    def group(self, release: str) -> dict[str, Any] | None:
        """A fleet's group, as the cloud has it."""
        groups = self.cloud.client("autoscaling").describe_auto_scaling_groups(
            AutoScalingGroupNames=[f"{PROJECT}-{TIER}-{release}"]
        )["AutoScalingGroups"]
        return dict(groups[0]) if groups else None

    def rule(self) -> dict[str, Any]:
        """The traffic rule, as the cloud has it."""
        return traffic_rule(self.cloud, TIER)

    @property
    def rule_listener(self) -> str:
        """The listener that has the rules."""
        arn = self.rule()["RuleArn"].replace(":listener-rule/", ":listener/")
        return str(arn.rpartition("/")[0])
