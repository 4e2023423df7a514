"""EC2 Auto Scaling."""

from typing import Any

from moto.autoscaling.models import AutoScalingBackend, FakeAutoScalingGroup
from moto.autoscaling.responses import AutoScalingResponse

from tests.cloud.strict.elbv2 import balancers_of
from tests.cloud.strict.patch import RefusedError, before, instead

API = "https://docs.aws.amazon.com/autoscaling/ec2/APIReference"


@before(
    AutoScalingBackend, "create_auto_scaling_group", doc=f"{API}/API_CreateAutoScalingGroup.html"
)
def group_name_is_free(backend: AutoScalingBackend, name: str) -> None:
    if name in backend.autoscaling_groups:
        raise RefusedError(
            "AlreadyExists",
            "AutoScalingGroup by this name already exists - "
            f"A group with the name {name} already exists",
        )


@before(
    AutoScalingBackend, "create_auto_scaling_group", doc=f"{API}/API_CreateAutoScalingGroup.html"
)
def new_group_has_sound_sizes(
    backend: AutoScalingBackend, min_size: Any, max_size: Any, desired_capacity: Any
) -> None:
    _sizes(
        int(min_size), int(max_size), None if desired_capacity is None else int(desired_capacity)
    )


@before(
    AutoScalingBackend, "update_auto_scaling_group", doc=f"{API}/API_UpdateAutoScalingGroup.html"
)
def changed_group_has_sound_sizes(
    backend: AutoScalingBackend, name: str, min_size: Any, max_size: Any, desired_capacity: Any
) -> None:
    group = backend.autoscaling_groups.get(name)
    if group is not None:
        least = group.min_size if min_size is None else int(min_size)
        most = group.max_size if max_size is None else int(max_size)
        _sizes(
            int(least or 0),
            int(most or 0),
            None if desired_capacity is None else int(desired_capacity),
        )


@before(AutoScalingBackend, "set_desired_capacity", doc=f"{API}/API_SetDesiredCapacity.html")
def desired_capacity_is_within_bounds(
    backend: AutoScalingBackend, group_name: str, desired_capacity: Any
) -> None:
    group = backend.autoscaling_groups.get(group_name)
    if group is None or desired_capacity is None or getattr(group, "going", False):
        return
    least, most, wanted = int(group.min_size or 0), int(group.max_size or 0), int(desired_capacity)
    if wanted > most:
        raise RefusedError(
            "ValidationError",
            f"New SetDesiredCapacity value {wanted} is above max value {most} for "
            "the AutoScalingGroup.",
        )
    if wanted < least:
        raise RefusedError(
            "ValidationError",
            f"New SetDesiredCapacity value {wanted} is below min value {least} for "
            "the AutoScalingGroup.",
        )


@before(
    AutoScalingBackend,
    "suspend_processes",
    "resume_processes",
    doc=f"{API}/CommonErrors.html",
)
def group_of_processes_exists(backend: AutoScalingBackend, group_name: str) -> None:
    """moto fails inside."""
    if group_name not in backend.autoscaling_groups:
        raise RefusedError(
            "ValidationError",
            f"AutoScalingGroup name not found - AutoScalingGroup '{group_name}' not found",
        )


def _sizes(least: int, most: int, desired: int | None) -> None:
    if least > most:
        raise RefusedError(
            "ValidationError",
            f"Max bound, {most}, must be greater than or equal to min bound, {least}",
        )
    if desired is not None and not least <= desired <= most:
        raise RefusedError(
            "ValidationError",
            f"Desired capacity:{desired} must be between the specified min size:{least} "
            f"and max size:{most}",
        )


@before(
    AutoScalingBackend, "create_auto_scaling_group", doc=f"{API}/API_CreateAutoScalingGroup.html"
)
def launch_template_exists(
    backend: AutoScalingBackend, launch_template: Any, mixed_instances_policy: Any
) -> None:
    policy = (mixed_instances_policy or {}).get("LaunchTemplate") or {}
    spec = launch_template or policy.get("LaunchTemplateSpecification") or {}
    if not spec:
        return
    id, name = spec.get("LaunchTemplateId"), spec.get("LaunchTemplateName")
    templates = backend.ec2_backend.launch_templates
    found = (
        templates.get(id)
        if id
        else next((each for each in templates.values() if each.name == name), None)
    )
    if found is None:
        raise RefusedError(
            "ValidationError",
            "You must use a valid fully-formed launch template. "
            f"The specified launch template, {id or name}, does not exist",
        )
    version = str(spec.get("Version") or "$Default")
    if version.isdigit() and int(version) not in {each.number for each in found.versions}:
        raise RefusedError(
            "ValidationError",
            "You must use a valid fully-formed launch template. "
            f"Version {version} of {id or name} does not exist",
        )


@before(
    AutoScalingBackend,
    "create_auto_scaling_group",
    "attach_load_balancer_target_groups",
    doc=f"{API}/API_AttachLoadBalancerTargetGroups.html",
)
def target_groups_exist(backend: AutoScalingBackend, target_group_arns: list[str]) -> None:
    for arn in target_group_arns or []:
        if arn not in backend.elbv2_backend.target_groups:
            raise RefusedError(
                "ValidationError", f"Provided Target Groups may not be valid: {arn} not found"
            )


@before(
    AutoScalingResponse, "delete_auto_scaling_group", doc=f"{API}/API_DeleteAutoScalingGroup.html"
)
def group_with_instances_stays(response: AutoScalingResponse) -> None:
    group = response.autoscaling_backend.autoscaling_groups.get(
        response._get_param("AutoScalingGroupName")
    )
    forced = response._get_param("ForceDelete", False)
    if group is None:
        return
    if group.instance_states and str(forced).lower() != "true":
        raise RefusedError(
            "ResourceInUse",
            "You cannot delete an AutoScalingGroup while there are instances or pending Spot "
            "instance request(s) still in the group.",
        )
    group.going = True  # ty: ignore[missing-attribute]


@before(AutoScalingBackend, "put_scaling_policy", doc=f"{API}/API_PutScalingPolicy.html")
def policy_has_its_group(backend: AutoScalingBackend, as_name: str) -> None:
    if as_name not in backend.autoscaling_groups:
        raise RefusedError("ValidationError", f"Group {as_name} not found")


@before(
    AutoScalingBackend, "put_scaling_policy", doc=f"{API}/API_PredefinedMetricSpecification.html"
)
def request_count_needs_traffic(
    backend: AutoScalingBackend, as_name: str, target_tracking_config: Any
) -> None:
    """Refused until the balancer routes to a target group of this very group."""
    metric = (target_tracking_config or {}).get("PredefinedMetricSpecification") or {}
    if metric.get("PredefinedMetricType") != "ALBRequestCountPerTarget":
        return
    label = str(metric.get("ResourceLabel") or "")
    parts = label.split("/")
    if len(parts) != 6 or parts[0] != "app" or parts[3] != "targetgroup":
        raise RefusedError(
            "ValidationError",
            f"The resource label '{label}' is not valid; it must be "
            "app/<balancer>/<id>/targetgroup/<target group>/<id>",
        )
    balancer, target = "/".join(parts[:3]), "/".join(parts[3:])
    groups = backend.elbv2_backend.target_groups
    arn = next((each for each in groups if each.endswith(f":{target}")), None)
    if arn is None or not any(
        each.endswith(f"/{balancer}") for each in balancers_of(backend.elbv2_backend, arn)
    ):
        raise RefusedError(
            "ValidationError",
            f"The load balancer {balancer} does not route traffic to the target group {target}",
        )
    if arn not in (backend.autoscaling_groups[as_name].target_group_arns or []):
        raise RefusedError(
            "ValidationError",
            f"The target group {target} is not attached to the Auto Scaling group {as_name}",
        )


@before(
    AutoScalingBackend,
    "put_scheduled_update_group_action",
    doc=f"{API}/API_PutScheduledUpdateGroupAction.html",
)
def schedule_has_its_group(backend: AutoScalingBackend, name: str) -> None:
    if name not in backend.autoscaling_groups:
        raise RefusedError("ValidationError", f"Group {name} not found")


# What moto gets wrong.


@instead(AutoScalingBackend, "put_scaling_policy", doc=f"{API}/API_PutScalingPolicy.html")
def policies_belong_to_a_group(
    original: Any, backend: AutoScalingBackend, *args: Any, **kwargs: Any
) -> Any:
    """moto has one policy per name in a region; AWS has one per name in a group."""
    policy = original(backend, *args, **kwargs)
    mine = backend.policies.pop(policy.name)
    backend.policies[f"{mine.auto_scaling_group_name}/{mine.name}"] = mine
    return mine


@instead(AutoScalingResponse, "delete_policy", doc=f"{API}/API_DeletePolicy.html")
def delete_policy_of_a_group(original: Any, response: AutoScalingResponse) -> Any:
    group, name = response._get_param("AutoScalingGroupName"), response._get_param("PolicyName")
    for key, policy in list(response.autoscaling_backend.policies.items()):
        if policy.name == name and group in (None, policy.auto_scaling_group_name):
            del response.autoscaling_backend.policies[key]
    return original(response)


@instead(AutoScalingBackend, "execute_policy", doc=f"{API}/API_ExecutePolicy.html")
def execute_policy_of_a_group(original: Any, backend: AutoScalingBackend, group_name: str) -> None:
    """moto calls the policy's name `group_name`."""
    for policy in backend.policies.values():
        if policy.name == group_name:
            policy.execute()


def schedule_key(group_name: str, action_name: str) -> str:
    """Where a scheduled action is kept, as two groups may have one of the same name."""
    return f"{group_name}/{action_name}"


@instead(
    AutoScalingBackend,
    "put_scheduled_update_group_action",
    doc=f"{API}/API_PutScheduledUpdateGroupAction.html",
)
def schedules_belong_to_a_group(
    original: Any, backend: AutoScalingBackend, *args: Any, **kwargs: Any
) -> Any:
    action = original(backend, *args, **kwargs)
    mine = backend.scheduled_actions.pop(action.scheduled_action_name)
    key = schedule_key(mine.auto_scaling_group_name, mine.scheduled_action_name)
    backend.scheduled_actions[key] = mine
    return mine


@instead(AutoScalingBackend, "delete_scheduled_action", doc=f"{API}/API_DeleteScheduledAction.html")
def delete_schedule_of_a_group(
    original: Any,
    backend: AutoScalingBackend,
    auto_scaling_group_name: str,
    scheduled_action_name: str,
) -> None:
    key = schedule_key(auto_scaling_group_name, scheduled_action_name)
    if backend.scheduled_actions.pop(key, None) is None:
        raise RefusedError("ValidationError", "Scheduled action name not found")


@instead(FakeAutoScalingGroup, "update", doc=f"{API}/API_UpdateAutoScalingGroup.html")
def update_keeps_what_it_is_not_given(
    original: Any, group: FakeAutoScalingGroup, *args: Any, **kwargs: Any
) -> None:
    """moto forgets the mixed instances policy, and bounds sizes by instances at hand."""
    policy = group.mixed_instances_policy
    if kwargs.get("desired_capacity") is None:
        least = kwargs.get("min_size") if kwargs.get("min_size") is not None else group.min_size
        most = kwargs.get("max_size") if kwargs.get("max_size") is not None else group.max_size
        kwargs["desired_capacity"] = min(
            max(int(group.desired_capacity or 0), int(least or 0)), int(most or 0)
        )
    group.held = True  # ty: ignore[missing-attribute]  no instances until the policy is back
    try:
        original(group, *args, **kwargs)
    finally:
        group.held = False  # ty: ignore[missing-attribute]
    if not any(
        kwargs.get(each)
        for each in ("mixed_instances_policy", "launch_template", "launch_config_name")
    ):
        group.mixed_instances_policy = policy
    group.set_desired_capacity(group.desired_capacity)
