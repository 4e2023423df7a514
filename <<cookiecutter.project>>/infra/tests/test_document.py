import json
from typing import Any

import pytest
from fake_account import FakeAccount
from samples import SECRET, SECRET_VERSION, document, document_data, names, release_data

from stack.document import empty, parse_document, read_document
from stack.refusal import Refused

WHERE = "s3://artifacts/rollouts/orders/dev.json"


def refusal(data: Any) -> list[str]:  # noqa: ANN401
    source = data if isinstance(data, str) else json.dumps(data)
    with pytest.raises(Refused) as caught:
        parse_document(names(), source, WHERE)
    lines = str(caught.value).splitlines()
    assert all(line.startswith(f"{WHERE}: ") or line is lines[-1] for line in lines)
    assert lines[-1].endswith("restore the last good one.")
    return lines


def with_release(**changes: Any) -> dict[str, Any]:  # noqa: ANN401
    return document_data(releases={"v1": release_data(1, **changes)})


def with_build(**changes: Any) -> dict[str, Any]:  # noqa: ANN401
    return with_release(build={**release_data(1)["build"], **changes})


def test_no_document_means_no_release_yet() -> None:
    assert read_document(names(), FakeAccount(), "artifacts") == empty(names())
    assert not empty(names()).releases


def test_it_is_read_from_the_service_s_place_in_the_bucket() -> None:
    key = ("artifacts", "rollouts/orders/dev.json")
    account = FakeAccount(objects={key: json.dumps(document_data())})

    assert read_document(names(), account, "artifacts") == document()


def test_releases_come_in_the_order_of_their_numbers() -> None:
    numbers = (10, 9, 1)
    given = document(
        releases={f"v{n}": release_data(n) for n in numbers}, weights={"v9": 100}, floors={"v10": 2}
    )

    assert [name for name, _ in given.ordered] == ["v1", "v9", "v10"]


def test_secrets_of_all_releases_are_known() -> None:
    other = SECRET.replace("database", "queue")
    given = document(
        releases={
            "v1": release_data(1, secrets={"A": {"arn": SECRET, "version": SECRET_VERSION}}),
            "v2": release_data(2, secrets={"B": {"arn": other, "version": SECRET_VERSION}}),
        }
    )

    assert given.secret_arns == sorted([SECRET, other])


def test_what_deliver_keeps_for_itself_is_left_to_it() -> None:
    assert document(rollout={"strategy": "canary"}, lease={"owner": "me"}).releases


@pytest.mark.parametrize(
    ("data", "where", "rule"),
    [
        ("", "", "it is not JSON"),
        ('{"schema": 1,}', "", "it is not JSON"),
        ("null", "", "must be an object"),
        (document_data(schema=2), "schema is 2", "must be 1"),
        (document_data(service="order"), "service is 'order'", "must be 'orders'"),
        (document_data(tier="prod"), "tier is 'prod'", "must be 'dev'"),
        (document_data(release={}), "release is not known", "did you mean releases?"),
        (document_data(releases=[]), "releases is []", "must be"),
        (document_data(releases={"1": release_data(1)}), "releases.1", "v1 to v9999"),
        (document_data(weights={"v1": 99}), "weights add up to 99", "must add up to 100"),
        (document_data(weights={"v1": "100"}), "weights.v1 is '100'", "valid integer"),
        (document_data(weights={"v1": 101}), "weights.v1 is 101", "less than or equal to 100"),
        (document_data(weights={"v1": -1}), "weights.v1 is -1", "greater than or equal to 0"),
        (document_data(weights={"v1": 50.5}), "weights.v1 is 50.5", "valid integer"),
        (document_data(weights={"v1": 0, "v2": 100}), "weights.v2", "not in releases"),
        (document_data(floors={"v2": 1}), "floors.v2", "not in releases"),
        (document_data(floors={"v1": 0}), "floors.v1 is 0", "greater than or equal to 1"),
        (document_data(floors={"v1": True}), "floors.v1 is True", "valid integer"),
        (document_data(maintenance={"text": "x"}), "maintenance.token", "is missing"),
        (
            document_data(maintenance={"text": "", "token": "e" * 32}),
            "maintenance.text",
            "1 to 1000 characters",
        ),
        (
            document_data(maintenance={"text": "x", "token": "*"}),
            "maintenance.token",
            "32 lower-case hex",
        ),
        (document_data(lease=[]), "lease is []", "must be"),
        (with_build(sha256="abc"), "releases.v1.build.sha256 is 'abc'", "64 lower-case hex"),
        (with_build(sha256="A" * 64), "releases.v1.build.sha256", "64 lower-case hex"),
        (with_build(commit="c" * 7), "releases.v1.build.commit", "40 lower-case hex"),
        (with_build(version="../../x"), "releases.v1.build.version", "a version like 1.4.0"),
        (with_build(sha="x"), "releases.v1.build.sha is not known", "did you mean sha256?"),
        (with_release(image="debian"), "releases.v1.image", "an image id"),
        (with_release(architecture="arm"), "releases.v1.architecture", "'arm64' or 'x86_64'"),
        (with_release(instance_types=[]), "releases.v1.instance_types", "1 to 20"),
        (with_release(instance_types=["t3.small"]), "has t3.small", "the release is for arm64"),
        (with_release(instance_types="t4g.small"), "releases.v1.instance_types", "a list"),
        (with_release(on_demand_base=-1), "releases.v1.on_demand_base", "or equal to 0"),
        (with_release(spot_percent=101), "releases.v1.spot_percent", "or equal to 100"),
        (with_release(spot_percent=None), "releases.v1.spot_percent", "valid integer"),
        (with_release(environment={"A": 1}), "releases.v1.environment.A", "text, in quotes"),
        (with_release(environment={"a": "1"}), "releases.v1.environment.a", "upper-case"),
        (with_release(environment={"A": "1\n2"}), "releases.v1.environment.A", "one line"),
        (
            with_release(environment={f"A{n}": "x" * 4000 for n in range(3)}),
            "releases.v1.environment",
            "at most 6144 bytes",
        ),
        (with_release(secrets={"A": SECRET}), "releases.v1.secrets.A", "must be"),
        (
            with_release(secrets={"A": {"arn": SECRET, "version": "latest"}}),
            "releases.v1.secrets.A.version",
            "a version id",
        ),
        (with_release(label="C" * 32), "releases.v1.label", "32 lower-case hex"),
        (with_release(label="*"), "releases.v1.label", "32 lower-case hex"),
        (with_release(created="yesterday"), "releases.v1.created", "valid datetime"),
    ],
)
def test_what_is_wrong_is_said_with_its_path(data: Any, where: str, rule: str) -> None:  # noqa: ANN401
    line = refusal(data)[0]

    assert where in line
    assert rule in line


@pytest.mark.parametrize("key", sorted(document_data()))
def test_no_key_may_be_missing(key: str) -> None:
    data = document_data()
    del data[key]

    assert f"{WHERE}: {key} is missing." in refusal(data)[0]


@pytest.mark.parametrize("key", sorted(release_data()))
def test_no_key_of_a_release_may_be_missing(key: str) -> None:
    data = document_data()
    del data["releases"]["v1"][key]

    assert f"{WHERE}: releases.v1.{key} is missing." in refusal(data)[0]


def test_five_releases_may_have_a_weight_and_a_sixth_not() -> None:
    def weighted(count: int) -> dict[str, Any]:
        names_ = [f"v{n}" for n in range(1, count + 1)]
        return {
            "releases": {name: release_data(int(name[1:])) for name in names_},
            "weights": {name: 100 if name == "v1" else 0 for name in names_},
        }

    assert len(document(**weighted(5)).weights) == 5
    [line] = refusal(document_data(**weighted(6)))
    assert "weights has 6 releases; the traffic rule takes 5, also of those with weight 0" in line


def test_there_are_no_more_releases_than_a_balancer_takes_rules() -> None:
    def standing(count: int) -> dict[str, Any]:
        return {"releases": {f"v{n}": release_data(n) for n in range(1, count + 1)}}

    assert len(document(**standing(97)).releases) == 97
    [line] = refusal(document_data(**standing(98)))
    assert "releases has 98; each has a rule of its own, and a balancer takes 97" in line


def test_two_releases_must_not_share_a_label() -> None:
    same = release_data(1)["label"]
    data = document_data(releases={"v1": release_data(1), "v2": release_data(2, label=same)})

    assert "releases.v2.label is also that of v1" in refusal(data)[0]


def test_all_problems_are_told_at_once() -> None:
    data = with_release(image="x", label="x", spot_percent=200)
    data["weights"] = {"v1": "all"}

    lines = refusal(data)

    assert len(lines) == 5
    assert [line.split(" ")[1] for line in lines[:4]] == [
        "releases.v1.image",
        "releases.v1.spot_percent",
        "releases.v1.label",
        "weights.v1",
    ]
