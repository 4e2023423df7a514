"""Between properties and AWS's parameters: both models are known, so no tables are needed."""

from collections.abc import Mapping
from typing import Any

from tests.cloud.errors import CloudError
from tests.cloud.schema import ListOf, MapOf, ObjectOf, Scalar, Type

type Names = Mapping[
    str, str
]  # property: AWS member, where they differ by more than the first letter's case


def parameter(client: Any, operation: str, *members: str) -> Any:
    """botocore's shape of an operation's parameter."""
    shape = client.meta.service_model.operation_model(operation).input_shape
    for member in members:
        shape = shape.members[member]
    return shape


def to_aws(shape: Any, value: Any, names: Names | None = None) -> Any:  # noqa: PLR0911  one per kind
    """A property value as the parameter AWS wants; InternalFailure when AWS has none."""
    names = names or {}
    match shape.type_name:
        case "structure":
            return {
                member: to_aws(shape.members[member], item, names)
                for member, item in _members(shape, value, names)
            }
        case "list":
            return [to_aws(shape.member, item, names) for item in value]
        case "map":
            return {key: to_aws(shape.value, item, names) for key, item in value.items()}
        case "boolean":
            return value == "true" if isinstance(value, str) else bool(value)
        case "integer" | "long":
            return int(value)
        case "float" | "double":
            return float(value)
        case "string":
            return str(value)
    return value


def _members(shape: Any, value: Mapping[str, Any], names: Names) -> list[tuple[str, Any]]:
    found = []
    for key, item in value.items():
        if item is None or item == "":
            continue
        member = names.get(key) or _member(shape.members, key)
        if member is None or member not in shape.members:
            raise CloudError("InternalFailure", f'AWS\'s {shape.name} has nothing for "{key}"')
        found.append((member, item))
    return found


def _member(members: Mapping[str, Any], key: str) -> str | None:
    """Terraform's names are plural where there can be several, AWS's often not."""
    pascal = key[:1].upper() + key[1:]
    for candidate in (pascal, key, f"{pascal}s", pascal.removesuffix("s")):
        if candidate in members:
            return candidate
    return None


def from_aws(kind: Type, value: Any, names: Names | None = None) -> Any:
    """AWS's answer as a property value; what the type does not have is left out."""
    back = {member: key for key, member in (names or {}).items()}
    return _from(kind, value, back)


def _from(kind: Type, value: Any, back: Mapping[str, str]) -> Any:
    match kind:
        case ObjectOf():
            fields = kind.fields
            found = {}
            for member, item in value.items():
                key = _property(fields, member, back)
                if key is not None and item is not None:
                    found[key] = _from(fields[key].type, item, back)
            return found
        case ListOf(item):
            return [_from(item, each, back) for each in value]
        case MapOf(item):
            return {key: _from(item, each, back) for key, each in value.items()}
        case Scalar("string"):
            return _string(value)
        case Scalar("integer") if not isinstance(value, bool):
            return int(value)
    return value


def _property(fields: Mapping[str, Any], member: str, back: Mapping[str, str]) -> str | None:
    camel = back.get(member) or member[:1].lower() + member[1:]
    for candidate in (camel, f"{camel}s", camel.removesuffix("s")):
        if candidate in fields:
            return candidate
    return None


def _string(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat().replace("+00:00", "Z") if hasattr(value, "isoformat") else str(value)
