"""The machine image of the next release: one id, looked at before anything is made of it."""

import re
from typing import Any

from botocore.exceptions import ClientError

from stack.account import Account, explained
from stack.machine import ROOT_DEVICE, ROOT_GIB
from stack.refusal import Refused, shown

# "Launching AL2023 using the SSM parameter and AWS CLI" in the Amazon Linux 2023 User Guide.
NEWEST = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-"
IMAGE = re.compile(r"ami-([0-9a-f]{8}|[0-9a-f]{17})")
GONE = ("InvalidAMIID.NotFound", "InvalidAMIID.Unavailable", "InvalidAMIID.Malformed")


def image_of(source: str, architecture: str, account: Account) -> str:
    """Give the id that a setting means: itself, what a parameter holds, or the newest."""
    if IMAGE.fullmatch(source):
        check_image(source, architecture, account)
        return source
    name = source or f"{NEWEST}{architecture}"
    image = account.parameter(name)
    if image is None:
        raise Refused(
            [f"Parameter {name}, which should name the image, does not exist in {account.region}."],
            "Correct the setting `image`, or have the parameter made.",
        )
    if not IMAGE.fullmatch(image):
        raise Refused(
            [f"Parameter {name} holds {shown(image)}, which is no image id."],
            "Have an id like ami-0123456789abcdef0 written there.",
        )
    check_image(image, architecture, account)
    return image


def check_image(image: str, architecture: str, account: Account) -> None:
    """Refuse an image that a fleet could not start from.

    One that is deprecated is found by its id, and starts ("Deprecate an Amazon EC2 AMI" in the
    Amazon EC2 User Guide); so a former release's image may be older than what is listed.
    """
    found = _described(image, account)
    problems = []
    if found is None:
        problems.append(f"Image {image} does not exist in {account.region}, or is not shared.")
    else:
        problems += [f"Image {image} {each}." for each in _wrong(found, architecture)]
    if problems:
        raise Refused(
            problems, "Name another in the setting `image`; empty is the newest there is."
        )


def _described(image: str, account: Account) -> dict[str, Any] | None:
    with explained(f"Image {image} in {account.region}"):
        try:
            images = account.client("ec2").describe_images(ImageIds=[image])["Images"]
        except ClientError as error:
            if error.response["Error"]["Code"] in GONE:
                return None
            raise
    return images[0] if images else None  # one that was deregistered a moment ago


def _wrong(found: dict[str, Any], architecture: str) -> list[str]:
    """List what would keep instances from starting."""
    problems = []
    if found["State"] != "available":
        problems.append(f"is {found['State']}")
    if found["Architecture"] != architecture:
        problems.append(f"is for {found['Architecture']}, the builds are for {architecture}")
    if found.get("RootDeviceName") != ROOT_DEVICE:
        problems.append(f"has the root device {found.get('RootDeviceName')}, not {ROOT_DEVICE}")
    sizes = [
        disk["Ebs"].get("VolumeSize", 0)
        for disk in found.get("BlockDeviceMappings", [])
        if disk.get("DeviceName") == ROOT_DEVICE and "Ebs" in disk
    ]
    # A volume cannot be smaller than what it is made from.
    problems += [
        f"needs a disk of {size} GiB, more than {ROOT_GIB}" for size in sizes if size > ROOT_GIB
    ]
    return problems
