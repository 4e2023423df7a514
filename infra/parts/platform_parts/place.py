"""Where a program runs: looked up once at its start, then passed on as plain data."""

from dataclasses import dataclass

import pulumi_aws as aws


@dataclass(frozen=True, kw_only=True)
class Place:
    """The account and region that the default AWS provider works in."""

    account: str
    region: str
    partition: str  # aws, aws-cn or aws-us-gov: the second word of every ARN

    def arn(self, service: str, rest: str) -> str:
        """Name something of this place by ARN."""
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{rest}"


def find_place() -> Place:
    """Ask the provider who and where it is."""
    caller = aws.get_caller_identity()
    return Place(
        account=caller.account_id,
        region=aws.get_region().region,
        partition=caller.arn.split(":")[1],
    )
