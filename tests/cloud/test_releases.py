"""What a release is made from, and what became of it: public images, and objects with a time."""

import pytest
from botocore.exceptions import ClientError

from tests.cloud import Cloud

NEWEST = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-"


@pytest.mark.parametrize("architecture", ["arm64", "x86_64"])
def test_the_image_that_a_public_parameter_names_is_there(cloud: Cloud, architecture: str) -> None:
    found = cloud.client("ssm").get_parameter(Name=f"{NEWEST}{architecture}")["Parameter"]

    [image] = cloud.client("ec2").describe_images(ImageIds=[found["Value"]])["Images"]

    assert image["Architecture"] == architecture
    assert (image["State"], image["RootDeviceName"]) == ("available", "/dev/xvda")


def test_another_image_is_not(cloud: Cloud) -> None:
    with pytest.raises(ClientError, match=r"InvalidAMIID\.NotFound"):
        cloud.client("ec2").describe_images(ImageIds=["ami-0123456789abcdef0"])


def test_objects_come_by_the_cloud_s_clock(cloud: Cloud) -> None:
    s3 = cloud.client("s3")
    cloud.clock.set("2026-10-01T12:00:00Z")
    s3.create_bucket(Bucket="some", CreateBucketConfiguration={"LocationConstraint": cloud.region})
    s3.put_object(Bucket="some", Key="a", Body=b"")

    [found] = s3.list_objects_v2(Bucket="some")["Contents"]

    assert found["LastModified"].isoformat() == "2026-10-01T12:00:00+00:00"


def test_versions_are_listed_from_the_newest_while_the_clock_stands(cloud: Cloud) -> None:
    s3 = cloud.client("s3")
    cloud.clock.freeze()
    s3.create_bucket(Bucket="some", CreateBucketConfiguration={"LocationConstraint": cloud.region})
    s3.put_bucket_versioning(Bucket="some", VersioningConfiguration={"Status": "Enabled"})
    made = [s3.put_object(Bucket="some", Key="a", Body=b"%d" % n)["VersionId"] for n in range(5)]
    marker = s3.delete_object(Bucket="some", Key="a")["VersionId"]

    found = s3.list_object_versions(Bucket="some")

    assert [each["VersionId"] for each in found["Versions"]] == made[::-1]
    assert [each["VersionId"] for each in found["DeleteMarkers"]] == [marker]
    assert found["DeleteMarkers"][0]["IsLatest"]
