from datetime import UTC, datetime

import pytest
from fake_s3 import Bucket, FakeS3
from samples import document, names, release_data

from delivery.commands.admin import Never
from delivery.commands.contracting import WhileOurs, sole_release
from delivery.deciding.observed import Fleet, Observed
from delivery.document.heartbeat import Heartbeat
from delivery.document.lease import LeaseLost, acquire
from delivery.document.store import Store
from stack.refusal import Refused

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
BOTH = {"v1": release_data(1), "v2": release_data(2)}
NEW = {"v2": release_data(2)}


def observed(weights: dict[str, int] | None, *fleets: str) -> Observed:
    return Observed(now=NOW, weights=weights, fleets={each: Fleet() for each in fleets})


def test_a_tier_with_one_release_has_nothing_to_go_back_to() -> None:
    given = document(releases=NEW, weights={"v2": 100})

    assert sole_release(given, observed({"v2": 100}, "v2")) == "v2"


@pytest.mark.parametrize("weights", [{"v2": 100}, {"v1": 0, "v2": 100}, {"v1": 10, "v2": 90}])
def test_a_release_that_still_stands_keeps_what_it_needs(weights: dict[str, int]) -> None:
    given = document(releases=BOTH, weights=weights)

    with pytest.raises(Refused, match="v1 still stands in dev"):
        sole_release(given, observed({"v2": 100}, "v1", "v2"))


def test_so_does_a_fleet_that_the_document_does_not_name() -> None:
    given = document(releases=NEW, weights={"v2": 100})

    with pytest.raises(Refused, match="v1 still stands in dev"):
        sole_release(given, observed({"v2": 100}, "v1", "v2"))


def test_traffic_that_goes_elsewhere_speaks_against_it() -> None:
    given = document(releases=NEW, weights={"v2": 100})

    for weights in (None, {"v2": 50}):
        with pytest.raises(Refused, match="does not give all traffic of dev to v2"):
            sole_release(given, observed(weights, "v2"))


class Stolen(Heartbeat):
    """A lease that another has taken."""

    def check(self) -> None:
        """Say so."""
        raise LeaseLost(["It was taken over."])


def test_the_command_ends_when_the_lease_is_lost() -> None:
    store = Store(names(), Bucket(FakeS3()), "artifacts", sleep=lambda _: None)
    holder, nobody = acquire(store, "ann@laptop"), Never(lambda _: None)

    assert not WhileOurs(nobody, Heartbeat(holder)).wanted
    assert WhileOurs(nobody, Stolen(holder)).wanted


def test_a_tier_without_a_release_has_none_to_run_it() -> None:
    with pytest.raises(Refused, match="dev has no release with traffic"):
        sole_release(document(releases={}, weights={}), observed(None))
