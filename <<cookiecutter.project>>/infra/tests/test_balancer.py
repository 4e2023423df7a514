from typing import Any

from conftest import Deploy
from recorder import Made
from samples import CERTIFICATE

from stack.balancer import IDLE_SECONDS, Balancer, BalancerArgs, ports

PLAIN: dict[str, Any] = {
    "base_name": "orders-dev",
    "subnet_ids": ["subnet-1", "subnet-2"],
    "security_group_id": "sg-1",
    "certificate_arn": None,
    "log_bucket": "logs",
    "log_prefix": "orders",
    "deletion_protection": False,
    "tags": {},
}


def made(deploy: Deploy, **changes: Any) -> dict[str, Made]:  # noqa: ANN401
    return deploy(lambda: Balancer("balancer", BalancerArgs(**{**PLAIN, **changes})))


def test_it_writes_access_logs_where_the_contract_says(deploy: Deploy) -> None:
    logs = made(deploy)["load-balancer"].inputs["accessLogs"]

    assert logs == {"bucket": "logs", "prefix": "orders", "enabled": True}


def test_it_drops_invalid_headers_and_closes_idle_connections_before_the_service(
    deploy: Deploy,
) -> None:
    inputs = made(deploy)["load-balancer"].inputs

    assert inputs["dropInvalidHeaderFields"] is True
    assert inputs["idleTimeout"] == IDLE_SECONDS < 75  # uvicorn's keep-alive in the service


def test_what_no_rule_takes_is_answered_503_nothing_here(deploy: Deploy) -> None:
    [action] = made(deploy)["listener"].inputs["defaultActions"]

    assert action["type"] == "fixed-response"
    assert action["fixedResponse"]["statusCode"] == "503"
    assert action["fixedResponse"]["messageBody"] == "nothing here"


def test_without_a_certificate_it_is_plain_http(deploy: Deploy) -> None:
    parts = made(deploy)

    assert (parts["listener"].inputs["port"], parts["listener"].inputs["protocol"]) == (80, "HTTP")
    assert "redirect" not in parts
    assert ports(None) == (80,)


def test_with_a_certificate_it_is_https_and_http_is_redirected(deploy: Deploy) -> None:
    parts = made(deploy, certificate_arn=CERTIFICATE)
    listener, redirect = parts["listener"].inputs, parts["redirect"].inputs

    assert (listener["port"], listener["protocol"]) == (443, "HTTPS")
    assert listener["certificateArn"] == CERTIFICATE
    assert listener["sslPolicy"].startswith("ELBSecurityPolicy-TLS13-1-2-Res-")
    assert redirect["port"] == 80
    assert redirect["defaultActions"][0]["redirect"] == {
        "protocol": "HTTPS",
        "port": "443",
        "statusCode": "HTTP_301",
    }
    assert ports(CERTIFICATE) == (80, 443)


def test_a_certificate_keeps_the_listener_that_has_the_rules(deploy: Deploy) -> None:
    before, after = made(deploy), made(deploy, certificate_arn=CERTIFICATE)

    assert before["listener"].type == after["listener"].type
    assert (
        before["listener"].inputs["loadBalancerArn"] == after["listener"].inputs["loadBalancerArn"]
    )
    assert "listener" in after["redirect"].needs  # port 80 is free only then


def test_deletion_protection_follows_the_setting(deploy: Deploy) -> None:
    protected = made(deploy, deletion_protection=True)["load-balancer"].inputs

    assert protected["enableDeletionProtection"] is True
