import json
from typing import Any

import pytest
from fake_s3 import Bucket, FakeS3
from rollouts import rolled
from samples import names

from delivery.document.history import history
from delivery.document.init import init
from delivery.document.lease import acquire
from delivery.document.store import Store
from stack.document import empty
from stack.names import Names
from stack.refusal import Refused


@pytest.fixture
def s3() -> FakeS3:
    return FakeS3()


def store(s3: FakeS3, tier: str = "dev") -> Store:
    return Store(Names("orders", tier), Bucket(s3), "artifacts", sleep=lambda _: None)


def test_init_writes_a_document_without_releases_once(s3: FakeS3) -> None:
    assert init(store(s3))
    assert not init(store(s3))
    assert store(s3).read().document == empty(names())
    assert len(s3.versions) == 1


def test_init_leaves_a_document_that_somebody_was_faster_with(s3: FakeS3) -> None:
    arrives = s3.put_object

    def late(**given: Any) -> dict[str, Any]:  # noqa: ANN401 as boto3
        s3.versions.append(json.dumps({**_empty(), "numbered": 7}).encode())
        return arrives(**given)

    s3.put_object = late
    assert not init(store(s3))
    assert store(s3).read().document.numbered == 7


def test_init_refuses_what_it_cannot_read(s3: FakeS3) -> None:
    s3.versions.append(b"[]")

    with pytest.raises(Refused, match="must be an object"):
        init(store(s3))


def test_history_tells_changes_and_no_heartbeats(s3: FakeS3) -> None:
    tier = store(s3, "prod")
    deployer = rolled({"v1": 100}, "all-at-once")
    holder = acquire(tier, "ann@laptop")
    while deployer.advance():
        for _ in range(2):
            holder.write(deployer.world.document, instead_of=holder.document)
    holder.release()

    told = list(history(tier))

    assert [(each.what, each.weights) for each in told] == [
        ("all-at-once of v2 finished", {"v2": 100}),
        ("all-at-once of v2, settling", {"v2": 100}),
        ("all-at-once of v2, closing", {"v2": 100}),
        ("all-at-once of v2, shifting", {"v2": 100}),
        ("all-at-once of v2, raising", {"v1": 100}),
        ("all-at-once of v2, adding", {"v1": 100}),
        ("all-at-once of v2, adding", {"v1": 100}),
        ("no release", {}),
    ]
    assert told[3].line == (
        "2026-11-21T08:37:00Z  v2 100 %; all-at-once of v2, shifting (ann@laptop: a change)"
    )
    assert {each.who for each in told} == {"ann@laptop"}
    assert {each.why for each in told[:-1]} == {"a change"}


def test_history_goes_on_past_a_version_that_nobody_can_read(s3: FakeS3) -> None:
    init(store(s3))
    s3.versions.append(b"broken by hand")
    s3.versions.append(s3.versions[0])

    assert [each.what for each in history(store(s3))] == [
        "no release",
        "cannot be read",
        "no release",
    ]


def _empty() -> dict[str, object]:
    return empty(names()).model_dump(mode="json", by_alias=True)
