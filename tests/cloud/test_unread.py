"""An input that nothing here looks at is refused, not dropped."""

import json

import pytest

from tests.cloud import Cloud
from tests.cloud.errors import CloudError
from tests.cloud.unread import Noted
from tests.cloud.world import World


def test_what_is_read_is_noted_at_every_depth() -> None:
    noted = Noted({"a": {"b": 1, "c": 2}, "d": [{"e": 3, "f": 4}], "g": 5, "h": None, "i": False})
    assert sorted(noted.unread()) == ["a", "d", "g"]
    assert noted["a"].get("b") == 1
    assert noted["d"][0]["e"] == 3
    assert sorted(noted.unread()) == ["a.c", "d[0].f", "g"]


def test_a_copy_reads_everything() -> None:
    whole = {"a": {"b": [{"c": 1}]}}
    for copy in (lambda each: {**each["a"]}, json.dumps):
        noted = Noted(whole)
        copy(noted)
        list(noted["a"]["b"][0].items())
        assert list(noted.unread()) == []


def test_a_block_that_is_switched_off_is_not_read() -> None:
    noted = Noted({"logs": {"enabled": False, "bucket": "a"}})
    noted["logs"].get("enabled")
    assert list(noted.unread()) == []


def test_an_input_without_effect_is_refused_and_nothing_stays(cloud: Cloud) -> None:
    world = World(cloud)
    with pytest.raises(CloudError, match="does nothing yet with firehoseSuccessFeedbackRoleArn"):
        world.make(
            "aws:sns/topic:Topic",
            name="a",
            firehoseSuccessFeedbackRoleArn="arn:aws:iam::123456789012:role/a",
        )
    assert world.aws.sns.list_topics()["Topics"] == []
    world.make("aws:sns/topic:Topic", name="a", displayName="A")
