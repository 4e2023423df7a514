"""A living tier gets its certificate: HTTPS, the old address redirects, and traffic stays put."""

import pytest
from pulumi.automation.errors import CommandError

from tests.cloud import Cloud
from tests.delivery import documents
from tests.delivery.conftest import PROJECT, Account
from tests.delivery.living import move_traffic, weights
from tests.delivery.stacks import Planned

pytestmark = pytest.mark.engine


def listeners(cloud: Cloud, tier: str) -> dict[int, dict[str, str]]:
    balancing = cloud.client("elbv2")
    [balancer] = balancing.describe_load_balancers(Names=[f"{PROJECT}-{tier}"])["LoadBalancers"]
    found = balancing.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
    return {
        each["Port"]: {
            "arn": each["ListenerArn"],
            "protocol": each["Protocol"],
            "answers": each["DefaultActions"][0]["Type"],
        }
        for each in found
    }


def test_a_certificate_goes_once_port_80_is_free(account: Account, cloud: Cloud) -> None:
    stack = account.stack("test")
    documents.write(cloud.client, documents.document(PROJECT, "test", {1: 100}))
    account.set_up("test", certified=True)
    stack.up()
    account.set_up("test", certified=False)

    with pytest.raises(CommandError, match="A listener already exists on port 80"):
        stack.up()
    before = listeners(cloud, "test")
    assert before.keys() == {80, 443}  # as it was: nothing is lost
    cloud.client("elbv2").delete_listener(ListenerArn=before[80]["arn"])  # as infra/README.md says
    stack.up(refresh=True)

    after = listeners(cloud, "test")
    assert after == {80: {**before[443], "protocol": "HTTP"}}
    assert stack.planned(refresh=True) == {}


def test_a_certificate_comes_to_a_living_tier(account: Account, cloud: Cloud) -> None:
    stack = account.stack("stage")
    documents.write(cloud.client, documents.document(PROJECT, "stage", {1: 100, 2: 0}))
    stack.up()
    before = listeners(cloud, "stage")
    assert before.keys() == {80}
    assert stack.outputs()["url"].startswith("http://")
    move_traffic(cloud, "stage", {"v1": 30, "v2": 70})

    account.set_up("stage", certified=True)
    planned = stack.planned()
    assert planned.keys() == {"listener", "redirect", "address", "alias-record", *opened(planned)}
    assert {step.kind for step in planned.values()} == {"update", "create"}
    stack.up()

    after = listeners(cloud, "stage")
    assert after[443] == {**before[80], "protocol": "HTTPS"}
    assert after[80]["answers"] == "redirect"
    assert weights(cloud, "stage") == {"v1": 30, "v2": 70}
    assert stack.outputs()["url"] == f"https://{PROJECT}.stage.example.com"
    assert stack.planned(refresh=True) == {}


def opened(planned: dict[str, Planned]) -> list[str]:
    """The firewall's rules for the new port."""
    return [name for name in planned if name.startswith("balancer-443-from-")]
