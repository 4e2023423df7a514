"""What the program reads of AWS before it makes anything."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from .refusal import Refused

# A preview must not hang where there is no network; two more tries bridge a throttled call.
QUICK = Config(
    connect_timeout=5, read_timeout=15, retries={"mode": "standard", "total_max_attempts": 3}
)

# Keys of Pulumi's provider that choose an identity, but for the profile.
ASTRAY = (
    "accessKey", "assumeRole", "assumeRoleWithWebIdentity", "assumeRoles", "secretKey",
    "sharedConfigFiles", "sharedCredentialsFiles", "token",
)  # fmt: skip


class Account:
    """The account and region that the stack's aws: configuration leads to."""

    def __init__(self, region: str, profile: str | None = None) -> None:
        with explained(f"AWS profile {profile!r}"):
            session = boto3.Session(region_name=region, profile_name=profile)
            self._session: Any = session  # boto3 makes the types of its clients at run time
        self._clients: dict[tuple[str, int | None], Any] = {}
        self.region = region

    def parameter(self, name: str) -> str | None:
        """Read a parameter; None if there is none."""
        with explained(f"Parameter {name} in {self.region}"):
            client = self.client("ssm")
            try:
                return client.get_parameter(Name=name)["Parameter"]["Value"]
            except client.exceptions.ParameterNotFound:
                return None

    def text(self, bucket: str, key: str) -> str | None:
        """Read an object; None if there is none."""
        with explained(f"s3://{bucket}/{key}"):
            client = self.client("s3")
            try:
                return (
                    client.get_object(Bucket=bucket, Key=key)["Body"]
                    .read()
                    .decode(errors="replace")
                )
            except client.exceptions.NoSuchKey:
                return None

    def described(self) -> str:
        """Say which account and region this is."""
        with explained(f"The account's identity in {self.region}"):
            number = self.client("sts").get_caller_identity()["Account"]
        return f"account {number}, region {self.region}"

    def client(self, service: str, tries: int | None = None) -> Any:  # noqa: ANN401 as above
        """Give the client of one of AWS's services; `tries` of each call, if not as many as usual.

        Always the same one: each new client would open connections of its own.
        """
        if (service, tries) not in self._clients:
            retries = {"mode": "standard", "total_max_attempts": tries}
            config = QUICK.merge(Config(retries=retries)) if tries else QUICK
            self._clients[service, tries] = self._session.client(service, config=config)
        return self._clients[service, tries]


def account_from(config: Mapping[str, str], settings_file: str) -> Account:
    """Find the account by the same aws: keys that Pulumi's provider reads.

    What would lead the provider to another account than the one that is read here is refused.
    """
    astray = sorted(config.keys() & {f"aws:{key}" for key in ASTRAY})
    if astray:
        raise Refused(
            [f"{settings_file}: {key} would lead to another account." for key in astray],
            "Take a profile that does the same (`pulumi config set aws:profile NAME`), or the "
            "environment that `aws` uses.",
        )
    region = config.get("aws:region")
    if not region:
        raise Refused(
            [f"{settings_file}: aws:region is missing."],
            "Set it: `pulumi config set aws:region eu-west-1`.",
        )
    return Account(region, config.get("aws:profile"))


@contextmanager
def explained(what: str) -> Generator[None]:
    """Turn what AWS refuses into one line."""
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        advice = "Check the credentials: `aws sts get-caller-identity` shows whose they are."
        raise Refused([f"{what} cannot be read: {str(error).rstrip('.')}."], advice) from error
