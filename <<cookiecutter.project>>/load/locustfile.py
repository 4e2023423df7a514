"""Load for `make load`: what users do, how often, and what is still good enough.

Requests go one after another for each user, without pause, so users are requests in flight.
"""

import sys

from locust import FastHttpUser, constant, events, task
from locust.env import Environment

MOST_FAILED = 0.0  # share of all requests
SLOWEST_P99 = 250  # milliseconds

# example: begin
BASKET = {
    "currency": "EUR",
    "items": [
        {"sku": "TEA-250", "quantity": 12, "unit_price": 1250},
        {"sku": "CUP-1", "quantity": 2, "unit_price": 900},
    ],
}
# example: end


class Caller(FastHttpUser):
    wait_time = constant(0)

    @task
    def look(self) -> None:
        self.client.get("/livez")

    # example: begin
    @task(9)
    def price_a_basket(self) -> None:
        self.client.post("/v1/quotes", json=BASKET)

    @task(3)
    def read_the_discounts(self) -> None:
        self.client.get("/v1/quotes/discounts")

    # example: end


@events.quitting.add_listener  # type: ignore[untyped-decorator]
def judge(environment: Environment, **_: object) -> None:
    """Fail the run when it was not good enough."""
    total = environment.stats.total
    p99 = total.get_response_time_percentile(0.99) or 0
    problems = []
    if total.num_requests == 0:
        problems.append("not one request was answered")
    if total.fail_ratio > MOST_FAILED:
        problems.append(f"{total.fail_ratio:.2%} of the requests failed; {MOST_FAILED:.2%} may")
    if p99 > SLOWEST_P99:
        problems.append(f"p99 is {p99:.0f} ms; {SLOWEST_P99} ms is the limit")
    for problem in problems:
        sys.stderr.write(f"error: {problem}\n")
    environment.process_exit_code = 1 if problems else 0
