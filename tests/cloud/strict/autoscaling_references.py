"""EC2 Auto Scaling: what a group's template names is looked up when the group is made."""

from collections.abc import Iterator, Mapping
from typing import Any

from moto.autoscaling.models import AutoScalingBackend

from tests.cloud.simulation import SIMULATION
from tests.cloud.strict.autoscaling_schedules import _moment
from tests.cloud.strict.patch import RefusedError, before

API = "https://docs.aws.amazon.com/autoscaling/ec2/APIReference"
GUIDE = "https://docs.aws.amazon.com/autoscaling/ec2/userguide"


@before(
    AutoScalingBackend, "create_auto_scaling_group", doc=f"{API}/API_CreateAutoScalingGroup.html"
)
def template_could_launch(
    backend: AutoScalingBackend,
    launch_template: Any,
    mixed_instances_policy: Any,
    vpc_zone_identifier: str | None,
    target_group_arns: list[str] | None,
) -> None:
    """AWS tries the launch, without an instance, and answers what would fail."""
    data = template_data(backend, launch_template, mixed_instances_policy)
    if not data:
        return  # another rule says that there is no such version
    named = [each.strip() for each in (vpc_zone_identifier or "").split(",") if each.strip()]
    subnets = backend.ec2_backend.describe_subnets(filters={"subnet-id": named}) if named else []
    networks = {each.vpc_id for each in subnets}
    for id in sorted({*named} - {each.id for each in subnets}):
        raise RefusedError("ValidationError", f"The subnet ID '{id}' does not exist")
    for problem in _problems(backend, data, networks):
        raise RefusedError(
            "ValidationError", f"You must use a valid fully-formed launch template. {problem}"
        )
    for arn in target_group_arns or []:
        group = backend.elbv2_backend.target_groups.get(arn)
        if group is not None and group.vpc_id and networks and group.vpc_id not in networks:
            raise RefusedError(
                "ValidationError",
                f"The target group {arn} is not in the VPC of the subnets, {', '.join(networks)}",
            )
    if mixed_instances_policy and data.get("InstanceMarketOptions"):
        raise RefusedError(
            "ValidationError",
            "Incompatible launch template: InstanceMarketOptions are not valid with a "
            "MixedInstancesPolicy",
        )
    one_architecture(mixed_instances_policy)


def template_data(
    backend: AutoScalingBackend, launch_template: Any, policy: Any
) -> Mapping[str, Any]:
    """The content of the version that a group names; empty when it names none."""
    inner = (policy or {}).get("LaunchTemplate") or {}
    spec = launch_template or inner.get("LaunchTemplateSpecification") or {}
    id, name = spec.get("LaunchTemplateId"), spec.get("LaunchTemplateName")
    for template in backend.ec2_backend.launch_templates.values():
        if template.id == id or (name and template.name == name):
            version = str(spec.get("Version") or "$Default")
            number = {
                "$Default": template.default_version_number,
                "$Latest": len(template.versions),
            }.get(version) or int(version)
            found = [each for each in template.versions if each.number == number]
            return dict(found[0].data) if found else {}
    return {}


def _problems(
    backend: AutoScalingBackend, data: Mapping[str, Any], networks: set[str]
) -> Iterator[str]:
    ec2 = backend.ec2_backend
    cards = data.get("NetworkInterfaces") or []
    groups = [*(data.get("SecurityGroupIds") or [])]
    for card in cards:
        groups += card.get("Groups") or card.get("SecurityGroupId") or []
    for id in groups:
        group = ec2.get_security_group_from_id(id)
        if group is None:
            yield f"The security group '{id}' does not exist"
        elif networks and group.vpc_id not in networks:
            yield f"The security group '{id}' is not in the VPC of the subnets"
    profile = data.get("IamInstanceProfile") or {}
    if profile and not _profile_exists(backend, profile):
        shown = profile.get("Arn") or profile.get("Name")
        yield f"Invalid IamInstanceProfile: {shown}"
    key = data.get("KeyName")
    if key and key not in ec2.key_pairs:
        yield f"The key pair '{key}' does not exist"
    if not data.get("ImageId"):
        yield "The launch template names no image"


def _profile_exists(backend: AutoScalingBackend, profile: Mapping[str, Any]) -> bool:
    from moto.iam.models import iam_backends

    known = iam_backends[backend.account_id]["aws"].instance_profiles.values()
    return any(each.arn == profile.get("Arn") or each.name == profile.get("Name") for each in known)


def one_architecture(policy: Any) -> None:
    """One image boots on one architecture, so types of two cannot share a template."""
    from moto.ec2.models.instance_types import INSTANCE_TYPES

    kinds: dict[str, str] = {}
    for each in ((policy or {}).get("LaunchTemplate") or {}).get("Overrides") or []:
        known = INSTANCE_TYPES.get(each.get("InstanceType", ""))
        if known and not each.get("LaunchTemplateSpecification"):
            supported = known["ProcessorInfo"]["SupportedArchitectures"]
            kinds["arm64" if "arm64" in supported else "x86_64"] = each["InstanceType"]
    if len(kinds) > 1:
        raise RefusedError(
            "ValidationError",
            "You must use a valid fully-formed launch template. The architecture of "
            f"{kinds['arm64']} (arm64) and {kinds['x86_64']} (x86_64) cannot both match the image",
        )


@before(
    AutoScalingBackend,
    "put_scheduled_update_group_action",
    doc=f"{API}/API_PutScheduledUpdateGroupAction.html",
)
def schedule_lies_ahead(
    backend: AutoScalingBackend, start_time: Any = None, end_time: Any = None
) -> None:
    now = SIMULATION.clock.now()
    for what, value in (("start", start_time), ("end", end_time)):
        moment = _moment(value)
        if moment is not None and moment <= now:
            raise RefusedError("ValidationError", f"Given {what} time {value} is in the past")
