"""Property values on the wire."""

from hypothesis import given
from hypothesis import strategies as some

from tests.cloud.values import (
    SECRET,
    SIGNATURE,
    UNKNOWN,
    UNKNOWNS,
    from_struct,
    has_unknown,
    to_struct,
)

leaves = some.one_of(some.booleans(), some.integers(-(2**53), 2**53), some.text())
trees = some.recursive(
    leaves,
    lambda inner: some.lists(inner) | some.dictionaries(some.text(), inner),
    max_leaves=20,
)


@given(some.dictionaries(some.text(), trees))
def test_values_come_back_as_they_went(values: dict[str, object]) -> None:
    assert from_struct(to_struct(values)) == values


def test_an_absent_value_is_left_out() -> None:
    assert from_struct(to_struct({"a": None, "b": 1})) == {"b": 1}


def test_whole_numbers_are_integers() -> None:
    assert from_struct(to_struct({"a": 3.0, "b": 0.5})) == {"a": 3, "b": 0.5}
    assert isinstance(from_struct(to_struct({"a": 3.0}))["a"], int)


def test_a_secret_is_unwrapped() -> None:
    wrapped = {"password": {SIGNATURE: SECRET, "value": "x"}}
    assert from_struct(to_struct(wrapped)) == {"password": "x"}


def test_every_sentinel_is_unknown_at_every_depth() -> None:
    assert UNKNOWN in UNKNOWNS
    assert all(has_unknown({"a": [{"b": each}]}) for each in UNKNOWNS)
    assert not has_unknown({"a": [1, "b"]})
