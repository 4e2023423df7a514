"""What the life of a type is, and the table of them all."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.cloud.world import Made, World

type Inputs = dict[str, Any]
type Drift = Callable[[World, Made], object]

TAGS = {"service": "sample"}
OTHER_TAGS = {"service": "sample", "tier": "dev"}
ALLOW = {"Effect": "Allow", "Action": ["logs:PutLogEvents"], "Resource": "*"}
TRUST = {
    "Effect": "Allow",
    "Principal": {"Service": "ec2.amazonaws.com"},
    "Action": "sts:AssumeRole",
}


def document(*statements: Mapping[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


@dataclass(frozen=True, kw_only=True)
class Life:
    """`prepare` makes what the thing needs and answers its inputs."""

    token: str
    prepare: Callable[[World], Inputs]
    change: Inputs = field(default_factory=dict)  # applied in place
    replace: Inputs = field(default_factory=dict)  # one that cannot be
    drift: Drift | None = None  # what somebody does by hand
    drifts: str = ""  # the path that then differs
    stays: bool = False  # deleting only forgets it


LIVES: list[Life] = []


def life(token: str, **more: Any) -> Callable[[Callable[[World], Inputs]], None]:
    def enter(prepare: Callable[[World], Inputs]) -> None:
        LIVES.append(Life(token=token, prepare=prepare, **more))

    return enter
