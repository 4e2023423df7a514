"""Calls to AWS that may be made again, until they are answered or refused for good.

boto3 tries each three times within seconds ("Retries" in the Boto3 guide, standard mode). A busy
hour of AWS lasts longer, and a rollout must not end for that. Only for calls of which a second one
changes nothing more: an answer that was lost may be that of a call that arrived.
"""

import time
from collections.abc import Callable, Mapping

from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as NotConnected

from stack.refusal import Refused

TRIES = 5
PAUSE = 1.0  # seconds, doubled with each try
SERVER_ERROR = 500
# Of many calls at once, and of a resource that is busy with the one before.
BUSY = (
    "PriorRequestNotComplete",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
    "ResourceContention",
    "ScalingActivityInProgress",
    "SlowDown",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
)
# "Common errors" in the API references, and "Error codes for the Amazon EC2 API".
NOT_ALLOWED = (
    "AccessDenied",
    "AccessDeniedException",
    "AuthFailure",
    "ExpiredToken",
    "ExpiredTokenException",
    "IncompleteSignature",
    "InvalidClientTokenId",
    "NotAuthorized",
    "OptInRequired",
    "RequestExpired",
    "SignatureDoesNotMatch",
    "UnauthorizedOperation",
    "UnrecognizedClientException",
)


class Unanswered(Refused):
    """AWS has failed at a call each time; it may go better later."""


class Caller:
    """Makes calls; `where` is the region, for messages."""

    def __init__(self, where: str, sleep: Callable[[float], None] = time.sleep) -> None:
        self._where = where
        self.sleep = sleep

    def __call__[T, V](
        self, what: str, call: Callable[[], T], instead: Mapping[str, V] | None = None
    ) -> T | V:
        """Make a call; `what` says what fails if it fails, as "the rule cannot be read".

        `instead` has what errors mean that are no failure: by their code, or its beginning with
        that of the message, as "ValidationError: no such".
        """
        trouble: Exception | None = None
        for attempt in range(TRIES):
            if attempt:
                self.sleep(PAUSE * 2 ** (attempt - 1))
            try:
                return call()
            except (BotoCoreError, ClientError) as error:
                trouble = error
                for known, meaning in (instead or {}).items():
                    if _told(error).startswith(known):
                        return meaning
                if not passing(error):
                    raise self._refusal(what, error) from error
        raise Unanswered(
            [f"{what}, in {self._where}, in {TRIES} tries: {str(trouble).rstrip('.')}."],
            "Nothing is half done by that: the same command again goes on from here.",
        ) from trouble

    def _refusal(self, what: str, error: Exception) -> Refused:
        advice = "`deliver status` shows how the tier stands."
        if not isinstance(error, ClientError) or error.response["Error"]["Code"] in NOT_ALLOWED:
            advice = "Check the credentials: `aws sts get-caller-identity` shows whose they are."
        return Refused([f"{what}, in {self._where}: {str(error).rstrip('.')}."], advice)


def _told(error: Exception) -> str:
    """Give AWS's own words; none where it gave no answer."""
    if not isinstance(error, ClientError):
        return ""
    told = error.response["Error"]
    return f"{told['Code']}: {told.get('Message', '')}"


def passing(error: Exception) -> bool:
    """Tell whether another try may go better: AWS was not reached, gave no answer, or is busy."""
    if not isinstance(error, ClientError):
        return isinstance(error, NotConnected | HTTPClientError)
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return status >= SERVER_ERROR or error.response["Error"]["Code"] in BUSY
