"""A resource's life: check, diff, create, read, update, delete. Plain data, no gRPC."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.cloud import check, resources, rules  # noqa: F401  (enter handlers and rules)
from tests.cloud.aws import Aws
from tests.cloud.diff import Difference, differences
from tests.cloud.errors import CloudError, is_gone, one_line
from tests.cloud.naming import settle_name
from tests.cloud.overlay import imported, overlay
from tests.cloud.resource import HANDLERS, Change, Resource
from tests.cloud.rules.table import broken
from tests.cloud.schema import TypeSchema, resource_schema, tokens
from tests.cloud.unread import Noted
from tests.cloud.values import DEFAULTED, UNKNOWN, has_unknown


class UnknownTypeError(Exception):
    """A type that the SDK does not have, or that this cloud does not."""


class PartlyMadeError(Exception):
    """The thing exists, but a later call of its creation failed."""

    def __init__(self, id: str, outputs: dict[str, Any], reason: str) -> None:
        super().__init__(reason)
        self.id, self.outputs, self.reason = id, outputs, reason


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a diff comes to."""

    differences: list[Difference]
    replaces: frozenset[str] = frozenset()  # paths
    delete_first: bool = False
    stables: list[str] = field(default_factory=list)


def handler_of(token: str) -> tuple[Resource, TypeSchema]:
    handler = HANDLERS.get(token)
    schema = resource_schema(token)
    if schema is None:
        raise UnknownTypeError(
            f"pulumi_aws has no resource type {token}{check.hint(token, tokens())}"
        )
    if handler is None:
        raise UnknownTypeError(
            f"this cloud does not know {token} yet: add a handler in tests/cloud/resources"
            f"{check.hint(token, HANDLERS)}"
        )
    return handler, schema


def check_resource(
    token: str,
    name: str,
    olds: Mapping[str, Any],
    news: Mapping[str, Any],
    seed: bytes = b"",
    naming_mode: int = 0,
    proposed_name: str = "",
) -> tuple[dict[str, Any], list[check.Problem]]:
    """The inputs with defaults and name filled in, and everything that is wrong with them."""
    handler, schema = handler_of(token)
    inputs = {key: value for key, value in news.items() if value is not None}
    found = check.check_inputs(schema.inputs, inputs)
    if found:
        return inputs, found
    _fill(inputs, handler.defaults)
    if handler.naming is not None:
        wrong = settle_name(handler.naming, name, olds, inputs, seed, naming_mode, proposed_name)
        if wrong:
            found.append(check.Problem(handler.naming.property, wrong))
    found += [check.Problem(*each) for each in broken(handler.token, inputs)]
    return inputs, found


def _fill(inputs: dict[str, Any], defaults: Mapping[str, Any]) -> None:
    """Add what the provider adds; a default inside a block needs the block."""
    for path, value in defaults.items():
        block, _, key = path.rpartition(".")
        if not block and key not in inputs:
            inputs[key] = value
            inputs[DEFAULTED] = sorted({*inputs.get(DEFAULTED, ()), key})
        elif isinstance(inputs.get(block), Mapping) and key not in inputs[block]:
            inputs[block] = {**inputs[block], key: value}


def _is_default(handler: Resource, new: Mapping[str, Any], path: str) -> bool:
    return path in handler.defaults and new.get(path) == handler.defaults[path]


def diff_resource(
    token: str, old_inputs: Mapping[str, Any], news: Mapping[str, Any], ignored: Iterable[str] = ()
) -> Verdict:
    handler, schema = handler_of(token)
    found = [
        each
        for each in differences(schema.inputs, old_inputs, news, ignored)
        if not (each.top in handler.computed and each.top not in news)  # AWS's choice stays
    ]
    replacing = frozenset(each.path for each in found if _replaces(handler, each))
    naming = handler.naming
    # A name the program fixed is taken until the old resource is gone
    # (pulumi-terraform-bridge: nameRequiresDeleteBeforeReplace).
    fixed = (
        naming is not None
        and naming.property in news
        and naming.property not in news.get(DEFAULTED, ())
        and old_inputs.get(naming.property) == news.get(naming.property)
    )
    changing = handler.volatile if found else frozenset()
    return Verdict(found, replacing, bool(replacing) and fixed, sorted(schema.computed - changing))


def _replaces(handler: Resource, each: Difference) -> bool:
    plain = each.plain
    return any(
        plain == path or plain.startswith(f"{path}.") for path in {"region", *handler.replaces}
    )


def create_resource(
    aws: Aws, token: str, new: Mapping[str, Any], preview: bool
) -> tuple[str, dict[str, Any]]:
    handler, schema = handler_of(token)
    if preview:
        unknown = schema.computed | (handler.computed & schema.outputs.keys() - new.keys())
        known = {key: value for key, value in new.items() if key in schema.outputs}
        return "", {**known, **dict.fromkeys(unknown, UNKNOWN), **_region(schema, aws)}
    if has_unknown(new):
        raise CloudError(
            "InternalFailure", f"creation of {token} was asked for with values still unknown"
        )
    noted = Noted(new)
    id = handler.create(aws, noted)
    try:
        handler.finish(aws, id, noted)
    except Exception as error:
        outputs = _read(aws, handler, schema, id, new, new)[0]
        raise PartlyMadeError(
            id, outputs if outputs is not None else dict(new), one_line(error)
        ) from error
    outputs, _ = _read(aws, handler, schema, id, new, new)
    if outputs is None:
        raise CloudError("InternalFailure", f"{token} {id} was made and cannot be read")
    ignored = [path for path in sorted(noted.unread()) if not _is_default(handler, new, path)]
    if ignored:
        delete_resource(aws, token, id, outputs)
        raise CloudError(
            "InternalFailure",
            f"this cloud does nothing yet with {', '.join(ignored)} of {token}: "
            "add it to the handler in tests/cloud/resources",
        )
    return id, outputs


def read_resource(
    aws: Aws, token: str, id: str, state: Mapping[str, Any], inputs: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """Outputs and inputs as they live now, or None when the thing is gone."""
    handler, schema = handler_of(token)
    outputs, live = _read(aws, handler, schema, id, state, inputs)
    if outputs is None:
        return None
    if not inputs and not state:
        found = imported(schema.inputs, live)
        _fill(found, handler.defaults)
        return outputs, found
    return outputs, overlay(schema.inputs, inputs, live)


def update_resource(
    aws: Aws,
    token: str,
    id: str,
    olds: Mapping[str, Any],
    news: Mapping[str, Any],
    state: Mapping[str, Any],
    ignored: Iterable[str],
    preview: bool,
) -> dict[str, Any]:
    handler, schema = handler_of(token)
    found = diff_resource(token, olds, news, ignored).differences
    keys = frozenset(each.top for each in found)
    kept = {
        key: value
        for key, value in state.items()
        if key not in olds or key in news or key in handler.computed
    }
    if preview:
        known = {key: value for key, value in news.items() if key in schema.outputs}
        return {**kept, **known, **dict.fromkeys(handler.volatile if keys else (), UNKNOWN)}
    if keys:
        handler.update(aws, id, Change(olds, news, state, keys))
    if handler.taggable and "tags" in keys:
        old, new = aws.tags(olds), aws.tags(news)
        put = {key: value for key, value in new.items() if old.get(key) != value}
        handler.retag(aws, id, put, sorted(old.keys() - new.keys()))
    outputs, _ = _read(aws, handler, schema, id, {**kept, **news}, news)
    if outputs is None:
        raise CloudError("InternalFailure", f"{token} {id} was updated and cannot be read")
    return outputs


def delete_resource(aws: Aws, token: str, id: str, state: Mapping[str, Any]) -> None:
    handler, schema = handler_of(token)
    try:
        handler.delete(aws, id, state)
    except Exception as error:
        # Some services answer a wish to delete what is gone with an error of another kind.
        if not is_gone(error) and _read(aws, handler, schema, id, state, state)[0] is not None:
            raise


def _read(
    aws: Aws,
    handler: Resource,
    schema: TypeSchema,
    id: str,
    state: Mapping[str, Any],
    inputs: Mapping[str, Any],
) -> tuple[dict[str, Any] | None, dict[str, Any]]:
    try:
        live = handler.read(aws, id, state)
    except Exception as error:
        if not is_gone(error):
            raise
        live = None
    if live is None:
        return None, {}
    if "tagsAll" in live:
        own = {key: value for key, value in live["tagsAll"].items() if not key.startswith("aws:")}
        live["tagsAll"] = own
        defaults = aws.default_tags
        asked = inputs.get("tags") or {}
        live["tags"] = {
            key: value for key, value in own.items() if key in asked or defaults.get(key) != value
        }
    kept = {key: value for key, value in state.items() if key in schema.outputs}
    outputs = {**kept, **{key: value for key, value in live.items() if key in schema.outputs}}
    return {
        key: value
        for key, value in {**outputs, **_region(schema, aws)}.items()
        if value is not None
    }, live


def _region(schema: TypeSchema, aws: Aws) -> dict[str, str]:
    return {"region": aws.region} if "region" in schema.outputs else {}
