"""What `up` writes into a launch template makes a machine serve: from the stack to a request."""

import base64
import json
import shutil
import sys
from pathlib import Path

import pytest

from tests.boot.machine import INSTANCE
from tests.boot.stub_build import stub_build
from tests.cloud import Cloud
from tests.delivery import documents
from tests.delivery.conftest import PROJECT, REGION, Account
from tests.delivery.instance import known, machine
from tests.delivery.stacks import Baked
from tests.service.installed import MEMORY, MINOR, free_port

pytestmark = [
    pytest.mark.engine,
    pytest.mark.slow,
    pytest.mark.skipif(
        sys.platform != "linux" or not MEMORY or not shutil.which("zstd"),
        reason="an instance needs Linux, /dev/shm and zstd",
    ),
]


def on_another_port(user_data: str, port: int) -> str:
    """Let the service listen elsewhere: the real one's port may be taken on this machine."""
    line = next(each for each in user_data.splitlines() if each.startswith("release="))
    told = json.loads(base64.b64decode(line.removeprefix("release=").strip('"')))
    moved = base64.b64encode(json.dumps({**told, "port": port}).encode()).decode()
    return user_data.replace(line, f'release="{moved}"')


def test_the_launch_template_that_up_makes_boots_the_release(
    account: Account, baked: Baked, cloud: Cloud, tmp_path: Path
) -> None:
    project = baked.infra.parent
    minor = (project / ".python-version").read_text().strip()
    if minor != MINOR:
        pytest.skip(f"needs Python {minor}, for which the project is baked")
    stack = account.stack("dev")
    bucket = documents.artifact_bucket(cloud.client, "dev")
    build = stub_build(project)
    build.put(cloud.client("s3"), bucket, PROJECT)
    made = cloud.client("secretsmanager").create_secret(Name="api-key", SecretString="of dev")
    written = documents.document(PROJECT, "dev", {1: 100}, builds={1: build.sha256})
    secret = {"arn": made["ARN"], "version": made["VersionId"]}
    written["releases"]["v1"] |= {"environment": {"SHOP": "a $hop"}, "secrets": {"API_KEY": secret}}
    documents.write(cloud.client, written)
    stack.up()

    template = cloud.client("ec2").describe_launch_template_versions(
        LaunchTemplateName=f"{PROJECT}-dev-v1", Versions=["1"]
    )["LaunchTemplateVersions"][0]["LaunchTemplateData"]
    user_data = base64.b64decode(template["UserData"]).decode()
    port = free_port()
    with machine(tmp_path / "machine", Path(sys.executable)) as booting:
        done = booting.user_data(on_another_port(user_data, port), known(cloud))
        assert (done.returncode, done.stderr) == (0, "")
        seen = booting.ask(port)

    assert seen["secrets"] == {"API_KEY": "of dev"}
    assert seen["environment"]["SHOP"] == "a $hop"
    assert seen["environment"]["SHOP_FRONT_TIER"] == "dev"
    assert seen["environment"]["SHOP_FRONT_RELEASE"] == "v1"
    agent = json.loads((tmp_path / "machine/opt/service/agent.json").read_text())
    assert agent["agent"]["region"] == REGION
    groups = cloud.client("logs").describe_log_groups()["logGroups"]
    (journal,) = agent["logs"]["logs_collected"]["journald"]["collect_list"]
    assert journal["log_group_name"] in {each["logGroupName"] for each in groups}
    assert journal["log_stream_name"] == INSTANCE
