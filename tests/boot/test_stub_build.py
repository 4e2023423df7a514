import shutil
import subprocess
from pathlib import Path

import pytest

from tests.boot.stub_build import BLOCK, compressed, stub_build


def test_the_same_bake_gives_the_same_bytes(project: Path, tmp_path: Path) -> None:
    copy = tmp_path / project.name
    shutil.copytree(project / "infra/boot", copy / "infra/boot", copy_function=shutil.copyfile)
    (copy / "infra/boot/boot.sh").chmod(0o700)

    assert stub_build(copy).sha256 == stub_build(project).sha256


def test_another_boot_folder_is_another_build(project: Path, tmp_path: Path) -> None:
    copy = tmp_path / project.name
    shutil.copytree(project / "infra/boot", copy / "infra/boot")
    (copy / "infra/boot/metrics.yaml").write_text("")

    assert stub_build(copy).sha256 != stub_build(project).sha256
    assert stub_build(project, version="0.2.0").sha256 != stub_build(project).sha256


@pytest.mark.parametrize("size", [1, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK])
def test_zstd_reads_what_is_written(size: int) -> None:
    content = (bytes(range(256)) * (size // 256 + 1))[:size]

    done = subprocess.run(
        ["zstd", "--decompress", "--stdout", "--quiet"],
        input=compressed(content),
        capture_output=True,
        check=True,
    )

    assert done.stdout == content


def test_the_layout_is_as_its_readme_says(project: Path, tmp_path: Path) -> None:
    stub_build(project).unpack(tmp_path / "build")
    there = {path.name for path in (tmp_path / "build").iterdir()}
    lines = (project / "infra/boot/README.md").read_text().splitlines()
    table = lines[lines.index("## A build") : lines.index("## What goes where")]

    assert there == {line.split("`")[1].rstrip("/") for line in table if line.startswith("| `")}
    assert (tmp_path / "build/boot/boot.sh").stat().st_mode & 0o777 == 0o755
