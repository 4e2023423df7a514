"""All guardrails by name."""

from .buckets import WholeRule, buckets_closed, log_buckets_writable
from .candidate import Rule
from .encryption import encrypted_at_rest, encrypted_in_transit
from .exposure import closed_ports, private
from .keeping import access_logged, deletion_protected, logs_end
from .machines import metadata_by_token
from .naming import names_fit
from .policies import no_wildcard
from .secrets import no_secret
from .tags import tagged

# Of one resource.
RULES: dict[str, Rule] = {
    "encrypted-at-rest": encrypted_at_rest,
    "encrypted-in-transit": encrypted_in_transit,
    "closed-ports": closed_ports,
    "private": private,
    "metadata-by-token": metadata_by_token,
    "tagged": tagged,
    "logs-end": logs_end,
    "access-logged": access_logged,
    "deletion-protected": deletion_protected,
    "no-secret": no_secret,
    "no-wildcard": no_wildcard,
    "names-fit": names_fit,
}
# Of the whole stack.
WHOLE: dict[str, WholeRule] = {
    "buckets-closed": buckets_closed,
    "log-buckets-writable": log_buckets_writable,
}
NAMES = (*RULES, *WHOLE)
