"""pulumi_aws loads its modules at first use, and two threads that do so at once get half of one."""

from collections.abc import Iterable
from importlib import import_module


def load_sdk(modules: Iterable[str]) -> None:
    """Load modules of pulumi_aws whole, before threads use them: load_sdk(["ec2", "s3"])."""
    for name in modules:
        # Any attribute loads a lazy module but those that debuggers ask for, __doc__ among them.
        hasattr(import_module(f"pulumi_aws.{name}"), "__all__")
