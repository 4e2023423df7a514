"""Every component is built alike: (name, args, opts), a token with its place, outputs last."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

STACK = Path(__file__).parents[1] / "stack"


def components() -> Iterator[tuple[Path, ast.ClassDef]]:
    for path in sorted(STACK.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ClassDef) and any(
                ast.unparse(base) == "pulumi.ComponentResource" for base in node.bases
            ):
                yield path, node


ALL = [pytest.param(path, node, id=node.name) for path, node in components()]


def constructor(component: ast.ClassDef) -> ast.FunctionDef:
    return next(
        node
        for node in component.body
        if isinstance(node, ast.FunctionDef) and node.name == "__init__"
    )


def test_there_are_components_to_check() -> None:
    assert len(ALL) >= 8


@pytest.mark.parametrize(("path", "component"), ALL)
def test_it_takes_name_args_opts(path: Path, component: ast.ClassDef) -> None:
    arguments = constructor(component).args

    assert [each.arg for each in arguments.args] == ["self", "name", "args", "opts"], path
    annotations = [ast.unparse(each.annotation) for each in arguments.args[1:] if each.annotation]
    assert annotations == ["str", f"{component.name}Args", "pulumi.ResourceOptions | None"]


@pytest.mark.parametrize(("path", "component"), ALL)
def test_its_token_is_slipway_module_class(path: Path, component: ast.ClassDef) -> None:
    first = ast.unparse(constructor(component).body[0])

    token = f"slipway:{path.stem}:{component.name}"
    assert first == f"super().__init__('{token}', name, None, opts)"


@pytest.mark.parametrize(("path", "component"), ALL)
def test_it_registers_its_outputs_last(path: Path, component: ast.ClassDef) -> None:
    assert ast.unparse(constructor(component).body[-1]).startswith("self.register_outputs("), path


@pytest.mark.parametrize(("path", "component"), ALL)
def test_its_children_get_their_parent_and_never_its_options(
    path: Path, component: ast.ClassDef
) -> None:
    options = [
        node
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "pulumi.ResourceOptions"
    ]

    assert options
    for each in options:
        assert any(keyword.arg == "parent" for keyword in each.keywords), ast.unparse(each)
    assert ".merge(" not in ast.unparse(component)


@pytest.mark.parametrize(("path", "component"), ALL)
def test_its_arguments_are_frozen_and_named(path: Path, component: ast.ClassDef) -> None:
    arguments = next(
        node
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.ClassDef) and node.name == f"{component.name}Args"
    )

    assert [ast.unparse(each) for each in arguments.decorator_list] == [
        "dataclass(frozen=True, kw_only=True)"
    ]


@pytest.mark.parametrize(("path", "component"), ALL)
def test_a_constructor_reads_like_a_table_of_contents(path: Path, component: ast.ClassDef) -> None:
    init = constructor(component)

    assert (init.end_lineno or 0) - init.lineno < 60, path


def test_every_file_of_the_stack_has_its_tests() -> None:
    tests = {path.name.removeprefix("test_") for path in Path(__file__).parent.glob("test_*.py")}
    tested_elsewhere = {"__init__.py", "tier.py", "fields.py", "refusal.py", "settings.py"}
    only_values = {"machine.py", "rules.py"}

    assert {path.name for path in STACK.glob("*.py")} - tested_elsewhere - only_values <= tests
