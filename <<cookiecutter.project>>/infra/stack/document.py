"""The rollout document: which releases the tier runs, with which weight and least size.

The stack reads it and makes a fleet for each release; only `deliver` writes it. No document means
no release yet.
"""

import hashlib
import json
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from .account import Account
from .fields import (
    SECRETS_LIMIT,
    Commit,
    Environment,
    Image,
    Label,
    SecretArn,
    Sha256,
    TypeList,
    VariableName,
    architecture_of,
    fitting,
    text,
)
from .names import MAX_RELEASE, Names, release_number
from .refusal import Refused, problems_of

SCHEMA = 1
# Target groups that one balancer action takes ("Quotas for your Application Load Balancers").
MAX_WEIGHTS = 5
# A balancer takes 100 rules by that page: one each, the traffic rule and two of maintenance.
MAX_RELEASES = 97


def _release_name(value: str) -> str:
    release_number(value)
    return value


ReleaseName = Annotated[str, AfterValidator(_release_name)]
Version = Annotated[
    str, text(r"[0-9A-Za-z][0-9A-Za-z.+-]{0,63}", "a version like 1.4.0, at most 64 characters")
]
Weight = Annotated[int, Field(ge=0, le=100)]
Floor = Annotated[int, Field(ge=1, le=200)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Build(_Part):
    """The artifact a release starts."""

    sha256: Sha256
    version: Version
    commit: Commit


class Secret(_Part):
    """One version of a secret; a new version is a new release."""

    arn: SecretArn
    version: Annotated[str, text(r"[A-Za-z0-9-]{32,64}", "a version id of 32 to 64 characters")]


class Release(_Part):
    """Everything the machines of one release are made from."""

    build: Build
    image: Image
    architecture: Literal["arm64", "x86_64"]
    instance_types: Annotated[TypeList, Field(strict=False)]
    on_demand_base: int = Field(ge=0, le=100)
    spot_percent: int = Field(ge=0, le=100)
    environment: Environment
    secrets: Annotated[dict[VariableName, Secret], fitting(SECRETS_LIMIT)]
    # What the X-Release header must say to reach this release. A routing label, no secret.
    label: Label
    created: datetime


class Maintenance(_Part):
    """A page in place of the service, while it is on."""

    text: Annotated[str, text(r"[^\x00-\x09\x0b-\x1f]{1,1000}", "1 to 1000 characters")]
    # Who sends it as X-Maintenance-Token gets through. A routing label, no secret.
    token: Label


class Document(_Part):
    """The tier as it should be."""

    schema_version: Literal[1] = Field(alias="schema")
    service: str
    tier: str
    releases: dict[ReleaseName, Release]
    weights: dict[str, Weight]
    floors: dict[str, Floor]
    maintenance: Maintenance | None
    # The three below belong to `deliver`; the stack makes nothing of them.
    rollout: dict[str, Any] | None
    lease: dict[str, Any] | None
    # The highest number a release ever had, also one that was undone: no number is used again.
    numbered: Annotated[int, Field(ge=0, le=MAX_RELEASE)] = 0

    @property
    def ordered(self) -> list[tuple[str, Release]]:
        """Give the releases, the oldest first: v9 before v10."""
        return sorted(self.releases.items(), key=lambda each: release_number(each[0]))

    @property
    def leading(self) -> str | None:
        """Give the release with most weight; of equals the newest."""
        weighted = [name for name, _ in self.ordered if self.weights.get(name)]
        return max(reversed(weighted), key=lambda name: self.weights[name], default=None)

    @property
    def secret_arns(self) -> list[str]:
        """Give every secret that a release names."""
        arns = {secret.arn for each in self.releases.values() for secret in each.secrets.values()}
        return sorted(arns)

    @property
    def fingerprint(self) -> str:
        """Tell it from every other one; heartbeats, which are in the lease, keep it the same."""
        said = self.model_dump(mode="json", by_alias=True, exclude={"lease"})
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def empty(names: Names) -> Document:
    """Give the document of a tier that has no release yet."""
    return Document(
        schema=SCHEMA,
        service=names.service,
        tier=names.tier,
        releases={},
        weights={},
        floors={},
        maintenance=None,
        rollout=None,
        lease=None,
    )


def read_document(names: Names, account: Account, bucket: str) -> Document:
    """Read the tier's document; a tier without one is empty."""
    source = account.text(bucket, names.document)
    if source is None:
        return empty(names)
    return parse_document(names, source, f"s3://{bucket}/{names.document}")


def parse_document(names: Names, source: str, where: str) -> Document:
    """Check a document's text; every problem is in the error, with its path inside the document."""
    try:
        document = Document.model_validate_json(source)
    except ValidationError as error:
        raise Refused(problems_of(error, where, _known()), _advice()) from error
    problems = [f"{where}: {each}" for each in _contradictions(names, document)]
    if problems:
        raise Refused(problems, _advice())
    return document


def _contradictions(names: Names, document: Document) -> list[str]:
    """List what is wrong between values that are each right."""
    problems = []
    if document.service != names.service:
        problems.append(f"service is {document.service!r}; it must be {names.service!r}.")
    if document.tier != names.tier:
        problems.append(f"tier is {document.tier!r}; it must be {names.tier!r}.")
    for part, values in (("weights", document.weights), ("floors", document.floors)):
        problems += [
            f"{part}.{name} names a release that is not in releases."
            for name in values.keys() - document.releases.keys()
        ]
    total = sum(document.weights.values())
    if document.weights and total != 100:  # noqa: PLR2004 per cent
        problems.append(f"weights add up to {total}; they must add up to 100.")
    if len(document.weights) > MAX_WEIGHTS:
        problems.append(
            f"weights has {len(document.weights)} releases; the traffic rule takes {MAX_WEIGHTS}, "
            "also of those with weight 0."
        )
    if len(document.releases) > MAX_RELEASES:
        problems.append(
            f"releases has {len(document.releases)}; each has a rule of its own, and a balancer "
            f"takes {MAX_RELEASES}."
        )
    problems += _wrong_machines(document) + _shared_labels(document)
    return sorted(problems)


def _wrong_machines(document: Document) -> list[str]:
    return [
        f"releases.{name}.instance_types has {each}, which is {architecture_of(each)}; "
        f"the release is for {release.architecture}."
        for name, release in document.releases.items()
        for each in release.instance_types
        if architecture_of(each) != release.architecture
    ]


def _shared_labels(document: Document) -> list[str]:
    first: dict[str, str] = {}
    problems = []
    for name, release in document.ordered:
        if release.label in first:
            problems.append(
                f"releases.{name}.label is also that of {first[release.label]}; "
                "each release needs its own, or requests reach the wrong one."
            )
        first.setdefault(release.label, name)
    return problems


def _known() -> list[str]:
    parts: tuple[type[BaseModel], ...] = (Document, Release, Build, Secret, Maintenance)
    return [field.alias or name for part in parts for name, field in part.model_fields.items()]


def _advice() -> str:
    return "The bucket keeps earlier versions of the object: restore the last good one."
