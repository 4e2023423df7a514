"""One installed service per test process."""

import sys
from pathlib import Path

import pytest

from tests.bake.baking import copy_template, new_workshop
from tests.service.installed import MINOR, PROJECT, Installed, install_service


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """These tests look at processes where Linux shows them."""
    if sys.platform == "linux":
        return
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.skip(reason="reads /proc: needs Linux"))


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """A service baked from the current tree for the Python that runs this, installed. Read only."""
    folder = tmp_path_factory.mktemp("service")
    workshop = new_workshop(folder / "workshop", copy_template(folder / "template"))
    done = workshop.run(
        *(sys.executable, "-m", "cookiecutter", "--no-input", workshop.template),
        *(f"project={PROJECT}", f"python={MINOR}"),
    )
    assert done.returncode == 0, done.stderr
    return install_service(workshop.shelf / PROJECT, folder)
