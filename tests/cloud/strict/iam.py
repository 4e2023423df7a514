"""Identity and Access Management."""

import json
from collections.abc import Callable
from functools import cache
from typing import Any

from moto.core.responses import EmptyResult
from moto.iam.aws_managed_policies import aws_managed_policies_data
from moto.iam.models import AWSManagedPolicy, IAMBackend
from moto.iam.responses import IamResponse

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


# What moto gets wrong.


@before(
    IAMBackend,
    "attach_role_policy",
    "attach_user_policy",
    "attach_group_policy",
    "get_policy",
    "get_policy_version",
    doc="https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html",
)
def aws_has_policies_of_its_own(backend: IAMBackend, policy_arn: str) -> None:
    """moto makes all 1,500 at once, at every reset, or none; one is made when it is asked for."""
    name = policy_arn.rpartition("/")[2]
    if policy_arn in backend.managed_policies or name not in _policies():
        return
    policy = AWSManagedPolicy.from_data(
        name, backend.account_id, backend.region_name, _policies()[name]
    )
    if policy.arn == policy_arn:
        backend.managed_policies[policy_arn] = policy


@cache
def _policies() -> dict[str, Any]:
    return dict(json.loads(aws_managed_policies_data))


def _change_client(response: IamResponse, change: Callable[[list[str], str], None]) -> EmptyResult:
    arn = response._get_param("OpenIDConnectProviderArn")
    provider = response.backend.get_open_id_connect_provider(arn)
    change(provider.client_id_list, response._get_param("ClientID"))
    return EmptyResult()


def _add_client(response: IamResponse) -> EmptyResult:
    return _change_client(response, list.append)


def _remove_client(response: IamResponse) -> EmptyResult:
    return _change_client(response, list.remove)


# Not in moto at all.
for _name, _action in (
    ("add_client_id_to_open_id_connect_provider", _add_client),
    ("remove_client_id_from_open_id_connect_provider", _remove_client),
):
    setattr(IamResponse, _name, _action)
