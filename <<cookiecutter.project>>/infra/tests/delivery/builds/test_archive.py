import os
import tarfile
from pathlib import Path

import pytest
import zstandard

from delivery.builds.archive import pack, read_member
from stack.refusal import Refused

WHEN = 1_700_000_000
LONG = "lib/" + "a" * 90 + "/" + "b" * 90 + "/" + "ü" * 40 + ".py"
FILES = {
    "boot/boot.sh": b"#!/bin/bash\n",
    "boot/README.md": b"",
    "lib/b.py": b"B\n",
    "lib/a/__init__.py": b"",
    "lib/a-1.dist-info/RECORD": b"",
    LONG: b"long\n",
    "manifest.json": b"{}\n",
}


def tree(folder: Path, names: list[str], umask: int) -> Path:
    before = os.umask(umask)
    try:
        for name in names:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(FILES[name])
    finally:
        os.umask(before)
    (folder / "boot/boot.sh").chmod(0o700 if umask == 0o077 else 0o775)
    (folder / "lib/b.py").chmod(0o600 if umask == 0o077 else 0o777)
    return folder


def entries(archive: Path) -> dict[str, tarfile.TarInfo]:
    content = zstandard.ZstdDecompressor().stream_reader(archive.open("rb"), closefd=True)
    with content, tarfile.open(fileobj=content, mode="r|") as tar:
        return {entry.name: entry for entry in tar}


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    pack(tree(tmp_path / "one", list(FILES), 0o022), tmp_path / "archive", WHEN)
    return tmp_path / "archive"


def test_the_same_tree_gives_the_same_bytes(archive: Path, tmp_path: Path) -> None:
    other = tree(tmp_path / "deeper/two", [*reversed(FILES)], 0o077)
    for path in other.rglob("*"):
        os.utime(path, (1.0, 1.0))

    pack(other, tmp_path / "again", WHEN)

    assert (tmp_path / "again").read_bytes() == archive.read_bytes()


@pytest.mark.parametrize("changed", ["lib/b.py", "boot/boot.sh"])
def test_another_content_or_mode_gives_other_bytes(
    archive: Path, tmp_path: Path, changed: str
) -> None:
    path = tmp_path / "one" / changed
    if path.name == "boot.sh":
        path.chmod(0o644)
    else:
        path.write_bytes(b"C\n")

    pack(tmp_path / "one", tmp_path / "again", WHEN)

    assert (tmp_path / "again").read_bytes() != archive.read_bytes()


def test_it_is_nobodys_of_one_time_and_runs_only_what_boots(archive: Path) -> None:
    found = entries(archive)

    assert {name for name, entry in found.items() if entry.isfile()} == set(FILES)
    assert {(e.uid, e.gid, e.uname, e.gname, e.mtime) for e in found.values()} == {
        (0, 0, "", "", WHEN)
    }
    modes = {name: entry.mode for name, entry in found.items()}
    assert modes["boot/boot.sh"] == modes["lib"] == modes["lib/a"] == 0o755
    assert modes["lib/b.py"] == modes["boot/README.md"] == modes[LONG] == 0o644


def test_a_folder_comes_before_what_is_in_it(archive: Path) -> None:
    seen: set[str] = set()
    for name in entries(archive):
        assert str(Path(name).parent) in {".", *seen}
        seen.add(name)


def test_one_file_can_be_read(archive: Path) -> None:
    assert read_member(archive, "manifest.json") == b"{}\n"
    assert read_member(archive, LONG) == b"long\n"
    assert read_member(archive, "lib/c.py") is None
    assert read_member(archive, "lib") is None


def test_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "tree/boot").mkdir(parents=True)
    (tmp_path / "tree/boot/link").symlink_to("/etc/passwd")

    with pytest.raises(Refused, match=r"^boot/link is neither a file nor a folder"):
        pack(tmp_path / "tree", tmp_path / "archive", WHEN)
