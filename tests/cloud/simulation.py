"""What the running cloud has besides moto's state. A process has one cloud, and so one of these."""

from typing import Any

from tests.cloud.calls import Calls
from tests.cloud.commands import Agents
from tests.cloud.injection import Faults
from tests.cloud.instances import Instances
from tests.cloud.quotas import Quotas
from tests.cloud.timeline import Timeline
from tests.cloud.traffic import Traffic


class Simulation:
    """Time, and how things behave in it."""

    def __init__(self) -> None:
        self.timeline = Timeline()
        self.clock = self.timeline.clock
        self.instances = Instances(self.clock)
        self.traffic = Traffic()
        self.calls = Calls()
        self.faults = Faults()
        self.quotas = Quotas()
        self.agents = Agents()

    def restart(self) -> None:
        """As at the start."""
        self.timeline.restart()
        self.instances.forget()
        self.traffic.forget()
        self.calls.restart()
        self.faults.restart()
        self.quotas.restart()
        self.agents.forget()

    def dump(self) -> dict[str, Any]:
        """All but faults and machines, which are the test's, as `load` takes it."""
        return {
            "clock": self.clock.dump(),
            "reached": self.timeline.reached,
            "instances": self.instances.said,
            "traffic": self.traffic,
            "quotas": self.quotas,
            "calls": self.calls.dump(),
        }

    def load(self, dumped: dict[str, Any]) -> None:
        self.clock.load(dumped["clock"])
        self.timeline.reached = dumped["reached"]
        self.instances.said = dumped["instances"]
        self.traffic = dumped["traffic"]
        self.quotas = dumped["quotas"]
        self.calls.load(dumped["calls"])


SIMULATION = Simulation()
