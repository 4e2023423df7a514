import json
from typing import Any

import pytest
from rollouts import rolled
from world import NAMES

from delivery.document.record import parse, rollout_of, written
from stack.refusal import Refused

WHERE = "the document"


def data(**changes: Any) -> dict[str, Any]:  # noqa: ANN401
    """Write the document of a canary that begins, with a rollout that differs."""
    given = json.loads(written(NAMES, rolled({"v1": 100}).world.document, WHERE))
    given["rollout"] |= changes
    return given


def test_what_is_written_is_read_as_it_was() -> None:
    given = rolled({"v1": 100}).world.document

    found = parse(NAMES, written(NAMES, given, WHERE), WHERE)

    assert found == given
    assert rollout_of(found) == rollout_of(given)


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"strategy": "big-bang"}, "rollout.strategy is 'big-bang'; it must be 'all-at-once'"),
        ({"stratgy": "canary"}, "rollout.stratgy is not known; did you mean strategy?"),
        ({"stage": "done"}, "rollout.stage is 'done'"),
        ({"shift": 4}, "rollout.shift is 4; it has 4 shifts."),
        ({"shift": "1"}, "rollout.shift is '1'"),
        ({"release": "v9"}, "rollout names v9, which is not in releases."),
        ({"since": "2026-11-21T08:00:00"}, "rollout.since"),
        ({"who": ""}, "rollout.who is ''"),
        (
            {"shifts": [{"weights": {"v1": 50, "v2": 40}, "bake_seconds": 0}]},
            "rollout.shifts.0.weights add up to 90; they must add up to 100.",
        ),
        ({"shifts": []}, "rollout.shifts is []"),
    ],
)
def test_what_is_wrong_is_said_with_its_path(changes: dict[str, Any], line: str) -> None:
    with pytest.raises(Refused) as caught:
        parse(NAMES, json.dumps(data(**changes)), WHERE)

    assert str(caught.value).startswith(f"{WHERE}: {line}")


def test_a_lease_is_checked_too() -> None:
    given = {**data(), "lease": {"owner": "ann@laptop"}}

    with pytest.raises(Refused, match=r"the document: lease\.nonce is missing"):
        parse(NAMES, json.dumps(given), WHERE)
