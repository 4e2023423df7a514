"""Identity and Access Management."""

from moto.iam.models import IAMBackend

from tests.cloud.strict.patch import RefusedError, before

API = "https://docs.aws.amazon.com/IAM/latest/APIReference"


@before(IAMBackend, "delete_policy", doc=f"{API}/API_DeletePolicy.html")
def attached_policy_stays(backend: IAMBackend, policy_arn: str) -> None:
    policy = backend.managed_policies.get(policy_arn)
    if policy is not None and policy.attachment_count:
        raise RefusedError("DeleteConflict", "Cannot delete a policy attached to entities.")


@before(IAMBackend, "add_role_to_instance_profile", doc=f"{API}/API_AddRoleToInstanceProfile.html")
def instance_profile_has_one_role(backend: IAMBackend, profile_name: str) -> None:
    if backend.get_instance_profile(profile_name).roles:
        raise RefusedError(
            "LimitExceeded", "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1"
        )
