from typing import Any

from conftest import Deploy
from recorder import Made

from stack.firewall import Firewall, FirewallArgs


def made(deploy: Deploy, **changes: Any) -> dict[str, Made]:  # noqa: ANN401
    args: dict[str, Any] = {
        "base_name": "orders-dev",
        "vpc_id": "vpc-1",
        "allowed_networks": ("0.0.0.0/0",),
        "balancer_ports": (80,),
        "service_port": 8000,
        "tags": {},
    }
    return deploy(lambda: Firewall("firewall", FirewallArgs(**{**args, **changes})))


def rules(parts: dict[str, Made], group: str, kind: str) -> list[dict[str, Any]]:
    return [
        each.inputs
        for each in parts.values()
        if each.type.endswith(f"SecurityGroup{kind}Rule")
        and each.inputs["securityGroupId"] == f"{group}-security-group-id"
    ]


def test_the_fleet_is_reached_from_the_balancer_only_on_the_service_s_port(deploy: Deploy) -> None:
    [rule] = rules(made(deploy), "fleet", "Ingress")

    assert rule["referencedSecurityGroupId"] == "balancer-security-group-id"
    assert (rule["fromPort"], rule["toPort"], rule["ipProtocol"]) == (8000, 8000, "tcp")
    assert "cidrIpv4" not in rule


def test_the_fleet_reaches_https_and_nothing_else(deploy: Deploy) -> None:
    [rule] = rules(made(deploy), "fleet", "Egress")

    assert (rule["fromPort"], rule["toPort"], rule["ipProtocol"]) == (443, 443, "tcp")


def test_the_balancer_reaches_the_fleet_and_nothing_else(deploy: Deploy) -> None:
    [rule] = rules(made(deploy), "balancer", "Egress")

    assert rule["referencedSecurityGroupId"] == "fleet-security-group-id"
    assert (rule["fromPort"], rule["toPort"]) == (8000, 8000)


def test_every_allowed_network_reaches_every_port_of_the_balancer(deploy: Deploy) -> None:
    networks = ("203.0.113.0/24", "198.51.100.0/24")
    parts = made(deploy, allowed_networks=networks, balancer_ports=(80, 443))

    found = {(each["fromPort"], each["cidrIpv4"]) for each in rules(parts, "balancer", "Ingress")}
    assert found == {(port, network) for port in (80, 443) for network in networks}
