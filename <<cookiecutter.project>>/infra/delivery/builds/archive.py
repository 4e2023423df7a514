"""The archive: the same tree gives the same bytes, whoever packs it, where and when."""

import tarfile
from pathlib import Path

import zstandard

from stack.refusal import Refused

# Never changed without need: another level is another digest for the same commit.
LEVEL = 9
EXECUTABLE, PLAIN = 0o755, 0o644


def pack(tree: Path, target: Path, time: int) -> None:
    """Write a folder as tar.zst: in order of names, nobody's, all of one time."""
    compressor = zstandard.ZstdCompressor(level=LEVEL, threads=0, write_checksum=True)
    with (
        target.open("wb") as file,
        compressor.stream_writer(file) as stream,
        # The POSIX format: every tar reads it, and it has no limit on a name's length.
        tarfile.open(fileobj=stream, mode="w|", format=tarfile.PAX_FORMAT) as tar,
    ):
        for path in sorted(tree.rglob("*"), key=lambda each: each.relative_to(tree).parts):
            entry = _entry(path, path.relative_to(tree), time)
            if path.is_dir():
                tar.addfile(entry)
            else:
                with path.open("rb") as content:
                    tar.addfile(entry, content)


def _entry(path: Path, name: Path, time: int) -> tarfile.TarInfo:
    """Describe a file: whether it can be run is all that is kept of its mode, and only in boot/."""
    entry = tarfile.TarInfo(name.as_posix())
    entry.mtime = time
    if path.is_symlink() or not (path.is_file() or path.is_dir()):
        raise Refused([f"{name} is neither a file nor a folder; a build holds nothing else."])
    if path.is_dir():
        entry.type, entry.mode = tarfile.DIRTYPE, EXECUTABLE
        return entry
    runs = name.parts[0] == "boot" and path.stat().st_mode & 0o100
    entry.size, entry.mode = path.stat().st_size, EXECUTABLE if runs else PLAIN
    return entry


def read_member(archive: Path, name: str) -> bytes | None:
    """Read one file of an archive; None if it has none of that name."""
    with (
        archive.open("rb") as file,
        zstandard.ZstdDecompressor().stream_reader(file) as stream,
        tarfile.open(fileobj=stream, mode="r|") as tar,
    ):
        for entry in tar:
            content = tar.extractfile(entry) if entry.name == name else None
            if content:
                return content.read()
    return None
