"""Quotas of EC2 and VPC that a team meets; `cloud.quotas` changes them."""

from typing import Any

from tests.cloud.simulation import SIMULATION


def launch_problem(group: Any, count: int, *, spot: bool) -> str | None:
    """Why a group cannot launch so many instances, in AWS's words."""
    names = {group.name, getattr(group.ec2_launch_template, "name", "")}
    if SIMULATION.instances.behaviour("available", names).seconds is None:
        return (
            "We currently do not have sufficient capacity in the Availability Zone you requested. "
            "Our system will be working on provisioning additional capacity. Launching EC2 "
            "instance failed."
        )
    return None
