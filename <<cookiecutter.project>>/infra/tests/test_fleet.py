from typing import Any

import pytest
from conftest import Deploy
from recorder import Made
from samples import release_data

from stack.document import Release
from stack.fleet import DRAIN_SECONDS, Fleet, FleetArgs


def release(**changes: Any) -> Release:  # noqa: ANN401
    return Release.model_validate(release_data(7, **changes), strict=False)


def made(deploy: Deploy, **changes: Any) -> dict[str, Made]:  # noqa: ANN401
    args: dict[str, Any] = {
        "fleet_name": "orders-prod-v7",
        "release_name": "v7",
        "release": release(),
        "user_data": "IyEvYmluL3NoCg==",
        "floor": 3,
        "ceiling": 12,
        "listener_arn": "arn:listener",
        "vpc_id": "vpc-1",
        "subnet_ids": ["subnet-1", "subnet-2"],
        "public_ips": False,
        "security_group_id": "sg-1",
        "profile_arn": "arn:profile",
        "service_port": 8000,
        "needs": [],
        "tags": {"service": "orders", "release": "v7"},
    }
    return deploy(lambda: Fleet("v7", FleetArgs(**{**args, **changes})))


def test_template_group_and_target_group_have_the_fleet_s_name(deploy: Deploy) -> None:
    parts = made(deploy)

    for part in ("v7-template", "v7-group", "v7-targets"):
        assert parts[part].inputs["name"] == "orders-prod-v7"


@pytest.mark.parametrize(("name", "priority"), [("v1", 101), ("v7", 107), ("v9999", 10099)])
def test_a_release_s_rule_has_a_priority_of_its_own(
    deploy: Deploy, name: str, priority: int
) -> None:
    parts = made(deploy, release_name=name)

    assert parts[f"{name}-rule"].inputs["priority"] == priority


def test_a_request_that_names_the_release_reaches_it(deploy: Deploy) -> None:
    rule = made(deploy)["v7-rule"].inputs

    assert rule["conditions"] == [
        {"httpHeader": {"httpHeaderName": "X-Release", "values": [f"{7:032x}"]}}
    ]
    assert rule["actions"] == [{"type": "forward", "targetGroupArn": "arn:v7-targets"}]


def test_health_asks_only_whether_the_process_takes_requests(deploy: Deploy) -> None:
    check = made(deploy)["v7-targets"].inputs["healthCheck"]

    assert (check["path"], check["matcher"]) == ("/readyz", "200")
    assert check["timeout"] < check["interval"]  # AWS refuses anything else


def test_requests_that_run_are_drained(deploy: Deploy) -> None:
    assert made(deploy)["v7-targets"].inputs["deregistrationDelay"] == DRAIN_SECONDS == 60


def test_emptying_a_group_may_take_longer_than_a_drain(deploy: Deploy) -> None:
    timeout = made(deploy)["v7-group"].delete_timeout

    assert timeout.endswith("m")
    assert int(timeout[:-1]) * 60 > 10 * DRAIN_SECONDS


def test_the_metadata_service_takes_tokens_only_and_answers_no_further_than_the_machine(
    deploy: Deploy,
) -> None:
    assert made(deploy)["v7-template"].inputs["metadataOptions"] == {
        "httpEndpoint": "enabled",
        "httpTokens": "required",
        "httpPutResponseHopLimit": 1,
    }


def test_the_root_disk_is_encrypted(deploy: Deploy) -> None:
    [disk] = made(deploy)["v7-template"].inputs["blockDeviceMappings"]

    assert disk["ebs"]["encrypted"] == "true"
    assert disk["ebs"]["volumeType"] == "gp3"


@pytest.mark.parametrize("public", [True, False])
def test_whether_machines_have_public_addresses_is_said_and_not_left_to_the_subnet(
    deploy: Deploy,
    public: bool,  # noqa: FBT001
) -> None:
    [card] = made(deploy, public_ips=public)["v7-template"].inputs["networkInterfaces"]

    assert card["associatePublicIpAddress"] == str(public).lower()
    assert card["securityGroups"] == ["sg-1"]


def test_machines_are_mixed_as_the_release_says(deploy: Deploy) -> None:
    given = release(instance_types=["m7g.large", "m6g.large"], on_demand_base=2, spot_percent=80)
    mix = made(deploy, release=given)["v7-group"].inputs["mixedInstancesPolicy"]

    assert mix["launchTemplate"]["overrides"] == [
        {"instanceType": "m7g.large"},
        {"instanceType": "m6g.large"},
    ]
    assert mix["instancesDistribution"] == {
        "onDemandBaseCapacity": 2,
        "onDemandPercentageAboveBaseCapacity": 20,
        "spotAllocationStrategy": "price-capacity-optimized",
    }


def test_the_template_s_version_is_fixed_and_nothing_refreshes_instances(deploy: Deploy) -> None:
    group = made(deploy)["v7-group"].inputs
    specification = group["mixedInstancesPolicy"]["launchTemplate"]["launchTemplateSpecification"]

    assert specification == {"launchTemplateId": "v7-template-id", "version": "1"}
    assert "instanceRefresh" not in group


def test_it_starts_at_its_floor_and_pulumi_waits_for_no_size(deploy: Deploy) -> None:
    group = made(deploy)["v7-group"].inputs

    assert (group["minSize"], group["desiredCapacity"], group["maxSize"]) == (3, 3, 12)
    assert group["waitForCapacityTimeout"] == "0"
    assert "minElbCapacity" not in group
    assert "waitForElbCapacity" not in group


def test_the_balancer_s_view_of_health_decides_over_instances(deploy: Deploy) -> None:
    group = made(deploy)["v7-group"].inputs

    assert group["healthCheckType"] == "ELB"
    assert group["targetGroupArns"] == ["arn:v7-targets"]
    assert group["capacityRebalance"] is True


def test_tags_reach_instances_disks_and_network_interfaces(deploy: Deploy) -> None:
    parts = made(deploy)
    wanted = {"service": "orders", "release": "v7", "Name": "orders-prod-v7"}

    group_tags = parts["v7-group"].inputs["tags"]
    assert {tag["key"]: tag["value"] for tag in group_tags} == wanted
    assert all(tag["propagateAtLaunch"] for tag in group_tags)
    specifications = parts["v7-template"].inputs["tagSpecifications"]
    assert {each["resourceType"]: each["tags"] for each in specifications} == {
        "volume": wanted,
        "network-interface": wanted,
    }


def test_the_group_waits_for_the_rule_that_starts_health_checks(deploy: Deploy) -> None:
    assert "v7-rule" in made(deploy)["v7-group"].needs
