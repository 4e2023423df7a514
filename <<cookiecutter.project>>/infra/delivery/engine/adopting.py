"""A traffic rule that AWS has made, and of which Pulumi was killed before it heard.

It carries the tier's traffic, so it is not removed and made again: Pulumi's state takes it in, as
it was asked for. What AWS has added to it the state learns when it is next refreshed.
"""

import json
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from stack.account import Account
from stack.refusal import Refused
from stack.rules import TRAFFIC_PRIORITY

from .state import State

RULE = "slipway:traffic:Traffic$aws:lb/listenerRule:ListenerRule::"


def with_traffic_rule(state: State, account: Account) -> str:
    """Give the state's text, with the rule if one was being made and is there."""
    content = json.loads(state.text)
    deployment = content.get("deployment") or {}
    for operation in deployment.get("pending_operations") or []:
        resource = operation["resource"]
        if operation["type"] == "creating" and RULE in resource["urn"]:
            arn = _arn(resource["inputs"]["listenerArn"], account)
            if arn:
                outputs = {**resource["inputs"], "arn": arn, "id": arn}
                deployment["resources"].append({**resource, "id": arn, "outputs": outputs})
    return json.dumps(content)


def _arn(listener: str, account: Account) -> str | None:
    """Find it by its priority, of which a listener has one."""
    try:
        pages = account.client("elbv2").get_paginator("describe_rules")
        found: list[dict[str, Any]] = [
            rule for page in pages.paginate(ListenerArn=listener) for rule in page["Rules"]
        ]
    except (BotoCoreError, ClientError) as error:
        raise Refused(
            [f"The rules of {listener} cannot be read: {str(error).rstrip('.')}."],
            "Check the credentials: `aws sts get-caller-identity` shows whose they are.",
        ) from error
    return next(
        (each["RuleArn"] for each in found if each["Priority"] == str(TRAFFIC_PRIORITY)), None
    )
