from typing import Any

from conftest import Deploy
from recorder import Made
from samples import contract, document, names, release_data, settings

from stack.program import declare

PAGE = {"text": "Back at six.", "token": "e" * 32}


def made(deploy: Deploy, **changes: Any) -> dict[str, Made]:  # noqa: ANN401
    return deploy(lambda: declare(names(), settings(), contract(), document(**changes)))


def test_without_it_there_are_no_rules_of_it(deploy: Deploy) -> None:
    assert not any(name.startswith("maintenance") for name in made(deploy))


def test_everybody_reads_the_page(deploy: Deploy) -> None:
    rule = made(deploy, maintenance=PAGE)["maintenance-page"].inputs

    assert rule["priority"] == 2
    assert rule["conditions"] == [{"pathPattern": {"values": ["/*"]}}]
    assert rule["actions"][0]["fixedResponse"] == {
        "contentType": "text/plain",
        "messageBody": "Back at six.",
        "statusCode": "503",
    }


def test_who_has_the_token_gets_through_to_the_release_with_most_weight(deploy: Deploy) -> None:
    both = {"v1": release_data(1), "v2": release_data(2)}
    parts = made(deploy, maintenance=PAGE, releases=both, weights={"v1": 30, "v2": 70})
    rule = parts["maintenance-token"].inputs

    assert rule["priority"] == 1
    assert rule["conditions"][0]["httpHeader"] == {
        "httpHeaderName": "X-Maintenance-Token",
        "values": ["e" * 32],
    }
    assert rule["actions"] == [{"type": "forward", "targetGroupArn": "arn:v2-targets"}]


def test_of_equal_weights_the_newest_release_leads() -> None:
    both = {"v9": release_data(9), "v10": release_data(10)}

    assert document(releases=both, weights={"v9": 50, "v10": 50}).leading == "v10"


def test_a_tier_without_traffic_has_the_page_alone(deploy: Deploy) -> None:
    parts = made(deploy, maintenance=PAGE, releases={}, weights={})

    assert "maintenance-page" in parts
    assert "maintenance-token" not in parts


def test_it_moves_no_traffic(deploy: Deploy) -> None:
    before, during = made(deploy), made(deploy, maintenance=PAGE)

    assert during["traffic-rule"].inputs == before["traffic-rule"].inputs
