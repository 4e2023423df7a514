from conftest import Deploy
from recorder import Made
from samples import contract, document, names, settings

from stack.program import declare


def made(deploy: Deploy, **changes: str) -> dict[str, Made]:
    return deploy(lambda: declare(names(), settings(**changes), contract(), document()))


def test_targets_follow_the_settings_also_of_a_living_fleet(deploy: Deploy) -> None:
    policies = made(deploy, cpu_percent="42", requests_per_minute="777")

    for name, target in (("v1-cpu", 42), ("v1-requests", 777)):
        assert policies[name].inputs["targetTrackingConfiguration"]["targetValue"] == target
        assert policies[name].ignore_changes == ()


def test_requests_are_counted_for_this_fleet_behind_this_balancer(deploy: Deploy) -> None:
    inputs = made(deploy)["v1-requests"].inputs
    metric = inputs["targetTrackingConfiguration"]["predefinedMetricSpecification"]

    assert metric == {
        "predefinedMetricType": "ALBRequestCountPerTarget",
        "resourceLabel": "suffix-of-load-balancer/suffix-of-v1-targets",
    }


def test_the_requests_policy_waits_for_rule_and_group_since_aws_refuses_it_before(
    deploy: Deploy,
) -> None:
    assert made(deploy)["v1-requests"].needs >= {"v1-rule", "v1-group"}
