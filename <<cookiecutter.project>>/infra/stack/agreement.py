"""What settings and platform must agree on, found before anything is declared."""

from .names import Names
from .platform import Contract
from .refusal import Refused
from .settings import Settings


def agree(names: Names, settings: Settings, contract: Contract) -> None:
    """Refuse settings that the platform cannot fulfil."""
    if contract.certificate_arn is None and not settings.plain_http:
        raise Refused(
            [
                f"Parameter {names.contract}: certificate_arn is null, so {names.tier} would "
                f"answer plain HTTP, which {names.service}:plain_http forbids in "
                f"{names.settings_file}."
            ],
            "Give the tier a certificate: `domain_name`, `hosted_zone_id` and `certificate_arn` in "
            f"infra/tier/{names.settings_file} of the platform, then `pulumi up` there. Or, to do "
            f"without for now: `pulumi config set plain_http true --stack {names.tier}`.",
        )
