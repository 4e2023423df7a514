"""What is kept how long: log lines end, data in protected tiers does not go by accident."""

from .candidate import Candidate, Problems, is_known, is_true

# The input by which AWS itself refuses to delete, and what it must be.
PROTECTED_BY: dict[str, tuple[str, str]] = {
    "aws:cognito/userPool:UserPool": ("deletion_protection", "ACTIVE"),
    "aws:docdb/cluster:Cluster": ("deletion_protection", "true"),
    "aws:dynamodb/table:Table": ("deletion_protection_enabled", "true"),
    "aws:lb/loadBalancer:LoadBalancer": ("enable_deletion_protection", "true"),
    "aws:neptune/cluster:Cluster": ("deletion_protection", "true"),
    "aws:rds/cluster:Cluster": ("deletion_protection", "true"),
    "aws:rds/instance:Instance": ("deletion_protection", "true"),
}
# Inputs that let a store go with all that is in it.
CARELESS = ("force_destroy", "skip_final_snapshot", "force_delete")


def logs_end(candidate: Candidate) -> Problems:
    """Log lines are not kept forever."""
    if candidate.type == "aws:cloudwatch/logGroup:LogGroup":
        days = candidate.at("retention_in_days")
        if not days or not is_known(days):
            yield "retention_in_days is not set, so lines stay forever"


def deletion_protected(candidate: Candidate) -> Problems:
    """In a protected tier AWS itself refuses to delete what is hard to bring back."""
    if not candidate.protected_tier:
        return
    key, wanted = PROTECTED_BY.get(candidate.type, ("", ""))
    # A database that belongs to a cluster is protected by the cluster.
    if key and not (is_true(candidate.at(key)) or candidate.at(key) == wanted):
        yield f"{key} is not {wanted} in a protected tier"
    yield from (
        f"{careless} is true in a protected tier"
        for careless in CARELESS
        if is_true(candidate.at(careless))
    )
    if candidate.type == "aws:secretsmanager/secret:Secret" and (
        candidate.at("recovery_window_in_days") == 0
    ):
        yield "recovery_window_in_days is 0, so a deleted secret is gone at once"


def access_logged(candidate: Candidate) -> Problems:
    """Every balancer writes who asked for what."""
    if candidate.type == "aws:lb/loadBalancer:LoadBalancer" and not is_true(
        candidate.at("access_logs.enabled")
    ):
        yield "access_logs.enabled is not true"
