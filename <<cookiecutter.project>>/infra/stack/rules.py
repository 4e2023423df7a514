"""The listener and its rules: which comes when, and by what they tell requests apart.

A listener takes priorities 1 to 50000, the smallest first ("Listener rules for your Application
Load Balancer" in the Elastic Load Balancing User Guide).
"""

# The listener that has the rules is on the latter where there is a certificate.
HTTP = 80
HTTPS = 443

# Before the release rules, so that nobody but who has the token gets past them.
TOKEN_PRIORITY = 1
PAGE_PRIORITY = 2
MAINTENANCE_HEADER = "X-Maintenance-Token"

FIRST_RELEASE_PRIORITY = 100  # vN has 100+N
RELEASE_HEADER = "X-Release"

TRAFFIC_PRIORITY = 50000  # the last a listener has: every other rule comes first
