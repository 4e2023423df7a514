"""S3: when an object came is by the cloud's clock, and of two versions one is always the later."""

from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import Any

from moto.s3.models import FakeDeleteMarker, FakeKey

from tests.cloud.simulation import SIMULATION
from tests.cloud.strict.patch import instead

LISTING = "https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html"
# moto sorts versions by their time, and a clock that stands gives all of them the same.
_later = count()


@instead(FakeKey, "__init__", doc=LISTING)
def object_came_now(original: Callable[..., None], key: FakeKey, *args: Any, **given: Any) -> None:
    original(key, *args, **given)
    _came_now(key)


@instead(FakeDeleteMarker, "__init__", doc=LISTING)
def marker_came_now(
    original: Callable[..., None], marker: FakeDeleteMarker, *args: Any, **given: Any
) -> None:
    original(marker, *args, **given)
    _came_now(marker)


def _came_now(it: FakeKey | FakeDeleteMarker) -> None:
    now = SIMULATION.clock.now().replace(tzinfo=None)
    it.last_modified = now + timedelta(microseconds=next(_later))
