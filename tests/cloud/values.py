"""Property values on the wire: protobuf structs, unknown sentinels, wrapped secrets."""

from collections.abc import Mapping
from typing import Any

from google.protobuf import struct_pb2

pb: Any = struct_pb2  # protobuf makes its classes at run time

# One sentinel per kind of value the engine does not know yet
# (pulumi: sdk/go/common/resource/plugin/rpc.go).
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
UNKNOWNS = frozenset(
    {
        UNKNOWN,
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",  # bool
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",  # number
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",  # array
        "030794c1-ac77-496b-92df-f27374a8bd58",  # asset
        "e48ece36-62e2-4504-bad9-02848725956a",  # archive
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",  # object
    }
)
SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = "1b47061264138c4ac30d75fd1eb44270"
ASSETS = frozenset({"c44067f5952c0a294b673a41bacd8c17", "0def7320c3a5731c473e5ecbe6d01bc7"})

# Inputs that came from a default or from autonaming, as the real provider keeps them in state.
DEFAULTED = "__defaults"


def is_unknown(value: Any) -> bool:
    return isinstance(value, str) and value in UNKNOWNS


def has_unknown(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(has_unknown(item) for item in value.values())
    if isinstance(value, list):
        return any(has_unknown(item) for item in value)
    return is_unknown(value)


def is_asset(value: Any) -> bool:
    return isinstance(value, Mapping) and value.get(SIGNATURE) in ASSETS


def from_struct(struct: Any) -> dict[str, Any]:
    """Read a struct; whole numbers become int and secrets are unwrapped."""
    return {key: _from_value(value) for key, value in struct.fields.items()}


def _from_value(value: Any) -> Any:  # noqa: PLR0911  one per kind
    match value.WhichOneof("kind"):
        case "string_value":
            return value.string_value
        case "number_value":
            number = value.number_value
            return int(number) if number.is_integer() else number
        case "bool_value":
            return value.bool_value
        case "list_value":
            return [_from_value(item) for item in value.list_value.values]
        case "struct_value":
            fields = value.struct_value.fields
            if SIGNATURE in fields and fields[SIGNATURE].string_value == SECRET:
                return _from_value(fields["value"])
            return from_struct(value.struct_value)
        case _:
            return None


def to_struct(values: Mapping[str, Any]) -> Any:
    """Write a struct; keys without a value are left out, as an absent input is."""
    struct = pb.Struct()
    for key, value in values.items():
        if value is not None:
            _to_value(value, struct.fields[key])
    return struct


def _to_value(value: Any, target: Any) -> None:
    if value is None:
        target.null_value = pb.NULL_VALUE
    elif isinstance(value, bool):
        target.bool_value = value
    elif isinstance(value, int | float):
        target.number_value = value
    elif isinstance(value, str):
        target.string_value = value
    elif isinstance(value, Mapping):
        target.struct_value.CopyFrom(to_struct(value))
    elif isinstance(value, list | tuple | set | frozenset):
        target.list_value.SetInParent()
        for item in value:
            _to_value(item, target.list_value.values.add())
    else:
        raise TypeError(f"a property value cannot be {type(value).__name__}: {value!r}")
