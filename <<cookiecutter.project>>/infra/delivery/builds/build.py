"""A build of a commit: tree, list of parts, manifest, archive; named by its digest."""

import hashlib
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from stack.refusal import Refused, problems_of

from .archive import pack
from .manifest import NAME, Manifest, digest_of
from .sbom import parts_of
from .source import Recipe, find_source, read_recipe
from .tree import make_tree
from .workbench import Workbench

DIST = "dist"


@dataclass(frozen=True)
class Files:
    """A build's three files, which carry its digest in their names."""

    folder: Path
    sha256: str

    @property
    def archive(self) -> Path:
        """What instances fetch."""
        return self.folder / f"{self.sha256}.tar.zst"

    @property
    def manifest(self) -> Path:
        """What it is made of; there only when the others are."""
        return self.folder / f"{self.sha256}.json"

    @property
    def parts(self) -> Path:
        """The list of its parts."""
        return self.folder / f"{self.sha256}.cdx.json"


@dataclass(frozen=True)
class Built:
    """A finished build."""

    files: Files
    manifest: Manifest
    compiler: str  # Python's full version; byte-code may differ between two of them

    @property
    def size(self) -> int:
        """Bytes of the archive."""
        return self.files.archive.stat().st_size


def build(
    project: Path,
    *,
    architecture: str | None = None,
    allow_dirty: bool = False,
    tell: Callable[[str], None],
) -> Built:
    """Make the build of the commit that is checked out, in dist/."""
    source = find_source(project)
    if not allow_dirty:
        source.refuse_changes()
    with tempfile.TemporaryDirectory(prefix="build-") as folder:
        work = Path(folder)
        source.export(work / "source")
        recipe = read_recipe(work / "source", source, architecture)
        workbench = Workbench(project, recipe)
        compiler = workbench.interpreter()
        tree = make_tree(work, source, recipe, workbench, tell)
        parts = parts_of(tree / "lib", recipe.service, recipe.version)
        manifest = _manifest(
            recipe,
            commit=source.commit,
            dirty=bool(source.changed),
            lock=digest_of(work / "source" / "requirements.txt"),
            sbom=hashlib.sha256(parts).hexdigest(),
        )
        (tree / NAME).write_bytes(manifest.written())
        tell("packing")
        archive = work / "archive"
        pack(tree, archive, source.time)
        files = _keep(project / DIST, archive, parts, manifest)
    return Built(files, manifest, compiler)


def _manifest(recipe: Recipe, *, commit: str, dirty: bool, lock: str, sbom: str) -> Manifest:
    try:
        return Manifest.model_validate(
            {
                "service": recipe.service,
                "version": recipe.version,
                "commit": commit,
                "dirty": dirty,
                "python": recipe.python,
                "architecture": recipe.architecture,
                "platform": recipe.platform,
                "lock": lock,
                "sbom": sbom,
            }
        )
    except ValidationError as error:
        raise Refused(problems_of(error, "The build's manifest")) from error


def _keep(dist: Path, archive: Path, parts: bytes, manifest: Manifest) -> Files:
    """Put the files where they stay; each appears whole, the manifest last."""
    files = Files(dist, digest_of(archive))
    dist.mkdir(exist_ok=True)
    _write(files.archive, archive.read_bytes())
    _write(files.parts, parts)
    _write(files.manifest, manifest.written())
    return files


def _write(path: Path, content: bytes) -> None:
    new = path.with_name(f".{path.name}.new")
    new.write_bytes(content)
    new.replace(path)
