"""A cache of the test's own."""

from pathlib import Path

import pytest

from tools.engine import cache


@pytest.fixture
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the engine's cache, empty and not the person's."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    root = cache.root()
    assert root.is_relative_to(tmp_path)
    return root


@pytest.fixture
def said() -> list[str]:
    """Return a list; its `append` serves as progress."""
    return []
