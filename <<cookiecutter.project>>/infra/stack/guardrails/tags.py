"""Whose everything is: cost reports, budgets and people go by tags."""

from collections.abc import Mapping

from .candidate import UNKNOWN, Candidate, Problems, is_known, is_true, rows, table
from .encryption import LAUNCH_TEMPLATE

REQUIRED_TAGS = frozenset({"service", "tier", "team", "repository", "managed-by"})
GROUP = "aws:autoscaling/group:Group"
# What a group starts has the group's tags, but for these two, which have the template's.
OF_TEMPLATE = ("volume", "network-interface")


def tagged(candidate: Candidate) -> Problems:
    """Everything carries the tags that say whose it is, also what a group starts."""
    if not candidate.type.startswith("aws:") or not candidate.taggable:
        return
    tags = candidate.at("tags")
    if not is_known(tags):
        yield f"tags {UNKNOWN}"
    elif candidate.type == GROUP:
        spread = [each for each in rows(tags) if is_true(each.get("propagate_at_launch"))]
        yield from _missing({str(each.get("key")): None for each in spread}, "tags")
    else:
        yield from _missing(table(tags), "tags")
    if candidate.type == LAUNCH_TEMPLATE:
        given = {each.get("resource_type"): table(each.get("tags"))
                 for each in rows(candidate.at("tag_specifications"))}  # fmt: skip
        for kind in OF_TEMPLATE:
            yield from _missing(given.get(kind, {}), f"tag_specifications of {kind}")
    if candidate.type == "aws:ec2/instance:Instance":
        yield from _missing(table(candidate.at("volume_tags")), "volume_tags")


def _missing(tags: Mapping[str, object], where: str) -> Problems:
    missing = sorted(REQUIRED_TAGS - tags.keys())
    if missing:
        yield f"{where} lack {', '.join(missing)}"
