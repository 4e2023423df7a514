"""The service's name in the tier's domain."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws


@dataclass(frozen=True, kw_only=True)
class AddressArgs:
    """Which name leads where."""

    host: str  # <service>.<tier domain>
    zone_id: str
    balancer_dns_name: pulumi.Input[str]
    balancer_zone_id: pulumi.Input[str]


class Address(pulumi.ComponentResource):
    """An alias record that leads to the balancer."""

    def __init__(
        self, name: str, args: AddressArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("slipway:address:Address", name, None, opts)
        self.record = aws.route53.Record(
            "alias-record",
            name=args.host,
            type="A",
            zone_id=args.zone_id,
            aliases=[
                {
                    "name": args.balancer_dns_name,
                    "zone_id": args.balancer_zone_id,
                    # There is no second place to send clients to.
                    "evaluate_target_health": False,
                }
            ],
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({"host": args.host})


def url(host: pulumi.Input[str], *, secure: bool) -> pulumi.Output[str]:
    """Write the address that a person or a test opens."""
    return pulumi.Output.concat("https://" if secure else "http://", host)
