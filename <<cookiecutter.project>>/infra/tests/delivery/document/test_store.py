import json
from typing import Any

import pytest
from fake_s3 import Bucket, FakeS3
from samples import document, document_data, names

from delivery.document.record import changed
from delivery.document.store import TRIES, Overtaken, Store
from stack.document import empty
from stack.refusal import Refused

BOTH = {
    "releases": document_data()["releases"]
    | {"v2": document_data()["releases"]["v1"] | {"label": "b" * 32}}
}
ONE, OTHER = document(), document(weights={"v2": 100}, **BOTH)


@pytest.fixture
def s3() -> FakeS3:
    return FakeS3()


@pytest.fixture
def store(s3: FakeS3) -> Store:
    return Store(names(), Bucket(s3), "artifacts", sleep=lambda _: None)


def test_a_tier_without_a_document_has_an_empty_one(store: Store) -> None:
    found = store.read()

    assert found.document == empty(names())
    assert found.etag is None


def test_what_is_written_is_read(store: Store, s3: FakeS3) -> None:
    written = store.write(ONE, None)

    assert store.read() == written
    assert json.loads(s3.versions[0]) == {**document_data(), "numbered": 0}


def test_the_first_document_is_written_once(store: Store) -> None:
    store.write(ONE, None)

    with pytest.raises(Overtaken, match="somebody else has written it"):
        store.write(OTHER, None)


def test_a_version_that_is_not_the_newest_is_not_replaced(store: Store) -> None:
    first = store.write(ONE, None)
    second = store.write(OTHER, first.etag)

    with pytest.raises(Overtaken):
        store.write(changed(ONE, numbered=7), first.etag)
    assert store.read() == second


@pytest.mark.parametrize(
    "troubles",
    [
        ["lost"],  # then a second try would be refused: the version is its own
        ["SlowDown", "lost"],
        ["ConditionalRequestConflict"],
        ["ConditionalRequestConflict", "SlowDown", "SlowDown"],
    ],
)
@pytest.mark.parametrize("first", [True, False])
def test_a_write_in_trouble_arrives_once(
    store: Store, s3: FakeS3, troubles: list[str], *, first: bool
) -> None:
    etag = None if first else store.write(ONE, None).etag
    before = len(s3.versions)
    s3.troubles = troubles

    stored = store.write(OTHER, etag)

    assert store.read() == stored
    assert stored.document == OTHER
    assert len(s3.versions) == before + 1


def test_a_lost_write_is_not_sent_again(store: Store, s3: FakeS3) -> None:
    s3.troubles = ["lost"]
    store.write(ONE, None)

    assert s3.puts == 1


def test_a_retry_that_boto3_made_by_itself_is_known_as_our_own(store: Store, s3: FakeS3) -> None:
    """It has sent the same bytes twice, and tells only of the second time: 412."""
    first = store.write(ONE, None)
    arrives = s3.put_object

    def twice(**given: Any) -> dict[str, Any]:  # noqa: ANN401 as boto3
        arrives(**given)
        return arrives(**given)

    s3.put_object = twice
    stored = store.write(OTHER, first.etag)

    assert store.read() == stored
    assert len(s3.versions) == 2


def test_another_s_write_in_our_trouble_is_not_taken_for_our_own(store: Store, s3: FakeS3) -> None:
    first = store.write(ONE, None)
    s3.troubles = ["SlowDown"]
    refused = s3.put_object

    def meanwhile(**given: Any) -> dict[str, Any]:  # noqa: ANN401 as boto3
        s3.versions.append(json.dumps(document_data(floors={"v1": 2})).encode())
        return refused(**given)

    s3.put_object = meanwhile
    with pytest.raises(Overtaken):
        store.write(OTHER, first.etag)


def test_it_gives_up_in_one_line(store: Store, s3: FakeS3) -> None:
    s3.troubles = ["SlowDown"] * 99

    with pytest.raises(Refused) as caught:
        store.write(ONE, None)

    assert "s3://artifacts/rollouts/orders/dev.json cannot be written: " in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1
    assert s3.puts == TRIES


def test_a_refusal_is_not_tried_again(store: Store, s3: FakeS3) -> None:
    s3.troubles = ["AccessDenied"] * 9

    with pytest.raises(Refused, match="AccessDenied"):
        store.write(ONE, None)
    assert s3.puts == 1


def test_nothing_is_written_that_the_stack_would_refuse(store: Store, s3: FakeS3) -> None:
    with pytest.raises(Refused, match="weights add up to 99"):
        store.write(changed(ONE, weights={"v1": 99}), None)
    assert not s3.puts


def test_nothing_is_written_that_deliver_could_not_read(store: Store, s3: FakeS3) -> None:
    with pytest.raises(Refused, match=r"rollout\.strategy is missing"):
        store.write(changed(ONE, rollout={"stage": "adding"}), None)
    assert not s3.puts


def test_the_history_is_told_from_the_newest(store: Store, s3: FakeS3) -> None:
    first = store.write(ONE, None)
    s3.versions.append(b"nobody can read this")
    s3.versions.append(s3.versions[0])
    store.write(OTHER, first.etag)

    found = list(store.history())

    assert [each.document for each in found] == [OTHER, ONE, None, ONE]
    assert [each.id for each in found] == ["3", "2", "1", "0"]
