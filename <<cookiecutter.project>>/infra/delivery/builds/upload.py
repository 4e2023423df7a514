"""One file to one key that may only ever hold this content."""

import base64
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from stack.account import Account
from stack.refusal import Refused

from .manifest import digest_of

TRIES = 3
# "How to prevent object overwrites with conditional writes" in the Amazon S3 User Guide: 412 is
# that something is there, 409 that somebody else is writing it now and the upload is to be tried
# again.
PRESENT, CONFLICT = "PreconditionFailed", "ConditionalRequestConflict"
ABSENT = {"404", "403"}  # to a role that may not list the bucket, a missing object is forbidden


def put_once(account: Account, bucket: str, key: str, path: Path) -> bool:
    """Upload a file unless it is there; say whether it was uploaded.

    Either way S3 then has what the file holds: it computes the sha256 of what arrives, refuses
    what differs from the one announced, keeps it with the object and tells it when asked.
    """
    s3 = account.client("s3")
    wanted = base64.b64encode(bytes.fromhex(digest_of(path))).decode()
    address = f"s3://{bucket}/{key}"
    if is_there(s3, bucket, key, wanted, address):
        return False
    trouble = _put(s3, bucket, key, path, wanted)
    # Whatever it answered, or not: what counts is what is there now.
    if is_there(s3, bucket, key, wanted, address):
        return True
    why = str(trouble or "S3 took it but does not show it").rstrip(".")
    raise Refused(
        [f"{address} cannot be written: {why}."],
        "Check the credentials, `aws sts get-caller-identity`, and the bucket's name; then publish "
        "again: what has arrived is not sent twice.",
    )


def _put(s3: Any, bucket: str, key: str, path: Path, wanted: str) -> Exception | None:  # noqa: ANN401 boto3 makes its types at run time
    """Try to write it; give what went wrong last."""
    trouble: Exception | None = None
    for _ in range(TRIES):
        try:
            with path.open("rb") as body:
                s3.put_object(
                    Bucket=bucket,
                    Key=key,
                    Body=body,
                    IfNoneMatch="*",
                    ChecksumAlgorithm="SHA256",
                    ChecksumSHA256=wanted,
                )
        except ClientError as error:
            trouble = error
            if error.response["Error"]["Code"] != CONFLICT:
                return error
        except BotoCoreError as error:
            return error
        else:
            return None
    return trouble


def is_there(s3: Any, bucket: str, key: str, wanted: str, address: str) -> bool:  # noqa: ANN401
    """Tell whether the content is there; refuse another content under this name."""
    try:
        head = s3.head_object(Bucket=bucket, Key=key, ChecksumMode="ENABLED")
    except ClientError as error:
        if error.response["Error"]["Code"] in ABSENT:
            return False
        raise _unread(address, error) from error
    except BotoCoreError as error:
        raise _unread(address, error) from error
    found = head.get("ChecksumSHA256")
    if found != wanted:
        what = f"has the SHA-256 {found}" if found else "was uploaded without a SHA-256"
        raise Refused(
            [f"{address} is there and {what}, not {wanted} (in base64)."],
            "It was not put there by publish. Find out by whom, remove it, and publish again.",
        )
    return True


def _unread(address: str, error: Exception) -> Refused:
    return Refused(
        [f"{address} cannot be looked at: {str(error).rstrip('.')}."],
        "Check the credentials: `aws sts get-caller-identity` shows whose they are.",
    )
