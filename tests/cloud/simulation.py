"""What the running cloud has besides moto's state. A process has one cloud, and so one of these."""

from tests.cloud.calls import Calls
from tests.cloud.injection import Faults
from tests.cloud.instances import Instances
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

    def restart(self) -> None:
        """As at the start."""
        self.timeline.restart()
        self.instances.forget()
        self.traffic.forget()
        self.calls.restart()
        self.faults.restart()


SIMULATION = Simulation()
