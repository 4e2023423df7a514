"""The real engine on the simulated cloud: whole programs, inline."""

import gc
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pulumi
import pytest
from botocore.exceptions import ClientError
from pulumi import automation
from pulumi_aws import ec2, iam, lb, s3, ssm

from tests.cloud import Cloud, sample
from tests.cloud.conftest import MakeStack

pytestmark = pytest.mark.engine


type Result = automation.UpResult | automation.RefreshResult | automation.PreviewResult


def changes(result: Result) -> dict[str, int]:
    if isinstance(result, automation.PreviewResult):
        return {str(getattr(key, "value", key)): n for key, n in result.change_summary.items()}
    found: Any = result.summary.resource_changes
    return dict(found or {})


def failure(run: Callable[..., Any]) -> str:
    """The engine's error lines of a run that fails."""
    try:
        run()
    except automation.CommandError as error:
        output = str(error)
    else:
        pytest.fail("the run did not fail")
    gc.collect()  # of what the filter above is about, while it is in force
    lines = [line.strip() for line in output.splitlines()]
    return "\n".join(line for line in lines if line.startswith(("error:", "~", "*")))


def test_the_platform_and_a_service_live(cloud: Cloud, make_stack: MakeStack) -> None:
    """Up, no change, refresh, another fleet, drift seen and mended, destroy, nothing left."""
    platform = make_stack(sample.platform, "platform")
    assert changes(platform.preview()) == {"create": 28}
    contract = platform.up().outputs["contract"].value
    assert changes(platform.preview(refresh=True, expect_no_changes=True)) == {"same": 28}

    def with_fleets(**weights: int) -> Callable[[], None]:
        return lambda: sample.service(contract, weights)

    stack = make_stack(with_fleets(v1=100), "dev")
    assert stack.up().outputs["url"].value.startswith("sample-dev-")
    assert set(changes(stack.up(expect_no_changes=True))) == {"same"}
    assert set(changes(stack.preview(refresh=True, expect_no_changes=True))) == {"same"}
    assert set(changes(stack.refresh(expect_no_changes=True))) == {"same"}

    stack = make_stack(with_fleets(v1=90, v2=10), "dev")
    assert changes(stack.up())["create"] == 6
    scaling = cloud.client("autoscaling")
    groups = scaling.describe_auto_scaling_groups()["AutoScalingGroups"]
    assert [group["DesiredCapacity"] for group in groups] == [1, 1]

    logs = cloud.client("logs")
    logs.put_retention_policy(logGroupName="/sample/dev", retentionInDays=1)
    assert changes(stack.preview(refresh=True))["update"] == 1
    assert changes(stack.up(refresh=True))["update"] == 1
    assert logs.describe_log_groups()["logGroups"][0]["retentionInDays"] == 30

    stack.destroy()
    platform.destroy()
    assert left_in(cloud) == {}


def left_in(cloud: Cloud) -> dict[str, int]:
    """What exists beyond what every account has from the start."""
    network = cloud.client("ec2")
    own = {"Filters": [{"Name": "is-default", "Values": ["false"]}]}
    found = {
        "vpcs": network.describe_vpcs(**own)["Vpcs"],
        "interfaces": network.describe_network_interfaces()["NetworkInterfaces"],
        "addresses": network.describe_addresses()["Addresses"],
        "templates": network.describe_launch_templates()["LaunchTemplates"],
        "gateways": network.describe_internet_gateways()["InternetGateways"],
        "instances": [
            each
            for reservation in network.describe_instances()["Reservations"]
            for each in reservation["Instances"]
            if each["State"]["Name"] != "terminated"
        ],
        "balancers": cloud.client("elbv2").describe_load_balancers()["LoadBalancers"],
        "targets": cloud.client("elbv2").describe_target_groups()["TargetGroups"],
        "groups": cloud.client("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"],
        "policies": cloud.client("autoscaling").describe_policies()["ScalingPolicies"],
        "roles": cloud.client("iam").list_roles()["Roles"],
        "profiles": cloud.client("iam").list_instance_profiles()["InstanceProfiles"],
        "logs": cloud.client("logs").describe_log_groups()["logGroups"],
        "buckets": cloud.client("s3").list_buckets()["Buckets"],
        "topics": cloud.client("sns").list_topics()["Topics"],
        "parameters": cloud.client("ssm").describe_parameters()["Parameters"],
    }
    return {kind: len(things) for kind, things in found.items() if things}


def groups(*specified: tuple[str, dict[str, Any]]) -> Callable[[], None]:
    """A program of a VPC and security groups: cheap things with names, tags and replacement."""

    def program() -> None:
        network = ec2.Vpc("net", cidr_block="10.0.0.0/16")
        for name, inputs in specified:
            opts = inputs.pop("opts", None)
            made = ec2.SecurityGroup(name, vpc_id=network.id, opts=opts, **inputs)
            pulumi.export(name, made.name)
            inputs["opts"] = opts

    return program


def test_a_detailed_diff_names_what_differs(make_stack: MakeStack) -> None:
    make_stack(groups(("one", {"description": "a", "tags": {"a": "1", "b": "2"}}))).up()
    stack = make_stack(groups(("one", {"description": "a", "tags": {"a": "9", "c": "3"}})))
    said: list[str] = []
    stack.preview(diff=True, on_output=said.append)
    text = "".join(said)
    assert '~ a: "1" => "9"' in text
    assert "+ c:" in text
    assert '- b: "2"' in text


def test_a_replacement_makes_first_unless_the_name_is_fixed(make_stack: MakeStack) -> None:
    steps: list[str] = []

    def operations(event: automation.EngineEvent) -> None:
        if event.res_outputs_event:
            steps.append(event.res_outputs_event.metadata.op.value)

    make_stack(groups(("auto", {"description": "a"}))).up()
    make_stack(groups(("auto", {"description": "b"}))).up(on_event=operations)
    assert [each for each in steps if "replace" in each or "delete" in each] == [
        "create-replacement",
        "replace",
        "delete-replaced",
    ]
    steps.clear()
    make_stack(groups(("fixed", {"description": "a", "name": "fixed"}))).up()
    make_stack(groups(("fixed", {"description": "b", "name": "fixed"}))).up(on_event=operations)
    assert [each for each in steps if "replace" in each] == [
        "delete-replaced",
        "replace",
        "create-replacement",
    ]


def test_what_the_program_ignores_stays(make_stack: MakeStack) -> None:
    def with_options(ignored: list[str], **inputs: Any) -> Callable[[], None]:
        return groups(("one", {**inputs, "opts": pulumi.ResourceOptions(ignore_changes=ignored)}))

    make_stack(with_options(["*"], description="a", tags={"a": "1"})).up()
    changed = {"description": "b", "tags": {"a": "2"}}
    assert changes(make_stack(with_options(["*"], **changed)).preview()) == {"same": 3}
    assert changes(make_stack(with_options(["tags"], **changed)).preview())["replace"] == 1
    only_tags = with_options(["description"], **changed)
    assert changes(make_stack(only_tags).preview()) == {"same": 2, "update": 1}


def test_protected_things_stay(cloud: Cloud, make_stack: MakeStack) -> None:
    stack = make_stack(
        groups(("one", {"description": "a", "opts": pulumi.ResourceOptions(protect=True)}))
    )
    stack.up()
    assert "cannot be deleted" in failure(stack.destroy)
    names = {group["GroupName"] for group in security_groups(cloud)}
    assert any(name.startswith("one-") for name in names)


def security_groups(cloud: Cloud) -> list[dict[str, Any]]:
    found = cloud.client("ec2").describe_security_groups()["SecurityGroups"]
    return [group for group in found if group["GroupName"] != "default"]


def test_what_is_gone_is_made_again(cloud: Cloud, make_stack: MakeStack) -> None:
    stack = make_stack(groups(("one", {"description": "a"})))
    stack.up()
    [group] = security_groups(cloud)
    cloud.client("ec2").delete_security_group(GroupId=group["GroupId"])
    assert changes(stack.preview(refresh=True))["create"] == 1
    stack.up(refresh=True)
    assert len(security_groups(cloud)) == 1


def test_wrong_inputs_are_told_in_one_line_each(make_stack: MakeStack) -> None:
    def program() -> None:
        check: Any = {"pth": "/", "interval": 4}
        lb.TargetGroup("web", port=70000, protocol="HTTP", vpc_id="vpc-1", health_check=check)

    text = failure(make_stack(program).preview)
    assert 'there is no input "healthCheck.pth"; did you mean "path"?' in text

    def other() -> None:
        check: Any = {"path": "/", "interval": 4}
        lb.TargetGroup("web", port=70000, protocol="HTTP", vpc_id="vpc-1", health_check=check)

    text = failure(make_stack(other).preview)
    assert '"port" is "70000"; it must be 1 to 65535' in text
    assert '"healthCheck.interval" is "4"; it must be 5 to 300' in text


def test_an_unknown_type_is_an_error(make_stack: MakeStack) -> None:
    def program() -> None:
        pulumi.CustomResource("aws:ec2/vcp:Vpc", "net", {})

    assert 'did you mean "aws:ec2/vpc:Vpc"' in failure(make_stack(program).preview)


def test_a_failed_creation_leaves_its_siblings_and_goes_on_next_time(
    cloud: Cloud, make_stack: MakeStack
) -> None:
    def program() -> None:
        iam.Role("role", name="taken", assume_role_policy=TRUST)
        s3.Bucket("bucket", bucket="sample-sibling")

    cloud.client("iam").create_role(RoleName="taken", AssumeRolePolicyDocument=TRUST)
    stack = make_stack(program)
    text = failure(stack.up)
    assert (
        "error: creating IAM Role (taken): CreateRole: EntityAlreadyExists: "
        "Role with name taken already exists." in text
    )
    assert [each["Name"] for each in cloud.client("s3").list_buckets()["Buckets"]] == [
        "sample-sibling"
    ]
    cloud.client("iam").delete_role(RoleName="taken")
    assert changes(stack.up()) == {"create": 1, "same": 2}


TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "ec2.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
)


def test_what_was_made_by_half_is_in_state(cloud: Cloud, make_stack: MakeStack) -> None:
    def program(logged: bool) -> Callable[[], None]:
        def run() -> None:
            network = ec2.Vpc("net", cidr_block="10.0.0.0/16")
            gateway = ec2.InternetGateway("net", vpc_id=network.id)
            subnets = [
                ec2.Subnet(
                    zone,
                    vpc_id=network.id,
                    cidr_block=f"10.0.{index}.0/24",
                    availability_zone=f"eu-west-1{zone}",
                )
                for index, zone in enumerate("ab")
            ]
            logs: Any = {"bucket": "nobody-has-this", "enabled": True} if logged else None
            balancer = lb.LoadBalancer(
                "front",
                name="front",
                subnets=[each.id for each in subnets],
                access_logs=logs,
                opts=pulumi.ResourceOptions(depends_on=[gateway]),
            )
            pulumi.export("arn", balancer.arn)

        return run

    stack = make_stack(program(logged=True))
    text = failure(stack.up)
    assert "creating ELBv2 Load Balancer (front): ModifyLoadBalancerAttributes:" in text
    assert "Access Denied for bucket: nobody-has-this" in text
    [balancer] = cloud.client("elbv2").describe_load_balancers()["LoadBalancers"]
    deployment: Any = stack.export_stack().deployment
    [state] = [each for each in deployment["resources"] if each["type"].endswith(":LoadBalancer")]
    assert state["id"] == balancer["LoadBalancerArn"]
    assert state["initErrors"]
    assert make_stack(program(logged=False)).up().outputs["arn"].value == state["id"]
    stack.destroy()
    assert left_in(cloud) == {}


def test_deleting_a_protected_balancer_is_refused_in_words(
    cloud: Cloud, make_stack: MakeStack
) -> None:
    def program() -> None:
        s3.Bucket("bucket", bucket="sample-full")

    stack = make_stack(program)
    stack.up()
    cloud.client("s3").put_object(Bucket="sample-full", Key="a", Body=b"")
    text = failure(stack.destroy)
    assert "deleting S3 Bucket (sample-full): DeleteBucket: BucketNotEmpty" in text


def test_a_secret_is_kept_from_the_state(make_stack: MakeStack) -> None:
    def program() -> None:
        made = ssm.Parameter(
            "p", name="/p", type="SecureString", value=pulumi.Output.secret("hunter2")
        )
        pulumi.export("version", made.version)

    stack = make_stack(program)
    stack.up()
    stack.refresh(expect_no_changes=True)
    stack.up(expect_no_changes=True)
    kept = (Path(stack.workspace.work_dir) / "state").rglob("*.json*")
    assert not [path for path in kept if b"hunter2" in path.read_bytes()]


def test_things_made_by_hand_are_imported(cloud: Cloud, make_stack: MakeStack) -> None:
    cloud.client("logs").create_log_group(logGroupName="/by/hand", tags={"by": "hand"})
    cloud.client("logs").put_retention_policy(logGroupName="/by/hand", retentionInDays=7)

    def program(days: int) -> Callable[[], None]:
        def run() -> None:
            from pulumi_aws import cloudwatch

            cloudwatch.LogGroup(
                "logs",
                name="/by/hand",
                retention_in_days=days,
                tags={"by": "hand"},
                opts=pulumi.ResourceOptions(import_="/by/hand"),
            )

        return run

    assert changes(make_stack(program(3)).preview())["update"] == 1, "retention differs"
    assert changes(make_stack(program(7)).up()) == {"create": 1, "import": 1}
    assert changes(make_stack(program(7)).up(expect_no_changes=True)) == {"same": 2}


def test_default_tags_reach_what_can_have_tags(cloud: Cloud, make_stack: MakeStack) -> None:
    config = {"aws:defaultTags": json.dumps({"tags": {"team": "shop"}})}
    stack = make_stack(groups(("one", {"tags": {"a": "1"}})), config=config)
    stack.up()
    [group] = security_groups(cloud)
    assert {tag["Key"]: tag["Value"] for tag in group["Tags"]} == {"a": "1", "team": "shop"}
    stack.preview(refresh=True, expect_no_changes=True)


def test_an_account_that_is_not_allowed_is_refused(make_stack: MakeStack) -> None:
    config = {"aws:allowedAccountIds": json.dumps(["999999999999"])}
    stack = make_stack(groups(("one", {})), config=config)
    assert "AWS account ID not allowed: 123456789012" in failure(stack.up)


def test_each_stack_has_its_region(cloud: Cloud, make_stack: MakeStack) -> None:
    def program() -> None:
        network = ec2.Vpc("net", cidr_block="10.0.0.0/16")
        other = ec2.Vpc("far", cidr_block="10.0.0.0/16", region="eu-north-1")
        pulumi.export("regions", [network.region, other.region])

    one = make_stack(program, "one").up()
    two = make_stack(program, "two", {"aws:region": "us-east-2"}).up()
    assert one.outputs["regions"].value == ["eu-west-1", "eu-north-1"]
    assert two.outputs["regions"].value == ["us-east-2", "eu-north-1"]
    far = cloud.client("ec2", "eu-north-1").describe_vpcs()["Vpcs"]
    assert len([each for each in far if not each["IsDefault"]]) == 2


def test_the_engine_asks_in_parallel(cloud: Cloud, make_stack: MakeStack) -> None:
    def program() -> None:
        for index in range(40):
            ssm.Parameter(f"p{index}", name=f"/p/{index}", type="String", value="a")

    assert changes(make_stack(program).up()) == {"create": 41}
    assert (
        len(
            cloud.client("ssm")
            .get_paginator("describe_parameters")
            .paginate()
            .build_full_result()["Parameters"]
        )
        == 40
    )


def test_failures_of_the_simulation_are_one_line(cloud: Cloud) -> None:
    with pytest.raises(ClientError, match=r"the simulated AWS failed: NotImplementedError"):
        cloud.client("autoscaling").start_instance_refresh(AutoScalingGroupName="a")
