"""A boto3 client that goes where the AWS provider goes."""

from collections.abc import Mapping
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError

from platform_parts.errors import PlatformError


def parameters_beside_provider(region: str, given: Mapping[str, str]) -> Any:  # noqa: ANN401  made at run time
    """Make an SSM client of the provider's region and profile; the rest as boto3 finds it."""
    try:
        session = boto3.Session(profile_name=given.get("aws:profile"), region_name=region)
        return session.client("ssm")
    except BotoCoreError as error:
        raise PlatformError(
            f"boto3 cannot reach AWS as aws:profile and aws:region say: {error}"
        ) from error
