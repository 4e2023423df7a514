"""The instance that an admin process runs on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from stack.document import Document
from stack.refusal import Refused

from ..live.live import Live

ASKED = 50  # instances that Systems Manager is asked about: the most that one answer holds
ONLINE = "Online"


@dataclass(frozen=True)
class Host:
    """An instance of a release that is well and answers."""

    instance: str
    group: str
    release: str


def release_meant(document: Document, release: str | None) -> str:
    """Give the release that was named, or the one with most traffic."""
    if release is None:
        if document.leading is None:
            raise Refused(
                [f"{document.tier} has no release with traffic."],
                "Say which is meant: --release v1. `deliver status` shows what there is.",
            )
        return document.leading
    if release not in document.releases:
        there = ", ".join(name for name, _ in document.ordered) or "none"
        raise Refused([f"{document.tier} has no fleet of {release}."], f"It has {there}.")
    return release


def find_host(live: Live, release: str) -> Host:
    """Find an instance that is in service, healthy and answers; one that nobody else protects."""
    group = live.group(release)
    target_group = live.addresses.target_group(release)
    health = live.health(target_group) if target_group else {}
    well = [
        each
        for each in (group["Instances"] if group else [])
        if each["LifecycleState"] == "InService"
        and each["HealthStatus"] == "Healthy"
        and health.get(each["InstanceId"]) == "healthy"
    ]
    if group is None or not well:
        raise Refused(
            [f"{live.names.fleet(release)} has no healthy instance in service."],
            "`deliver status` shows it; a fleet that is off for the night has none.",
        )
    # Who protects one may be running something there, and would take the protection away.
    well.sort(key=lambda each: (each["ProtectedFromScaleIn"], each["InstanceId"]))
    said = _agents(live, [each["InstanceId"] for each in well[:ASKED]])
    for each in well:
        if said.get(each["InstanceId"]) == ONLINE:
            return Host(each["InstanceId"], group["AutoScalingGroupName"], release)
    raise _silent(live, release, [each["InstanceId"] for each in well], said)


def _agents(live: Live, instances: list[str]) -> dict[str, str]:
    """Ask which instances Systems Manager hears of ("PingStatus" in its API Reference)."""
    manager = live.account.client("ssm")
    wanted: list[Mapping[str, Any]] = [{"Key": "InstanceIds", "Values": instances}]
    answer = live.call(
        "Systems Manager's instances cannot be read",
        lambda: manager.describe_instance_information(Filters=wanted, MaxResults=ASKED),
    )
    return {each["InstanceId"]: each["PingStatus"] for each in answer["InstanceInformationList"]}


def _silent(live: Live, release: str, instances: list[str], said: Mapping[str, str]) -> Refused:
    some = ", ".join(f"{each} ({said.get(each, 'not registered')})" for each in instances[:5])
    return Refused(
        [f"No instance of {live.names.fleet(release)} answers Systems Manager: {some}."],
        "An agent registers some minutes after a boot. It must run (`systemctl status "
        "amazon-ssm-agent`), and reach ssm, ssmmessages and ec2messages of the region from its "
        "subnet: by a NAT gateway, a public address or endpoints.",
    )
