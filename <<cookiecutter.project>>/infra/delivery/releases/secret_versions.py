"""Secrets of a release: which version of each, never its value."""

from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from stack.account import Account, explained
from stack.document import Secret
from stack.refusal import Refused

CURRENT = "AWSCURRENT"


def current_version(name: str, arn: str, account: Account) -> Secret:
    """Give the version that is current now; `name` is what the service calls the secret."""
    stages = _described(name, arn, account).get("VersionIdsToStages") or {}
    version = next((each for each, labels in stages.items() if CURRENT in labels), None)
    if version is None:
        raise Refused(
            [f"Secret {name} has no value yet: {arn}."],
            f"Put one in: `aws secretsmanager put-secret-value --secret-id {arn}`.",
        )
    return Secret(arn=arn, version=version)


def check_version(name: str, secret: Secret, account: Account) -> None:
    """Refuse a version that is gone.

    AWS deletes those without a label when it likes ("Secret versions" in the AWS Secrets Manager
    User Guide), so an older release's may be.
    """
    stages = _described(name, secret.arn, account).get("VersionIdsToStages") or {}
    if secret.version in stages:
        return
    with explained(f"Secret {name}, {secret.arn}"):
        if secret.version in _all_versions(secret.arn, account):
            return
    raise Refused(
        [f"Secret {name} has no version {secret.version} any more: {secret.arn}."],
        "Deploy the build anew: a new release takes the version that is current.",
    )


def _described(name: str, arn: str, account: Account) -> dict[str, Any]:
    with explained(f"Secret {name}, {arn}"):
        try:
            found = account.client("secretsmanager").describe_secret(SecretId=arn)
        except ClientError as error:
            if error.response["Error"]["Code"] == "ResourceNotFoundException":
                raise Refused(
                    [f"Secret {name} does not exist in {account.region}: {arn}."],
                    "Create it, or correct its ARN in the setting `secrets`.",
                ) from error
            raise
    if found.get("DeletedDate"):
        raise Refused(
            [f"Secret {name} is about to be deleted: {arn}."],
            f"Keep it: `aws secretsmanager restore-secret --secret-id {arn}`.",
        )
    return found


def _all_versions(arn: str, account: Account) -> Iterator[str]:
    client = account.client("secretsmanager")
    more: dict[str, str] = {}
    while True:
        page = client.list_secret_version_ids(SecretId=arn, IncludeDeprecated=True, **more)
        yield from (each["VersionId"] for each in page["Versions"])
        if not page.get("NextToken"):
            return
        more = {"NextToken": page["NextToken"]}
