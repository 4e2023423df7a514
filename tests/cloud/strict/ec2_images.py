"""Images: those that AWS's public parameters name are there. The others nobody looks up."""

from functools import cache

from moto.ec2.models import EC2Backend
from moto.ec2.models.amis import Ami
from moto.utilities.utils import load_resource

from tests.cloud.strict.patch import before

PUBLIC = "https://docs.aws.amazon.com/linux/al2023/ug/ec2.html"
NEWEST = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-"


@before(EC2Backend, "describe_images", doc=PUBLIC)
def newest_amazon_linux_is_there(backend: EC2Backend, ami_ids: list[str] | None) -> None:
    for image in set(ami_ids or []) - backend.amis.keys() - set(backend.deleted_amis):
        architecture = _public(backend.region_name).get(image)
        if architecture:
            backend.amis[image] = Ami(  # ty: ignore[invalid-assignment] moto's metaclass hides its type
                backend,
                image,
                name=f"al2023-ami-kernel-default-{architecture}",
                owner_alias="amazon",
                public=True,
                architecture=architecture,
                virtualization_type="hvm",
                root_device_type="ebs",
                root_device_name="/dev/xvda",
                region_name=f"{backend.region_name}a",
            )


@cache
def _public(region: str) -> dict[str, str]:
    """The architecture of each, by its id."""
    parameters = load_resource(f"ssm/resources/ami-amazon-linux-latest/{region}.json")
    return {
        each["Value"]: each["Name"].removeprefix(NEWEST)
        for each in parameters
        if each["Name"].startswith(NEWEST)
    }
