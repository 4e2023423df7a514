"""WAF where moto is more lenient: a list of rules that guards something stays."""

from moto.wafv2.models import WAFV2Backend

from tests.cloud.strict.patch import RefusedError, before

API = "https://docs.aws.amazon.com/waf/latest/APIReference"


@before(WAFV2Backend, "delete_web_acl", doc=f"{API}/API_DeleteWebACL.html")
def guarding_acl_stays(backend: WAFV2Backend, _id: str) -> None:
    guarding = [arn for arn, acl in backend.wacls.items() if acl.associated_resources]
    if any(arn.endswith(f"/{_id}") for arn in guarding):
        raise RefusedError(
            "WAFAssociatedItemException",
            "AWS WAF couldn't perform the operation because your resource is being used by "
            "another resource or it's associated with another resource.",
        )
