"""Identity and Access Management."""

from collections.abc import Iterator, Mapping
from typing import Any

from tests.cloud.rules.documents import Use, policy
from tests.cloud.rules.kinds import arn, between, length, matches
from tests.cloud.rules.table import Page

API = "https://docs.aws.amazon.com/IAM/latest/APIReference"
QUOTAS = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"
ROLE, PROFILE = "aws:iam/role:Role", "aws:iam/instanceProfile:InstanceProfile"

role = Page(f"{API}/API_CreateRole.html", ROLE)
role.row("maxSessionDuration", between(3600, 43200))
role.row("description", length(0, 1000))
role.row("permissionsBoundary", arn("iam"))
role.row("assumeRolePolicy", policy(4096, Use.TRUST))
role.row("inlinePolicies.policy", policy(10240))

path = Page(f"{API}/API_CreateInstanceProfile.html", ROLE, PROFILE)
path.row("path", matches(r"/|/[\x21-\x7e]{1,510}/", "a path that begins and ends with /"))

inline = Page(QUOTAS, "aws:iam/rolePolicy:RolePolicy")
inline.row("policy", policy(10240))

managed = Page(QUOTAS, "aws:iam/policy:Policy")
managed.row("policy", policy(6144))

attachment = Page(
    f"{API}/API_AttachRolePolicy.html", "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
)
attachment.row("policyArn", arn("iam"))

oidc = Page(
    f"{API}/API_CreateOpenIDConnectProvider.html",
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider",
)
oidc.row("url", matches(r"https://\S{1,247}", "an address that begins with https://"))
oidc.row("thumbprintLists", matches(r"[0-9a-fA-F]{40}", "40 hex digits"))


@role.across
def inline_policies_are_whole(new: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for index, each in enumerate(new.get("inlinePolicies") or []):
        for key in ("name", "policy"):
            if isinstance(each, Mapping) and not each.get(key):
                path = f"inlinePolicies[{index}].{key}"
                yield path, f"{path} is missing; an inline policy has a name and a document"
