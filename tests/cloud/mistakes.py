"""A mistake in a living stack, and the gates it has to get through before it would exist.

The gates are a program's own, in its order: settings, guardrails, the provider's check, creation.
Each is asked directly, so that a mistake costs milliseconds; tests/cloud/test_mistakes.py shows for
some of them that a run of the engine refuses the same.
"""

import copy
import itertools
import json
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.cloud.errors import one_line
from tests.cloud.lifecycle import (
    PartlyMadeError,
    check_resource,
    create_resource,
    delete_resource,
    diff_resource,
    handler_of,
)
from tests.cloud.lives import LIVES
from tests.cloud.living import SERVICE, TIER, Living
from tests.cloud.schema import Field, ListOf, MapOf, ObjectOf, Type
from tests.cloud.world import Made

TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
FOLDER = Path(__file__).parent
SETTINGS = "Pulumi.prod.yaml"
GATES = ("settings", "guardrail", "cloud-check", "cloud-create")
COMMON = {"team": "checkout", "repository": "example/orders", "architecture": "arm64"}


@dataclass(frozen=True, kw_only=True)
class Change:
    """One property of one resource, or of the tier's settings, given another value."""

    why: str = ""  # AWS refuses it, with the page that says so
    caught_by: str = ""
    resource: str  # its name in the stacks, or its type; or SETTINGS
    property: str = ""  # a path: healthCheck.path, actions[0].type; or the setting
    value: Any = None
    absent: bool = False
    also: Mapping[str, Any] = field(default_factory=dict)  # further paths, where one is not enough

    def label(self) -> str:
        """Name it in a list of tests."""
        shown = "absent" if self.absent else json.dumps(self.value)
        return f"{self.resource.rpartition(':')[2]}-{self.property}-{shown[:40]}"

    def of_settings(self) -> bool:
        """Whether it is a line of the tier's file."""
        return self.resource == SETTINGS


@dataclass(frozen=True, slots=True)
class Caught:
    gate: str
    message: str


def load(file: str, table: str, value: str) -> list[Change]:
    """The rows of a file; their value is under `wrong` or `right`."""
    rows = tomllib.loads((FOLDER / file).read_text())[table]
    return [Change(value=row.pop(value, None), **row) for row in rows]


def catch(living: Living, change: Change) -> Caught | None:
    """The first gate that stops a change; what none stops is made, and deleted again."""
    if change.of_settings():
        return _settings(living, change)
    token, inputs, watched = changed(living, change)
    if watched:
        found = guarded(living, token, inputs)
        if found:
            return Caught("guardrail", "; ".join(found))
    checked, problems = check_resource(token, "one-more", {}, unprotected(inputs))
    if problems:
        return Caught("cloud-check", "; ".join(f"{e.path}: {e.sentence}" for e in problems))
    try:
        id, outputs = create_resource(living.world.aws, token, checked, preview=False)
    except PartlyMadeError as error:
        delete_resource(living.world.aws, token, error.id, error.outputs)
        return Caught("cloud-create", f"{_noun(token)}: {error.reason}")
    except Exception as error:
        return Caught("cloud-create", f"{_noun(token)}: {one_line(error)}")
    try:
        return _use(living, token, id)
    finally:
        delete_resource(living.world.aws, token, id, outputs)


def _use(living: Living, token: str, id: str) -> Caught | None:
    """AWS looks at what a launch template names only when a group is to launch from it."""
    if token != TEMPLATE:
        return None
    where = "mixedInstancesPolicy.launchTemplate.launchTemplateSpecification.launchTemplateId"
    return catch(living, Change(resource="v1-group", property=where, value=id))


def live(living: Living, change: Change) -> None:
    """Make a changed resource beside the living ones, read it without drift, delete it."""
    token, inputs, _ = changed(living, change)
    checked, problems = check_resource(token, "one-more", {}, unprotected(inputs))
    assert not problems, [each.sentence for each in problems]
    id, outputs = create_resource(living.world.aws, token, checked, preview=False)
    made = Made(token, id, checked, outputs)
    try:
        assert not diff_resource(token, checked, checked).differences
        assert living.world.drift(made) == set()
    finally:
        delete_resource(living.world.aws, token, id, outputs)


def changed(living: Living, change: Change) -> tuple[str, dict[str, Any], bool]:
    """Type and inputs of one more of a resource with the change made, and if guardrails see it."""
    made = living.find(change.resource)
    if made is None:
        life = next(each for each in LIVES if each.token == change.resource)
        token, inputs, watched = life.token, life.prepare(living.world), False
    else:
        token, watched = made.token, living.name_of(made) in living.watched
        inputs = BESIDE.get(token, _as_it_is)(living, copy.deepcopy(made.inputs))
    for path, value in {change.property: change.value, **change.also}.items():
        if path:
            _put(inputs, path, living.fill(value), remove=change.absent and path == change.property)
    return token, inputs, watched


def unprotected(inputs: dict[str, Any]) -> dict[str, Any]:
    """What is made here is deleted again."""
    protected = inputs.get("enableDeletionProtection") is True
    return {**inputs, "enableDeletionProtection": False} if protected else inputs


def _put(inputs: dict[str, Any], path: str, value: Any, *, remove: bool) -> None:
    steps: list[Any] = [
        int(index) if index else quoted or name
        for quoted, index, name in re.findall(r'\["([^"]+)"\]|\[(\d+)\]|([^.\[\]]+)', path)
    ]
    place: Any = inputs
    for step, following in itertools.pairwise(steps):
        if isinstance(place, list) and len(place) == step:
            place.append({})
        elif isinstance(place, dict) and step not in place:
            place[step] = [] if isinstance(following, int) else {}
        place = place[step]
    if remove:
        place.pop(steps[-1])
    elif isinstance(place, list) and len(place) == steps[-1]:
        place.append(value)
    else:
        place[steps[-1]] = value


# Gates


def _settings(living: Living, change: Change) -> Caught | None:
    configuration, refusal = living.module("configuration"), living.module("refusal")
    names = living.module("names").Names(service=SERVICE, tier=TIER)
    text = change.value if isinstance(change.value, str) else json.dumps(change.value)
    given = {**COMMON, change.property: text}
    if change.absent:
        del given[change.property]
    try:
        configuration.load_settings(names, {f"{SERVICE}:{k}": v for k, v in given.items()})
    except refusal.Refused as error:
        return Caught("settings", str(error))
    return None


def guarded(living: Living, token: str, inputs: Mapping[str, Any]) -> list[str]:
    """What the baked project's guardrails have against inputs."""
    rules = living.module("guardrails")
    _, schema = handler_of(token)
    candidate = rules.Candidate(
        type=token,
        name="one-more",
        inputs=_snake(schema.inputs, inputs),
        taggable="tags" in schema.inputs,
        protected_tier=True,
        plain_http=True,
    )
    try:
        return [f"one-more: {each}" for rule in rules.RULES.values() for each in rule(candidate)]
    except (AttributeError, KeyError, TypeError, ValueError):
        return []  # inputs of a wrong shape are for the provider's check to refuse


def _snake(fields: Mapping[str, Field], values: Mapping[str, Any]) -> dict[str, Any]:
    """Inputs under the names that a program in Python gives them."""
    return {
        fields[key].python: _renamed(fields[key].type, value)
        for key, value in values.items()
        if key in fields
    }


def _renamed(kind: Type, value: Any) -> Any:
    match kind:
        case ObjectOf() if isinstance(value, Mapping):
            return _snake(kind.fields, value)
        case ListOf(item) if isinstance(value, list):
            return [_renamed(item, each) for each in value]
        case MapOf():
            return value
    return value


def _noun(token: str) -> str:
    return handler_of(token)[0].noun or token


# One more of a resource, beside the one that lives.

type Inputs = dict[str, Any]


def _as_it_is(living: Living, inputs: Inputs) -> Inputs:
    return inputs


def _with(**changes: Any) -> Callable[[Living, Inputs], Inputs]:
    return lambda living, inputs: {**inputs, **living.fill(changes)}


def _of_spare(kind: str, key: str) -> Callable[[Living, Inputs], Inputs]:
    """The same for a spare bucket or topic; policies name it, too."""

    def beside(living: Living, inputs: Inputs) -> Inputs:
        spare = living.find(f"spare-{kind}")
        assert spare is not None
        old = str(inputs[key]).rpartition(":")[2]
        new = spare.outputs["bucket" if kind == "bucket" else "name"]
        found: Inputs = json.loads(json.dumps(inputs).replace(old, new))
        return found

    return beside


def _rule_beside(living: Living, inputs: Inputs) -> Inputs:
    if "cidrIpv4" in inputs:
        return {**inputs, "cidrIpv4": "198.51.100.0/24"}
    return {**inputs, "fromPort": 8001, "toPort": 8001}


BUCKETS = (
    "Policy",
    "Versioning",
    "LifecycleConfiguration",
    "OwnershipControls",
    "PublicAccessBlock",
    "ServerSideEncryptionConfiguration",
)
BESIDE: dict[str, Callable[[Living, Inputs], Inputs]] = {
    "aws:acm/certificate:Certificate": _with(domainName="*.other.example.com"),
    "aws:autoscaling/group:Group": _with(name="one-more"),
    "aws:autoscaling/policy:Policy": _with(name="one-more"),
    "aws:autoscaling/schedule:Schedule": _with(scheduledActionName="one-more"),
    "aws:cloudwatch/dashboard:Dashboard": _with(dashboardName="one-more"),
    "aws:cloudwatch/logGroup:LogGroup": _with(name="/one/more"),
    "aws:cloudwatch/metricAlarm:MetricAlarm": _with(name="one-more"),
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": _with(vpcId="${spare-vpc.id}"),
    "aws:ec2/flowLog:FlowLog": _with(vpcId="${spare-vpc.id}"),
    "aws:ec2/internetGateway:InternetGateway": _with(vpcId="${spare-vpc.id}"),
    "aws:ec2/launchTemplate:LaunchTemplate": _with(name="one-more"),
    "aws:ec2/natGateway:NatGateway": _with(allocationId="${spare-eip.id}"),
    "aws:ec2/route:Route": _with(routeTableId="${spare-table.id}"),
    "aws:ec2/routeTableAssociation:RouteTableAssociation": _with(subnetId="${spare-subnet.id}"),
    "aws:ec2/securityGroup:SecurityGroup": _with(name="one-more"),
    "aws:ec2/subnet:Subnet": _with(cidrBlock="10.35.240.0/20"),
    "aws:ec2/vpcEndpoint:VpcEndpoint": _with(routeTableIds=["${spare-table.id}"]),
    "aws:iam/instanceProfile:InstanceProfile": _with(name="one-more"),
    "aws:iam/role:Role": _with(name="one-more"),
    "aws:iam/rolePolicy:RolePolicy": _with(name="one-more"),
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": _with(
        policyArn="arn:aws:iam::aws:policy/CloudWatchAgentServerPolicy"
    ),
    "aws:lb/listener:Listener": _with(port=8443),
    "aws:lb/listenerRule:ListenerRule": _with(priority=400),
    "aws:lb/loadBalancer:LoadBalancer": _with(name="one-more"),
    "aws:lb/targetGroup:TargetGroup": _with(name="one-more"),
    "aws:route53/record:Record": _with(name="one-more.prod.example.com"),
    "aws:s3/bucket:Bucket": _with(bucket="one-more-123456789012"),
    "aws:sns/topic:Topic": _with(name="one-more"),
    "aws:sns/topicPolicy:TopicPolicy": _of_spare("topic", "arn"),
    "aws:sns/topicSubscription:TopicSubscription": _with(endpoint="more@example.com"),
    "aws:ssm/parameter:Parameter": _with(name="/one/more"),
    "aws:wafv2/webAcl:WebAcl": _with(name="one-more"),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": _rule_beside,
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": _rule_beside,
    **{f"aws:s3/bucket{each}:Bucket{each}": _of_spare("bucket", "bucket") for each in BUCKETS},
}


def add_spares(living: Living) -> None:
    """Things of which a stack's resource can be one more."""
    world = living.world
    vpc = world.make("aws:ec2/vpc:Vpc", "spare-vpc", cidrBlock="10.99.0.0/16")
    network = living.find("aws:ec2/vpc:Vpc")
    assert network is not None
    spares = {
        "spare-vpc": vpc,
        "spare-foreign-subnet": world.make(
            "aws:ec2/subnet:Subnet", vpcId=vpc.id, cidrBlock="10.99.0.0/24"
        ),
        "spare-foreign-group": world.make("aws:ec2/securityGroup:SecurityGroup", vpcId=vpc.id),
        "spare-eip": world.make("aws:ec2/eip:Eip", domain="vpc"),
        "spare-table": world.make("aws:ec2/routeTable:RouteTable", vpcId=network.id),
        "spare-subnet": world.make(
            "aws:ec2/subnet:Subnet",
            vpcId=network.id,
            cidrBlock="10.35.224.0/20",
            availabilityZone=f"{world.cloud.region}a",
        ),
        "spare-bucket": world.make("aws:s3/bucket:Bucket", bucket="spare-123456789012"),
        "spare-topic": world.make("aws:sns/topic:Topic", name="spare-topic"),
        "spare-targets": world.make(
            "aws:lb/targetGroup:TargetGroup",
            name="spare",
            port=8000,
            protocol="HTTP",
            vpcId=network.id,
        ),
        "spare-role": world.make(
            "aws:iam/role:Role",
            name="spare",
            assumeRolePolicy=living.fill("${instance-role.assumeRolePolicy}"),
        ),
    }
    for name, made in spares.items():
        living.resources["spare", name] = made


def types_of(living: Living) -> Iterator[str]:
    """The types of the project's own resources."""
    yield from {made.token for (place, _), made in living.resources.items() if place != "spare"}
