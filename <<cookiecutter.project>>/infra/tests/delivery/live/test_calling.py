"""Calls that are made again, and those that are not."""

from collections.abc import Callable

import pytest
from botocore.exceptions import (
    ClientError,
    EndpointConnectionError,
    NoCredentialsError,
    ReadTimeoutError,
)

from delivery.live.calling import TRIES, Caller, Unanswered
from stack.refusal import Refused

LOST = ReadTimeoutError(endpoint_url="https://elb")
AWAY = EndpointConnectionError(endpoint_url="https://elb")


def refusal(code: str, message: str = "no", status: int = 400) -> ClientError:
    answer = {"HTTPStatusCode": status}
    return ClientError(
        {"Error": {"Code": code, "Message": message}, "ResponseMetadata": answer},
        "ModifyRule",
    )


def failing(*errors: Exception) -> Callable[[], str]:
    left = list(errors)

    def call() -> str:
        if left:
            raise left.pop(0)
        return "done"

    return call


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def call(waits: list[float]) -> Caller:
    return Caller("eu-west-1", waits.append)


@pytest.mark.parametrize(
    "error", [LOST, AWAY, refusal("Throttling"), refusal("Odd", status=503)], ids=str
)
def test_what_may_go_better_is_tried_again_with_longer_pauses(
    call: Caller, waits: list[float], error: Exception
) -> None:
    assert call("The rule cannot be changed", failing(*[error] * 4)) == "done"

    assert waits == [1, 2, 4, 8]


def test_it_ends(call: Caller) -> None:
    with pytest.raises(Unanswered, match=r"The rule cannot be changed, in eu-west-1, in 5 tries"):
        call("The rule cannot be changed", failing(*[LOST] * TRIES))


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        (refusal("AccessDenied"), "aws sts get-caller-identity"),
        (refusal("ExpiredToken"), "aws sts get-caller-identity"),
        (NoCredentialsError(), "aws sts get-caller-identity"),
        (refusal("ValidationError"), "`deliver status` shows"),
    ],
    ids=str,
)
def test_what_is_refused_for_good_is_told_at_once(
    call: Caller, waits: list[float], error: Exception, advice: str
) -> None:
    with pytest.raises(Refused, match=advice) as caught:
        call("The rule cannot be changed", failing(error))

    assert waits == []
    assert not isinstance(caught.value, Unanswered)
    assert len(str(caught.value).splitlines()) == 1


def test_an_error_may_mean_something(call: Caller) -> None:
    meaning = {"ValidationError: name not found": None, "ResourceInUse": False}

    assert call("It", failing(refusal("ResourceInUse")), meaning) is False
    assert call("It", failing(refusal("ValidationError", "name not found - x")), meaning) is None
    with pytest.raises(Refused):
        call("It", failing(refusal("ValidationError", "another")), meaning)
