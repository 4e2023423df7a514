"""What is read out of the SDK."""

import pytest

from tests.cloud import lifecycle
from tests.cloud.resource import HANDLERS, Resource
from tests.cloud.rules.table import ACROSS, EVERY_TYPE, ROWS
from tests.cloud.schema import Field, ListOf, MapOf, ObjectOf, Scalar, resource_schema, tokens

GROUP = "aws:lb/targetGroup:TargetGroup"


def schema_of(token: str) -> dict[str, Field]:
    found = resource_schema(token)
    assert found is not None, f"pulumi_aws has no {token}"
    return dict(found.inputs)


def inner(field: Field) -> dict[str, Field]:
    kind = field.type
    while isinstance(kind, ListOf | MapOf):
        kind = kind.item
    return dict(kind.fields) if isinstance(kind, ObjectOf) else {}


def test_inputs_have_names_types_and_requirement() -> None:
    inputs = schema_of("aws:ec2/subnet:Subnet")
    assert inputs["vpcId"] == Field("vpcId", "vpc_id", Scalar("string"), True)
    assert inputs["mapPublicIpOnLaunch"].type == Scalar("boolean")
    assert inputs["tags"].type == MapOf(Scalar("string"))
    assert not inputs["cidrBlock"].required


def test_nested_types_are_found_at_every_depth() -> None:
    policy = inner(schema_of("aws:autoscaling/group:Group")["mixedInstancesPolicy"])
    template = inner(policy["launchTemplate"])
    specification = inner(template["launchTemplateSpecification"])
    assert template["launchTemplateSpecification"].required
    assert specification["launchTemplateId"].type == Scalar("string")


def test_outputs_that_are_no_inputs_are_computed() -> None:
    found = resource_schema(GROUP)
    assert found is not None
    assert found.computed == {"arn", "arnSuffix", "loadBalancerArns", "tagsAll"}


def test_an_enumeration_is_a_string() -> None:
    metrics = schema_of("aws:autoscaling/group:Group")["enabledMetrics"]
    assert metrics.type == ListOf(Scalar("string"))


@pytest.mark.parametrize(
    "token",
    [
        "aws:lambda/function:Function",
        "aws:appsync/graphQLApi:GraphQLApi",
        "aws:alb/listener:Listener",
    ],
)
def test_files_with_odd_names_are_found(token: str) -> None:
    assert schema_of(token)


def test_a_type_the_sdk_lacks_names_its_neighbour() -> None:
    with pytest.raises(lifecycle.UnknownTypeError, match=r"did you mean \"aws:ec2/vpc:Vpc\"\?"):
        lifecycle.handler_of("aws:ec2/vcp:Vpc")


def test_a_type_this_cloud_lacks_says_where_to_add_it() -> None:
    with pytest.raises(lifecycle.UnknownTypeError, match="add a handler in tests/cloud/resources"):
        lifecycle.handler_of("aws:lambda/function:Function")


@pytest.mark.parametrize("token", sorted(HANDLERS))
def test_a_handler_speaks_only_of_properties_its_type_has(token: str) -> None:
    handler: Resource = HANDLERS[token]
    found = resource_schema(token)
    assert found is not None, f"pulumi_aws has no {token}"
    spoken = {*handler.replaces, *handler.computed, *handler.defaults}
    assert {path.partition(".")[0] for path in spoken} <= set(found.inputs)
    assert handler.volatile <= set(found.outputs)
    if handler.naming:
        assert {handler.naming.property, handler.naming.prefix} - {None} <= set(found.inputs)
    if token != "aws:autoscaling/group:Group":  # whose tags are a list like any other input
        assert handler.taggable == ("tags" in found.inputs)


@pytest.mark.parametrize(
    "row",
    [row for rows in ROWS.values() for row in rows],
    ids=lambda row: f"{row.token}-{row.path}",
)
def test_a_row_watches_a_property_that_exists(row: "object") -> None:
    token, path = row.token, row.path  # ty: ignore[missing-attribute]
    fields = schema_of(token)
    for part in path.removesuffix(".*").split("."):
        assert part in fields, f"{token} has no {path}"
        fields = inner(fields[part])


def test_every_rule_names_its_page() -> None:
    pages = [row.doc for rows in ROWS.values() for row in rows]
    pages += [doc for rules in ACROSS.values() for _, doc in rules]
    assert pages
    # Names with a prefix are the Pulumi provider's own business.
    ours = ("https://docs.aws.amazon.com/", "https://www.pulumi.com/docs/")
    assert [page for page in pages if not page.startswith(ours)] == []


def test_rules_are_of_types_with_handlers() -> None:
    assert (set(ROWS) | set(ACROSS)) - {EVERY_TYPE} <= set(HANDLERS) <= set(tokens())
