"""Mistakes in the project's own stacks are caught; harmless variations live."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pulumi
import pytest
from pulumi import automation

from tests.cloud import Cloud
from tests.cloud.living import Living, bring_up
from tests.cloud.mistakes import (
    GATES,
    Change,
    add_spares,
    catch,
    changed,
    live,
    load,
    types_of,
    unprotected,
)
from tools.engine import Engine

pytestmark = pytest.mark.engine
MISTAKES = load("mistakes.toml", "mistake", "wrong")
VARIATIONS = load("variations.toml", "variation", "right")
# Types that no stack of the project has with the settings of the living one.
BESIDES = {"aws:wafv2/webAcl:WebAcl", "aws:wafv2/webAclAssociation:WebAclAssociation"}


@pytest.fixture(scope="module")
def living(
    running_cloud: Cloud, engine: Engine, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Living]:
    """The stacks, up; what a test makes beside them it deletes again."""
    runs = bring_up(running_cloud, engine, tmp_path_factory.mktemp("living"))
    found = next(runs)
    add_spares(found)
    yield found
    runs.close()  # ty: ignore[missing-attribute]


def of(rows: list[Change]) -> Any:
    names = [f"{index}-{each.label()}" for index, each in enumerate(rows, 1)]
    return pytest.mark.parametrize("change", rows, ids=names)


@of(MISTAKES)
def test_a_mistake_is_caught(living: Living, change: Change) -> None:
    caught = catch(living, change)
    assert caught is not None, f"nothing stops it, but AWS would: {change.why}"
    assert caught.gate == change.caught_by, caught.message
    assert not re.search(r"InternalFailure|internal error|ValueError|KeyError", caught.message)
    if caught.gate in ("settings", "cloud-check"):
        last = re.split(r"[.\[]", re.sub(r"\[\d+\]", "", change.property))[-1]
        assert last in caught.message


@of(VARIATIONS)
def test_a_harmless_variation_lives(living: Living, change: Change) -> None:
    assert catch(living, change) is None
    if not change.of_settings():
        live(living, change)


def test_every_gate_and_every_type_has_a_mistake(living: Living) -> None:
    assert len(MISTAKES) >= 170
    assert len(VARIATIONS) >= 40
    assert {each.caught_by for each in MISTAKES} == set(GATES)
    tried = set()
    for each in MISTAKES:
        if each.resource:
            found = living.find(each.resource)
            tried.add(found.token if found else each.resource)
    assert {*types_of(living), *BESIDES} - tried == set()


def test_each_type_can_be_made_once_more(living: Living) -> None:
    """Without a change nothing is caught: so what is caught is the mistake."""
    for token in sorted({*types_of(living)}):
        assert catch(living, Change(resource=token)) is None


def test_every_reason_names_a_page() -> None:
    for each in MISTAKES:
        assert re.search(r"\(https://[^)\s]+\)$", each.why), each.why
    assert len({(each.resource, each.label()) for each in MISTAKES}) > 300


# A tenth of a second per mistake asks the provider's own steps; these go the whole way.
SAMPLE = [
    ("v1-template", "metadataOptions.httpTokenz"),
    ("v1-targets", "healthCheck.timeout"),
    ("v1-group", "mixedInstancesPolicy.instancesDistribution.spotAllocationStrategy"),
    ("load-balancer", "subnets[0]"),
    ("listener", "certificateArn"),
    ("v1-rule", "priority"),
    ("fleet-from-balancer", "referencedSecurityGroupId"),
    ("v1-failures", "metricQueries[4].expression"),
    ("instance-role", "permissionsBoundary"),
    ("aws:s3/bucketPolicy:BucketPolicy", "policy"),
    ("log-group", "logGroupClass"),
]


@pytest.mark.parametrize(("resource", "path"), SAMPLE, ids=[each[0] for each in SAMPLE])
def test_a_run_of_the_engine_refuses_the_same(
    living: Living,
    make_engine_stack: Callable[[Callable[[], None]], automation.Stack],
    resource: str,
    path: str,
) -> None:
    change = next(
        (each for each in MISTAKES if (each.resource, each.property) == (resource, path)),
        Change(resource=resource, property=path, value="required"),
    )
    caught = catch(living, change)
    assert caught is not None
    token, inputs, _ = changed(living, change)

    def program() -> None:
        pulumi.CustomResource(token, "one-more", unprotected(inputs))

    with pytest.raises(automation.CommandError) as failed:
        make_engine_stack(program).up(on_output=lambda _: None)
    said = " ".join(str(failed.value).split())
    words = caught.message.split(": ", 1)[1] if caught.gate == "cloud-create" else caught.message
    sentence = words.split(": ", 1)[-1].split(" (https")[0][:60]
    assert sentence in said
    assert "one-more" in said


@pytest.fixture
def make_engine_stack(
    living: Living, engine: Engine, tmp_path: Path
) -> Callable[[Callable[[], None]], automation.Stack]:
    """A stack of one resource on the cloud on which the stacks live."""
    cloud = living.world.cloud
    (tmp_path / "state").mkdir()
    environment = {
        **engine.environment,
        **cloud.environment,
        "PULUMI_HOME": str(tmp_path / "home"),
        "PULUMI_BACKEND_URL": (tmp_path / "state").as_uri(),
        "NO_COLOR": "1",
    }

    def make(program: Callable[[], None]) -> automation.Stack:
        return automation.create_or_select_stack(
            stack_name="dev",
            project_name="mistake",
            program=program,
            opts=automation.LocalWorkspaceOptions(
                work_dir=str(tmp_path),
                env_vars=environment,
                pulumi_command=engine.command(),
                secrets_provider="passphrase",
                project_settings=automation.ProjectSettings(
                    name="mistake",
                    runtime="python",
                    backend=automation.ProjectBackend(environment["PULUMI_BACKEND_URL"]),
                ),
                stack_settings={
                    "dev": automation.StackSettings(config={"aws:region": cloud.region})
                },
            ),
        )

    return make
