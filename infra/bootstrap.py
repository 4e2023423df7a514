"""Make what Pulumi needs before it can keep anything: a bucket for state, a key for secrets.

Run it as often as you like: what stands already as it should is left alone. Standard output is the
two lines to use from then on; what was done goes to standard error.
"""

import argparse
import json
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

# As the programs of infra/ ask for: their bucket names are longer still.
PREFIX = re.compile(r"(?=.{1,20}$)[a-z][a-z0-9]*(-[a-z0-9]+)*")
# Every `up` writes the state anew: three months of former versions are enough to go back to.
STATE_HISTORY_DAYS = 90
NOT_THERE = ("404", "NoSuchBucket", "NotFound", "NotFoundException")
NOT_SET = (
    "NoSuchBucketPolicy",
    "NoSuchLifecycleConfiguration",
    "NoSuchPublicAccessBlockConfiguration",
    "OwnershipControlsNotFoundError",
)
PUBLIC_BLOCKED = dict.fromkeys(
    ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True
)

type Say = Callable[[str], None]


class BootstrapError(Exception):
    """What stops it, in one line that says what to do."""


@dataclass(frozen=True, kw_only=True)
class State:
    """Where Pulumi keeps its state, and what encrypts the secrets in it."""

    bucket: str
    alias: str
    region: str
    profile: str | None

    @property
    def login(self) -> str:
        """The address for `pulumi login`."""
        return f"s3://{self.bucket}?{self._where}"

    @property
    def secrets_provider(self) -> str:
        """The address for `pulumi stack init --secrets-provider`."""
        return f"awskms://{self.alias}?{self._where}"

    @property
    def _where(self) -> str:
        profile = f"&profile={self.profile}" if self.profile else ""
        return f"region={self.region}&awssdk=v2{profile}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run as a command."""
    options = _options(arguments)
    try:
        session = boto3.Session(profile_name=options.profile, region_name=options.region)
        state = bootstrap(session, options.prefix, _tell, options.profile)
    except (BootstrapError, BotoCoreError, ClientError) as error:
        _tell(f"error: {error}")
        return 1
    print(f"pulumi login '{state.login}'")
    print(f"pulumi stack init <stack> --secrets-provider '{state.secrets_provider}'")
    return 0


def bootstrap(session: boto3.Session, prefix: str, say: Say, profile: str | None = None) -> State:
    """Make the bucket and the key, or see that they stand; returns where they are."""
    region = session.region_name
    if not region:
        raise BootstrapError("no region is set; give one: --region eu-west-1")
    if not PREFIX.fullmatch(prefix):
        raise BootstrapError(
            f"--prefix is {prefix!r}; it must be lower-case words joined by single hyphens, "
            "a letter first, at most 20 characters"
        )
    caller = session.client("sts").get_caller_identity()
    account, partition = caller["Account"], caller["Arn"].split(":")[1]
    state = State(
        bucket=f"{prefix}-state-{account}-{region}",
        alias=f"alias/{prefix}-state",
        region=region,
        profile=profile,
    )
    _make_bucket(session.client("s3"), state, account, say)
    _close_bucket(session.client("s3"), state.bucket, f"arn:{partition}:s3:::{state.bucket}", say)
    _make_key(session.client("kms"), state.alias, say)
    return state


def _make_bucket(s3: Any, state: State, account: str, say: Say) -> None:  # noqa: ANN401  of boto3
    try:
        # Names are the world's: with the owner said, a bucket that somebody else took is refused.
        s3.head_bucket(Bucket=state.bucket, ExpectedBucketOwner=account)
    except ClientError as error:
        if _code(error) not in NOT_THERE:
            raise BootstrapError(
                f"bucket {state.bucket} cannot be used ({error}); if another account has that "
                "name, choose another --prefix"
            ) from error
        place = {"CreateBucketConfiguration": {"LocationConstraint": state.region}}
        # The oldest region is no constraint: S3 refuses its name there.
        s3.create_bucket(Bucket=state.bucket, **({} if state.region == "us-east-1" else place))
        say(f"made bucket {state.bucket}")
    else:
        say(f"bucket {state.bucket} stands")


def _close_bucket(s3: Any, bucket: str, arn: str, say: Say) -> None:  # noqa: ANN401  of boto3
    """Put right what is missing, and touch nothing else: a team may have added rules of its own."""
    if s3.get_bucket_versioning(Bucket=bucket).get("Status") != "Enabled":
        s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
        say("  versions are kept")
    block = _asked(s3.get_public_access_block, bucket).get("PublicAccessBlockConfiguration")
    if block != PUBLIC_BLOCKED:
        s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=PUBLIC_BLOCKED)
        say("  public access is blocked")
    owner = [{"ObjectOwnership": "BucketOwnerEnforced"}]
    found = _asked(s3.get_bucket_ownership_controls, bucket).get("OwnershipControls", {})
    if found.get("Rules") != owner:
        s3.put_bucket_ownership_controls(Bucket=bucket, OwnershipControls={"Rules": owner})
        say("  access lists are off")
    if not _asked(s3.get_bucket_lifecycle_configuration, bucket).get("Rules"):
        s3.put_bucket_lifecycle_configuration(
            Bucket=bucket, LifecycleConfiguration={"Rules": [_history()]}
        )
        say(f"  former versions go after {STATE_HISTORY_DAYS} days")
    policy = json.loads(_asked(s3.get_bucket_policy, bucket).get("Policy", "{}"))
    statements = policy.get("Statement", [])
    if not any(one.get("Sid") == "TlsOnly" for one in statements):
        whole = {"Version": "2012-10-17", **policy, "Statement": [*statements, _tls_only(arn)]}
        s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(whole))
        say("  nothing is served without TLS")
    # S3 encrypts every bucket by itself; the secrets in the state are under our key besides.


def _history() -> dict[str, Any]:
    return {
        "ID": "state-history",
        "Status": "Enabled",
        "Filter": {"Prefix": ""},
        "NoncurrentVersionExpiration": {"NoncurrentDays": STATE_HISTORY_DAYS},
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
    }


def _tls_only(arn: str) -> dict[str, Any]:
    return {
        "Sid": "TlsOnly",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [arn, f"{arn}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


def _make_key(kms: Any, alias: str, say: Say) -> None:  # noqa: ANN401  of boto3
    try:
        key = kms.describe_key(KeyId=alias)["KeyMetadata"]
    except ClientError as error:
        if _code(error) not in NOT_THERE:
            raise
        key = kms.create_key(
            Description="Secrets in Pulumi's state and configuration",
            Tags=[{"TagKey": "managed-by", "TagValue": "bootstrap"}],
        )["KeyMetadata"]
        kms.create_alias(AliasName=alias, TargetKeyId=key["KeyId"])
        say(f"made key {alias}")
    else:
        if key["KeyState"] != "Enabled":
            raise BootstrapError(
                f"key {alias} is {key['KeyState']}; without it no secret in the state can be read: "
                f"aws kms cancel-key-deletion --key-id {key['KeyId']} and enable-key bring it back"
            )
        say(f"key {alias} stands")
    if not kms.get_key_rotation_status(KeyId=key["KeyId"])["KeyRotationEnabled"]:
        kms.enable_key_rotation(KeyId=key["KeyId"])
        say("  it is rotated each year")


def _asked(ask: Callable[..., Any], bucket: str) -> dict[str, Any]:
    """Answer of a getter that fails where nothing was ever put."""
    try:
        return ask(Bucket=bucket)
    except ClientError as error:
        if _code(error) in NOT_SET:
            return {}
        raise


def _code(error: ClientError) -> str:
    return error.response["Error"]["Code"]


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m infra.bootstrap", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("--region", help="region of bucket and key (default: as the profile says)")
    parser.add_argument("--profile", help="profile of the AWS configuration to use")
    parser.add_argument("--prefix", default="slipway", help="first word of names (%(default)s)")
    return parser.parse_args(arguments)


def _tell(line: str) -> None:
    print(line, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
