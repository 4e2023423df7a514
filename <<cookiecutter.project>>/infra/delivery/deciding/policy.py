"""What a tier's settings and the hour say to a rollout."""

from datetime import datetime

from stack.settings import Settings

from .hours import scheduled_sizes
from .observed import Policy
from .plan import MINUTE


def policy_of(settings: Settings, now: datetime) -> Policy:
    """Give the sizes that the clock means now, and the numbers that the tier has set."""
    return Policy(
        scheduled=scheduled_sizes(settings, now),
        max_size=settings.max_size,
        ready_seconds=settings.ready_minutes * MINUTE,
        least_requests=settings.least_requests,
        quiet_seconds=settings.quiet_minutes * MINUTE,
        pass_quiet=settings.pass_quiet,
        attended_seconds=settings.attended_minutes * MINUTE,
    )
