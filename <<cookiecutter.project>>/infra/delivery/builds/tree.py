"""The folder that becomes a build; infra/boot/README.md says what is in it.

All of it follows from the commit and its locks, nothing from this machine, folder or day.
"""

import csv
import io
import shutil
from collections.abc import Callable
from pathlib import Path

from stack.refusal import Refused

from .source import Recipe, Source
from .workbench import Workbench

# An installer's own notes: where it installed from, when, and what was asked for.
NOTES = frozenset({"INSTALLER", "REQUESTED", "direct_url.json", "uv_cache.json"})
# Scripts with the path of this machine's interpreter, and uv's own lock.
LEFT_OUT = ("bin", ".lock")


def make_tree(
    work: Path,
    source: Source,
    recipe: Recipe,
    workbench: Workbench,
    tell: Callable[[str], None],
) -> Path:
    """Make lib/ and boot/ in a folder of `work`, from what `source` was exported to."""
    files, tree = work / "source", work / "tree"
    lib = tree / "lib"
    lib.mkdir(parents=True)
    tell(f"installing the dependencies for {recipe.architecture}")
    workbench.install_dependencies(files, lib)
    tell("making the service's wheel")
    workbench.install_service(files, lib, work / "wheels", source.time)
    clean(lib)
    tell("writing byte-code")
    workbench.compile(lib)
    check_service(lib, recipe)
    shutil.copytree(files / "infra" / "boot", tree / "boot", symlinks=True)
    return tree


def clean(lib: Path) -> None:
    """Take out what differs between two machines or is of no use on an instance."""
    for name in LEFT_OUT:
        path = lib / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    for folder in [*lib.rglob("__pycache__")]:  # some wheels bring their own
        shutil.rmtree(folder)
    startup = sorted(path.name for path in lib.glob("*.pth"))
    if startup:
        raise Refused(
            [f"The dependencies bring {', '.join(startup)}, which nothing would read."],
            "On an instance the packages are found by PYTHONPATH, where Python runs no .pth file: "
            "do without what needs it.",
        )
    for distribution in lib.glob("*.dist-info"):
        _clean_distribution(distribution)


def _clean_distribution(distribution: Path) -> None:
    """Remove the notes, and write the list of files anew: in order, of those that are there."""
    for name in NOTES:
        (distribution / name).unlink(missing_ok=True)
    record = distribution / "RECORD"
    rows = [row for row in csv.reader(io.StringIO(record.read_text())) if row]
    kept = sorted(row for row in rows if (distribution.parent / row[0]).exists())
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(kept)
    record.write_text(text.getvalue())


def check_service(lib: Path, recipe: Recipe) -> None:
    """Refuse what boot.sh could not start."""
    package = lib / recipe.package
    if not (package / "__main__.py").is_file():
        raise Refused(
            [f"The service's wheel has no {recipe.package}/__main__.py, which instances start."],
            f"It must be in src/{recipe.package}.",
        )
    for path in sorted(package.rglob("*.py")):
        if not any((path.parent / "__pycache__").glob(f"{path.stem}.*.pyc")):
            name = path.relative_to(lib)
            raise Refused([f"src/{name} is not Python {recipe.python}: it cannot be compiled."])
