"""What tiers publish is what the generated services' own reader takes."""

import importlib
import importlib.util
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest
from tier.tiers import TIERS

from tests.platform.recorder import REGION, Declaration
from tests.platform.test_contract import CERTIFICATE, published, with_real_ids

STACK = Path(__file__).parents[2] / "<<cookiecutter.project>>/infra/stack"
ALIAS = "template_stack"  # a baked project's `stack` may be loaded in this process too


@pytest.fixture(scope="module")
def reader() -> Iterator[tuple[ModuleType, ModuleType]]:
    """The modules of the template that hold the reader and a service's names."""
    spec = importlib.util.spec_from_file_location(
        ALIAS, STACK / "__init__.py", submodule_search_locations=[str(STACK)]
    )
    assert spec
    assert spec.loader
    sys.modules[ALIAS] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(sys.modules[ALIAS])
    yield (
        importlib.import_module(f"{ALIAS}.platform"),
        importlib.import_module(f"{ALIAS}.names"),
    )
    for name in [name for name in sys.modules if name.partition(".")[0] == ALIAS]:
        del sys.modules[name]


@pytest.mark.parametrize("name", TIERS)
def test_reader_takes_what_a_tier_publishes(
    reader: tuple[ModuleType, ModuleType], tier: Callable[..., Declaration], name: str
) -> None:
    platform, names = reader
    document = with_real_ids(published(tier(name)))
    contract = platform.parse_contract(
        names.Names(service="orders", tier=name), json.dumps(document), REGION
    )
    assert contract.network.vpc_id == document["network"]["vpc_id"]
    assert contract.network.fleet_public_ips is document["network"]["fleet_public_ips"]
    assert contract.log_bucket == document["log_bucket"]
    assert contract.domain is None


def test_reader_takes_domain_and_certificate(
    reader: tuple[ModuleType, ModuleType], tier: Callable[..., Declaration]
) -> None:
    platform, names = reader
    made = tier(
        "prod",
        domain_name="prod.example.com",
        hosted_zone_id="Z0123456789ABC",
        certificate_arn=CERTIFICATE,
    )
    document = with_real_ids(published(made))
    contract = platform.parse_contract(
        names.Names(service="orders", tier="prod"), json.dumps(document), REGION
    )
    assert contract.domain.name == "prod.example.com"
    assert contract.domain.zone_id == "Z0123456789ABC"
    assert contract.certificate_arn == CERTIFICATE
