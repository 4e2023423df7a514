"""What `deliver` remembers in the document: the rollout under way, and who is at work.

The stack keeps both parts unread. Here is their only definition.
"""

import json
from datetime import datetime
from itertools import chain
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from stack.document import Document, Floor, Release, ReleaseName, Weight, parse_document
from stack.names import Names
from stack.refusal import Refused, line_of

Strategy = Literal["all-at-once", "blue-green", "canary", "split"]
Text = Annotated[str, Field(min_length=1, max_length=500)]
Weights = dict[ReleaseName, Weight]

# In this order; an abort goes from wherever it is to returning, and on from there.
# Where there is a migration, `migrating` and another `raising` come before the first `shifting`.
Stage = Literal["adding", "raising", "migrating", "shifting", "returning", "closing", "settling"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Sizes(_Part):
    """Bounds between which scaling moves a fleet. A minimum of 0 is off, as by night."""

    min_size: Annotated[int, Field(ge=0)]
    max_size: Annotated[int, Field(ge=0)]

    @property
    def off(self) -> bool:
        """Tell whether the clock wants no instances."""
        return self.min_size == 0


class Shift(_Part):
    """One movement of traffic, and how long it is watched."""

    weights: Weights  # those above 0
    bake_seconds: Annotated[int, Field(ge=0)]
    sticky_seconds: Annotated[int, Field(ge=0, le=604800)] = 0  # a balancer takes seven days
    held: bool = False  # its time is for people to compare, not to prove the release


class Start(_Part):
    """The tier before the rollout: what an abort goes back to."""

    releases: dict[ReleaseName, Release]  # whole, so that it can be undone until they are removed
    weights: Weights
    floors: dict[ReleaseName, Floor]
    sizes: dict[ReleaseName, Sizes]  # of the fleets that stood
    scheduled: Sizes  # what the clock meant then


class Rollout(_Part):
    """A rollout under way. With the live state it says all that the next step depends on."""

    strategy: Strategy
    release: ReleaseName  # that it brings in, or moves traffic to or from
    shifts: Annotated[tuple[Shift, ...], Field(min_length=1, max_length=20, strict=False)]
    start: Start
    stage: Stage = "adding"
    shift: Annotated[int, Field(ge=0)] = 0  # that is prepared or watched
    since: AwareDatetime  # the stage's beginning
    migration: Text | None = None  # command to run before the release has traffic; None: no more
    held_until: AwareDatetime | None = None  # nobody waits for it; a `resume` from then on goes on
    intent: Literal["forward", "abort"] = "forward"
    reason: Text | None = None  # of the abort
    who: Text
    why: Text
    started: AwareDatetime

    @property
    def goal(self) -> Weights:
        """Give the weights it ends with, if nothing stops it."""
        return self.shifts[-1].weights if self.intent == "forward" else self.start.weights

    @property
    def used(self) -> list[str]:
        """Give the releases whose fleets have traffic before, meanwhile or after."""
        shifted = (each.weights for each in self.shifts)
        return list(dict.fromkeys([*self.start.weights, self.release, *chain(*shifted)]))

    @property
    def leaving(self) -> list[str]:
        """Give the releases whose fleets the close removes."""
        if self.intent == "abort":
            return [] if self.release in self.start.releases else [self.release]
        return [name for name in {**self.start.weights, self.release: 0} if not self.goal.get(name)]


class Lease(_Part):
    """Who is at work on the tier; the others wait. Times are by the clock of S3."""

    owner: Text  # person@host
    nonce: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]  # another for each run of `deliver`
    since: AwareDatetime
    heartbeat: AwareDatetime
    expires: AwareDatetime


def rollout_of(document: Document, where: str = "rollout") -> Rollout | None:
    """Read the rollout under way; None if the tier is at rest."""
    return _part(Rollout, document.rollout, where)


def lease_of(document: Document, where: str = "lease") -> Lease | None:
    """Read who is at work; None if nobody is."""
    return _part(Lease, document.lease, where)


def changed(document: Document, **parts: Any) -> Document:  # noqa: ANN401 each is checked below
    """Give the document with other parts. Those of `deliver` may be given as what they are."""
    values = {
        name: json.loads(part.model_dump_json()) if isinstance(part, Rollout | Lease) else part
        for name, part in parts.items()
    }
    return document.model_copy(update=values)


def unleased(document: Document) -> Document:
    """Give what it says of the tier, whoever is at work."""
    return changed(document, lease=None)


def written(names: Names, document: Document, where: str) -> str:
    """Write the document out; refuse what would not be read again, by the stack or by us."""
    text = json.dumps(document.model_dump(mode="json", by_alias=True), indent=2) + "\n"
    parse(names, text, where)
    return text


def parse(names: Names, text: str, where: str) -> Document:
    """Check a document's text with both parts of `deliver`."""
    document = parse_document(names, text, where)
    rollout = rollout_of(document, f"{where}: rollout")
    lease_of(document, f"{where}: lease")
    if rollout:
        problems = list(_contradictions(document, rollout))
        if problems:
            raise Refused([f"{where}: {each}" for each in problems], ADVICE)
    return document


ADVICE = "The bucket keeps earlier versions of the object: restore the last good one."


def _contradictions(document: Document, rollout: Rollout) -> list[str]:
    """List what is wrong between values that are each right."""
    problems = []
    for which, weights in (
        ("start", rollout.start.weights),
        *((f"shifts.{n}", each.weights) for n, each in enumerate(rollout.shifts)),
    ):
        if weights and sum(weights.values()) != 100:  # noqa: PLR2004 per cent
            problems.append(
                f"rollout.{which}.weights add up to {sum(weights.values())}; "
                "they must add up to 100."
            )
    if rollout.shift >= len(rollout.shifts):
        problems.append(f"rollout.shift is {rollout.shift}; it has {len(rollout.shifts)} shifts.")
    if rollout.stage not in ("closing", "settling"):
        named = {rollout.release, *rollout.start.releases}
        problems += [
            f"rollout names {name}, which is not in releases."
            for name in sorted(named - document.releases.keys())
        ]
    return problems


def _part[T: BaseModel](model: type[T], value: dict[str, Any] | None, where: str) -> T | None:
    if value is None:
        return None
    try:
        return model.model_validate_json(json.dumps(value))
    except ValidationError as error:
        problems = [line_of(each, where, model.model_fields, ".") for each in error.errors()]
        raise Refused(problems, ADVICE) from error


def at(moment: datetime) -> str:
    """Write a time as people and the document do."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
