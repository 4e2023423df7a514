"""The cloud saved and restored: here, after other things happened, and in another process."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.cloud import Cloud
from tests.cloud.fleets import Service
from tests.cloud.lives import LIVES, Life
from tests.cloud.snapshot import SnapshotError
from tests.cloud.world import World

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("life", LIVES, ids=[each.token for each in LIVES])
def test_each_type_comes_back(cloud: Cloud, life: Life) -> None:
    world = World(cloud)
    made = world.make(life.token, "thing", **life.prepare(world))
    saved = cloud.save()
    cloud.reset()
    cloud.restore(saved)
    assert world.drift(made) == set()
    if life.change:
        assert not world.change(made, **life.change)
    world.destroy(made)


def test_time_goes_on_where_it_was(cloud: Cloud) -> None:
    cloud.clock.set("2026-11-20T12:00:00Z")
    cloud.instances.launched_after(30)
    service = Service(World(cloud))
    service.fleet("web")
    service.share(web=1)
    cloud.traffic.flow("front", 60)
    cloud.clock.advance(10)
    saved = cloud.save()
    calls = len(cloud.calls)
    for _ in range(2):  # a saved cloud can be restored as often as one likes
        cloud.clock.advance(20)
        assert service.instances("web") == {"InService Healthy": 2}
        cloud.traffic.flow("front", 0)
        cloud.instances.never()
        cloud.restore(saved)
        assert len(cloud.calls) == calls
        assert cloud.traffic.flows == {"front": 60}
        assert service.instances("web") == {"Pending Healthy": 2}
        cloud.restore(saved)


def test_objects_and_their_versions_come_back(cloud: Cloud) -> None:
    s3 = cloud.client("s3")
    place = {"LocationConstraint": cloud.region}
    s3.create_bucket(Bucket="kept", CreateBucketConfiguration=place)
    s3.put_bucket_versioning(Bucket="kept", VersioningConfiguration={"Status": "Enabled"})
    first = s3.put_object(Bucket="kept", Key="a", Body=b"one")
    s3.put_object(Bucket="kept", Key="a", Body=b"x" * 1_000_000)  # in a file of moto's
    saved = cloud.save()
    s3.put_object(Bucket="kept", Key="a", Body=b"three")
    s3.create_bucket(Bucket="gone", CreateBucketConfiguration=place)
    cloud.restore(saved)
    assert [each["Name"] for each in s3.list_buckets()["Buckets"]] == ["kept"]
    assert s3.get_object(Bucket="kept", Key="a")["Body"].read() == b"x" * 1_000_000
    old = s3.get_object(Bucket="kept", Key="a", VersionId=first["VersionId"])
    assert old["Body"].read() == b"one"
    s3.create_bucket(Bucket="gone", CreateBucketConfiguration=place)  # its name is free again
    cloud.reset()
    cloud.restore(saved)
    with pytest.raises(ClientError, match="403"):  # it is still known whose bucket it is
        cloud.account_of("222222222222").client("s3").head_bucket(Bucket="kept")


def test_regions_come_back_and_what_came_later_is_gone(cloud: Cloud) -> None:
    far = cloud.client("ssm", "us-east-2")
    far.put_parameter(Name="/a", Value="1", Type="String")
    saved = cloud.save()
    far.put_parameter(Name="/b", Value="1", Type="String")
    cloud.client("ssm", "eu-north-1").put_parameter(Name="/c", Value="1", Type="String")
    cloud.restore(saved)
    assert [each["Name"] for each in far.describe_parameters()["Parameters"]] == ["/a"]
    assert cloud.client("ssm", "eu-north-1").describe_parameters()["Parameters"] == []


OTHER = """
import sys
from pathlib import Path
from tests.cloud import Cloud
with Cloud.start() as cloud:
    cloud.restore(Path(sys.argv[1]).read_bytes())
    print(cloud.clock.now().isoformat())
    cloud.clock.advance(60)
    groups = cloud.client("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"]
    print([(each["AutoScalingGroupName"], len(each["Instances"])) for each in groups])
"""


def test_another_process_goes_on_from_a_file(cloud: Cloud, tmp_path: Path) -> None:
    cloud.clock.set("2026-11-20T12:00:00Z")
    service = Service(World(cloud))
    service.fleet("web")
    service.world.make(
        "aws:autoscaling/schedule:Schedule",
        scheduledActionName="more",
        autoscalingGroupName="web",
        startTime="2026-11-20T12:01:00Z",
        minSize=-1,
        maxSize=-1,
        desiredCapacity=3,
    )
    (tmp_path / "saved").write_bytes(cloud.save())
    done = subprocess.run(
        [sys.executable, "-c", OTHER, str(tmp_path / "saved")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.stdout.splitlines() == ["2026-11-20T12:00:00+00:00", "[('web', 3)]"], done.stderr


@pytest.mark.parametrize("saved", [b"", b"text", None])
def test_what_is_no_cloud_is_refused_and_changes_nothing(
    cloud: Cloud, saved: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    cloud.client("ssm").put_parameter(Name="/a", Value="1", Type="String")
    if saved is None:
        with monkeypatch.context() as patch:
            patch.setattr("tests.cloud.snapshot.KIND", "another")
            saved = cloud.save()
    with pytest.raises(SnapshotError):
        cloud.restore(saved)
    assert len(cloud.client("ssm").describe_parameters()["Parameters"]) == 1
