"""Route 53."""

from typing import Any

from moto.route53 import models
from moto.route53.models import Route53Backend

from tests.cloud.strict.patch import RefusedError, before

API = "https://docs.aws.amazon.com/Route53/latest/APIReference"


def _with_first_letter(original: Any) -> Any:
    """AWS's zone ids begin with Z (API_HostedZone.html), and programs check that they do."""

    def zone_id(*args: Any, **kwargs: Any) -> str:
        return f"Z{original(*args, **kwargs)}"

    return zone_id


models.create_route53_zone_id = _with_first_letter(models.create_route53_zone_id)


@before(
    Route53Backend, "change_resource_record_sets", doc=f"{API}/API_ChangeResourceRecordSets.html"
)
def records_fit_their_zone(
    backend: Route53Backend, zoneid: str, change_list: list[dict[str, Any]]
) -> None:
    zone = backend.get_hosted_zone(zoneid)
    for change in change_list:
        record = change["ResourceRecordSet"]
        name, own = _plain(record["Name"]), _plain(zone.name)
        if name != own and not name.endswith(f".{own}"):
            raise RefusedError(
                "InvalidChangeBatch",
                f"[RRSet with DNS name {name}. is not permitted in zone {own}.]",
            )
        target = record.get("AliasTarget") or {}
        if target.get("HostedZoneId") and change["Action"] != "DELETE":
            _alias(backend, name, target, str(record.get("Type")))


def _alias(backend: Route53Backend, name: str, target: dict[str, Any], kind: str) -> None:
    """A balancer's name is of the balancers' zone; one of ours is of the zone that has it."""
    zone, to = target["HostedZoneId"].rpartition("/")[2], _plain(target["DNSName"])
    if zone in backend.zones:
        records: list[Any] = backend.zones[zone].rrsets
        fits = any(_plain(each.name) == to and each.type_ == kind for each in records)
    else:
        fits = zone == _balancers(backend).get(to.removeprefix("dualstack."), zone)
    if not fits:
        raise RefusedError(
            "InvalidChangeBatch",
            f"[Tried to create an alias that targets {to}., type {kind} in zone {zone}, but the "
            f"alias target name does not lie within the target zone] ({name})",
        )


def _balancers(backend: Route53Backend) -> dict[str, str]:
    """The zone of each balancer's name."""
    from moto.elbv2.models import elbv2_backends

    return {
        _plain(str(each.dns_name)): str(each.canonical_hosted_zone_id)
        for region in list(elbv2_backends[backend.account_id].values())
        for each in list(region.load_balancers.values())
    }


def _plain(name: str) -> str:
    return name.rstrip(".").lower()
