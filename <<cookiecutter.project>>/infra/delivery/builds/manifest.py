"""What a build says of itself: manifest.json in it, and the same bytes beside it."""

import hashlib
import json
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from stack.document import Version
from stack.fields import Commit, Sha256
from stack.refusal import Refused, problems_of

NAME = "manifest.json"
SHORT = 12  # digits of a digest that tell builds apart for a person


class Manifest(BaseModel):
    """Where a build comes from. Keys beyond these are for later versions and ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    schema_version: Literal[1] = Field(default=1, alias="schema")
    service: str
    version: Version
    commit: Commit
    dirty: bool  # whether it holds changes that are in no commit
    python: str
    architecture: Literal["arm64", "x86_64"]
    platform: str  # the oldest C library it runs on, as packagers name it
    lock: Sha256  # of requirements.txt
    sbom: Sha256  # of the list of parts beside the build

    def written(self) -> bytes:
        """Write it, always the same way."""
        return json.dumps(self.model_dump(by_alias=True), indent=2).encode() + b"\n"


def parse_manifest(content: bytes, where: str) -> Manifest:
    """Read one; every problem is in the error."""
    try:
        return Manifest.model_validate_json(content)
    except ValidationError as error:
        raise Refused(problems_of(error, where), "Make the build anew.") from error


def digest_of(path: Path) -> str:
    """Give the sha256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
