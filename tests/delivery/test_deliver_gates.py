"""What `deliver` makes of a release that is watched, on the simulated cloud."""

import json
import threading
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from typing import Any

import pytest

from tests.cloud import Cloud
from tests.delivery.conftest import PROJECT, Account
from tests.delivery.living import move_traffic
from tests.delivery.stacks import Baked
from tests.delivery.standing import MORNING, TIER, Standing

pytestmark = pytest.mark.engine
type Part = Any  # of the baked project: a type that is there only when it runs
BALANCER = f"{PROJECT}-{TIER}"
V1, V2 = f"{BALANCER}-v1", f"{BALANCER}-v2"
BUSY = 1200  # requests a minute; v2 has a quarter of them
SINCE = datetime.fromisoformat(MORNING)
UNTIL = SINCE + timedelta(minutes=5)
LATEST = UNTIL + timedelta(minutes=10)


@pytest.fixture(scope="module")
def brought_up(cloud: Cloud, account_of_module: Account) -> Iterator[Standing]:
    yield Standing(cloud, account_of_module)
    cloud.reset()


class Watched:
    """A tier that is judged as time passes."""

    def __init__(self, standing: Standing, baked: Baked) -> None:
        standing.restore()
        self.cloud = standing.cloud
        names = import_module("stack.names").Names(PROJECT, TIER)
        account = import_module("stack.account").Account(self.cloud.region)
        self.settings = import_module("stack.files").settings_in(baked.infra, names)
        self.contract = import_module("stack.platform").read_contract(names, account)
        self.document = import_module("stack.document").parse_document(
            names, json.dumps(standing.document), "the document"
        )
        self.live = import_module("delivery.live.live").Live(names, account, self.cloud.clock.sleep)
        self.ask: Callable[..., Part] | None = None
        self._judge: Part = None

    @property
    def judge(self) -> Part:
        if self._judge is None:
            self._judge = import_module("delivery.judging.judging").Judge(
                self.live, self.settings, self.contract, lambda: self.document, ask=self.ask
            )
        return self._judge

    def bake(self, *, pass_quiet: bool = False, alone: bool = False) -> Part:
        gates = import_module("delivery.deciding.gates")
        baseline = () if alone else ("v1",)
        return gates.Bake("v2", baseline, self.now, self.now + (UNTIL - SINCE),
                          self.now + (LATEST - SINCE), 80, pass_quiet)  # fmt: skip

    def hold(self) -> Part:
        return import_module("delivery.deciding.gates").Hold(
            "v2", self.now, self.now + (UNTIL - SINCE)
        )

    def ready(self, floor: int = 2) -> Part:
        floors = (("v1", 2), ("v2", floor))
        return import_module("delivery.deciding.gates").Ready(
            floors, self.now + (UNTIL - SINCE), "v2"
        )

    @property
    def now(self) -> datetime:
        return self.cloud.clock.now()

    def look(self, gate: Part) -> Part:
        return self.judge.look(gate, self.live.observe())

    def judged(self, gate: Part) -> tuple[float, Part]:
        """Look every minute until there is a verdict; tell after how many, and what it is."""
        begun = self.now
        for _ in range(60):
            look = self.look(gate)
            if look.verdict:
                assert look.verdict.gate == gate
                return (self.now - begun).total_seconds() / 60, look
            self.cloud.clock.advance(60)
        raise AssertionError(f"no verdict in an hour; it waits for {look.waits_for}")


@pytest.fixture
def tier(brought_up: Standing, baked: Baked) -> Watched:
    return Watched(brought_up, baked)


def test_a_good_release_passes_when_its_last_minutes_are_known(tier: Watched) -> None:
    tier.cloud.traffic.flow(BALANCER, BUSY)

    minutes, look = tier.judged(tier.bake())

    assert look.verdict.passed
    assert minutes == 7
    assert (look.measured["v2"].requests, look.measured["v1"].requests) == (1500, 4500)
    assert (look.measured["v2"].failed_percent, look.measured["v2"].p90_ms) == (0, 50)
    assert look.alarms == ()


@pytest.mark.parametrize("how", ["failing", "unanswered"])
def test_a_release_that_fails_is_stopped_early(tier: Watched, how: str) -> None:
    tier.cloud.traffic.flow(BALANCER, BUSY)
    tier.cloud.traffic.behave(V2, **{how: 0.3})

    minutes, look = tier.judged(tier.bake())

    assert not look.verdict.passed
    assert minutes == 3
    assert "v2 fails 30 % of its requests (90 of 300); 5 % is the limit" in look.verdict.reason
    assert "/docs/runbooks/failures.md" in look.verdict.reason


def test_a_release_within_the_limit_but_clearly_worse_is_stopped(tier: Watched) -> None:
    tier.cloud.traffic.flow(BALANCER, BUSY)
    tier.cloud.traffic.behave(V2, failing=0.03)

    _, look = tier.judged(tier.bake())

    assert not look.verdict.passed
    assert "v2 fails 3 % of its requests" in look.verdict.reason
    assert "the others 0 %" in look.verdict.reason
    assert look.alarms == ()


def test_clients_that_hang_up_on_all_alike_are_no_failure(tier: Watched) -> None:
    """Though both alarms go off, which count every request without an answer."""
    tier.cloud.traffic.flow(BALANCER, BUSY)
    tier.cloud.traffic.behave("*", abandoned=0.3)

    _, look = tier.judged(tier.bake())

    assert look.verdict.passed, look.verdict.reason
    assert look.alarms == (f"{V1}-failures", f"{V2}-failures")
    assert look.measured["v2"].failed_percent == 0


def test_clients_that_hung_up_before_do_no_harm_when_all_traffic_is_the_release_s(
    tier: Watched,
) -> None:
    tier.cloud.traffic.flow(BALANCER, BUSY)
    tier.cloud.traffic.behave("*", abandoned=0.3)
    tier.cloud.clock.advance(600)
    move_traffic(tier.cloud, TIER, {"v1": 0, "v2": 100})

    _, look = tier.judged(tier.bake(alone=True))

    assert look.verdict.passed, look.verdict.reason
    assert f"{V2}-failures" in look.alarms


def test_a_release_on_which_clients_hang_up_is_stopped(tier: Watched) -> None:
    """It never answers, and they lose patience before the balancer does."""
    tier.cloud.traffic.flow(BALANCER, BUSY)
    tier.cloud.traffic.behave(V2, abandoned=0.3)

    _, look = tier.judged(tier.bake())

    assert not look.verdict.passed
    assert "clients hang up on 30 % of v2's requests, on 0 % of the others'" in look.verdict.reason


def test_a_slow_release_is_stopped(tier: Watched) -> None:
    tier.cloud.traffic.flow(BALANCER, BUSY)
    tier.cloud.traffic.behave(V2, latency=1.5)

    _, look = tier.judged(tier.bake())

    assert not look.verdict.passed
    assert "/latency.md" in look.verdict.reason


@pytest.mark.parametrize(("flow", "pass_quiet"), [(0, True), (0, False), (8, False)])
def test_without_enough_requests_it_goes_on_and_then_the_setting_decides(
    tier: Watched, flow: int, *, pass_quiet: bool
) -> None:
    tier.cloud.traffic.flow(BALANCER, flow)

    minutes, look = tier.judged(tier.bake(pass_quiet=pass_quiet))

    assert minutes == 17
    assert look.verdict.passed is pass_quiet
    if not pass_quiet:
        assert f"v2 had {flow * 17 // 4 - flow // 2} of 80 requests" in look.verdict.reason


@pytest.mark.parametrize("kind", ["bake", "hold"])
def test_an_alarm_of_the_release_stops_at_once(tier: Watched, kind: str) -> None:
    tier.cloud.traffic.flow(BALANCER, BUSY)
    gate = getattr(tier, kind)()
    assert tier.look(gate).verdict is None
    tier.cloud.metrics.set_alarm_state(f"{V2}-failures", "ALARM")

    look = tier.look(gate)

    assert not look.verdict.passed
    assert look.verdict.reason.startswith(f"alarm {V2}-failures: 5 % of the requests or more")
    assert look.verdict.reason.endswith("/docs/runbooks/failures.md")


def test_an_alarm_of_another_release_is_shown_and_stops_nothing(tier: Watched) -> None:
    tier.cloud.traffic.flow(BALANCER, BUSY)
    tier.cloud.metrics.set_alarm_state(f"{V1}-failures", "ALARM")

    _, look = tier.judged(tier.hold())

    assert look.verdict.passed
    assert look.alarms == (f"{V1}-failures",)


def test_an_alarm_from_the_fleet_s_start_may_end_but_nothing_passes_with_it(tier: Watched) -> None:
    tier.cloud.traffic.flow(BALANCER, BUSY)
    tier.cloud.metrics.set_alarm_state(f"{V2}-capacity", "ALARM")
    tier.cloud.clock.advance(60)
    gate = tier.bake()

    assert tier.look(gate).verdict is None
    tier.cloud.clock.advance(300)

    assert not tier.look(gate).verdict.passed


def test_metrics_that_cannot_be_read_pass_nothing(tier: Watched) -> None:
    tier.cloud.traffic.flow(BALANCER, BUSY)
    tier.cloud.faults.fail("cloudwatch", "GetMetricData", code="AccessDenied", times=None)

    minutes, look = tier.judged(tier.bake())

    assert minutes == 5
    assert not look.verdict.passed
    assert "could not be read" in look.verdict.reason


# Before traffic


@contextmanager
def answering(handle: Callable[[BaseHTTPRequestHandler], int]) -> Generator[int]:
    """A stand-in for the balancer, on loopback; `handle` gives the status."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status = handle(self)
            self.send_response(status)
            self.send_header("X-Request-Id", self.headers["X-Request-Id"])
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    thread.join()
    server.server_close()


def here(port: int) -> Callable[..., Part]:
    """Ask as `deliver` does, but for the address."""
    probe = import_module("delivery.judging.probe")

    def ask(target: Part, path: str, headers: Mapping[str, str]) -> Part:
        assert target.address.endswith(".elb.amazonaws.com")
        return probe.ask(replace(target, address="127.0.0.1", port=port), path, headers)

    return ask


def test_a_release_is_asked_by_its_label_before_traffic(tier: Watched) -> None:
    label = tier.document.releases["v2"].label
    asked = []

    def handle(request: BaseHTTPRequestHandler) -> int:
        assert request.headers["X-Release"] == label
        assert request.headers["User-Agent"] == "slipway-deliver"
        assert request.headers["Host"].endswith(".elb.amazonaws.com")
        asked.append(request.path)
        return 200 if request.path == "/readyz" else 404

    with answering(handle) as port:
        tier.ask = here(port)
        look = tier.look(tier.ready())

    assert look.verdict.passed
    assert asked == ["/readyz", "/v1/"] * 3


def test_a_release_that_answers_wrong_is_asked_again_until_its_time_is_over(tier: Watched) -> None:
    with answering(lambda request: 500 if request.path == "/v1/" else 200) as port:
        tier.ask = here(port)
        minutes, look = tier.judged(tier.ready())

    assert minutes == 5
    assert not look.verdict.passed
    assert "/v1/, asked for v2, was answered 500" in look.verdict.reason


def test_fleets_that_are_not_healthy_are_waited_for(tier: Watched) -> None:
    look = tier.look(tier.ready(floor=3))

    assert look.verdict is None
    assert look.waits_for == "v2: 2 of 3 healthy"


def test_alarms_of_a_fleet_s_start_do_not_stop_it_before_traffic(tier: Watched) -> None:
    move_traffic(tier.cloud, TIER, {"v1": 100})
    tier.cloud.metrics.set_alarm_state(f"{V2}-capacity", "ALARM")

    look = tier.look(tier.ready(floor=3))

    assert look.verdict is None
    assert look.alarms == (f"{V2}-capacity",)
