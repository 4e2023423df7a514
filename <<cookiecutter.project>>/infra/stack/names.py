"""What things are called, and the limits names must fit.

Names are fixed, not generated: a name already taken means something half made, never a duplicate.
"""

import re
from dataclasses import dataclass

from .refusal import Refused

BALANCER_NAME_LIMIT = (
    32  # characters; load balancers and target groups have the tightest limit on AWS
)
MAX_RELEASE = (
    9999  # v9999 still fits BALANCER_NAME_LIMIT after a service of 20 and a tier of 5 characters
)
RELEASE_NAME = re.compile(r"v([1-9][0-9]{0,3})")
SERVICE_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
FORBIDDEN_START = "internal-"  # AWS keeps it for its own names of internal load balancers


@dataclass(frozen=True)
class Names:
    """Every name and address of one service in one tier."""

    service: str
    tier: str

    def __post_init__(self) -> None:
        """Refuse a project name that AWS would refuse later."""
        longest = self.fleet(f"v{MAX_RELEASE}")
        problems = []
        if not SERVICE_NAME.fullmatch(self.service):
            problems.append("must be lower-case words joined by hyphens, starting with a letter")
        if f"{self.service}-".startswith(FORBIDDEN_START):
            problems.append(f"may not begin with {FORBIDDEN_START}, AWS keeps that for itself")
        if len(longest) > BALANCER_NAME_LIMIT:
            over = len(longest) - BALANCER_NAME_LIMIT
            problems.append(
                f"is {over} too long: {longest} must fit {BALANCER_NAME_LIMIT} characters"
            )
        if problems:
            raise Refused(
                [f"Pulumi.yaml: name is {self.service!r}; it {each}." for each in problems],
                "Choose another name for the project.",
            )

    @property
    def base(self) -> str:
        """Name of what a tier has one of."""
        return f"{self.service}-{self.tier}"

    def fleet(self, release: str) -> str:
        """Name of a release's launch template, group and target group."""
        return f"{self.base}-{release}"

    def release(self, fleet: str) -> str | None:
        """Give the release of a fleet by its name; None if it is the name of something else."""
        start, _, release = fleet.rpartition("-")
        return release if start == self.base and RELEASE_NAME.fullmatch(release) else None

    @property
    def log_group(self) -> str:
        """Log group that every instance of the tier writes to."""
        return f"/{self.service}/{self.tier}"

    @property
    def parameters(self) -> str:
        """Beginning of the names of parameters that instances may read, once a policy says so."""
        return f"/{self.service}/{self.tier}/"

    @property
    def contract(self) -> str:
        """Parameter in which the platform describes the tier."""
        return f"/platform/{self.tier}"

    @property
    def document(self) -> str:
        """Object in the artifact bucket that says which releases the tier runs."""
        return f"rollouts/{self.service}/{self.tier}.json"

    @property
    def builds(self) -> str:
        """Where in the artifact bucket the service's builds are."""
        return f"builds/{self.service}/"

    def build(self, sha256: str) -> str:
        """Object that holds one build."""
        return f"{self.builds}{sha256}.tar.zst"

    def manifest(self, sha256: str) -> str:
        """Object that says where a build comes from; there only when the build is."""
        return f"{self.builds}{sha256}.json"

    def parts(self, sha256: str) -> str:
        """Object that lists a build's parts."""
        return f"{self.builds}{sha256}.cdx.json"

    @property
    def settings_file(self) -> str:
        """File with the tier's deviations from stack/tiers.py."""
        return f"Pulumi.{self.tier}.yaml"


def partition_of(region: str) -> str:
    """Give the second part of every ARN in a region."""
    # "Amazon Resource Names (ARNs)" in the IAM User Guide.
    beginnings = {"cn-": "aws-cn", "us-gov-": "aws-us-gov", "eusc-": "aws-eusc"}
    return next((each for start, each in beginnings.items() if region.startswith(start)), "aws")


def release_number(release: str) -> int:
    """Give 7 for v7; releases are numbered and never reuse a number."""
    found = RELEASE_NAME.fullmatch(release)
    if not found:
        raise ValueError(f"must be v1 to v{MAX_RELEASE}")
    return int(found[1])
