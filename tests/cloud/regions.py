"""The regions of the simulated AWS."""

import difflib
from functools import cache

from tests.cloud.words import CloudStartError


@cache
def regions() -> frozenset[str]:
    """All regions that botocore knows, as moto does."""
    from botocore.session import Session

    return frozenset(Session().get_available_regions("ec2"))


def check_region(region: str) -> None:
    """Refuse a region that AWS does not have."""
    if region not in regions():
        near = difflib.get_close_matches(region, regions(), n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise CloudStartError(f"AWS has no region {region}{hint}")
