"""Tags that everything carries, so that costs and owners can be told apart."""

from collections.abc import Mapping

# "Name" is what the console shows; the others are ours.
RESERVED = ("Name", "managed-by", "platform", "tier")


def platform_tags(prefix: str, tier: str | None, extra: Mapping[str, str]) -> dict[str, str]:
    """Tags of every resource of an account's or a tier's platform."""
    own = {"managed-by": "pulumi", "platform": prefix}
    return {**extra, **own, **({"tier": tier} if tier else {})}
