"""The platform, brought up on the simulated cloud: the account, then the tiers side by side."""

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import boto3
from pulumi import automation

INFRA = Path(__file__).resolve().parents[2] / "infra"
TIERS = ("dev", "test", "stage", "prod")
ACCOUNT_PROJECT, ACCOUNT_STACK = "platform-account", "main"
TIER_PROJECT = "platform-tier"


def set_up_platform(
    cloud_environment: Mapping[str, str],
    region: str,
    backend_url: str,
    progress: Callable[[str], None],
    tiers: Sequence[str] = TIERS,
) -> None:
    """Bring up account and tiers, as `pulumi up` in infra/account and infra/tier would.

    `cloud_environment` is all that points the engine at the cloud, PATH with the CLI included where
    it is not on this process's own. Leaves stack `main` of platform-account and one stack per tier
    of platform-tier in the backend.
    """
    account, tier = platform_programs()
    parameters = boto3.client(
        "ssm",
        region_name=region,
        endpoint_url=cloud_environment["AWS_ENDPOINT_URL"],
        aws_access_key_id=cloud_environment["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=cloud_environment["AWS_SECRET_ACCESS_KEY"],
    )

    def up(project: str, stack: str, program: Callable[[], None]) -> None:
        made = platform_stack(cloud_environment, region, backend_url, project, stack, program)
        made.up(on_output=_drop)
        progress(f"platform: {stack if project == TIER_PROJECT else 'account'} is up")

    up(ACCOUNT_PROJECT, ACCOUNT_STACK, account)
    with ThreadPoolExecutor(max_workers=max(1, len(tiers))) as threads:
        runs = [
            threads.submit(up, TIER_PROJECT, name, lambda: tier(parameters)) for name in tiers
        ]
    for run in runs:
        run.result()


def platform_programs() -> tuple[Callable[[], None], Callable[[Any], None]]:
    """Import the two programs, with all that they use, in the calling thread.

    pulumi_aws loads its modules at first use, which races between threads.
    """
    for folder in ("parts", "account", "tier"):
        if str(INFRA / folder) not in sys.path:
            sys.path.append(str(INFRA / folder))
    import account.program
    import tier.program
    from pulumi_aws import ec2, s3, sns, ssm

    for module in (ec2, s3, sns, ssm):
        _ = module.__doc__  # the touch that loads it
    return account.program.main, tier.program.main


def platform_stack(
    cloud_environment: Mapping[str, str],
    region: str,
    backend_url: str,
    project: str,
    stack: str,
    program: Callable[[], None],
) -> automation.Stack:
    """Make or find a stack of the platform whose program runs in this process."""
    found = automation.create_or_select_stack(
        stack_name=stack,
        project_name=project,
        program=program,
        opts=automation.LocalWorkspaceOptions(
            env_vars=dict(cloud_environment),
            pulumi_command=_command(cloud_environment),
            secrets_provider="passphrase",
            project_settings=automation.ProjectSettings(
                name=project,
                runtime="python",
                backend=automation.ProjectBackend(backend_url),
            ),
        ),
    )
    found.set_config("aws:region", automation.ConfigValue(region))
    return found


def _command(environment: Mapping[str, str]) -> automation.PulumiCommand | None:
    return None


def _drop(_line: str) -> None:
    """The engine's words; a failure carries them in its exception as well."""
