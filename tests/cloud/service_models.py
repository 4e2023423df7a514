"""What boto3 knows of AWS's services, read once in a process.

Each session reads it anew, for half a second. A person's `deliver` has one session; tests make
thousands, which was a third of their time.
"""

from functools import cache
from typing import Any

from botocore.loaders import JSONFileLoader, Loader
from moto.core.loaders import Loader as MotosLoader


def read_once() -> None:
    """Let all sessions that are made from now on share what one has read.

    moto reads for itself: a client of S3 changes what it knows at its first calls, and a second
    one finds that done (botocore's remove_bucket_from_url_paths_from_model).
    """
    Loader.FILE_LOADER_CLASS = _SharedFiles  # ty: ignore[invalid-assignment]
    MotosLoader.FILE_LOADER_CLASS = JSONFileLoader


class _SharedFiles(JSONFileLoader):
    def load_file(self, file_path: str) -> Any:
        return _read(file_path)


@cache
def _read(path: str) -> Any:
    return JSONFileLoader().load_file(path)
