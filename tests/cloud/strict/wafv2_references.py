"""AWS WAF: what a request names exists, and is in its region."""

from moto.wafv2.models import WAFV2Backend
from moto.wafv2.responses import WAFV2Response

from tests.cloud.strict.patch import RefusedError, before

API = "https://docs.aws.amazon.com/waf/latest/APIReference"


@before(WAFV2Backend, "associate_web_acl", doc=f"{API}/API_AssociateWebACL.html")
def guarded_balancer_exists(backend: WAFV2Backend, resource_arn: str) -> None:
    from moto.elbv2.models import elbv2_backends

    parts = resource_arn.split(":")
    if parts[2] != "elasticloadbalancing":
        return
    here = parts[3] == backend.region_name
    if not here or resource_arn not in elbv2_backends[backend.account_id][parts[3]].load_balancers:
        raise RefusedError(
            "WAFUnavailableEntityException",
            f"AWS WAF couldn't retrieve the resource that you requested: {resource_arn}",
        )


@before(WAFV2Response, "create_web_acl", doc=f"{API}/API_CreateWebACL.html")
def global_scope_is_of_one_region(response: WAFV2Response) -> None:
    if response._get_param("Scope") == "CLOUDFRONT" and response.region != "us-east-1":
        raise RefusedError(
            "WAFInvalidParameterException",
            f"The scope is not valid. CLOUDFRONT is of us-east-1, not {response.region}",
        )
