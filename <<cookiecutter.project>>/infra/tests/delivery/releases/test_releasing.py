"""What a release is made of."""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from places import IMAGE, Cloud, image, place, publish
from samples import SECRET, SECRET_VERSION

from delivery.builds.builds import read
from delivery.releases.releasing import again, check_still_there, content, same_content
from stack.document import Release
from stack.refusal import Refused

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
OTHER = SECRET.replace("database", "queue")
BOTH = json.dumps({"ORDERS_DATABASE_URL": SECRET, "ORDERS_QUEUE_URL": OTHER})


@pytest.fixture
def cloud() -> Cloud:
    return Cloud()


def released(
    cloud: Cloud, tier: str = "dev", manifest: dict[str, Any] | None = None, **own: str
) -> Release:
    here = place(cloud, tier, **own)
    sha256 = publish(cloud, **(manifest or {}))
    return content(here, sha256, read(here, sha256), NOW)


def refused(cloud: Cloud, **own: Any) -> list[str]:  # noqa: ANN401 settings, and the manifest
    with pytest.raises(Refused) as caught:
        released(cloud, **own)
    return str(caught.value).splitlines()


def test_a_release_is_a_build_and_what_the_settings_say(cloud: Cloud) -> None:
    environment = json.dumps({"ORDERS_LOG_LEVEL": "debug"})
    own = released(
        cloud, "prod", environment=environment, secrets=json.dumps({"ORDERS_KEY": SECRET})
    )

    assert own.build.version == "1.0.0+a"
    assert (own.image, own.architecture) == (IMAGE, "arm64")
    assert own.instance_types == ("m7g.large", "m6g.large", "m6gd.large")
    assert (own.on_demand_base, own.spot_percent) == (3, 50)
    assert own.environment == {"ORDERS_LOG_LEVEL": "debug"}
    assert own.secrets["ORDERS_KEY"].version == SECRET_VERSION
    assert own.created == NOW


def test_each_release_has_a_label_of_its_own(cloud: Cloud) -> None:
    one, other = released(cloud), released(cloud)

    assert re.fullmatch("[0-9a-f]{32}", one.label)
    assert one.label != other.label
    assert same_content(one, other)


@pytest.mark.parametrize("architecture", ["arm64", "x86_64"])
def test_no_image_means_the_newest_amazon_linux(cloud: Cloud, architecture: str) -> None:
    name = f"/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-{architecture}"
    cloud.parameters[name] = "ami-00000001"
    cloud.images["ami-00000001"] = image(Architecture=architecture)

    own = released(cloud, manifest={"architecture": architecture}, architecture=architecture)

    assert own.image == "ami-00000001"


def test_an_image_may_be_named_by_a_parameter_or_itself(cloud: Cloud) -> None:
    cloud.parameters["/images/base"] = "ami-00000002"
    cloud.images["ami-00000002"] = image()

    assert released(cloud, image="/images/base").image == "ami-00000002"
    assert released(cloud, image="ami-00000002").image == "ami-00000002"


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ({"State": "pending"}, "is pending"),
        ({"Architecture": "x86_64"}, "is for x86_64, the builds are for arm64"),
        ({"RootDeviceName": "/dev/sda1"}, "has the root device /dev/sda1, not /dev/xvda"),
        (
            {"BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 30}}]},
            "needs a disk of 30 GiB, more than 16",
        ),
    ],
)
def test_an_image_that_no_fleet_could_start_from_is_refused(
    cloud: Cloud, found: dict[str, Any], said: str
) -> None:
    cloud.images[IMAGE] = image(**found)

    [line] = refused(cloud)

    assert line.startswith(f"Image {IMAGE} {said}. ")


@pytest.mark.parametrize(
    ("setting", "parameter", "said"),
    [
        ("ami-0fffffff", None, "Image ami-0fffffff does not exist in eu-west-1"),
        ("/images/base", None, "Parameter /images/base, which should name the image, does not"),
        ("/images/base", "v7", "Parameter /images/base holds 'v7', which is no image id"),
    ],
)
def test_an_image_that_is_not_there_is_refused(
    cloud: Cloud, setting: str, parameter: str | None, said: str
) -> None:
    if parameter:
        cloud.parameters[setting] = parameter

    [line] = refused(cloud, image=setting)

    assert line.startswith(said)


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (None, "does not exist in eu-west-1: "),
        ({"DeletedDate": NOW}, "is about to be deleted: "),
        ({"VersionIdsToStages": {}}, "has no value yet: "),
        ({"VersionIdsToStages": {"x": ["AWSPENDING"]}}, "has no value yet: "),
    ],
)
def test_a_secret_without_a_current_version_is_refused(
    cloud: Cloud, found: dict[str, Any] | None, said: str
) -> None:
    if found is None:
        del cloud.secrets[SECRET]
    else:
        cloud.secrets[SECRET] = found

    [line] = refused(cloud, secrets=json.dumps({"ORDERS_KEY": SECRET}))

    assert line.startswith(f"Secret ORDERS_KEY {said}{SECRET}")


def test_all_that_is_wrong_is_said_at_once(cloud: Cloud) -> None:
    cloud.secrets.clear()
    cloud.images.clear()

    lines = refused(cloud, manifest={"architecture": "x86_64"}, secrets=BOTH)

    assert [line.partition(" does not")[0].partition(",")[0] for line in lines] == [
        "The build is for x86_64",
        f"Image {IMAGE}",
        "Secret ORDERS_DATABASE_URL",
        "Secret ORDERS_QUEUE_URL",
    ]


def test_the_same_release_again_has_all_but_the_label_and_the_time(cloud: Cloud) -> None:
    first = released(cloud)

    second = again(first, NOW + timedelta(days=1))

    assert same_content(first, second)
    assert second.label != first.label
    assert second.created == NOW + timedelta(days=1)
    assert not same_content(first, second.model_copy(update={"spot_percent": 1}))


def test_a_former_release_is_refused_where_parts_are_gone(cloud: Cloud) -> None:
    former = released(cloud, secrets=json.dumps({"ORDERS_KEY": SECRET}))
    here = place(cloud)
    check_still_there(here, former)

    cloud.secrets[SECRET] = {"VersionIdsToStages": {"f" * 32: ["AWSCURRENT"]}}
    cloud.deprecated = ["e" * 32, SECRET_VERSION]
    check_still_there(here, former)  # a version without a label is there until AWS deletes it

    cloud.deprecated = ["e" * 32]
    cloud.images.clear()
    del cloud.bucket.keys[here.names.build(former.build.sha256)]
    with pytest.raises(Refused) as caught:
        check_still_there(here, former)

    build, gone, version = str(caught.value).splitlines()
    assert f"{former.build.sha256}.tar.zst is not there" in build
    assert gone.startswith(f"Image {IMAGE} does not exist")
    assert version.startswith(f"Secret ORDERS_KEY has no version {SECRET_VERSION} any more")
