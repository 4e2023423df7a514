import json

from conftest import Deploy
from samples import ACCOUNT, contract, document, names, settings

from stack.program import declare


def test_policies_name_what_is_in_the_tier_s_own_place(deploy: Deploy) -> None:
    beijing = contract().model_copy(update={"region": "cn-north-1"})

    made = deploy(lambda: declare(names(), settings(), beijing, document()))

    statements = json.loads(made["instance-rights"].inputs["policy"])["Statement"]
    named = {each["Sid"]: each.get("Resource") or each["NotResource"] for each in statements}
    assert named == {
        "ReadBuilds": "arn:aws-cn:s3:::artifacts/builds/orders/*",
        "WriteLogs": f"arn:aws-cn:logs:cn-north-1:{ACCOUNT}:log-group:/orders/dev:*",
        "SeeLogGroups": f"arn:aws-cn:logs:cn-north-1:{ACCOUNT}:log-group:*",
        "NoParametersOfOthers": f"arn:aws-cn:ssm:cn-north-1:{ACCOUNT}:parameter/orders/dev/*",
    }
    assert made["session-manager"].inputs["policyArn"].startswith("arn:aws-cn:iam::aws:policy/")
