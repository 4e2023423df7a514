"""A zone and a certificate for a tier, as a person makes them before prod can answer HTTPS."""

import uuid
from collections.abc import Mapping
from typing import Any

DOMAIN = "example.com"


def names_and_certificate(client: Any, tier: str) -> Mapping[str, str]:
    """Make both where they are not there yet; give the platform's settings that name them.

    `client` gives a boto3 client by its service's name.
    """
    name = f"{tier}.{DOMAIN}"
    return {
        "domain_name": name,
        "hosted_zone_id": _zone(client("route53"), name),
        "certificate_arn": _certificate(client("acm"), f"*.{name}"),
    }


def _zone(route53: Any, name: str) -> str:
    found = route53.list_hosted_zones_by_name(DNSName=name)["HostedZones"]
    zones = [zone for zone in found if zone["Name"] == f"{name}."]
    if not zones:
        made = route53.create_hosted_zone(Name=name, CallerReference=uuid.uuid4().hex)
        zones = [made["HostedZone"]]
    return str(zones[0]["Id"]).removeprefix("/hostedzone/")


def _certificate(acm: Any, name: str) -> str:
    found = acm.list_certificates()["CertificateSummaryList"]
    arns = [each["CertificateArn"] for each in found if each["DomainName"] == name]
    if not arns:
        made = acm.request_certificate(DomainName=name, ValidationMethod="DNS")
        arns = [made["CertificateArn"]]
    return str(arns[0])
