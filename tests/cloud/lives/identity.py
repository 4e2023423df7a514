"""Identity."""

from tests.cloud.lives.base import ALLOW, OTHER_TAGS, TAGS, TRUST, Inputs, document, life
from tests.cloud.world import Made, World


@life(
    "aws:iam/role:Role",
    change={
        "description": "other",
        "maxSessionDuration": 7200,
        "tags": OTHER_TAGS,
        "assumeRolePolicy": document({**TRUST, "Sid": "ec2"}),
    },
    replace={"path": "/team/"},
    drift=lambda world, made: world.aws.iam.update_role(RoleName=made.id, Description="by hand"),
    drifts="description",
)
def _role(world: World) -> Inputs:
    return {"assumeRolePolicy": document(TRUST), "description": "a role", "tags": TAGS}


def role(world: World) -> Made:
    return world.make("aws:iam/role:Role", assumeRolePolicy=document(TRUST))


@life(
    "aws:iam/rolePolicy:RolePolicy",
    change={"policy": document({**ALLOW, "Action": ["logs:CreateLogStream"]})},
    replace={"role": "other"},
    drift=lambda world, made: world.aws.iam.put_role_policy(
        RoleName=made["role"],
        PolicyName=made["name"],
        PolicyDocument=document({**ALLOW, "Action": ["*"]}),
    ),
    drifts="policy",
)
def _role_policy(world: World) -> Inputs:
    return {"role": role(world).id, "policy": document(ALLOW)}


@life("aws:iam/rolePolicyAttachment:RolePolicyAttachment", replace={"role": "other"})
def _role_policy_attachment(world: World) -> Inputs:
    return {
        "role": role(world).id,
        "policyArn": "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore",
    }


@life(
    "aws:iam/instanceProfile:InstanceProfile",
    change={"tags": OTHER_TAGS},
    replace={"path": "/team/"},
    drift=lambda world, made: world.aws.iam.remove_role_from_instance_profile(
        InstanceProfileName=made.id, RoleName=made["role"]
    ),
    drifts="role",
)
def _instance_profile(world: World) -> Inputs:
    return {"role": role(world).id, "tags": TAGS}


@life(
    "aws:iam/policy:Policy",
    change={"policy": document({**ALLOW, "Action": ["logs:CreateLogStream"]}), "tags": OTHER_TAGS},
    replace={"description": "other"},
    drift=lambda world, made: world.aws.iam.create_policy_version(
        PolicyArn=made.id, PolicyDocument=document({**ALLOW, "Action": "*"}), SetAsDefault=True
    ),
    drifts="policy",
)
def _managed_policy(world: World) -> Inputs:
    return {"policy": document(ALLOW), "description": "a policy", "tags": TAGS}


@life(
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider",
    change={"clientIdLists": ["sts.amazonaws.com", "other"], "tags": OTHER_TAGS},
    replace={"url": "https://gitlab.example.com"},
)
def _oidc(world: World) -> Inputs:
    return {
        "url": "https://ci.example.com",
        "clientIdLists": ["sts.amazonaws.com"],
        "thumbprintLists": ["a" * 40],
        "tags": TAGS,
    }
