import json
from typing import Any

from conftest import Deploy
from samples import (
    ACCOUNT,
    REGION,
    SECRET,
    SECRET_VERSION,
    contract,
    document,
    names,
    release_data,
    settings,
)

from stack.program import declare
from stack.role import SESSION_MANAGER, RoleArgs, rights

ARGS: dict[str, Any] = {
    "base_name": "orders-dev",
    "partition": "aws",
    "artifact_bucket": "artifacts",
    "builds": "builds/orders/",
    "log_group_arn": "arn:log-group",
    "log_groups_arn": "arn:log-groups:*",
    "parameters_arn": "arn:parameter/orders/dev/*",
    "secret_arns": [],
    "tags": {},
}


def statements(**changes: Any) -> dict[str, dict[str, Any]]:  # noqa: ANN401
    policy = rights(RoleArgs(**{**ARGS, **changes}))
    return {each["Sid"]: each for each in policy["Statement"]}


def test_instances_read_builds_of_their_own_service_only() -> None:
    read = statements()["ReadBuilds"]

    assert read["Action"] == "s3:GetObject"
    assert read["Resource"] == "arn:aws:s3:::artifacts/builds/orders/*"


def test_arns_are_of_the_region_s_partition() -> None:
    read = statements(partition="aws-cn")["ReadBuilds"]

    assert read["Resource"] == "arn:aws-cn:s3:::artifacts/builds/orders/*"


def test_instances_write_to_their_own_log_group_only() -> None:
    assert statements()["WriteLogs"]["Resource"] == "arn:log-group:*"
    elsewhere = [each for each in statements().values() if "log-groups" in str(each)]
    assert [each["Action"] for each in elsewhere] == ["logs:DescribeLogGroups"]


def test_what_run_command_says_may_be_streamed() -> None:
    """Its agent sends nothing at all where one of them is refused."""
    allowed = {
        *statements()["WriteLogs"]["Action"],
        statements()["SeeLogGroups"]["Action"],
    }

    assert allowed == {
        "logs:CreateLogGroup",
        "logs:CreateLogStream",
        "logs:DescribeLogGroups",
        "logs:DescribeLogStreams",
        "logs:PutLogEvents",
    }


def test_parameters_of_others_stay_closed_whatever_else_the_role_gets() -> None:
    denied = statements()["NoParametersOfOthers"]

    assert denied["Effect"] == "Deny"
    assert denied["Action"] == ["ssm:GetParameter", "ssm:GetParameters"]
    assert denied["NotResource"] == "arn:parameter/orders/dev/*"


def test_a_tier_s_own_parameters_are_those_under_its_name(deploy: Deploy) -> None:
    made = deploy(lambda: declare(names(), settings(), contract(), document()))

    policy = json.loads(made["instance-rights"].inputs["policy"])
    [denied] = [each for each in policy["Statement"] if each["Effect"] == "Deny"]
    assert denied["NotResource"] == f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/orders/dev/*"


def test_without_secrets_no_secret_is_open() -> None:
    assert "ReadSecrets" not in statements()


def test_only_the_secrets_that_releases_name_are_open() -> None:
    read = statements(secret_arns=[SECRET, SECRET])["ReadSecrets"]

    assert read["Action"] == "secretsmanager:GetSecretValue"
    assert read["Resource"] == [SECRET]


def test_no_action_and_no_whole_resource_is_a_wildcard() -> None:
    allowed = [each for each in statements(secret_arns=[SECRET]).values() if "Resource" in each]
    assert len(allowed) == 4
    for each in allowed:
        actions = each["Action"] if isinstance(each["Action"], list) else [each["Action"]]
        resources = each["Resource"] if isinstance(each["Resource"], list) else [each["Resource"]]
        assert not any("*" in action for action in actions)
        assert "*" not in resources


def test_the_role_s_secrets_are_those_of_the_document(deploy: Deploy) -> None:
    secrets = {"DATABASE_PASSWORD": {"arn": SECRET, "version": SECRET_VERSION}}
    given = document(releases={"v1": release_data(1, secrets=secrets)})

    made = deploy(lambda: declare(names(), settings(), contract(), given))

    policy = json.loads(made["instance-rights"].inputs["policy"])
    assert policy["Statement"][-1]["Resource"] == [SECRET]


def test_people_reach_instances_by_session_manager(deploy: Deploy) -> None:
    made = deploy(lambda: declare(names(), settings(), contract(), document()))

    assert made["session-manager"].inputs["policyArn"] == f"arn:aws:{SESSION_MANAGER}"
    trust = json.loads(made["instance-role"].inputs["assumeRolePolicy"])
    assert trust["Statement"][0]["Principal"] == {"Service": "ec2.amazonaws.com"}
