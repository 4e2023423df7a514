"""The programs that make a build, at the versions that the project's lock names."""

from collections.abc import Mapping
from pathlib import Path

from stack.refusal import Refused

from ..children import said_by
from .source import Recipe

LIB = "/opt/service/current/lib"  # where the code lies on an instance; tracebacks name it
PURE = "-none-any.whl"
ENVIRONMENT = ".venv"


class Workbench:
    """uv and the interpreter of the project's environment."""

    def __init__(self, project: Path, recipe: Recipe) -> None:
        self._project = project
        self._bin = project / ENVIRONMENT / "bin"
        self._recipe = recipe

    def interpreter(self) -> str:
        """Give the interpreter's version; refuse one whose byte-code the service cannot read."""
        said = self._python(
            "-c",
            "import platform; print(platform.python_version())",
            at=self._project,
            meaning=f"The interpreter of {ENVIRONMENT} cannot be asked for its version",
        )
        version = said.decode().strip()
        if version.rpartition(".")[0] != self._recipe.python:
            raise Refused(
                [
                    f"{ENVIRONMENT} has Python {version}, but the service runs on "
                    f"{self._recipe.python}, which reads its own byte-code only."
                ],
                f"Make it anew: `rm -r {ENVIRONMENT}`, `make install`.",
            )
        return version

    def install_dependencies(self, source: Path, lib: Path) -> None:
        """Install what the lock names, as wheels for the instances' platform."""
        architecture = self._recipe.architecture
        self._uv(
            *("pip", "install", "--target", lib, "--link-mode", "copy"),
            *("--require-hashes", "--only-binary", ":all:"),
            *("--python-platform", self._recipe.platform),
            *("--python-version", self._recipe.python, "--requirement", "requirements.txt"),
            at=source,
            meaning=f"The dependencies cannot be installed for {architecture}",
            advice="Each needs a wheel for that platform, and its hash in requirements.txt.",
        )

    def install_service(self, source: Path, lib: Path, wheels: Path, time: int) -> None:
        """Make the service's wheel, by the locked backend alone, and install it."""
        self._uv(
            *("build", "--wheel", "--force-pep517", "--out-dir", wheels),
            *("--require-hashes", "--build-constraints", "requirements-dev.txt"),
            at=source,
            meaning="The service's wheel cannot be made",
            advice="Its build backend must be among the dev dependencies in pyproject.toml.",
            environment={"SOURCE_DATE_EPOCH": str(time)},
        )
        (wheel,) = wheels.glob("*.whl")
        if not wheel.name.endswith(PURE):
            raise Refused(
                [f"The service's wheel is {wheel.name}, which fits one kind of machine only."],
                "What must be compiled belongs into a package of its own, with wheels for all.",
            )
        # It has no hash that a lock could name: it is made here.
        self._uv(
            *("pip", "install", "--target", lib, "--link-mode", "copy", "--no-deps", wheel),
            at=source,
            meaning="The service's wheel cannot be installed",
        )

    def compile(self, lib: Path) -> None:
        """Write byte-code that holds no path of this machine, and is valid whatever the time.

        In one process: several talk through a socket in TMPDIR, whose path may be too long for one.
        """
        self._python(
            *("-m", "compileall", "-qq", "--invalidation-mode", "unchecked-hash"),
            *("-s", lib, "-p", LIB, lib),
            at=lib,
            meaning="The byte-code cannot be written",
            environment={"PYTHONHASHSEED": "0"},
            accepted=(0, 1),  # 1: a file has an error, as tests of some packages do on purpose
        )

    def _uv(
        self,
        *words: str | Path,
        at: Path,
        meaning: str,
        advice: str = "",
        environment: Mapping[str, str] | None = None,
    ) -> None:
        said_by(
            [self._bin / "uv", *words, "--quiet", "--python", self._bin / "python"],
            at=at,
            meaning=meaning,
            advice=advice,
            environment=environment,
        )

    def _python(
        self,
        *words: str | Path,
        at: Path,
        meaning: str,
        environment: Mapping[str, str] | None = None,
        accepted: tuple[int, ...] = (0,),
    ) -> bytes:
        return said_by(
            [self._bin / "python", "-P", "-s", *words],
            at=at,
            meaning=meaning,
            advice="`make install` makes the environment.",
            environment=environment,
            accepted=accepted,
        )
