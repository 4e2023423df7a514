"""The bucket that builds and rollout documents lie in, for all tiers of the listed accounts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
from platform_parts.bucket import PrivateBucket, PrivateBucketArgs, bucket_arn
from platform_parts.place import Place
from pulumi_aws import s3


@dataclass(frozen=True, kw_only=True)
class ArtifactsArgs:
    """What the artifact bucket depends on."""

    place: Place
    prefix: str
    tier_accounts: Sequence[str]
    deleted_build_days: int
    history_days: int
    tags: Mapping[str, str]


class Artifacts(pulumi.ComponentResource):
    """Artifact bucket. Nothing current in it ever expires: S3 knows age, not what is in use."""

    def __init__(
        self, name: str, args: ArtifactsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("slipway:artifacts:Artifacts", name, None, opts)
        bucket = artifact_bucket_name(args.prefix, args.place)
        self.store = PrivateBucket(
            name,
            PrivateBucketArgs(
                bucket=bucket,
                partition=args.place.partition,
                tags=args.tags,
                versioned=True,
                lifecycle=[
                    _forget("deleted-builds", "builds/", args.deleted_build_days),
                    _forget("document-history", "rollouts/", args.history_days),
                ],
                statements=_shared_with(args, bucket_arn(args.place.partition, bucket)),
            ),
            pulumi.ResourceOptions(parent=self),
        )
        self.bucket = self.store.bucket.bucket
        self.register_outputs({"bucket": self.bucket})


def artifact_bucket_name(prefix: str, place: Place) -> str:
    """Name the bucket; names are unique in the world, hence account and region in it."""
    return f"{prefix}-artifacts-{place.account}-{place.region}"


def _forget(rule: str, prefix: str, days: int) -> s3.BucketLifecycleConfigurationRuleArgsDict:
    return {
        "id": rule,
        "status": "Enabled",
        "filter": {"prefix": prefix},
        "noncurrent_version_expiration": {"noncurrent_days": days},
        # Clears the marker that a deletion leaves once no version stands behind it; no object is
        # touched.
        "expiration": {"expired_object_delete_marker": True},
    }


def _shared_with(args: ArtifactsArgs, arn: str) -> list[dict[str, Any]]:
    if not args.tier_accounts:
        return []
    principal = {
        "AWS": [f"arn:{args.place.partition}:iam::{other}:root" for other in args.tier_accounts]
    }
    return [
        {
            "Sid": "TierAccountsRead",
            "Effect": "Allow",
            "Principal": principal,
            "Action": ["s3:GetObject", "s3:GetObjectVersion"],
            "Resource": f"{arn}/*",
        },
        {
            "Sid": "TierAccountsList",
            "Effect": "Allow",
            "Principal": principal,
            # Without it a missing document answers 403, which reads as "not allowed" and not as
            # "no release yet".
            "Action": ["s3:ListBucket", "s3:ListBucketVersions", "s3:GetBucketLocation"],
            "Resource": arn,
        },
        {
            "Sid": "TierAccountsKeepDocuments",
            "Effect": "Allow",
            "Principal": principal,
            # A tier's document is written by its own deployer, whichever account that is in.
            "Action": "s3:PutObject",
            "Resource": f"{arn}/rollouts/*",
        },
    ]
