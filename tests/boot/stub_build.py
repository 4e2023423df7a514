"""A build in the layout of infra/boot/README.md, whose service does next to nothing.

It stands in until builds are made from locks. The same bake gives the same bytes.
"""

import hashlib
import io
import json
import struct
import subprocess
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

BLOCK = 128 * 1024  # bytes; zstd allows no larger block
# It is ready at once, shows what it was given, and ends at SIGTERM.
SERVICE = '''\
"""Stands in for the service."""

import json
import os
import signal
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path


def given():
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    secrets = {each.name: each.read_text() for each in Path(folder).iterdir()} if folder else {}
    return json.dumps({"words": sys.argv[1:], "environment": dict(os.environ), "secrets": secrets})


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        body = given().encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words):
        pass


command, *more = sys.argv[1:]
if command == "show":
    print(given())
    sys.exit()
if command == "fail":
    print("before")
    sys.exit(int(more[0]))
if command == "wait":
    signal.signal(signal.SIGTERM, lambda *_: (Path(more[0]).write_text("SIGTERM"), sys.exit(7)))
    print("waiting", flush=True)
    print("for ever", file=sys.stderr, flush=True)
    time.sleep(600)
if command == "lines":
    for number in range(int(more[0])):
        print("line", number)
    sys.exit()
assert sys.argv[1:] == ["serve"], sys.argv
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
setting = {name.rpartition("_")[2]: value for name, value in os.environ.items()}
HTTPServer((setting["HOST"], int(setting["PORT"])), Handler).serve_forever()
'''


@dataclass(frozen=True)
class StubBuild:
    """An archive, and the digest that is its name."""

    content: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    def put(self, s3: Any, bucket: str, service: str) -> str:  # noqa: ANN401 boto3 has no types
        """Upload it to where instances look for it."""
        key = f"builds/{service}/{self.sha256}.tar.zst"
        s3.put_object(Bucket=bucket, Key=key, Body=self.content)
        return key

    def unpack(self, folder: Path) -> None:
        """Do what user-data does with it."""
        folder.mkdir(parents=True)
        words = ["tar", "--extract", "--zstd", "--directory", str(folder)]
        subprocess.run(words, input=self.content, check=True)


def stub_build(project: Path, tree: Path | None = None, version: str = "0.1.0") -> StubBuild:
    """Pack the boot folder of a baked project with `tree` as lib/, or with a stand-in.

    Another version is another build.
    """
    service = project.name
    package = service.replace("-", "_")
    files: dict[str, tuple[bytes, int]] = {
        f"boot/{path.name}": (path.read_bytes(), path.stat().st_mode & 0o111)
        for path in (project / "infra" / "boot").iterdir()
        if path.is_file()
    }
    if tree:
        files |= {
            f"lib/{path.relative_to(tree).as_posix()}": (path.read_bytes(), 0)
            for path in tree.rglob("*")
            if path.is_file() and "__pycache__" not in path.parts
        }
    else:
        files[f"lib/{package}/__init__.py"] = (b"", 0)
        files[f"lib/{package}/__main__.py"] = (SERVICE.encode(), 0)
    manifest = {"schema": 1, "service": service, "version": version, "commit": "0" * 40}
    files["manifest.json"] = (json.dumps(manifest, indent=2).encode() + b"\n", 0)
    return StubBuild(compressed(archived(files)))


def archived(files: Mapping[str, tuple[bytes, int]]) -> bytes:
    """Write a tar of name to content and executable bits: in order, nobody's, at no time."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name, (content, executable) in sorted(files.items()):
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            entry.mode = 0o755 if executable else 0o644
            tar.addfile(entry, io.BytesIO(content))
    return out.getvalue()


def compressed(content: bytes) -> bytes:
    """Frame bytes as zstd (RFC 8878) without making them smaller: that needs no library."""
    frame = [b"\x28\xb5\x2f\xfd", b"\xa0", struct.pack("<I", len(content))]
    for start in range(0, len(content), BLOCK):
        block = content[start : start + BLOCK]
        last = start + BLOCK >= len(content)
        frame += [struct.pack("<I", len(block) << 3 | last)[:3], block]
    return b"".join(frame)
