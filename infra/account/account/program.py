"""The account's program: load the settings, look around, then declare what exists."""

import pulumi
from platform_parts.contract import ACCOUNT_PARAMETER, account_document, publish
from platform_parts.errors import PlatformError
from platform_parts.place import Place, find_place
from platform_parts.settings import given_settings, load_settings
from platform_parts.tagging import platform_tags

from account.artifacts import Artifacts, ArtifactsArgs
from account.settings import DEFAULTS, Settings


def main() -> None:
    """Run as the program of the account's stack."""
    settings = load_settings(Settings, DEFAULTS, given_settings())
    declare(settings, find_place())


def declare(settings: Settings, place: Place) -> None:
    """Declare everything that the account has, from plain data alone."""
    if place.account in settings.tier_accounts:
        raise PlatformError(
            f"Pulumi.{pulumi.get_stack()}.yaml: {pulumi.get_project()}:tier_accounts names "
            f"{place.account}, which is this account; list other accounts only"
        )
    tags = platform_tags(settings.prefix, None, settings.tags)
    protected = pulumi.ResourceOptions(protect=settings.protect)
    artifacts = Artifacts(
        "artifacts",
        ArtifactsArgs(
            place=place,
            prefix=settings.prefix,
            tier_accounts=settings.tier_accounts,
            deleted_build_days=settings.deleted_build_days,
            history_days=settings.history_days,
            tags=tags,
        ),
        protected,
    )
    document = account_document(place, artifacts.bucket)
    publish("contract", ACCOUNT_PARAMETER, document, tags=tags, opts=protected)
    pulumi.export("contract", document)
