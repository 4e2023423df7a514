"""What a release is made of: a build, and everything else its machines get in one tier."""

import secrets
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from stack.document import Build, Release, Secret
from stack.refusal import Gathering, Refused, problems_of

from ..builds.builds import check_archive
from ..builds.manifest import Manifest
from ..place import Place
from .images import check_image, image_of
from .secret_versions import check_version, current_version

LABEL_BYTES = 16  # 32 hex characters


def content(place: Place, sha256: str, manifest: Manifest, now: datetime) -> Release:
    """Make the release that a build and the settings of now give; all problems are told at once.

    A parameter that names an image and the current version of a secret are looked up here, once:
    from then on the release is what it is.
    """
    settings, account = place.settings, place.account
    gathering = Gathering()
    with gathering.taken():
        _check_architecture(place, manifest)
    image = ""
    with gathering.taken():
        image = image_of(settings.image, settings.architecture, account)
    versions: dict[str, Secret] = {}
    for name, arn in settings.secrets.items():
        with gathering.taken():
            versions[name] = current_version(name, arn, account)
    gathering.refuse()
    return _checked(
        place,
        build=Build(sha256=sha256, version=manifest.version, commit=manifest.commit),
        image=image,
        architecture=settings.architecture,
        instance_types=settings.instance_types,
        on_demand_base=settings.on_demand_base,
        spot_percent=settings.spot_percent,
        environment=dict(settings.environment),
        secrets=versions,
        **_own(now),
    )


def again(release: Release, now: datetime) -> Release:
    """Make a release of the same content; only the label and the time are its own."""
    return release.model_copy(update=_own(now))


def check_still_there(place: Place, release: Release) -> None:
    """Refuse a former release whose machines could not be made any more."""
    gathering = Gathering()
    with gathering.taken():
        check_archive(place, release.build.sha256)
    with gathering.taken():
        check_image(release.image, release.architecture, place.account)
    for name, secret in release.secrets.items():
        with gathering.taken():
            check_version(name, secret, place.account)
    gathering.refuse()


def same_content(one: Release, other: Release) -> bool:
    """Tell whether machines of both would be the same."""
    return again(one, other.created).model_copy(update={"label": other.label}) == other


def _own(now: datetime) -> dict[str, Any]:
    """Give what two releases of one content do not share."""
    return {"label": secrets.token_hex(LABEL_BYTES), "created": now}


def _check_architecture(place: Place, manifest: Manifest) -> None:
    wanted = place.settings.architecture
    if manifest.architecture != wanted:
        raise Refused(
            [f"The build is for {manifest.architecture}, the tier's machines are {wanted}."],
            f"Make and publish one for them: `make build ARGS='--architecture {wanted}'`.",
        )


def _checked(place: Place, **parts: Any) -> Release:  # noqa: ANN401 each is checked by the model
    """Make it; user-data has room for what the model takes."""
    try:
        return Release(**parts)
    except ValidationError as error:
        where = f"{place.names.settings_file}: the next release"
        raise Refused(problems_of(error, where), "Correct the settings.") from error
