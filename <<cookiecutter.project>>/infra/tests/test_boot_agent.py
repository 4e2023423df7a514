"""What the agent on an instance is told to send, and what instances may ask of AWS."""

import json
import re
from typing import Any

import pytest
from boot_folder import BOOT, PACKAGE, UNITS, release, told
from samples import SECRET, names

from stack.role import RoleArgs, rights
from stack.userdata import SCRIPT


def agent() -> dict[str, Any]:
    return json.loads(release.ANSWERS["agent"](told(), "i-0123456789abcdef0"))


def test_the_agent_sends_the_units_journal_to_the_tier_s_group() -> None:
    logs = agent()["logs"]
    (journal,) = logs["logs_collected"]["journald"]["collect_list"]
    groups = [journal, *logs["logs_collected"]["files"]["collect_list"]]
    groups.append(logs["metrics_collected"]["prometheus"])

    assert tuple(journal["units"]) == UNITS
    assert {each["log_group_name"] for each in groups} == {names("prod").log_group}
    assert journal["log_stream_name"] == "i-0123456789abcdef0"
    # The group is the stack's, with its retention; an agent that sets one needs a right to.
    assert not [each for each in groups if "retention_in_days" in each]


def test_the_agent_scrapes_this_machine_s_own_numbers() -> None:
    metrics = release.ANSWERS["metrics"](told(), "i-0123456789abcdef0")
    prometheus = agent()["logs"]["metrics_collected"]["prometheus"]

    assert '- targets: ["127.0.0.1:8000"]' in metrics
    assert 'job_name: "i-0123456789abcdef0.metrics"' in metrics
    assert prometheus["prometheus_config_path"] == "/opt/service/metrics.yaml"
    assert 'write metrics "$home/metrics.yaml"' in (BOOT / "boot.sh").read_text()
    (declared,) = prometheus["emf_processor"]["metric_declaration"]
    for label in (*declared["source_labels"], *declared["dimensions"][0]):
        assert f"          {label}: " in metrics
    # The agent drops histograms; what is named must be something else.
    gauges = re.findall(r'Gauge\(\s+"([a-z_]+)"', (PACKAGE / "metrics.py").read_text())
    assert re.fullmatch(declared["metric_selectors"][0], "http_requests_in_flight")
    assert "http_requests_in_flight" in gauges


def test_nothing_is_left_to_fill_in() -> None:
    for kind in ("agent", "metrics"):
        assert "@" not in release.ANSWERS[kind](told(), "i-0")
    with pytest.raises(SystemExit, match="must match"):
        release.ANSWERS["agent"](told(), 'i-0"')


def test_the_role_may_do_what_the_scripts_ask_of_aws() -> None:
    args = RoleArgs(
        base_name="orders-prod",
        artifact_bucket="artifacts",
        builds=names("prod").builds,
        log_group_arn="arn:log-group",
        log_groups_arn="arn:log-groups",
        parameters_arn="arn:parameters",
        secret_arns=[SECRET],
        tags={},
    )
    allowed = {action for each in rights(args)["Statement"] for action in actions(each)}
    needed = {"s3 cp": "s3:GetObject", "secretsmanager get": "secretsmanager:GetSecretValue"}
    text = SCRIPT.read_text() + (BOOT / "boot.sh").read_text()

    assert set(re.findall(r"\baws ([a-z0-9]+ [a-z0-9]+)", text)) == needed.keys()
    agent_does = {"logs:CreateLogStream", "logs:PutLogEvents"}
    assert {*needed.values(), *agent_does} <= allowed


def actions(statement: dict[str, Any]) -> list[str]:
    action = statement["Action"]
    return action if isinstance(action, list) else [action]
