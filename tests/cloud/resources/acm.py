"""Certificate Manager: certificates, issued at once, and the wait for them."""

from collections.abc import Mapping
from typing import Any

from tests.cloud.aws import Aws
from tests.cloud.resource import Resource, handles
from tests.cloud.resources.ec2_common import mapping, pairs


@handles("aws:acm/certificate:Certificate")
class Certificate(Resource):
    noun = "ACM Certificate"
    replaces = frozenset(
        {
            "domainName",
            "subjectAlternativeNames",
            "validationMethod",
            "keyAlgorithm",
            "certificateAuthorityArn",
            "validationOptions",
        }
    )
    computed = frozenset(
        {"domainName", "subjectAlternativeNames", "validationMethod", "keyAlgorithm", "options"}
    )

    def create(self, aws: Aws, new: Mapping[str, Any]) -> str:
        optional: dict[str, Any] = {
            member: new[key]
            for key, member in (
                ("subjectAlternativeNames", "SubjectAlternativeNames"),
                ("validationMethod", "ValidationMethod"),
                ("keyAlgorithm", "KeyAlgorithm"),
            )
            if new.get(key)
        }
        tags = aws.tags(new)
        if tags:
            optional["Tags"] = pairs(tags)
        made = aws.acm.request_certificate(DomainName=new["domainName"], **optional)
        return str(made["CertificateArn"])

    def retag(self, aws: Aws, id: str, put: dict[str, str], drop: list[str]) -> None:
        if drop:
            gone = [{"Key": key} for key in drop]
            aws.acm.remove_tags_from_certificate(CertificateArn=id, Tags=gone)
        if put:
            aws.acm.add_tags_to_certificate(CertificateArn=id, Tags=pairs(put))

    def read(self, aws: Aws, id: str, state: Mapping[str, Any]) -> dict[str, Any] | None:
        found = aws.acm.describe_certificate(CertificateArn=id)["Certificate"]
        return {
            "arn": id,
            "domainName": found["DomainName"],
            "subjectAlternativeNames": found.get("SubjectAlternativeNames") or [],
            "validationMethod": state.get("validationMethod") or "NONE",
            "domainValidationOptions": [
                _validation(each) for each in found.get("DomainValidationOptions") or []
            ],
            "status": found["Status"],
            "type": found.get("Type", "AMAZON_ISSUED"),
            "keyAlgorithm": state.get("keyAlgorithm") or "RSA_2048",  # moto drops it
            "pendingRenewal": False,
            "renewalEligibility": found.get("RenewalEligibility", "INELIGIBLE"),
            "renewalSummaries": [],
            "validationEmails": [],
            "notAfter": "",
            "notBefore": "",
            "tagsAll": mapping(aws.acm.list_tags_for_certificate(CertificateArn=id)["Tags"]),
        }

    def delete(self, aws: Aws, id: str, state: Mapping[str, Any]) -> None:
        aws.acm.delete_certificate(CertificateArn=id)


def _validation(option: Mapping[str, Any]) -> dict[str, str]:
    record = option.get("ResourceRecord") or {}
    return {
        "domainName": option["DomainName"],
        "resourceRecordName": record.get("Name", ""),
        "resourceRecordType": record.get("Type", ""),
        "resourceRecordValue": record.get("Value", ""),
    }


@handles("aws:acm/certificateValidation:CertificateValidation")
class CertificateValidation(Resource):
    """Waits for the certificate; on this cloud it is there at once."""

    noun = "ACM Certificate Validation"
    replaces = frozenset({"certificateArn", "validationRecordFqdns"})
    taggable = False

    def create(self, aws: Aws, new: Mapping[str, Any]) -> str:
        found = aws.acm.describe_certificate(CertificateArn=new["certificateArn"])["Certificate"]
        issued = found.get("IssuedAt") or found["CreatedAt"]
        return str(issued.strftime("%Y-%m-%d %H:%M:%S +0000 UTC"))

    def read(self, aws: Aws, id: str, state: Mapping[str, Any]) -> dict[str, Any] | None:
        aws.acm.describe_certificate(CertificateArn=state["certificateArn"])
        return {"certificateArn": state["certificateArn"]}

    def delete(self, aws: Aws, id: str, state: Mapping[str, Any]) -> None:
        """Nothing was made."""
