"""Stopping a machine loses no request, and this test would notice if it did."""

import signal
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.service.installed import Installed
from tests.service.load import Load

DRAINS = 20
TOGETHER = 4  # drains mostly wait
DRAIN_SECONDS = 3  # six times what the balancer takes to send no more
BEFORE = 100  # answers until the signal


@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 4])
def test_twenty_sigterms_under_load_lose_no_request(installed: Installed, workers: int) -> None:
    with ThreadPoolExecutor(TOGETHER) as pool:
        loads = list(pool.map(lambda number: drain(installed, workers, number), range(DRAINS)))
    assert [load.lost for load in loads] == [[]] * DRAINS
    # They were under load while they drained, and told their clients to go elsewhere.
    assert min(load.closes for load in loads) > 0


@pytest.mark.parametrize("workers", [1, 4])
def test_a_sigkill_under_load_loses_requests(installed: Installed, workers: int) -> None:
    """The control: were this to lose none either, the test above would show nothing."""
    with installed.serving(workers=workers) as process, Load(process.port) as load:
        load.wait_for(BEFORE)
        process.signal_all(signal.SIGKILL)
    assert load.lost


def drain(installed: Installed, workers: int, number: int) -> Load:
    with (
        installed.serving(workers=workers, drain_seconds=DRAIN_SECONDS) as process,
        Load(process.port) as load,
    ):
        load.wait_for(BEFORE)
        if number % 2:
            process.signal_all(signal.SIGTERM)  # systemd signals every process,
        else:
            process.popen.terminate()  # a container's or a person's kill only the first
        assert process.popen.wait(60) in {0, -signal.SIGTERM}  # one process ends by its signal
    return load
