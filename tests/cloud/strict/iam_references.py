"""Identity and Access Management: what a request names exists."""

from moto.iam.models import IAMBackend

from tests.cloud.strict.iam import aws_has_policies_of_its_own
from tests.cloud.strict.patch import RefusedError, before

API = "https://docs.aws.amazon.com/IAM/latest/APIReference"


@before(
    IAMBackend,
    "create_role",
    "put_role_permissions_boundary",
    doc=f"{API}/API_PutRolePermissionsBoundary.html",
)
def boundary_exists(backend: IAMBackend, permissions_boundary: str | None) -> None:
    if not permissions_boundary:
        return
    aws_has_policies_of_its_own(backend, permissions_boundary)
    if permissions_boundary not in backend.managed_policies:
        raise RefusedError("NoSuchEntity", f"Policy {permissions_boundary} does not exist.")
