"""A moment of a tier that can be come back to: the cloud, and what the engine knows of it."""

import os
import shutil
from pathlib import Path
from urllib.parse import urlsplit

from tests.cloud import Cloud


class Kept:
    """The cloud and the engine's state as they are now."""

    def __init__(self, cloud: Cloud, folder: Path) -> None:
        self._cloud = cloud
        self._saved = cloud.save()
        self._copy = folder
        shutil.copytree(_state(), folder)

    def restore(self) -> None:
        """Be there again, with no calls made yet and nothing going wrong."""
        state = _state()
        shutil.rmtree(state)
        shutil.copytree(self._copy, state)
        self._cloud.restore(self._saved)
        self._cloud.calls.clear()
        self._cloud.faults.restart()

    def forget(self) -> None:
        """Let go of what it takes on disk; it cannot be come back to."""
        shutil.rmtree(self._copy)


def _state() -> Path:
    return Path(urlsplit(os.environ["PULUMI_BACKEND_URL"]).path)
