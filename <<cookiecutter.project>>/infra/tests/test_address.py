from conftest import Deploy

from stack.address import Address, AddressArgs


def test_the_name_is_an_alias_of_the_balancer(deploy: Deploy) -> None:
    args = AddressArgs(
        host="orders.dev.example.com",
        zone_id="Z1",
        balancer_dns_name="orders-dev-1.elb.amazonaws.com",
        balancer_zone_id="Z2",
    )

    record = deploy(lambda: Address("address", args))["alias-record"].inputs

    assert (record["name"], record["type"], record["zoneId"]) == (
        "orders.dev.example.com",
        "A",
        "Z1",
    )
    assert record["aliases"] == [
        {
            "name": "orders-dev-1.elb.amazonaws.com",
            "zoneId": "Z2",
            "evaluateTargetHealth": False,
        }
    ]
