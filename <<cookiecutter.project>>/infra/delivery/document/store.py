"""The document in its bucket: nobody's change is ever overwritten, and no answer is needed twice.

Every write names the version it replaces ("Conditional writes" in the Amazon S3 User Guide: 412
means that another version is there, 409 that another write is on its way and ours is to be tried
again). A write whose answer was lost may have arrived, and a second try of it, also one that boto3
makes by itself, is then refused. So after any trouble the object is read back: what is there
decides. A deployer's text is its own, by the nonce and the heartbeat in it.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from botocore.exceptions import BotoCoreError, ClientError

from stack.account import Account
from stack.document import Document, empty
from stack.names import Names
from stack.refusal import Refused

from ..live.clock import answered_at
from .record import parse, written

TRIES = 5
PAUSE = 0.2  # seconds, doubled with each try
PRESENT, CONFLICT = "PreconditionFailed", "ConditionalRequestConflict"
ABSENT = ("NoSuchKey", "404")
CREDENTIALS = "Check the credentials: `aws sts get-caller-identity` shows whose they are."


class Overtaken(Refused):
    """Somebody else has written the document since we read it."""


class Unwritten(Refused):
    """S3 takes no write now, for whatever reason."""


@dataclass(frozen=True)
class Stored:
    """The document as it was read or written, and what a later write needs."""

    document: Document
    etag: str | None  # None: there is none yet
    now: datetime  # by the clock of S3, which all deployers share


@dataclass(frozen=True)
class Version:
    """One entry of the history."""

    id: str
    when: datetime
    document: Document | None  # None: it was deleted, or cannot be read any more


class Store:
    """Reads and writes one tier's document."""

    def __init__(
        self,
        names: Names,
        account: Account,
        bucket: str,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.names = names
        self.where = f"s3://{bucket}/{names.document}"
        self._place = {"Bucket": bucket, "Key": names.document}
        self._s3 = account.client("s3")
        self._sleep = sleep

    def read(self) -> Stored:
        """Read the document; a tier without one has an empty one."""
        try:
            text, etag, now = self._get()
        except (BotoCoreError, ClientError) as error:
            raise self._unread(error) from error
        document = empty(self.names) if text is None else parse(self.names, text, self.where)
        return Stored(document, etag, now)

    def write(self, document: Document, etag: str | None) -> Stored:
        """Replace the version that was read; refuse if it is not the newest any more."""
        text = written(self.names, document, self.where)
        condition = {"IfMatch": etag} if etag else {"IfNoneMatch": "*"}
        trouble: Exception | None = None
        for attempt in range(TRIES):
            if attempt:
                self._sleep(PAUSE * 2**attempt)
            try:
                answer = self._s3.put_object(
                    **self._place,
                    **condition,
                    Body=text.encode(),
                    ContentType="application/json",
                )
                return Stored(document, answer["ETag"], answered_at(answer))
            except (BotoCoreError, ClientError) as error:
                trouble = error
            arrived = self._arrived(text, etag)
            if arrived:
                return Stored(document, arrived.etag, arrived.now)
            if not _passing(trouble):
                break
        assert trouble  # noqa: S101 the loop ran
        raise Unwritten(self._said("written", trouble), CREDENTIALS) from trouble

    def history(self) -> Iterator[Version]:
        """Give the document's versions, the newest first, each read when it is asked for."""
        try:
            pages = self._s3.get_paginator("list_object_versions").paginate(
                Bucket=self._place["Bucket"], Prefix=self._place["Key"]
            )
            for page in pages:
                for each in page.get("Versions", []):
                    if each["Key"] == self._place["Key"]:
                        yield self._version(each["VersionId"], each["LastModified"])
        except (BotoCoreError, ClientError) as error:
            raise self._unread(error) from error

    def _version(self, number: str, when: datetime) -> Version:
        body = self._s3.get_object(**self._place, VersionId=number)["Body"].read()
        try:
            document = parse(self.names, body.decode(errors="replace"), self.where)
        except Refused:
            document = None  # of an older schema, or written by hand
        return Version(number, when, document)

    def _get(self) -> tuple[str | None, str | None, datetime]:
        try:
            answer = self._s3.get_object(**self._place)
        except ClientError as error:
            if error.response["Error"]["Code"] in ABSENT:
                return None, None, answered_at(error.response)
            raise
        text = answer["Body"].read().decode(errors="replace")
        return text, answer["ETag"], answered_at(answer)

    def _arrived(self, text: str, etag: str | None) -> Stored | None:
        """Look whether our text is there; refuse if somebody else's is."""
        try:
            found, now_etag, now = self._get()
        except (BotoCoreError, ClientError):
            return None  # the next try shows
        if found == text:
            return Stored(parse(self.names, text, self.where), now_etag, now)
        if now_etag != etag:
            raise self.overtaken()
        return None

    def overtaken(self) -> Overtaken:
        """Say that somebody else has written."""
        return Overtaken(
            [f"{self.where}: somebody else has written it meanwhile; nothing was changed."],
            "`deliver status` shows what it says now.",
        )

    def _unread(self, error: Exception) -> Refused:
        return Refused(self._said("read", error), CREDENTIALS)

    def _said(self, what: str, error: Exception) -> list[str]:
        return [f"{self.where} cannot be {what}: {str(error).rstrip('.')}."]


def _passing(error: Exception) -> bool:
    """Tell whether another try may go better."""
    if not isinstance(error, ClientError):
        return True
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    # A 412 although the version is ours: it was there for a moment only, or the answer was wrong.
    return status >= 500 or error.response["Error"]["Code"] in (CONFLICT, PRESENT)  # noqa: PLR2004
