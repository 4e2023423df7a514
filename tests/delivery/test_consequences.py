"""The design's consequences, each on the real engine. 3 and 4 belong to the rollout tool."""

import pytest

from tests.cloud import Cloud
from tests.delivery import documents
from tests.delivery.conftest import PROJECT, Account
from tests.delivery.living import contents, machines, move_traffic, sizes, weights
from tools.demo import tiers

pytestmark = pytest.mark.engine


@pytest.mark.parametrize("refresh", [False, True], ids=["up", "up --refresh"])
def test_consequence_1_up_by_hand_never_moves_traffic_or_changes_a_live_fleet(
    account: Account, cloud: Cloud, refresh: bool
) -> None:
    stack = account.stack("prod")
    documents.write(cloud.client, documents.document(PROJECT, "prod", {1: 90, 2: 10}, {1: 3, 2: 1}))
    stack.up()
    move_traffic(cloud, "prod", {"v1": 25, "v2": 75})
    cloud.client("autoscaling").update_auto_scaling_group(
        AutoScalingGroupName=f"{PROJECT}-prod-v2", MinSize=4, MaxSize=9, DesiredCapacity=5
    )
    made_of = machines(cloud, "prod")

    stack.configure({"min_size": 5, "max_size": 20, "cpu_percent": 45})
    stack.up(refresh=refresh)

    assert weights(cloud, "prod") == {"v1": 25, "v2": 75}
    assert sizes(cloud, "prod")["v2"] == (4, 5, 9)
    assert sizes(cloud, "prod")["v1"] == (3, 3, 12)
    assert machines(cloud, "prod") == made_of


def test_consequence_1_up_by_hand_leaves_the_document_s_new_weights_to_the_rollout(
    account: Account, cloud: Cloud
) -> None:
    stack = account.stack("dev")
    documents.write(cloud.client, documents.document(PROJECT, "dev", {1: 100, 2: 0}))
    stack.up()
    documents.write(cloud.client, documents.document(PROJECT, "dev", {1: 0, 2: 100}))

    stack.up()

    assert weights(cloud, "dev") == {"v1": 100, "v2": 0}


def test_consequence_2_what_instances_see_changes_only_as_a_new_release(
    account: Account, cloud: Cloud
) -> None:
    stack = account.stack("dev")
    written = documents.document(PROJECT, "dev", {1: 100})
    documents.write(cloud.client, written)
    stack.up()
    made_of = machines(cloud, "dev")

    # Everything a release is made from, changed under the number of a release that has a fleet.
    changed = documents.release(7, environment={"SHOP_FRONT_LOG_LEVEL": "debug"})
    changed |= {"image": "ami-0fedcba9876543210", "instance_types": ["m7g.large"]}
    written["releases"]["v1"] = changed | {"label": written["releases"]["v1"]["label"]}
    documents.write(cloud.client, written)
    stack.configure({"spot_percent": 0, "environment": {"SHOP_FRONT_LOG_LEVEL": "debug"}})
    stack.up()
    assert machines(cloud, "dev") == made_of

    # The same content under the next number is a fleet beside the old one.
    written["releases"]["v2"] = changed | {"label": "0" * 32}
    written["weights"]["v2"] = 0
    documents.write(cloud.client, written)
    stack.up()
    after = machines(cloud, "dev")
    assert after.keys() - made_of.keys() == {f"{PROJECT}-dev-v2"}
    assert after[f"{PROJECT}-dev-v1"] == made_of[f"{PROJECT}-dev-v1"]


def test_consequence_5_an_empty_account_and_the_documents_bring_a_tier_back(
    account: Account, cloud: Cloud
) -> None:
    kept = documents.document(PROJECT, "prod", {1: 75, 2: 25}, {1: 6, 2: 2})
    lost = account.stack("prod")
    documents.write(cloud.client, kept)
    lost.up()
    fleets_before = tiers.fleets(cloud.client, PROJECT, "prod")
    contents_before = contents(cloud, "prod")

    account.lose_everything()
    back = account.stack("prod")
    documents.write(cloud.client, kept)
    back.up()

    assert tiers.fleets(cloud.client, PROJECT, "prod") == fleets_before
    assert contents(cloud, "prod") == contents_before
    assert back.preview() == {}
