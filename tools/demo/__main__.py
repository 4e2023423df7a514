"""Bake a service, check it, carry it through four tiers of a simulated AWS, undo a bad release."""

import argparse
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from types import FrameType

from rich.console import Console

from tests.cloud import Cloud
from tests.cloud.platform_setup import set_up_platform
from tools.demo import conversation, rollouts, tiers
from tools.demo.children import ChildFailedError, Children
from tools.demo.delivering import Deliver, stand_still
from tools.demo.narration import Narrator
from tools.engine import EngineError, find_engine

TEMPLATE = Path(__file__).parents[2]
SERVICE = "orders"
REGION = "eu-west-1"
TIERS = ("dev", "test", "stage", "prod")
STEPS = 14

# Who commits what is baked, on a machine where git does not know it: a build is of a commit.
AUTHOR = {
    f"GIT_{role}_{what}": value
    for role in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "Demo"), ("EMAIL", "demo@example.com"))
}

NEXT = """\
What to try next
  cookiecutter {template}     bake your own service
  make cloud{pad}keep the simulated AWS and point pulumi, boto3 or aws at it
  make test{pad} run every test of the template
  README.md{pad} what each answer does, and the way to a real AWS account
"""


def main() -> int:
    """Run the demo; 0 when everything held, 1 when a step failed, 130 when stopped by hand."""
    options = argparse.ArgumentParser(prog="make demo", description=__doc__)
    options.add_argument(
        "--svg", type=Path, metavar="FILE", help="draw prod's rollouts into a file, too"
    )
    svg = options.parse_args().svg
    signal.signal(signal.SIGTERM, _stop)
    console = Console(highlight=False)
    began = time.monotonic()
    try:
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="slipway-demo-")))
            _demo(folder, stack, console, svg and svg.resolve())
    except EngineError as error:
        console.print(f"[red]Stopped:[/] {error}", soft_wrap=True)
        return 1
    except ChildFailedError as error:
        console.print(error.output, markup=False, style="dim")
        console.print(f"[red]Stopped:[/] {error}; its output is above.", soft_wrap=True)
        return 1
    except KeyboardInterrupt:
        console.print("[yellow]Stopped by hand[/]; everything the demo made is gone.")
        return 130
    console.print(f"All of it in {time.monotonic() - began:.0f} s; the demo's folder is gone.\n")
    console.print(
        NEXT.format(template=TEMPLATE, pad=" " * (len(str(TEMPLATE)) + 7)), soft_wrap=True
    )
    return 0


def _demo(folder: Path, stack: ExitStack, console: Console, svg: Path | None) -> None:
    narrator = Narrator(console, STEPS)
    children = stack.enter_context(Children())
    with narrator.step("Find the Pulumi engine (the first time on a machine: minutes)") as progress:
        engine = find_engine(progress=progress)
    with narrator.step("Start a simulated AWS"):
        cloud = stack.enter_context(Cloud.start(region=REGION))
        stand_still(cloud)
    state = folder / "state"
    state.mkdir()
    environment = {
        **os.environ,
        **engine.environment,
        **cloud.environment,
        "PULUMI_BACKEND_URL": state.as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": "demo",
        "PULUMI_HOME": str(folder / "pulumi-home"),
    }
    with narrator.step(
        "Bring up the platform: the account, then four tiers, prod with a certificate"
    ) as progress:
        set_up_platform(environment, REGION, state.as_uri(), progress, certified=["prod"])
    with narrator.step(f"Bake the service {SERVICE!r}"):
        _bake(folder, children)
    project = folder / SERVICE
    with narrator.step("Install its locked dependencies (make install)") as progress:
        children.run(
            ["make", "install"], folder=project, environment=environment, progress=progress
        )
    with narrator.step("Run its own checks (make check)") as progress:
        children.run(["make", "check"], folder=project, environment=environment, progress=progress)

    with narrator.step("Build its commit (make build), publish it (make publish)") as progress:
        for target in ("build", "publish"):
            children.run(
                ["make", target], folder=project, environment=environment, progress=progress
            )
    with narrator.step("Start the service (make run) and ask it something"):
        port = stack.enter_context(
            conversation.running(project, children, environment, f"{SERVICE.upper()}_")
        )
        answers = conversation.hold(port)
    console.print(conversation.transcript(answers))

    with narrator.step("pulumi up in dev, test, stage and prod: all but releases") as progress:
        _in_every_tier("stack init --no-select", project, children, environment, progress)
        _in_every_tier("up --yes --skip-preview", project, children, environment, progress)
    deliver = Deliver(project, children, environment, cloud.endpoint, port)
    show = rollouts.Show(cloud, SERVICE, deliver, narrator, folder / "prod.jsonl")
    show.first(TIERS)
    standing = [fleet for tier in TIERS for fleet in tiers.fleets(cloud.client, SERVICE, tier)]
    console.print(tiers.table(standing))
    show.canary("prod")
    show.broken("prod")
    show.timeline(svg)
    with narrator.step("pulumi up once more: it must change nothing") as progress:
        _in_every_tier("preview --expect-no-changes", project, children, environment, progress)


def _bake(folder: Path, children: Children) -> None:
    children.run(
        [sys.executable, "-m", "cookiecutter", str(TEMPLATE), "--no-input", f"project={SERVICE}"],
        folder=folder,
        environment={**os.environ, **AUTHOR},
    )


def _in_every_tier(
    command: str,
    project: Path,
    children: Children,
    environment: Mapping[str, str],
    progress: Callable[[str], None],
) -> None:
    """Run one pulumi command per tier, as many at once as there are processors."""

    def one(tier: str) -> None:
        children.run(
            ["pulumi", *command.split(), "--stack", tier, "--non-interactive"],
            folder=project / "infra",
            environment=environment,
            progress=lambda line: progress(f"{tier}: {line}"),
        )

    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        try:
            list(pool.map(one, TIERS))
        except BaseException:  # Ctrl-C above all: the threads wait for the children, so end these
            pool.shutdown(wait=False, cancel_futures=True)
            children.end_all()
            raise


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
