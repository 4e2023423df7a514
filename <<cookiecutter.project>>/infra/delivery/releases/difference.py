"""What differs between two releases, told before one takes the other's place."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stack.document import Release
from stack.refusal import shown

from ..builds.manifest import SHORT
from .commits import between

SAME = "nothing differs: the same content goes out again"
WIDTH = 13  # of the column with the part's name


@dataclass(frozen=True)
class Difference:
    """One thing that differs; None on a side means that it is not there."""

    part: str  # version, code, image, machines, environment or secret
    name: str  # of the variable or secret; else nothing
    old: str | None
    new: str | None
    said: str  # to a person; the first line has it all in short
    details: tuple[str, ...] = ()

    @property
    def lines(self) -> list[str]:
        """Tell it to a person."""
        return [f"{self.part:<{WIDTH}}{self.said}", *(" " * WIDTH + each for each in self.details)]

    @property
    def data(self) -> dict[str, Any]:
        """Tell it to a program."""
        data: dict[str, Any] = {"part": self.part, "old": self.old, "new": self.new}
        if self.name:
            data["name"] = self.name
        if self.details:
            data["details"] = list(self.details)
        return data


def differences(old: Release | None, new: Release, project: Path) -> list[Difference]:
    """List what the machines of a release get that those of the one before do not have."""
    return [
        *_version(old, new),
        *_code(old, new, project),
        *_values("image", _image(old), _image(new)),
        *_values("machines", _machines(old), _machines(new)),
        *_values("environment", old.environment if old else {}, new.environment),
        *_secrets(old, new),
    ]


def as_lines(found: list[Difference]) -> list[str]:
    """Write differences as text."""
    return [line for each in found for line in each.lines] or [SAME]


def _version(old: Release | None, new: Release) -> Iterator[Difference]:
    before, after = old.build if old else None, new.build
    if before and before.sha256 == after.sha256:
        return
    known = before.version if before else None
    said = f"{after.version}, build {after.sha256[:SHORT]}"
    yield Difference("version", "", known, after.version, f"{known} -> {said}" if known else said)


def _code(old: Release | None, new: Release, project: Path) -> Iterator[Difference]:
    if old is None or old.build.commit == new.build.commit:
        return
    before, after = old.build.commit, new.build.commit
    way = between(project, before, after)
    yield Difference("code", "", before, after, way.said, tuple(way.lines))


def _values(
    part: str, old: Mapping[str, str], new: Mapping[str, str], cut: int | None = None
) -> Iterator[Difference]:
    """Compare two tables, in the order of their names."""
    for name in sorted({**old, **new}):
        before, after = old.get(name), new.get(name)
        if before == after:
            continue
        told = f"{name}: " if name else ""
        match before, after:
            case None, str():
                said = f"{told}{_short(after, cut)}" + (" (new)" if name and old else "")
            case str(), None:
                said = f"{told}{_short(before, cut)} (removed)"
            case _:
                said = f"{told}{_short(before, cut)} -> {_short(after, cut)}"
        yield Difference(part, name, before, after, said)


def _short(value: str | None, cut: int | None) -> str:
    text = str(value)
    return text[:cut] if cut else shown(text)[1:-1] or "(empty)"


def _image(release: Release | None) -> dict[str, str]:
    return {"": release.image} if release else {}


def _machines(release: Release | None) -> dict[str, str]:
    if release is None:
        return {}
    return {
        "architecture": release.architecture,
        "types": ", ".join(release.instance_types),
        "on-demand": f"{release.on_demand_base} of a fleet at least",
        "Spot": f"{release.spot_percent} % of the others",
    }


def _secrets(old: Release | None, new: Release) -> Iterator[Difference]:
    """Compare versions, and secrets themselves where a name leads to another."""
    before, after = old.secrets if old else {}, new.secrets
    moved = {name for name in before.keys() & after.keys() if before[name].arn != after[name].arn}
    yield from _values(
        "secret",
        {name: each.version for name, each in before.items() if name not in moved},
        {name: each.version for name, each in after.items() if name not in moved},
        cut=8,
    )
    yield from _values(
        "secret",
        {name: before[name].arn.rpartition(":")[2] for name in moved},
        {name: after[name].arn.rpartition(":")[2] for name in moved},
    )
