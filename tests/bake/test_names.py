"""No project has the name of what its code imports or installs: one would hide the other."""

import ast
import re
from pathlib import Path

from tests.bake.baking import PROJECT, files
from tests.bake.hooks import pre_gen_project

# Found in the locks: `name==1.2` or `name[extra]==1.2`.
LOCKED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==", re.MULTILINE)


def assert_taken(names: set[str]) -> None:
    """That none of them would pass as a project's name."""
    slugs = {re.sub(r"[-_.]+", "-", name).lower() for name in names}
    missing = {slug for slug in slugs if pre_gen_project.project_problem(slug) == ""}
    assert not missing, f"add to TAKEN in hooks/pre_gen_project.py: {' '.join(sorted(missing))}"


def test_locked_packages_are_taken(template: Path) -> None:
    locks = [p for name, p in files(template / PROJECT).items() if name.endswith(".txt")]
    assert locks
    named = {name for lock in locks for name in LOCKED.findall(lock.read_text())}
    assert_taken(named)


def test_imported_modules_are_taken(template: Path) -> None:
    sources = {
        name: path for name, path in files(template / PROJECT).items() if path.suffix == ".py"
    }
    imported = {module.partition(".")[0] for path in sources.values() for module in imports(path)}
    assert {"litestar", "pulumi", "stack"} <= imported
    # The stacks never import the service, so their own modules may have its name.
    stacks = {path.stem for name, path in sources.items() if name.startswith("infra/")}
    assert_taken(imported - stacks)


def test_own_folders_and_modules_are_taken(template: Path) -> None:
    """Whatever lies beside the package, on a path that Python searches."""
    folder = template / PROJECT
    beside = {
        path.stem
        for place in (folder, folder / "src", folder / "infra")
        for path in place.iterdir()
        if path.is_dir() or path.suffix == ".py"
    }
    assert_taken(beside)


def imports(path: Path) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(path.read_text().replace("<<cookiecutter.__package>>", "json"))):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found.append(node.module)
    return found
