"""The page about a tier, docs/architecture.md, speaks of what there is."""

import re
from xml.etree import ElementTree as ET

import pytest

from stack.settings import Settings
from stack.settings_page import INFRA

DOCS = INFRA.parent / "docs"
PAGE = (DOCS / "architecture.md").read_text()
DRAWING = DOCS / "architecture.svg"
COMPONENTS = sorted(
    file.name
    for file in (INFRA / "stack").glob("*.py")
    if "(pulumi.ComponentResource):" in file.read_text()
)


@pytest.mark.parametrize("name", COMPONENTS)
def test_every_component_is_on_the_page(name: str) -> None:
    assert f"`{name}`" in PAGE or f"`infra/stack/{name}`" in PAGE


def test_every_file_on_the_page_exists() -> None:
    named = re.findall(r"`([\w./<>-]+(?:\.py|\.sh|\.toml|\.yaml|/))`", PAGE)
    places = (INFRA / "stack", INFRA / "boot", INFRA.parent)

    assert len(named) > 15
    missing = [
        name
        for name in named
        if "<tier>" not in name and not any((place / name).exists() for place in places)
    ]
    assert missing == []


def test_every_link_leads_somewhere() -> None:
    targets = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", PAGE)

    assert "architecture.svg" in targets
    assert [target for target in targets if not (DOCS / target).exists()] == []


@pytest.mark.parametrize(
    "setting", ["waf", "min_size", "max_size", "protect", "log_retention_days"]
)
def test_settings_on_the_page_exist(setting: str) -> None:
    assert f"`{setting}`" in PAGE
    assert setting in Settings.model_fields


def test_the_page_is_two_pages() -> None:
    assert len(PAGE.splitlines()) <= 120


def test_the_drawing_is_alone_and_can_be_read_by_all() -> None:
    """A drawing in a page loads nothing, has words for who cannot see it, and follows the dark."""
    text = DRAWING.read_text()
    root = ET.fromstring(text)  # noqa: S314 our own file

    assert not re.search(r"href|url\((?!#)|<image", text)
    assert root.find("{*}title") is not None
    assert root.find("{*}desc") is not None
    assert "prefers-color-scheme: dark" in text
