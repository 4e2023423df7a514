"""What pulumi_aws says of a resource type: inputs, outputs, nested types, which are required.

The SDK's source is read, not imported: importing it takes seconds and its lazy imports race
between threads, while one class is parsed in milliseconds. Nothing here is a second list of AWS's
properties.
"""

import ast
import importlib.util
import json
import keyword
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

SCALARS = {"str": "string", "int": "integer", "float": "number", "bool": "boolean", "Any": "any"}

_lock = threading.RLock()


@dataclass(frozen=True, slots=True)
class Scalar:
    kind: str  # string, integer, number, boolean, asset, any


@dataclass(frozen=True, slots=True)
class ListOf:
    item: "Type"


@dataclass(frozen=True, slots=True)
class MapOf:
    item: "Type"


@dataclass(frozen=True, slots=True)
class ObjectOf:
    module: str
    name: str

    @property
    def fields(self) -> Mapping[str, "Field"]:
        return class_fields(f"{self.module}/_inputs.py", self.name)


type Type = Scalar | ListOf | MapOf | ObjectOf


@dataclass(frozen=True, slots=True)
class Field:
    """One property: its name on the wire, in Python, its type, and whether it must be given."""

    name: str
    python: str
    type: Type
    required: bool


@dataclass(frozen=True, slots=True)
class TypeSchema:
    token: str
    inputs: Mapping[str, Field]
    outputs: Mapping[str, Field]

    @property
    def computed(self) -> frozenset[str]:
        """Outputs that can never be inputs: AWS decides them."""
        return frozenset(self.outputs) - frozenset(self.inputs)


def sdk_folder() -> Path:
    spec = importlib.util.find_spec("pulumi_aws")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError("pulumi_aws is not installed in this environment; run make install")
    return Path(spec.submodule_search_locations[0])


@cache
def sdk_version() -> str:
    return str(json.loads((sdk_folder() / "pulumi-plugin.json").read_text())["version"])


@cache
def tokens() -> Mapping[str, str]:
    """Every resource type of the SDK, with its class."""
    text = (sdk_folder() / "__init__.py").read_text()
    found = re.search(r'resource_modules="""(.*?)"""', text, re.S)
    if found is None:
        raise RuntimeError(
            "pulumi_aws lists no resource modules; tests/cloud/schema.py must learn its new form"
        )
    return {
        token: name for entry in json.loads(found[1]) for token, name in entry["classes"].items()
    }


def resource_schema(token: str) -> TypeSchema | None:
    """The schema of a type, or None when the SDK has no such type."""
    with _lock:
        return _resource_schema(token)


@cache
def _resource_schema(token: str) -> TypeSchema | None:
    name = tokens().get(token)
    if name is None:
        return None
    module, member = token.split(":")[1].split("/")
    folder = keyword_safe(module)
    file = f"{'' if folder == 'index' else folder + '/'}{_snake(member)}.py"
    args = f"{name}Args"
    if args not in _classes(file):  # the plain name belongs to a nested type
        args = f"{name}InitArgs"
    return TypeSchema(token, class_fields(file, args), class_fields(file, f"_{name}State"))


def class_fields(file: str, name: str) -> Mapping[str, Field]:
    with _lock:
        return _class_fields(file, name)


@cache
def _class_fields(file: str, name: str) -> Mapping[str, Field]:
    source = _classes(file)[name]
    body = ast.parse(source).body[0]
    assert isinstance(body, ast.ClassDef)
    names: dict[str, str] = {}
    init: ast.FunctionDef | None = None
    for member in body.body:
        if not isinstance(member, ast.FunctionDef):
            continue
        if member.name == "__init__":
            init = member
            continue
        for decorator in member.decorator_list:
            wire = _getter_name(decorator, member.name)
            if wire is not None:
                names[member.name] = wire
    assert init is not None, f"{file}: {name} has no __init__"
    module = file.rpartition("/")[0]
    fields = {}
    for argument, default in zip(init.args.kwonlyargs, init.args.kw_defaults, strict=True):
        wire = names[argument.arg]
        assert argument.annotation is not None
        fields[wire] = Field(
            wire, argument.arg, _type(argument.annotation, module), default is None
        )
    return fields


def _getter_name(decorator: ast.expr, default: str) -> str | None:
    if isinstance(decorator, ast.Attribute) and decorator.attr == "getter":
        return default
    named = isinstance(decorator, ast.Call) and isinstance(decorator.func, ast.Attribute)
    if named and decorator.func.attr == "getter":
        return str(ast.literal_eval(decorator.keywords[0].value))
    return None


def _type(node: ast.expr, module: str) -> Type:  # noqa: PLR0911  one per form
    match node:
        case ast.Constant(value=str(name)):
            known = name in _classes(f"{module}/_inputs.py")
            return ObjectOf(module, name) if known else Scalar("string")  # else an enumeration
        case ast.Attribute(attr="Asset" | "Archive"):
            return Scalar("asset")
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return Scalar(SCALARS.get(name, "any"))
        case ast.Subscript(value=value, slice=inner):
            outer = value.attr if isinstance(value, ast.Attribute) else getattr(value, "id", "")
            if outer == "Sequence":
                return ListOf(_type(inner, module))
            if outer == "Mapping" and isinstance(inner, ast.Tuple):
                return MapOf(_type(inner.elts[1], module))
            if outer == "Union" and isinstance(inner, ast.Tuple):  # str | an enumeration's name
                return _type(inner.elts[0], module)
            return _type(inner, module)
    return Scalar("any")


@cache
def _classes(file: str) -> Mapping[str, str]:
    """The source of each top-level class of an SDK file, cut without parsing the whole of it."""
    text = (sdk_folder() / file).read_text()
    starts = [(match.start(), match[1]) for match in re.finditer(r"^class (\w+)", text, re.M)]
    ends = [start for start, _ in starts[1:]] + [len(text)]
    found: dict[str, str] = {}
    for (start, name), end in zip(starts, ends, strict=True):
        block = text[start:end]
        cut = re.search(r"^(?:@|def |if )", block, re.M)
        found[name] = block[: cut.start()] if cut else block
    return found


def _snake(name: str) -> str:
    """The SDK's file name of a type: graphQLApi is graph_ql_api."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name)
    return words.lower()


def keyword_safe(module: str) -> str:
    return f"{module}_" if keyword.iskeyword(module) else module
