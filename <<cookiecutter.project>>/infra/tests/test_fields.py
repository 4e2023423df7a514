import re

import pytest

from stack.fields import architecture_of
from stack.tiers import BURST, STEADY


@pytest.mark.parametrize(
    "instance_type",
    [
        "t4g.small",
        "m7g.large",
        "m6gd.metal",
        "c7gn.16xlarge",
        "x2gd.medium",
        "a1.large",
        "im4gn.large",
    ],
)
def test_graviton_types_run_arm64(instance_type: str) -> None:
    assert architecture_of(instance_type) == "arm64"


@pytest.mark.parametrize(
    "instance_type",
    ["t3.small", "m7i.large", "m6a.large", "g5.xlarge", "g4dn.xlarge", "inf2.xlarge"],
)
def test_all_others_run_x86_64(instance_type: str) -> None:
    assert architecture_of(instance_type) == "x86_64"


def test_the_tables_of_instance_types_know_their_architecture() -> None:
    for table in (BURST, STEADY):
        for architecture, types in table.items():
            assert {architecture_of(each) for each in types} == {architecture}


def test_no_type_is_smaller_than_two_cpus() -> None:
    for types in (*BURST.values(), *STEADY.values()):
        for each in types:
            assert not re.match(r"[cm][6-8]gd?\.medium|.*\.nano", each), f"{each} has one CPU"
