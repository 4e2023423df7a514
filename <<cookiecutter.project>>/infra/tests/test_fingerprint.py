"""The document that `deliver` decided on, and the program that refuses another."""

import json

import pytest
from samples import document, names

from stack.document import parse_document
from stack.program import DECIDED_ON, _decided_on
from stack.refusal import Refused

LEASE = {"owner": "a@b"}


def test_it_tells_documents_apart_but_for_their_lease() -> None:
    said = document("prod")

    assert said.fingerprint == document("prod", lease=LEASE).fingerprint
    for parts in ({"floors": {"v1": 2}}, {"rollout": {"stage": "adding"}}, {"numbered": 7}):
        assert said.fingerprint != document("prod", **parts).fingerprint


def test_what_is_written_and_read_again_has_the_same() -> None:
    said = document("prod", rollout={"since": "2026-11-21T08:00:00Z", "shifts": [1, {"a": None}]})
    text = json.dumps(said.model_dump(mode="json", by_alias=True), indent=2)

    assert parse_document(names("prod"), text, "here").fingerprint == said.fingerprint


def test_the_program_refuses_another_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(DECIDED_ON, document("prod").fingerprint)

    _decided_on(names("prod"), document("prod", lease=LEASE))
    with pytest.raises(Refused, match=r"prod\.json: somebody has written it since"):
        _decided_on(names("prod"), document("prod", floors={"v1": 2}))


def test_a_hand_has_decided_on_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(DECIDED_ON, raising=False)

    _decided_on(names("prod"), document("prod"))
