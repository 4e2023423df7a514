"""Which builds may go from the bucket, and how they go."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fake_bucket import START
from places import Cloud, place, publish, write
from rollouts import rolled
from samples import contract, release_data

from delivery.builds import in_use, pruning
from delivery.builds.pruning import delete, look
from delivery.place import Place
from stack.refusal import Refused
from stack.tiers import COLUMNS

LONG_AGO = START - timedelta(days=30)


@pytest.fixture
def cloud() -> Cloud:
    return Cloud()


@pytest.fixture(autouse=True)
def tiers(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> dict[str, Callable[[], Place]]:
    found: dict[str, Callable[[], Place]] = {
        tier: lambda tier=tier: place(cloud, tier) for tier in COLUMNS
    }
    monkeypatch.setattr(in_use, "TIERS", COLUMNS)
    monkeypatch.setattr(in_use, "place_of", lambda _, tier: found[tier]())
    return found


def drop(_: str) -> None:
    pass


def looked(**how: int) -> pruning.Pruning:
    return look(Path("/nowhere"), tell=drop, **how)


def old(**how: int) -> list[str]:
    return [each.sha256 for each in looked(**how).old]


def of(sha256: str, number: int = 1) -> dict[str, Any]:
    data = release_data(number)
    return {**data, "build": {**data["build"], "sha256": sha256}}


def lives(cloud: Cloud, tier: str, number: int, sha256: str) -> None:
    write(cloud, tier, releases={f"v{number}": of(sha256, number)}, weights={f"v{number}": 100})


def test_a_build_that_nobody_names_may_go(cloud: Cloud) -> None:
    sha256 = publish(cloud, when=LONG_AGO)

    found = looked()

    [line] = [each.line for each in found.old]
    assert line == f"{sha256[:12]}  2026-10-22      0.0 MB  1.0.0+a"
    assert (found.used, found.young) == (0, 0)
    assert found.old[0].data["size"] == sum(
        len(each[-1].body or b"") for each in cloud.bucket.keys.values()
    )


@pytest.mark.parametrize("tier", COLUMNS)
def test_what_any_tier_names_stays(cloud: Cloud, tier: str) -> None:
    sha256 = publish(cloud, when=LONG_AGO)
    lives(cloud, tier, 1, sha256)

    assert looked().used == 1
    assert old() == []


def test_what_a_rollout_goes_back_to_stays(cloud: Cloud) -> None:
    """While it closes the document may have taken the old fleet out already."""
    sha256 = publish(cloud, when=LONG_AGO)
    content = rolled({"v1": 100}).world.document.model_dump(mode="json", by_alias=True)
    content["releases"].pop("v1")
    content["rollout"]["stage"] = "closing"
    content["rollout"]["start"]["releases"]["v1"] = of(sha256)
    text = json.dumps({**content, "weights": {"v2": 100}})
    cloud.bucket.put("rollouts/orders/prod.json", text.encode())

    assert old() == []


def test_the_last_live_releases_stay(cloud: Cloud) -> None:
    made = [publish(cloud, str(n), LONG_AGO + timedelta(minutes=n)) for n in range(1, 6)]
    for number, sha256 in enumerate(made, 1):
        lives(cloud, "dev", number, sha256)

    assert old(releases=3) == made[:2]
    assert old(releases=5) == []


def test_a_release_that_never_had_traffic_is_none_of_them(cloud: Cloud) -> None:
    live, probed = publish(cloud, "live", LONG_AGO), publish(cloud, "probed", LONG_AGO)
    lives(cloud, "dev", 1, live)
    both = {"v1": of(live), "v2": of(probed, 2)}
    write(cloud, "dev", releases=both, weights={"v1": 100})
    lives(cloud, "dev", 1, live)

    assert old() == [probed]


def test_a_young_build_may_be_on_its_way(cloud: Cloud) -> None:
    publish(cloud, "young", START - timedelta(days=14))
    late = publish(cloud, "late", START - timedelta(days=14, hours=1))

    found = looked()

    assert [each.sha256 for each in found.old] == [late]
    assert found.young == 1
    assert len(old(days=13)) == 2


def test_an_upload_that_was_never_finished_may_go_and_nothing_else_is_touched(
    cloud: Cloud,
) -> None:
    half = "a" * 64
    cloud.bucket.put(f"builds/orders/{half}.tar.zst", b"1", LONG_AGO)
    cloud.bucket.put("builds/orders/README", b"by hand", LONG_AGO)
    cloud.bucket.put(f"builds/orders-more/{half}.json", b"another service", LONG_AGO)

    [found] = looked().old

    assert found.sha256 == half
    assert found.files == (f"builds/orders/{half}.tar.zst",)
    assert found.line.endswith("(no manifest)")


def test_a_tier_that_cannot_be_read_keeps_everything(
    cloud: Cloud, tiers: dict[str, Callable[[], Place]]
) -> None:
    def nobody() -> Place:
        raise Refused(["Parameter /platform/stage does not exist."], "Make it.")

    publish(cloud, when=LONG_AGO)
    tiers["stage"] = nobody

    with pytest.raises(Refused) as caught:
        looked()

    assert str(caught.value).splitlines() == [
        "stage cannot be read, and may need any build; nothing is pruned.",
        "Parameter /platform/stage does not exist. Make it.",
    ]


def test_a_document_that_cannot_be_read_keeps_everything(cloud: Cloud) -> None:
    publish(cloud, when=LONG_AGO)
    cloud.bucket.put("rollouts/orders/prod.json", b"{}")

    with pytest.raises(Refused, match=r"prod\.json: schema is missing"):
        looked()


def test_tiers_with_buckets_of_their_own_are_refused(
    cloud: Cloud, tiers: dict[str, Callable[[], Place]]
) -> None:
    here = place(cloud, "prod")
    other = Place(
        here.project, here.names, here.settings, cloud, contract("prod", artifact_bucket="other")
    )
    tiers["prod"] = lambda: other

    with pytest.raises(Refused, match="The artifact bucket of prod is other"):
        looked()


def test_the_manifest_goes_first(cloud: Cloud) -> None:
    sha256, kept = publish(cloud, when=LONG_AGO), publish(cloud, "young")

    delete(looked(), drop)

    base = f"builds/orders/{sha256}"
    deleted = [key for what, key in cloud.bucket.asked if what == "DeleteObject"]
    assert deleted == [f"{base}.json", f"{base}.cdx.json", f"{base}.tar.zst"]
    assert all(kept in key for key in cloud.bucket.held())


def test_only_what_was_shown_goes_and_not_what_a_tier_took_up_since(cloud: Cloud) -> None:
    shown, taken = publish(cloud, "shown", LONG_AGO), publish(cloud, "taken", LONG_AGO)
    found = looked()
    late = publish(cloud, "late", LONG_AGO)
    lives(cloud, "dev", 1, taken)
    told: list[str] = []

    gone = delete(found, told.append)

    assert [each.sha256 for each in gone] == [shown]
    assert f"{taken[:12]} stays: a tier has taken it up meanwhile" in told
    assert {key.split("/")[-1][:64] for key in cloud.bucket.held() if "builds" in key} == {
        taken,
        late,
    }


def test_a_refusal_of_s3_is_one_line(cloud: Cloud) -> None:
    publish(cloud, when=LONG_AGO)
    found = looked()
    cloud.bucket.denied.add("DeleteObject")

    with pytest.raises(Refused, match=r"/builds/orders/.*\.json cannot be deleted: .*AccessDenied"):
        delete(found, drop)
