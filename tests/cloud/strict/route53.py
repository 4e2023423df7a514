"""Route 53."""

from typing import Any

from moto.route53 import models

API = "https://docs.aws.amazon.com/Route53/latest/APIReference"


def _with_first_letter(original: Any) -> Any:
    """AWS's zone ids begin with Z (API_HostedZone.html), and programs check that they do."""

    def zone_id(*args: Any, **kwargs: Any) -> str:
        return f"Z{original(*args, **kwargs)}"

    return zone_id


models.create_route53_zone_id = _with_first_letter(models.create_route53_zone_id)
