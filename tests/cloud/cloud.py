"""AWS in one process: moto for the API, a Pulumi provider in front of it, both on loopback."""

import logging
import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Self

from tests.cloud.words import CloudStartError

if TYPE_CHECKING:
    import grpc

    from tests.cloud.aws import Clients
    from tests.cloud.calls import Calls
    from tests.cloud.clock import Clock
    from tests.cloud.injection import Faults
    from tests.cloud.instances import Instances
    from tests.cloud.metrics import Metrics
    from tests.cloud.quotas import Quotas
    from tests.cloud.server import AwsServer, Wsgi
    from tests.cloud.traffic import Traffic

ACCOUNT = "123456789012"  # moto's default account
DEFAULT_REGION = "eu-west-1"
PASSPHRASE = "simulated"  # of a state that holds nothing worth hiding


class Cloud:
    """A running cloud; `start` makes it, `stop` (or leaving `with`) ends it.

    moto keeps its state in the process, so a process has one cloud at a time. Nothing heavy is
    imported before `start`.
    """

    _one: ClassVar[threading.Lock] = threading.Lock()

    def __init__(
        self,
        region: str,
        server: "AwsServer",
        clients: "Clients",
        provider: "grpc.Server",
        port: int,
    ) -> None:
        self.region = region
        self.account = ACCOUNT
        self.provider_port = port
        self._server = server
        self._clients = clients
        self._provider = provider
        self._running = True

    @classmethod
    def start(cls, region: str = DEFAULT_REGION, port: int = 0) -> Self:
        """Start empty, AWS's side on `port` or any free one; CloudStartError says why not."""
        if not cls._one.acquire(blocking=False):
            raise CloudStartError("a cloud is already running in this process; stop it first")
        try:
            return cls._start(region, port)
        except BaseException:
            cls._one.release()
            raise

    @classmethod
    def _start(cls, region: str, port: int) -> Self:
        from tests.cloud.aws import ACCESS_KEY, PROVIDER_KEY, Clients
        from tests.cloud.regions import check_region

        check_region(region)
        from tests.cloud.provider import serve
        from tests.cloud.server import AwsServer, forget_everything, make_moto_app

        for noisy in ("werkzeug", "botocore", "urllib3"):
            logging.getLogger(noisy).setLevel(logging.ERROR)
        server = AwsServer(make_moto_app(), port)
        forget_everything()
        server.start()
        clients = Clients(server.endpoint, ACCESS_KEY)
        own = Clients(server.endpoint, PROVIDER_KEY)
        provider, provider_port = serve(own, clients, region, ACCOUNT)
        return cls(region, server, clients, provider, provider_port)

    @property
    def endpoint(self) -> str:
        """Where AWS answers."""
        return self._server.endpoint

    @property
    def environment(self) -> Mapping[str, str]:
        """What points boto3, `aws` and the Pulumi engine at this cloud."""
        from tests.cloud.aws import ACCESS_KEY, SECRET_KEY

        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_EC2_METADATA_DISABLED": "true",
            "PULUMI_DEBUG_PROVIDERS": f"aws:{self.provider_port}",
            "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
        }

    def client(self, service: str, region: str | None = None) -> Any:
        """A boto3 client of this cloud."""
        return self._clients.get(service, region or self.region)

    @property
    def clock(self) -> "Clock":
        """The cloud's time."""
        from tests.cloud.simulation import SIMULATION

        return SIMULATION.clock

    @property
    def instances(self) -> "Instances":
        """How instances behave."""
        from tests.cloud.simulation import SIMULATION

        return SIMULATION.instances

    @property
    def metrics(self) -> "Metrics":
        """Metrics and alarm states, for a test to set."""
        from moto.cloudwatch.models import cloudwatch_backends

        from tests.cloud.metrics import Metrics

        def backend(region: str | None) -> Any:
            return cloudwatch_backends[self.account][region or self.region]

        return Metrics(self.clock, backend)

    @property
    def traffic(self) -> "Traffic":
        """Requests that arrive at balancers, and how target groups answer."""
        from tests.cloud.simulation import SIMULATION

        return SIMULATION.traffic

    @property
    def calls(self) -> "Calls":
        """Every call made, oldest first."""
        from tests.cloud.simulation import SIMULATION

        return SIMULATION.calls

    @property
    def faults(self) -> "Faults":
        """What goes wrong with calls."""
        from tests.cloud.simulation import SIMULATION

        return SIMULATION.faults

    @property
    def quotas(self) -> "Quotas":
        """How many of each thing an account may have."""
        from tests.cloud.simulation import SIMULATION

        return SIMULATION.quotas

    def put_in_front(self, layer: "Callable[[Wsgi], Wsgi]") -> None:
        """Let a layer see each request to AWS first."""
        self._server.put_in_front(layer)

    def reset(self) -> None:
        """Forget everything that was made."""
        from tests.cloud.server import forget_everything

        forget_everything()

    def save(self) -> bytes:
        """Everything in the cloud: all accounts and regions, its time, its calls."""
        from tests.cloud.snapshot import save

        return save()

    def restore(self, saved: bytes) -> None:
        """Make the cloud what it was when it was saved, here or in another process."""
        from tests.cloud.snapshot import restore

        restore(saved)

    def stop(self) -> None:
        """Stop answering; a second time does nothing."""
        if self._running:
            self._running = False
            self._provider.stop(0.5).wait(2)
            self._server.stop()
            self._one.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
