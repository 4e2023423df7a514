"""The platform, brought up on the simulated cloud: the account, then the tiers side by side."""

import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

import boto3
from pulumi import automation

from tests.cloud.platform_names import names_and_certificate
from tests.cloud.sdk import load_sdk
from tools.engine import find_engine

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
    certified: Sequence[str] = (),
) -> None:
    """Bring up account and tiers, as `pulumi up` in infra/account and infra/tier would.

    `certified` are the tiers that get a domain and a certificate; services in prod want one.
    `cloud_environment` is all that points the engine at the cloud. Leaves stack `main` of
    platform-account and one stack per tier of platform-tier in the backend.
    """
    account, tier = platform_programs()
    client = partial(
        boto3.client,
        region_name=region,
        endpoint_url=cloud_environment["AWS_ENDPOINT_URL"],
        aws_access_key_id=cloud_environment["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=cloud_environment["AWS_SECRET_ACCESS_KEY"],
    )
    parameters = client("ssm")
    settings = {name: names_and_certificate(client, name) for name in certified}

    def up(project: str, name: str, program: Callable[[], None]) -> None:
        with tempfile.TemporaryDirectory(prefix="slipway-platform-") as folder:
            target = Target(cloud_environment, region, backend_url, Path(folder))
            own = settings.get(name) if project == TIER_PROJECT else None
            platform_stack(target, project, name, program, own).up(on_output=_drop)
        progress(f"{'account' if project == ACCOUNT_PROJECT else name} is up")

    up(ACCOUNT_PROJECT, ACCOUNT_STACK, account)
    with ThreadPoolExecutor(max_workers=len(TIERS)) as threads:
        runs = [threads.submit(up, TIER_PROJECT, name, lambda: tier(parameters)) for name in tiers]
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

    load_sdk(["cloudwatch", "ec2", "iam", "s3", "sns", "ssm", "vpc"])
    return account.program.main, tier.program.main


@dataclass(frozen=True)
class Target:
    """Where a stack of the platform runs and keeps its state."""

    environment: Mapping[str, str]
    region: str
    backend_url: str
    folder: Path  # takes the stack's files, which nobody needs afterwards


def platform_stack(
    target: Target,
    project: str,
    stack: str,
    program: Callable[[], None],
    settings: Mapping[str, str] | None = None,
) -> automation.Stack:
    """Make or find a stack of the platform whose program runs in this process."""
    own = {f"{project}:{name}": value for name, value in (settings or {}).items()}
    return automation.create_or_select_stack(
        stack_name=stack,
        project_name=project,
        program=program,
        opts=automation.LocalWorkspaceOptions(
            work_dir=str(target.folder),
            env_vars=dict(target.environment),
            pulumi_command=_command(),
            secrets_provider="passphrase",
            project_settings=automation.ProjectSettings(
                name=project,
                runtime="python",
                backend=automation.ProjectBackend(target.backend_url),
            ),
            # Given as a file: a second less each than `pulumi config set`.
            stack_settings={
                stack: automation.StackSettings(config={"aws:region": target.region, **own})
            },
        ),
    )


@cache
def _command() -> automation.PulumiCommand:
    return find_engine(progress=_drop).command()


def _drop(_line: str) -> None:
    """The engine's words; a failure carries them in its exception as well."""
