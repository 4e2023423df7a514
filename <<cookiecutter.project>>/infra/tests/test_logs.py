from conftest import Deploy

from stack.logs import Logs, LogsArgs


def test_the_log_group_forgets(deploy: Deploy) -> None:
    args = LogsArgs(group_name="/orders/dev", retention_days=7, tags={})

    inputs = deploy(lambda: Logs("logs", args))["log-group"].inputs

    assert inputs == {"name": "/orders/dev", "retentionInDays": 7, "tags": {}}
