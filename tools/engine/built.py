"""The last way: build the CLI and a Python language host from their Go modules.

For machines that reach package registries and nothing else. The modules and their checksums are
pinned in cli/ and host/. The language host's own module is not served everywhere, but up to sdk
v3.75.0 it was a part of the SDK's. The script that it starts programs with is of the CLI's version.
layout/ makes up for what a host that old lacks.
"""

import hashlib
import shutil
import sysconfig
from pathlib import Path

from tools.engine import cache
from tools.engine.golang import Go, find_go
from tools.engine.model import Engine, Progress, WayFailedError, engine_at
from tools.engine.process import run

HERE = Path(__file__).parent
CLI, HOST, LAYOUT = HERE / "cli", HERE / "host", HERE / "layout"

VERSION = "3.250.0"  # as in cli/go.mod; newer ones are refused by some Go module proxies
SDK = "github.com/pulumi/pulumi/sdk/v3"
CLI_PACKAGE = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
HOST_PACKAGE = f"{SDK}/python/cmd/pulumi-language-python"
EXEC_SCRIPT = "python/cmd/pulumi-language-python-exec"
# Without it the CLI does not know its version, and the Automation API refuses such a CLI.
VERSION_FLAG = f"-X {SDK}/go/common/version.Version=v{VERSION}"
TIME_LIMIT = 3600  # five minutes on two cores; emulated or loaded machines take many times that


def cached(_: Progress) -> Engine:
    """Return what this way built before."""
    path = _folder() / "bin" / "pulumi"
    if not path.exists():
        raise WayFailedError("not built before")
    return engine_at(path, "built from its Go module, cached")


def build(progress: Progress) -> Engine:
    """Build both programs; needs some five minutes and, while it lasts, 3 GB."""
    with cache.becoming(_folder()) as folder:
        shutil.copytree(LAYOUT, folder, dirs_exist_ok=True)
        passing = folder / "passing"
        passing.mkdir()
        go = find_go(passing, CLI, progress)
        _build(go, CLI, CLI_PACKAGE, folder / "bin" / "pulumi", progress)
        _build(go, HOST, HOST_PACKAGE, folder / "host" / "pulumi-language-python", progress)
        shutil.copyfile(
            _sdk_sources(go, progress) / EXEC_SCRIPT, folder / "host" / Path(EXEC_SCRIPT).name
        )
        cache.remove(passing)
    return engine_at(_folder() / "bin" / "pulumi", "built from its Go module")


def _folder() -> Path:
    """Name the folder after all that decides its content: a changed recipe is built anew."""
    recipe = hashlib.sha256(sysconfig.get_platform().encode())
    for file in sorted(file for part in (CLI, HOST, LAYOUT) for file in part.rglob("*")):
        if file.is_file():
            recipe.update(file.read_bytes())
    return cache.root() / f"built-{VERSION}-{recipe.hexdigest()[:12]}"


def _build(go: Go, module: Path, package: str, output: Path, progress: Progress) -> None:
    run(
        [
            *(go.command, "build", "-mod=readonly", "-v"),
            *("-ldflags", f"-s -w {VERSION_FLAG}"),
            *("-o", output, package),
        ],
        doing=f"building {output.name} from its Go module (only once)",
        progress=progress,
        time_limit=TIME_LIMIT,
        cwd=module,
        environment=go.environment,
        describe=_stage,
    )


def _stage(lines: list[str]) -> str:
    """Say how far `go build -v` is, which prints modules as it fetches, packages as it compiles."""
    fetched = sum(line.startswith("go: downloading ") for line in lines)
    compiled = sum(not line.startswith("go: ") for line in lines)
    if compiled:
        return f"{compiled} packages compiled"
    return f"{fetched} modules fetched" if fetched else ""


def _sdk_sources(go: Go, progress: Progress) -> Path:
    """Return where Go keeps the SDK of the CLI's version, fetched as one of its dependencies."""
    folder = run(
        [go.command, "list", "-mod=readonly", "-m", "-f", "{{.Dir}}", SDK],
        doing="finding the program that starts Python programs",
        progress=progress,
        time_limit=60,
        cwd=CLI,
        environment=go.environment,
    )
    return Path(folder)
