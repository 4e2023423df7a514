"""Certificate Manager."""

from collections.abc import Sequence

from moto.acm.models import AWSCertificateManagerBackend

from tests.cloud.strict.patch import RefusedError, before


@before(
    AWSCertificateManagerBackend,
    "delete_certificate",
    doc="https://docs.aws.amazon.com/acm/latest/APIReference/API_DeleteCertificate.html",
)
def certificate_in_use_stays(backend: AWSCertificateManagerBackend, arn: str) -> None:
    from moto.elbv2.models import elbv2_backends

    balancers = elbv2_backends[backend.account_id][backend.region_name].load_balancers
    for balancer in balancers.values():
        for listener in balancer.listeners.values():
            if arn in _arns(listener.certificates):
                raise RefusedError(
                    "ResourceInUseException",
                    f"Certificate {arn} in account {backend.account_id} is in use by "
                    f"{balancer.arn}.",
                )


def _arns(certificates: Sequence[object]) -> set[object]:
    """moto keeps a listener's own certificate in one form and added ones in another."""
    return {
        each.get("CertificateArn") or each.get("certificate_arn")
        if isinstance(each, dict)
        else each
        for each in certificates
    }
