"""S3 lifecycle rules: what they choose, what they do to it, and in which order."""

from collections.abc import Iterator, Mapping
from typing import Any

from tests.cloud.rules.kinds import between, length, matches, members, one_of
from tests.cloud.rules.table import Page, block, given, known

API = "https://docs.aws.amazon.com/AmazonS3/latest/API"
GUIDE = "https://docs.aws.amazon.com/AmazonS3/latest/userguide"
LIFECYCLE = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
COLD = ("GLACIER", "DEEP_ARCHIVE", "GLACIER_IR")
CLASSES = ("STANDARD_IA", "INTELLIGENT_TIERING", "ONEZONE_IA", *COLD)
ACTIONS = (
    "expiration",
    "transitions",
    "noncurrentVersionExpiration",
    "noncurrentVersionTransitions",
    "abortIncompleteMultipartUpload",
)

lifecycle = Page(f"{API}/API_LifecycleRule.html", LIFECYCLE)
lifecycle.row("rules.*", members(1, 1000))
lifecycle.row("rules.id", length(1, 255))
lifecycle.row("rules.status", one_of("Enabled", "Disabled"))
lifecycle.row("rules.expiration.days", between(1, 2147483647))
lifecycle.row("rules.noncurrentVersionExpiration.noncurrentDays", between(1, 2147483647))
lifecycle.row("rules.noncurrentVersionExpiration.newerNoncurrentVersions", between(1, 100))
lifecycle.row("rules.abortIncompleteMultipartUpload.daysAfterInitiation", between(1, 2147483647))
lifecycle.row("rules.transitions.storageClass", one_of(*CLASSES))
lifecycle.row("rules.transitions.days", between(0, 2147483647))
lifecycle.row("rules.filter.objectSizeGreaterThan", between(0, 53687091200000))
lifecycle.row("rules.filter.objectSizeLessThan", between(1, 53687091200000))
lifecycle.row("rules.filter.prefix", length(0, 1024))
lifecycle.row("rules.prefix", length(0, 1024))
lifecycle.row("rules.filter.and.prefix", length(0, 1024))
lifecycle.row("rules.filter.and.objectSizeGreaterThan", between(0, 53687091200000))
lifecycle.row("rules.filter.and.objectSizeLessThan", between(1, 53687091200000))
lifecycle.row(
    "rules.expiration.date",
    matches(r"\d{4}-\d\d-\d\d(T00:00:00Z)?", "a day at midnight UTC as 2027-01-01T00:00:00Z"),
)
lifecycle.row(
    "transitionDefaultMinimumObjectSize",
    one_of("varies_by_storage_class", "all_storage_classes_128K"),
)


@lifecycle.across
def rules_do_something_to_something(new: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    rules = [each for each in new.get("rules") or [] if isinstance(each, Mapping)]
    ids = [str(each.get("id")) for each in rules]
    if len(set(ids)) < len(ids):
        yield "rules", "rules has an id twice"
    for index, each in enumerate(rules):
        path = f"rules[{index}]"
        if not any(each.get(action) for action in ACTIONS):
            yield path, f"{path} does nothing; it needs one of {', '.join(ACTIONS)}"
        if each.get("filter") is None and each.get("prefix") is None:
            yield f"{path}.filter", f"{path}.filter is missing; an empty prefix means all objects"
        yield from _filter(f"{path}.filter", block(each, "filter"))
        yield from _expiration(f"{path}.expiration", each)


def _filter(path: str, found: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    ways = [key for key, value in found.items() if value not in (None, "")]
    if len(ways) > 1:
        yield path, f"{path} has {' and '.join(ways)}; it takes one, or both inside and"


def _expiration(path: str, rule: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    found = block(rule, "expiration")
    ways = ("days", "date", "expiredObjectDeleteMarker")
    if found and len([key for key in given(found, *ways) if found[key]]) > 1:
        yield path, f"{path} takes only one of {', '.join(ways)}"
    if found and not given(found, *ways):
        yield path, f"{path} needs one of {', '.join(ways)}"


steps = Page(f"{GUIDE}/lifecycle-transition-general-considerations.html", LIFECYCLE)


@steps.across
def transitions_go_down_in_time(new: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for index, rule in enumerate(new.get("rules") or []):
        if not isinstance(rule, Mapping):
            continue
        path = f"rules[{index}].transitions"
        found = [each for each in rule.get("transitions") or [] if isinstance(each, Mapping)]
        last = 0
        for each in found:
            days, kind = each.get("days"), each.get("storageClass")
            if not known(days):
                continue
            if kind in ("STANDARD_IA", "ONEZONE_IA") and days < 30:
                yield (
                    f"{path}.days",
                    f"{path}.days is {days}; {kind} takes objects of 30 days or more",
                )
            last = max(last, days)
        expires: Any = block(rule, "expiration").get("days")
        if known(expires) and found and expires <= last:
            where = f"rules[{index}].expiration.days"
            yield where, f"{where} is {expires}; it must come after the last of transitions, {last}"
