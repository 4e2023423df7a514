"""Every resource type lives through creation, clean reads, change, drift and deletion."""

import pytest

from tests.cloud import Cloud
from tests.cloud.lifecycle import create_resource, diff_resource, read_resource, update_resource
from tests.cloud.lives import LIVES, Life
from tests.cloud.resource import HANDLERS
from tests.cloud.schema import resource_schema
from tests.cloud.values import UNKNOWN
from tests.cloud.world import World

every_type = pytest.mark.parametrize("life", LIVES, ids=lambda life: life.token)


@pytest.fixture
def world(cloud: Cloud) -> World:
    return World(cloud)


def test_no_type_is_left_out() -> None:
    lived = {life.token for life in LIVES}
    assert lived == {handler.token for handler in HANDLERS.values()}


@every_type
def test_life(world: World, life: Life) -> None:
    made = world.make(life.token, **life.prepare(world))
    assert world.drift(made) == set(), "read differs right after creation"
    if life.change:
        assert world.change(made, **life.change) == frozenset()
        assert world.drift(made) == set(), "read differs right after the update"
    if life.replace:
        old = dict(made.inputs)
        assert diff_resource(life.token, old, {**old, **life.replace}).replaces
    if life.drift:
        life.drift(world, made)
        found = world.drift(made)
        assert found is not None
        assert life.drifts in found
        world.destroy(made)
    else:
        world.destroy(made)
    if not life.stays:
        assert world.drift(made) is None, "still there after deletion"
        world.destroy(made)  # deleting what is gone is no failure


@every_type
def test_preview_of_a_creation_knows_only_what_the_program_says(world: World, life: Life) -> None:
    inputs = world.check(life.token, "thing", {}, life.prepare(world))
    _, outputs = create_resource(world.aws, life.token, inputs, preview=True)
    schema = resource_schema(life.token)
    assert schema is not None
    assert all(outputs[key] == UNKNOWN for key in schema.computed)
    known = {key: value for key, value in outputs.items() if value != UNKNOWN}
    assert known.items() <= {**inputs, "region": world.cloud.region}.items()


@every_type
def test_preview_of_no_change_changes_nothing(world: World, life: Life) -> None:
    made = world.make(life.token, **life.prepare(world))
    kept = update_resource(
        world.aws, life.token, made.id, made.inputs, made.inputs, made.outputs, (), preview=True
    )
    assert UNKNOWN not in kept.values()
    assert kept.keys() == made.outputs.keys()


@every_type
def test_what_was_never_in_state_can_be_read(world: World, life: Life) -> None:
    """`pulumi import` asks by id alone."""
    made = world.make(life.token, **life.prepare(world))
    if life.token in NOT_BY_ID:
        pytest.skip("its id alone does not say what it is")
    found = read_resource(world.aws, life.token, made.id, {}, {})
    assert found is not None
    outputs, inputs = found
    assert outputs.get("arn") == made.outputs.get("arn")
    schema = resource_schema(life.token)
    assert schema is not None
    assert {key for key, field in schema.inputs.items() if field.required} <= set(inputs)


# Their ids are the provider's own, or part of what names them; import spells these differently.
NOT_BY_ID = {
    "aws:acm/certificateValidation:CertificateValidation",
    "aws:autoscaling/policy:Policy",
    "aws:autoscaling/schedule:Schedule",
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
    "aws:ec2/route:Route",
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    "aws:wafv2/webAcl:WebAcl",
}
