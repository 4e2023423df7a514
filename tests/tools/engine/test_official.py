import time
from pathlib import Path

import pytest

from tools.engine import official
from tools.engine.model import WayFailedError

PLAYED = """
import pathlib, sys
program = pathlib.Path(sys.argv[1], "bin", "pulumi")
program.parent.mkdir()
program.write_text("#!/bin/sh\\necho v3.272.0\\n")
program.chmod(0o755)
"""


def test_without_a_network_it_fails_soon_and_in_one_line(
    own_cache: Path, monkeypatch: pytest.MonkeyPatch, said: list[str]
) -> None:
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    started = time.monotonic()
    with pytest.raises(WayFailedError) as caught:
        official.install(said.append)
    assert time.monotonic() - started < 20
    assert "refused" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert list(own_cache.iterdir()) == []


def test_what_it_installed_is_found_again(
    own_cache: Path, monkeypatch: pytest.MonkeyPatch, said: list[str]
) -> None:
    with pytest.raises(WayFailedError, match="not installed before"):
        official.cached(said.append)
    monkeypatch.setattr(official, "INSTALL", PLAYED)
    installed = official.install(said.append)
    assert installed.path.is_relative_to(own_cache)
    assert official.cached(said.append).path == installed.path
