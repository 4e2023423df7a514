"""Managed policies and identity providers."""

from collections.abc import Mapping
from typing import Any

from tests.cloud.aws import Aws
from tests.cloud.resource import Change, Resource, handles
from tests.cloud.resources.ec2_common import mapping, pairs
from tests.cloud.resources.iam_roles import document, iam_naming


@handles("aws:iam/policy:Policy")
class Policy(Resource):
    noun = "IAM Policy"
    naming = iam_naming(128)
    replaces = frozenset({"name", "namePrefix", "path", "description"})
    defaults = {"path": "/"}

    def create(self, aws: Aws, new: Mapping[str, Any]) -> str:
        tags = aws.tags(new)
        made = aws.iam.create_policy(
            PolicyName=self.name(new),
            Path=new["path"],
            PolicyDocument=new["policy"],
            **({"Description": new["description"]} if new.get("description") else {}),
            **({"Tags": pairs(tags)} if tags else {}),
        )
        return str(made["Policy"]["Arn"])

    def update(self, aws: Aws, id: str, change: Change) -> None:
        if "policy" in change:
            for version in aws.iam.list_policy_versions(PolicyArn=id)["Versions"][
                4:
            ]:  # AWS keeps five
                if not version["IsDefaultVersion"]:
                    aws.iam.delete_policy_version(PolicyArn=id, VersionId=version["VersionId"])
            aws.iam.create_policy_version(
                PolicyArn=id, PolicyDocument=change.new["policy"], SetAsDefault=True
            )

    def retag(self, aws: Aws, id: str, put: dict[str, str], drop: list[str]) -> None:
        if drop:
            aws.iam.untag_policy(PolicyArn=id, TagKeys=drop)
        if put:
            aws.iam.tag_policy(PolicyArn=id, Tags=pairs(put))

    def read(self, aws: Aws, id: str, state: Mapping[str, Any]) -> dict[str, Any] | None:
        policy = aws.iam.get_policy(PolicyArn=id)["Policy"]
        version = aws.iam.get_policy_version(PolicyArn=id, VersionId=policy["DefaultVersionId"])[
            "PolicyVersion"
        ]
        return {
            "arn": id,
            "name": policy["PolicyName"],
            "path": policy["Path"],
            "description": policy.get("Description") or None,
            "policy": document(version["Document"]),
            "policyId": policy["PolicyId"],
            "attachmentCount": policy["AttachmentCount"],
            "tagsAll": mapping(policy.get("Tags")),
        }

    def delete(self, aws: Aws, id: str, state: Mapping[str, Any]) -> None:
        for version in aws.iam.list_policy_versions(PolicyArn=id)["Versions"]:
            if not version["IsDefaultVersion"]:
                aws.iam.delete_policy_version(PolicyArn=id, VersionId=version["VersionId"])
        aws.iam.delete_policy(PolicyArn=id)


@handles("aws:iam/openIdConnectProvider:OpenIdConnectProvider")
class OpenIdConnectProvider(Resource):
    noun = "IAM OIDC Provider"
    replaces = frozenset({"url"})
    computed = frozenset({"thumbprintLists"})

    def create(self, aws: Aws, new: Mapping[str, Any]) -> str:
        tags = aws.tags(new)
        made = aws.iam.create_open_id_connect_provider(
            Url=new["url"],
            ClientIDList=new["clientIdLists"],
            ThumbprintList=new.get("thumbprintLists") or ["0" * 40],
            **({"Tags": pairs(tags)} if tags else {}),
        )
        return str(made["OpenIDConnectProviderArn"])

    def update(self, aws: Aws, id: str, change: Change) -> None:
        if "thumbprintLists" in change:
            aws.iam.update_open_id_connect_provider_thumbprint(
                OpenIDConnectProviderArn=id, ThumbprintList=change.new["thumbprintLists"]
            )
        if "clientIdLists" in change:
            old, new = set(change.old["clientIdLists"]), set(change.new["clientIdLists"])
            for each in sorted(new - old):
                aws.iam.add_client_id_to_open_id_connect_provider(
                    OpenIDConnectProviderArn=id, ClientID=each
                )
            for each in sorted(old - new):
                aws.iam.remove_client_id_from_open_id_connect_provider(
                    OpenIDConnectProviderArn=id, ClientID=each
                )

    def retag(self, aws: Aws, id: str, put: dict[str, str], drop: list[str]) -> None:
        if drop:
            aws.iam.untag_open_id_connect_provider(OpenIDConnectProviderArn=id, TagKeys=drop)
        if put:
            aws.iam.tag_open_id_connect_provider(OpenIDConnectProviderArn=id, Tags=pairs(put))

    def read(self, aws: Aws, id: str, state: Mapping[str, Any]) -> dict[str, Any] | None:
        found = aws.iam.get_open_id_connect_provider(OpenIDConnectProviderArn=id)
        return {
            "arn": id,
            "url": f"https://{found['Url'].removeprefix('https://')}",
            "clientIdLists": found["ClientIDList"],
            "thumbprintLists": found["ThumbprintList"],
            "tagsAll": mapping(found.get("Tags")),
        }

    def delete(self, aws: Aws, id: str, state: Mapping[str, Any]) -> None:
        aws.iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=id)
