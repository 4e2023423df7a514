"""The balancer and its listeners. Where requests go is said by rules: fleet.py and traffic.py."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from .rules import HTTP, HTTPS

IDLE_SECONDS = (
    60  # the service keeps connections for 75 s, so that the balancer is the one to close them
)
# TLS 1.2 and 1.3, only ciphers with forward secrecy. AWS's own default still takes TLS 1.0.
TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"


def ports(certificate_arn: str | None) -> tuple[int, ...]:
    """Tell the ports a balancer listens on."""
    return (HTTP, HTTPS) if certificate_arn else (HTTP,)


@dataclass(frozen=True, kw_only=True)
class BalancerArgs:
    """What a balancer needs to know of its tier."""

    base_name: str  # <service>-<tier>
    subnet_ids: Sequence[str]
    security_group_id: pulumi.Input[str]
    certificate_arn: str | None  # None: plain HTTP
    log_bucket: str
    log_prefix: str
    deletion_protection: bool
    tags: Mapping[str, str]


class Balancer(pulumi.ComponentResource):
    """A balancer that answers 503 until rules send requests to fleets.

    Rules belong to `listener`. When a tier gets its certificate, this same listener moves from port
    80 to 443 in place: its rules, and the weights `deliver` gave them, stay. `redirect` then takes
    port 80.
    """

    def __init__(
        self, name: str, args: BalancerArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("slipway:balancer:Balancer", name, None, opts)
        self.balancer = aws.lb.LoadBalancer(
            "load-balancer",
            name=args.base_name,
            load_balancer_type="application",
            internal=False,
            subnets=args.subnet_ids,
            security_groups=[args.security_group_id],
            idle_timeout=IDLE_SECONDS,
            drop_invalid_header_fields=True,
            enable_deletion_protection=args.deletion_protection,
            access_logs={"bucket": args.log_bucket, "prefix": args.log_prefix, "enabled": True},
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.listener = _listener(self, args)
        if args.certificate_arn:
            _redirect(self, args)
        self.register_outputs(
            {"dns_name": self.balancer.dns_name, "listener_arn": self.listener.arn}
        )


def _listener(parent: Balancer, args: BalancerArgs) -> aws.lb.Listener:
    """Make the listener that the rules belong to."""
    secure = args.certificate_arn is not None
    return aws.lb.Listener(
        "listener",
        load_balancer_arn=parent.balancer.arn,
        port=HTTPS if secure else HTTP,
        protocol="HTTPS" if secure else "HTTP",
        certificate_arn=args.certificate_arn,
        ssl_policy=TLS_POLICY if secure else None,
        default_actions=[
            {
                "type": "fixed-response",
                "fixed_response": {
                    "content_type": "text/plain",
                    "message_body": "nothing here",
                    "status_code": "503",
                },
            }
        ],
        tags=args.tags,
        opts=pulumi.ResourceOptions(parent=parent),
    )


def _redirect(parent: Balancer, args: BalancerArgs) -> None:
    """Send plain HTTP to HTTPS."""
    aws.lb.Listener(
        "redirect",
        load_balancer_arn=parent.balancer.arn,
        port=HTTP,
        protocol="HTTP",
        default_actions=[
            {
                "type": "redirect",
                "redirect": {"protocol": "HTTPS", "port": str(HTTPS), "status_code": "HTTP_301"},
            }
        ],
        tags=args.tags,
        # Port 80 is free once the other listener has left it.
        opts=pulumi.ResourceOptions(parent=parent, depends_on=[parent.listener]),
    )
