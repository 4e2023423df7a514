import json
from pathlib import Path

import pytest

from delivery.builds.manifest import Manifest, parse_manifest
from delivery.builds.sbom import parts_of
from stack.document import Build
from stack.refusal import Refused

METADATA = {
    "Foo.Bar_Baz": "Version: 1.0+local\nLicense-Expression: MIT OR Apache-2.0\n",
    "old": "Version: 2\nClassifier: License :: OSI Approved :: BSD License\n",
    "bare": "Version: 3\n",
    "late-orders": "Version: 0.1.0\n",
}
MANIFEST = Manifest(
    service="orders",
    version="1.0.0+g012345678901",
    commit="0" * 40,
    dirty=False,
    python="3.13",
    architecture="arm64",
    platform="aarch64-manylinux_2_34",
    lock="1" * 64,
    sbom="2" * 64,
)


def test_parts_are_listed_by_name_with_address_and_licence(tmp_path: Path) -> None:
    for name, text in METADATA.items():
        folder = tmp_path / f"{name.replace('-', '_')}-1.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text(f"Metadata-Version: 2.4\nName: {name}\n{text}")

    listed = json.loads(parts_of(tmp_path, "late-orders", "0.1.0+gabc"))

    assert listed["metadata"]["component"]["name"] == "late-orders"
    assert listed["metadata"]["component"]["version"] == "0.1.0+gabc"
    assert [(part["purl"], part.get("licenses")) for part in listed["components"]] == [
        ("pkg:pypi/bare@3", None),
        ("pkg:pypi/foo-bar-baz@1.0%2Blocal", [{"expression": "MIT OR Apache-2.0"}]),
        ("pkg:pypi/old@2", [{"license": {"name": "BSD License"}}]),
    ]
    for differing in ("serialNumber", "timestamp"):
        assert differing not in json.dumps(listed)


def test_a_manifest_is_read_as_it_is_written() -> None:
    assert parse_manifest(MANIFEST.written(), "it") == MANIFEST
    assert json.loads(MANIFEST.written())["schema"] == 1


def test_a_release_takes_what_a_manifest_says() -> None:
    Build(sha256="0" * 64, version=MANIFEST.version, commit=MANIFEST.commit)


def test_a_wrong_manifest_is_told_whole() -> None:
    wrong = json.loads(MANIFEST.written()) | {"version": "../x", "commit": "main"}

    with pytest.raises(Refused) as caught:
        parse_manifest(json.dumps(wrong).encode(), "x.json")

    version, commit, advice = str(caught.value).splitlines()
    assert version.startswith("x.json: version is '../x'")
    assert commit.startswith("x.json: commit is 'main'")
    assert advice == "Make the build anew."
