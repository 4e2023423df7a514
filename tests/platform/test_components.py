"""Every component of the platform has the one shape, checked on the source."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

INFRA = Path(__file__).parents[2] / "infra"


def components() -> Iterator[tuple[Path, ast.ClassDef]]:
    """Every class that is a Pulumi component."""
    for path in sorted(INFRA.glob("*/*/*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ClassDef):
                bases = {ast.unparse(base) for base in node.bases}
                if "pulumi.ComponentResource" in bases:
                    yield path, node


FOUND = list(components())


def test_there_are_components() -> None:
    assert {node.name for _, node in FOUND} == {
        "Alarms",
        "Artifacts",
        "Logs",
        "Network",
        "PrivateBucket",
    }


@pytest.mark.parametrize(("path", "node"), FOUND, ids=[node.name for _, node in FOUND])
def test_component_has_the_one_shape(path: Path, node: ast.ClassDef) -> None:
    [make] = [
        one for one in node.body if isinstance(one, ast.FunctionDef) and one.name == "__init__"
    ]
    assert [argument.arg for argument in make.args.args] == ["self", "name", "args", "opts"]
    assert ast.unparse(make.args.args[2].annotation or make) == f"{node.name}Args"
    first, last = ast.unparse(make.body[0]), ast.unparse(make.body[-1])
    token = f"slipway:{path.stem}:{node.name}"
    assert first == f"super().__init__('{token}', name, None, opts)"
    assert last.startswith("self.register_outputs(")
    assert (make.end_lineno or 0) - make.lineno < 60


@pytest.mark.parametrize("path", sorted(INFRA.rglob("*.py")), ids=str)
def test_importing_does_nothing(path: Path) -> None:
    """Only the ways in may act when loaded; the rest defines."""
    if path.name == "__main__.py":
        return
    for node in ast.parse(path.read_text()).body:
        assert not isinstance(node, ast.Expr) or isinstance(node.value, ast.Constant)
        assert not isinstance(node, ast.For | ast.While | ast.With | ast.Try)
