"""How instances get at their own credentials."""

from .candidate import Candidate, Problems
from .encryption import LAUNCH_TEMPLATE

WITH_METADATA = (
    LAUNCH_TEMPLATE,
    "aws:ec2/instance:Instance",
    "aws:ec2/launchConfiguration:LaunchConfiguration",
)


def metadata_by_token(candidate: Candidate) -> Problems:
    """The metadata service answers only with a token (IMDSv2), and only the machine itself."""
    if candidate.type in WITH_METADATA:
        for key, wanted in (("http_tokens", "required"), ("http_put_response_hop_limit", 1)):
            if candidate.at(f"metadata_options.{key}") != wanted:
                yield f"metadata_options.{key} is not {wanted}"
