from collections.abc import Iterator
from io import BytesIO
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from stack import account as module
from stack.account import Account, account_from
from stack.refusal import Refused


class Session:
    """Stands in for boto3's: one stubbed client, whatever is asked for."""

    def __init__(self, client: Any) -> None:  # noqa: ANN401
        self._client = client

    def client(self, _service: str, **_options: Any) -> Any:  # noqa: ANN401
        """Give the client."""
        return self._client


@pytest.fixture
def stub(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[Stubber]:
    client: Any = boto3.client(
        request.param,
        region_name="eu-west-1",
        aws_access_key_id="x",
        aws_secret_access_key="x",  # noqa: S106
    )
    monkeypatch.setattr(module.boto3, "Session", lambda **_: Session(client))
    with Stubber(client) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


ssm = pytest.mark.parametrize("stub", ["ssm"], indirect=True)
s3 = pytest.mark.parametrize("stub", ["s3"], indirect=True)


@ssm
def test_a_parameter_is_read(stub: Stubber) -> None:
    stub.add_response("get_parameter", {"Parameter": {"Value": "{}"}}, {"Name": "/platform/dev"})

    assert Account("eu-west-1").parameter("/platform/dev") == "{}"


@ssm
def test_a_parameter_that_is_not_there_is_none(stub: Stubber) -> None:
    stub.add_client_error("get_parameter", "ParameterNotFound")

    assert Account("eu-west-1").parameter("/platform/dev") is None


@ssm
def test_a_parameter_that_may_not_be_read_is_refused_in_one_line(stub: Stubber) -> None:
    stub.add_client_error("get_parameter", "AccessDeniedException", "not authorized")

    with pytest.raises(Refused) as caught:
        Account("eu-west-1").parameter("/platform/dev")
    [line] = str(caught.value).splitlines()
    assert line.startswith("Parameter /platform/dev in eu-west-1 cannot be read: ")
    assert "not authorized" in line
    assert "aws sts get-caller-identity" in line


@s3
def test_an_object_is_read(stub: Stubber) -> None:
    stub.add_response("get_object", {"Body": BytesIO(b"{}")}, {"Bucket": "b", "Key": "k"})

    assert Account("eu-west-1").text("b", "k") == "{}"


@s3
def test_an_object_that_is_not_there_is_none(stub: Stubber) -> None:
    stub.add_client_error("get_object", "NoSuchKey")

    assert Account("eu-west-1").text("b", "k") is None


@s3
@pytest.mark.parametrize("code", ["NoSuchBucket", "AccessDenied", "SlowDown"])
def test_any_other_answer_is_not_taken_for_absent(stub: Stubber, code: str) -> None:
    stub.add_client_error("get_object", code)

    with pytest.raises(Refused, match=f"s3://b/k cannot be read: .*{code}"):
        Account("eu-west-1").text("b", "k")


@pytest.mark.parametrize("stub", ["sts"], indirect=True)
def test_it_says_which_account_it_is(stub: Stubber) -> None:
    stub.add_response("get_caller_identity", {"Account": "123456789012"})

    assert Account("eu-west-1").described() == "account 123456789012, region eu-west-1"


def test_a_profile_that_is_not_there_is_refused_in_one_line() -> None:
    with pytest.raises(Refused, match=r"AWS profile 'nobody' cannot be read: The config profile"):
        account_from({"aws:region": "eu-west-1", "aws:profile": "nobody"}, "Pulumi.dev.yaml")


def test_without_a_region_the_line_says_how_to_set_it() -> None:
    with pytest.raises(Refused, match=r"Pulumi.dev.yaml: aws:region is missing. Set it: `pulumi"):
        account_from({}, "Pulumi.dev.yaml")


def test_an_identity_that_only_the_provider_would_take_is_refused() -> None:
    config = {"aws:region": "eu-west-1", "aws:assumeRoles": "[]", "aws:token": "x"}

    with pytest.raises(Refused) as caught:
        account_from(config, "Pulumi.dev.yaml")

    lines = str(caught.value).splitlines()
    assert lines[:2] == [
        f"Pulumi.dev.yaml: aws:{key} would lead to another account."
        for key in ("assumeRoles", "token")
    ]
    assert "aws:profile" in lines[2]


def test_a_service_has_one_client_for_as_many_tries() -> None:
    account = Account("eu-west-1")

    assert account.client("s3") is account.client("s3")
    once, often = account.client("ssm", tries=1), account.client("ssm")
    assert [each.meta.config.retries["total_max_attempts"] for each in (once, often)] == [1, 3]
