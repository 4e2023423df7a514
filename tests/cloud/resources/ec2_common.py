"""What all resources of EC2 share: tags at creation, tags afterwards, one thing from a list."""

from collections.abc import Mapping
from typing import Any

from tests.cloud.aws import Aws
from tests.cloud.resource import Resource


def pairs(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Tags as most of AWS spells them."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def mapping(tags: list[dict[str, str]] | None) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in tags or []}


def only(found: list[Any]) -> Any | None:
    return found[0] if found else None


class Ec2Resource(Resource):
    """Tags go by id, whatever the kind of thing."""

    kind: str  # the ResourceType of TagSpecifications

    def tagging(self, aws: Aws, new: Mapping[str, Any]) -> dict[str, Any]:
        tags = aws.tags(new)
        return (
            {"TagSpecifications": [{"ResourceType": self.kind, "Tags": pairs(tags)}]}
            if tags
            else {}
        )

    def retag(self, aws: Aws, id: str, put: dict[str, str], drop: list[str]) -> None:
        if drop:
            aws.ec2.delete_tags(Resources=[id], Tags=[{"Key": key} for key in drop])
        if put:
            aws.ec2.create_tags(Resources=[id], Tags=pairs(put))
