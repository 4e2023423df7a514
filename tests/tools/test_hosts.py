"""No registry's host stands in the repository, so a company's mirror needs no change to it.

Which hosts those are is asked of the clients; written here they would be what is forbidden.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

PIP = """
import ensurepip, pathlib, sys
wheels = pathlib.Path(ensurepip.__file__).parent / "_bundled"
sys.path[:0] = map(str, wheels.glob("pip-*.whl"))
from pip._internal.models.index import PyPI, TestPyPI
print(PyPI.url, "https://" + PyPI.file_storage_domain, TestPyPI.url)
"""
SETTINGS = ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX", "UV_INDEX_URL")


def _output(*command: str) -> str:
    if shutil.which(command[0]) is None:
        return ""
    result = subprocess.run(command, cwd="/", capture_output=True, text=True, check=False)
    return result.stdout


@pytest.fixture(scope="module")
def hosts() -> set[str]:
    """Return the hosts that pip, uv, Go and npm would ask, as far as they are here."""
    places = [
        _output(sys.executable, "-c", PIP),
        *(os.environ.get(name, "") for name in SETTINGS),
        _output("go", "env", "GOPROXY"),
        _output("npm", "config", "get", "registry"),
    ]
    urls = re.findall(r"https?://[^\s,|]+", " ".join(places))
    return {host for url in urls if (host := urlsplit(url).hostname) and "." in host}


def _naming(hosts: set[str], files: list[Path]) -> list[str]:
    pattern = re.compile("|".join(rf"\b{re.escape(host)}\b" for host in sorted(hosts)), re.I)
    return [
        f"{path}:{number}"
        for path in files
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1)
        if pattern.search(line)
    ]


def test_the_clients_tell_their_hosts(hosts: set[str]) -> None:
    assert len(hosts) >= 3, "pip tells three"


def test_no_file_names_a_registrys_host(hosts: set[str], tracked: list[Path]) -> None:
    assert len(tracked) > 50
    assert _naming(hosts, tracked) == []
    assert not [path for path in tracked if path.name == "uv.lock"], "it names its registry"


def test_a_file_that_names_one_would_be_found(hosts: set[str], tmp_path: Path) -> None:
    file = tmp_path / "requirements.txt"
    file.write_text("".join(f"# fine\n--index-url https://{host}/simple\n" for host in hosts))
    assert len(_naming(hosts, [file])) == len(hosts)
