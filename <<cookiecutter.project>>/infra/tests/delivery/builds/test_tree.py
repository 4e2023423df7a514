from pathlib import Path

import pytest

from delivery.builds.source import Recipe
from delivery.builds.tree import check_service, clean
from stack.refusal import Refused

RECIPE = Recipe("late-orders", "1.0.0", "3.13", "arm64")
RECORD = """\
b/__init__.py,sha256=b,1
../../bin/b,sha256=x,2
bin/b,sha256=x,2
"a,b.py",sha256=a,3
b/__pycache__/__init__.cpython-313.pyc,,
b-1.dist-info/direct_url.json,sha256=u,4
b-1.dist-info/INSTALLER,sha256=i,5
b-1.dist-info/RECORD,,
"""
CLEAN = """\
"a,b.py",sha256=a,3
b-1.dist-info/RECORD,,
b/__init__.py,sha256=b,1
"""


@pytest.fixture
def lib(tmp_path: Path) -> Path:
    names = [
        *("a,b.py", "b/__init__.py", "b/__pycache__/__init__.cpython-313.pyc", "bin/b", ".lock"),
        *(f"b-1.dist-info/{note}" for note in ("INSTALLER", "REQUESTED", "direct_url.json")),
        "b-1.dist-info/uv_cache.json",
    ]
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "b-1.dist-info/RECORD").write_text(RECORD)
    return tmp_path


def test_only_what_an_instance_needs_stays(lib: Path) -> None:
    clean(lib)

    held = {str(path.relative_to(lib)) for path in lib.rglob("*") if path.is_file()}
    assert held == {"a,b.py", "b/__init__.py", "b-1.dist-info/RECORD"}
    assert (lib / "b-1.dist-info/RECORD").read_text() == CLEAN


def test_a_pth_file_is_refused(lib: Path) -> None:
    (lib / "hook.pth").touch()

    with pytest.raises(Refused, match=r"bring hook\.pth, which nothing would read\. .*PYTHONPATH"):
        clean(lib)


def service(lib: Path, *names: str) -> None:
    for name in names:
        path = lib / "late_orders" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def test_a_service_that_starts_is_accepted(lib: Path) -> None:
    service(lib, "__main__.py", "__pycache__/__main__.cpython-313.pyc")

    check_service(lib, RECIPE)


def test_a_service_that_cannot_start_is_refused(lib: Path) -> None:
    service(lib, "app.py")

    with pytest.raises(Refused, match=r"no late_orders/__main__\.py, which instances start"):
        check_service(lib, RECIPE)


def test_a_service_that_does_not_compile_is_refused(lib: Path) -> None:
    service(lib, "__main__.py", "__pycache__/__main__.cpython-313.pyc", "v1/broken.py")

    with pytest.raises(Refused, match=r"^src/late_orders/v1/broken\.py is not Python 3\.13"):
        check_service(lib, RECIPE)
