"""Names, certificates and keys."""

from tests.cloud.lives.balancing import balanced, certificate
from tests.cloud.lives.base import OTHER_TAGS, TAGS, Inputs, life
from tests.cloud.world import Made, World


@life(
    "aws:route53/zone:Zone",
    change={"comment": "other", "tags": OTHER_TAGS},
    replace={"name": "other.example.com"},
)
def _zone(world: World) -> Inputs:
    return {"name": "dev.example.com", "tags": TAGS}


def zone(world: World) -> Made:
    return world.make("aws:route53/zone:Zone", name="dev.example.com")


@life(
    "aws:route53/record:Record",
    change={"records": ["10.0.0.2"], "ttl": 120},
    replace={"name": "other"},
    drift=lambda world, made: world.aws.route53.change_resource_record_sets(
        HostedZoneId=made["zoneId"],
        ChangeBatch={
            "Changes": [
                {
                    "Action": "UPSERT",
                    "ResourceRecordSet": {
                        "Name": made["fqdn"],
                        "Type": "A",
                        "TTL": 120,
                        "ResourceRecords": [{"Value": "10.0.0.9"}],
                    },
                }
            ]
        },
    ),
    drifts="records[0]",
)
def _record(world: World) -> Inputs:
    return {
        "zoneId": zone(world).id,
        "name": "orders",
        "type": "A",
        "ttl": 60,
        "records": ["10.0.0.1"],
    }


@life(
    "aws:acm/certificate:Certificate",
    change={"tags": OTHER_TAGS},
    replace={"domainName": "other.example.com"},
)
def _certificate(world: World) -> Inputs:
    return {"domainName": "orders.example.com", "validationMethod": "DNS", "tags": TAGS}


@life(
    "aws:acm/certificateValidation:CertificateValidation",
    replace={"certificateArn": "arn:aws:acm:eu-west-1:123456789012:certificate/x"},
    stays=True,
)
def _certificate_validation(world: World) -> Inputs:
    return {"certificateArn": certificate(world).id}


@life(
    "aws:kms/key:Key",
    change={"description": "other", "enableKeyRotation": True, "tags": OTHER_TAGS},
    replace={"keyUsage": "SIGN_VERIFY"},
    drift=lambda world, made: world.aws.kms.disable_key(KeyId=made.id),
    drifts="isEnabled",
)
def _key(world: World) -> Inputs:
    return {"description": "a key", "tags": TAGS}


@life("aws:kms/alias:Alias", replace={"name": "alias/other"})
def _alias(world: World) -> Inputs:
    return {"name": "alias/state", "targetKeyId": world.make("aws:kms/key:Key").id}


@life(
    "aws:secretsmanager/secret:Secret",
    change={"description": "other", "tags": OTHER_TAGS},
    replace={"name": "other"},
    drift=lambda world, made: world.aws.secretsmanager.update_secret(
        SecretId=made.id, Description="by hand"
    ),
    drifts="description",
)
def _secret(world: World) -> Inputs:
    return {"name": "orders/database", "description": "a secret", "tags": TAGS}


@life("aws:secretsmanager/secretVersion:SecretVersion", replace={"secretString": "y"}, stays=True)
def _secret_version(world: World) -> Inputs:
    secret = world.make("aws:secretsmanager/secret:Secret", name="orders/database")
    return {"secretId": secret.id, "secretString": "x"}


def acl_inputs(name: str = "front") -> Inputs:
    seen = {"cloudwatchMetricsEnabled": True, "metricName": name, "sampledRequestsEnabled": True}
    limit = {"rateBasedStatement": {"limit": 1000, "aggregateKeyType": "IP"}}
    rule = {
        "name": "rate",
        "priority": 1,
        "statement": limit,
        "action": {"block": {}},
        "visibilityConfig": seen,
    }
    return {
        "name": name,
        "scope": "REGIONAL",
        "defaultAction": {"allow": {}},
        "visibilityConfig": seen,
        "rules": [rule],
    }


@life(
    "aws:wafv2/webAcl:WebAcl",
    change={"description": "other", "tags": OTHER_TAGS},
    replace={"name": "other"},
)
def _web_acl(world: World) -> Inputs:
    return {**acl_inputs(), "tags": TAGS}


@life("aws:wafv2/webAclAssociation:WebAclAssociation", replace={"webAclArn": "arn:aws:x"})
def _web_acl_association(world: World) -> Inputs:
    _, balancer, _ = balanced(world)
    acl = world.make("aws:wafv2/webAcl:WebAcl", **acl_inputs())
    return {"resourceArn": balancer.id, "webAclArn": acl["arn"]}
