"""A bucket as every bucket here is: private, encrypted, TLS only, owned by its account."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi_aws import s3

from platform_parts.policies import policy_document

# S3 keeps the parts of an upload that never finished, unseen and at full price; a week outlives
# any retry.
UPLOAD_DAYS = 7


@dataclass(frozen=True, kw_only=True)
class PrivateBucketArgs:
    """What differs between buckets."""

    bucket: str  # its name in AWS: fixed, so that policies and readers can name it before it exists
    partition: str
    tags: Mapping[str, str]
    versioned: bool
    lifecycle: Sequence[
        s3.BucketLifecycleConfigurationRuleArgsDict
    ] = ()  # rules beside the one that clears failed uploads
    statements: Sequence[
        Mapping[str, Any]
    ] = ()  # who else may do what, beside "no one without TLS"
    force_destroy: bool = False  # True lets a destroy delete the objects too


class PrivateBucket(pulumi.ComponentResource):
    """Bucket that nothing but its policy's statements opens.

    Encrypted with SSE-S3. Not with a KMS key: the balancer's log delivery refuses one, accounts
    that read across would need the key as well, and each request would cost; what lies here
    (builds, documents, logs) holds no secret.
    """

    def __init__(
        self, name: str, args: PrivateBucketArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("slipway:bucket:PrivateBucket", name, None, opts)
        self.bucket = s3.Bucket(
            name,
            bucket=args.bucket,
            force_destroy=args.force_destroy,
            tags={**args.tags, "Name": args.bucket},
            opts=pulumi.ResourceOptions(parent=self),
        )
        private = self._close(name)
        versioning = self._keep_versions(name) if args.versioned else None
        self._expire(name, args, versioning)
        self.policy = s3.BucketPolicy(
            f"{name}-policy",
            bucket=self.bucket.bucket,
            policy=policy_of(args),
            # S3 refuses two changes of a bucket's access at once (OperationAborted), so they go
            # one after the other.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[private]),
        )
        self.register_outputs({"bucket": self.bucket.bucket, "arn": self.bucket.arn})

    def _close(self, name: str) -> s3.BucketPublicAccessBlock:
        child = pulumi.ResourceOptions(parent=self)
        s3.BucketServerSideEncryptionConfiguration(
            f"{name}-encryption",
            bucket=self.bucket.bucket,
            rules=[{"apply_server_side_encryption_by_default": {"sse_algorithm": "AES256"}}],
            opts=child,
        )
        s3.BucketOwnershipControls(
            f"{name}-ownership",
            bucket=self.bucket.bucket,
            rule={"object_ownership": "BucketOwnerEnforced"},
            opts=child,
        )
        return s3.BucketPublicAccessBlock(
            f"{name}-private",
            bucket=self.bucket.bucket,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=child,
        )

    def _keep_versions(self, name: str) -> s3.BucketVersioning:
        return s3.BucketVersioning(
            f"{name}-versioning",
            bucket=self.bucket.bucket,
            versioning_configuration={"status": "Enabled"},
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _expire(
        self, name: str, args: PrivateBucketArgs, versioning: s3.BucketVersioning | None
    ) -> None:
        failed_uploads: s3.BucketLifecycleConfigurationRuleArgsDict = {
            "id": "failed-uploads",
            "status": "Enabled",
            "filter": {"prefix": ""},
            "abort_incomplete_multipart_upload": {"days_after_initiation": UPLOAD_DAYS},
        }
        s3.BucketLifecycleConfiguration(
            f"{name}-lifecycle",
            bucket=self.bucket.bucket,
            rules=[failed_uploads, *args.lifecycle],
            # Rules on noncurrent versions mean something only once there are versions.
            opts=pulumi.ResourceOptions(
                parent=self, depends_on=[versioning] if versioning else None
            ),
        )


def bucket_arn(partition: str, bucket: str) -> str:
    """Name a bucket by ARN (which says neither region nor account)."""
    return f"arn:{partition}:s3:::{bucket}"


def policy_of(args: PrivateBucketArgs) -> str:
    """Write the bucket's policy; pure text, so that a preview shows it whole."""
    arn = bucket_arn(args.partition, args.bucket)
    tls_only = {
        "Sid": "TlsOnly",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [arn, f"{arn}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    return policy_document([tls_only, *args.statements])
