"""Application load balancers."""

from collections.abc import Mapping
from typing import Any

from tests.cloud.aws import Aws
from tests.cloud.naming import Naming
from tests.cloud.resource import Change, Resource, handles
from tests.cloud.resources.ec2_common import mapping, only, pairs

NAMING = Naming(
    limit=32,
    pattern=r"(?!internal-)[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?",
    allows='letters, digits and inner hyphens, and does not begin with "internal-"',
    prefix="namePrefix",
    prefix_limit=6,
)

# Input, attribute of ModifyLoadBalancerAttributes, the provider's default.
ATTRIBUTES: dict[str, tuple[str, Any]] = {
    "clientKeepAlive": ("client_keep_alive.seconds", 3600),
    "desyncMitigationMode": ("routing.http.desync_mitigation_mode", "defensive"),
    "dropInvalidHeaderFields": ("routing.http.drop_invalid_header_fields.enabled", False),
    "enableDeletionProtection": ("deletion_protection.enabled", False),
    "enableHttp2": ("routing.http2.enabled", True),
    "enableTlsVersionAndCipherSuiteHeaders": (
        "routing.http.x_amzn_tls_version_and_cipher_suite.enabled",
        False,
    ),
    "enableWafFailOpen": ("waf.fail_open.enabled", False),
    "enableXffClientPort": ("routing.http.xff_client_port.enabled", False),
    "enableZonalShift": ("zonal_shift.config.enabled", False),
    "idleTimeout": ("idle_timeout.timeout_seconds", 60),
    "preserveHostHeader": ("routing.http.preserve_host_header.enabled", False),
    "xffHeaderProcessingMode": ("routing.http.xff_header_processing.mode", "append"),
}
LOGS = {
    "accessLogs": "access_logs.s3",
    "connectionLogs": "connection_logs.s3",
    "healthCheckLogs": "health_check_logs.s3",
}
DNS_ZONE = (
    "Z32O12XQLNTSW2"  # the zone of balancers' names in eu-west-1; moto has one for all regions
)


class Elbv2Resource(Resource):
    """Tags go by ARN, which is the id."""

    def tagging(self, aws: Aws, new: Mapping[str, Any]) -> dict[str, Any]:
        tags = aws.tags(new)
        return {"Tags": pairs(tags)} if tags else {}

    def tags_of(self, aws: Aws, arn: str) -> dict[str, str]:
        return mapping(aws.elbv2.describe_tags(ResourceArns=[arn])["TagDescriptions"][0]["Tags"])

    def retag(self, aws: Aws, id: str, put: dict[str, str], drop: list[str]) -> None:
        if drop:
            aws.elbv2.remove_tags(ResourceArns=[id], TagKeys=drop)
        if put:
            aws.elbv2.add_tags(ResourceArns=[id], Tags=pairs(put))


@handles("aws:lb/loadBalancer:LoadBalancer", "aws:alb/loadBalancer:LoadBalancer")
class LoadBalancer(Elbv2Resource):
    noun = "ELBv2 Load Balancer"
    naming = NAMING
    replaces = frozenset(
        {"name", "namePrefix", "internal", "loadBalancerType", "customerOwnedIpv4Pool"}
    )
    computed = frozenset(
        {
            "internal",
            "ipAddressType",
            "securityGroups",
            "subnets",
            "subnetMappings",
            "enforceSecurityGroupInboundRulesOnPrivateLinkTraffic",
            "enablePrefixForIpv6SourceNat",
            "secondaryIpsAutoAssignedPerSubnet",
        }
    )
    defaults = {
        "loadBalancerType": "application",
        **{key: default for key, (_, default) in ATTRIBUTES.items()},
    }

    def create(self, aws: Aws, new: Mapping[str, Any]) -> str:
        optional: dict[str, Any] = {}
        if "subnets" in new:
            optional["Subnets"] = new["subnets"]
        else:
            optional["SubnetMappings"] = [
                {"SubnetId": each["subnetId"]} for each in new.get("subnetMappings", [])
            ]
        if "securityGroups" in new:
            optional["SecurityGroups"] = new["securityGroups"]
        if "ipAddressType" in new:
            optional["IpAddressType"] = new["ipAddressType"]
        made = aws.elbv2.create_load_balancer(
            Name=self.name(new),
            Scheme="internal" if new.get("internal") else "internet-facing",
            Type=new["loadBalancerType"],
            **optional,
            **self.tagging(aws, new),
        )
        return str(made["LoadBalancers"][0]["LoadBalancerArn"])

    def finish(self, aws: Aws, id: str, new: Mapping[str, Any]) -> None:
        self._set(aws, id, new, frozenset(new))

    def update(self, aws: Aws, id: str, change: Change) -> None:
        self._set(aws, id, change.new, change.keys)
        if "securityGroups" in change:
            aws.elbv2.set_security_groups(
                LoadBalancerArn=id, SecurityGroups=change.new["securityGroups"]
            )
        if "subnets" in change:
            aws.elbv2.set_subnets(LoadBalancerArn=id, Subnets=change.new["subnets"])
        if "ipAddressType" in change:
            aws.elbv2.set_ip_address_type(
                LoadBalancerArn=id, IpAddressType=change.new["ipAddressType"]
            )

    def _set(self, aws: Aws, id: str, new: Mapping[str, Any], keys: frozenset[str]) -> None:
        wanted = {
            attribute: _text(new.get(key, default))
            for key, (attribute, default) in ATTRIBUTES.items()
            if key in keys
        }
        for key, prefix in LOGS.items():
            if key in keys:
                logs = new.get(key) or {}
                wanted[f"{prefix}.enabled"] = _text(bool(logs.get("enabled", False)))
                if logs.get("enabled"):
                    wanted[f"{prefix}.bucket"] = logs["bucket"]
                    wanted[f"{prefix}.prefix"] = logs.get("prefix", "")
        if wanted:
            aws.elbv2.modify_load_balancer_attributes(
                LoadBalancerArn=id,
                Attributes=[{"Key": key, "Value": value} for key, value in wanted.items()],
            )

    def read(self, aws: Aws, id: str, state: Mapping[str, Any]) -> dict[str, Any] | None:
        balancer = only(aws.elbv2.describe_load_balancers(LoadBalancerArns=[id])["LoadBalancers"])
        if balancer is None:
            return None
        found = aws.elbv2.describe_load_balancer_attributes(LoadBalancerArn=id)["Attributes"]
        attributes = {each["Key"]: each["Value"] for each in found}
        zones = balancer["AvailabilityZones"]
        return {
            "arn": id,
            "arnSuffix": id.partition(":loadbalancer/")[2],
            "dnsName": balancer["DNSName"],
            "zoneId": balancer.get("CanonicalHostedZoneId") or DNS_ZONE,
            "vpcId": balancer["VpcId"],
            "name": balancer["LoadBalancerName"],
            "internal": balancer["Scheme"] == "internal",
            "loadBalancerType": balancer["Type"],
            "ipAddressType": balancer.get("IpAddressType", "ipv4"),
            "securityGroups": balancer.get("SecurityGroups") or [],
            "subnets": [zone["SubnetId"] for zone in zones],
            "subnetMappings": [{"subnetId": zone["SubnetId"]} for zone in zones],
            **{
                key: _value(attributes.get(name), default)
                for key, (name, default) in ATTRIBUTES.items()
            },
            **{key: _logs(attributes, prefix, state.get(key)) for key, prefix in LOGS.items()},
            "tagsAll": self.tags_of(aws, id),
        }

    def delete(self, aws: Aws, id: str, state: Mapping[str, Any]) -> None:
        aws.elbv2.delete_load_balancer(LoadBalancerArn=id)


def _logs(attributes: Mapping[str, str], prefix: str, known: Any) -> dict[str, Any] | None:
    if attributes.get(f"{prefix}.enabled") != "true":
        return {**known, "enabled": False} if known else None
    return {
        "enabled": True,
        "bucket": attributes.get(f"{prefix}.bucket", ""),
        "prefix": attributes.get(f"{prefix}.prefix") or None,
    }


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _value(text: str | None, default: Any) -> Any:
    if text is None:
        return default
    if isinstance(default, bool):
        return text == "true"
    return int(text) if isinstance(default, int) else text
