import json
from datetime import UTC, datetime

from conftest import Deploy
from recorder import Made
from samples import contract, document, names, release_data, settings

from stack.program import declare

SALE = {"start": "2026-11-27T08:00", "end": "2026-11-27T18:00", "min_size": 6, "max_size": 20}
TWO_RELEASES = {"v1": release_data(1), "v2": release_data(2)}


def test_every_fleet_has_its_followers_at_any_weight(deploy: Deploy) -> None:
    given = document(releases=TWO_RELEASES, weights={"v1": 100})

    made = deploy(lambda: declare(names(), settings(), contract(), given))

    for fleet in ("v1", "v2"):
        parts = {f"{fleet}-{part}" for part in ("group", "cpu", "requests", "failures", "evening")}
        assert parts <= set(made)


def test_a_floor_above_the_tier_s_max_size_raises_the_ceiling(deploy: Deploy) -> None:
    made = deploy(lambda: declare(names(), settings(), contract(), document(floors={"v1": 4})))

    assert (made["v1-group"].inputs["minSize"], made["v1-group"].inputs["maxSize"]) == (4, 4)


def test_an_event_is_for_fleets_with_traffic_and_leaves_nothing_when_it_is_over(
    deploy: Deploy,
) -> None:
    def made_at(when: datetime) -> dict[str, Made]:
        given = settings("prod", events=json.dumps({"sale": SALE}))
        given_document = document("prod", releases=TWO_RELEASES, weights={"v1": 100, "v2": 0})
        return deploy(lambda: declare(names("prod"), given, contract("prod"), given_document, when))

    before = made_at(datetime(2026, 11, 21, tzinfo=UTC))
    assert "v1-sale-starts" in before
    assert "v2-schedules" not in before
    assert "v1-schedules" not in made_at(datetime(2026, 11, 29, tzinfo=UTC))
