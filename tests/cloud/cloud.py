"""AWS in one process: moto for the API, a Pulumi provider in front of it, both on loopback."""

import logging
import re
import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Self

from tests.cloud.accounts import Account, key_of
from tests.cloud.aws import ACCESS_KEY, ACCOUNT, PROVIDER_KEY, SECRET_KEY, Clients
from tests.cloud.words import CloudStartError

if TYPE_CHECKING:
    import grpc

    from tests.cloud.calls import Calls
    from tests.cloud.clock import Clock
    from tests.cloud.commands import Agents
    from tests.cloud.injection import Faults
    from tests.cloud.instances import Instances
    from tests.cloud.metrics import Metrics
    from tests.cloud.quotas import Quotas
    from tests.cloud.server import AwsServer, Wsgi
    from tests.cloud.traffic import Traffic

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
        clients: Clients,
        own: Clients,
    ) -> None:
        self.region = region
        self.account = ACCOUNT
        self._server = server
        self._clients, self._own = clients, own
        self._providers: dict[str, tuple[grpc.Server, int]] = {}
        self.provider_port = self._provider_of(ACCOUNT)
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
        from tests.cloud.regions import check_region

        check_region(region)
        from tests.cloud.server import AwsServer, forget_everything, make_moto_app
        from tests.cloud.service_models import read_once

        read_once()
        for noisy in ("werkzeug", "botocore", "urllib3"):
            logging.getLogger(noisy).setLevel(logging.ERROR)
        server = AwsServer(make_moto_app(), port)
        forget_everything()
        server.start()
        clients = Clients(server.endpoint, ACCESS_KEY)
        own = Clients(server.endpoint, PROVIDER_KEY)
        return cls(region, server, clients, own)

    def _provider_of(self, account: str) -> int:
        """The port of an account's provider: an engine finds its account by the port alone."""
        from tests.cloud.provider import serve

        if account not in self._providers:
            own, lookups = self._own.of_account(account), self._clients.of_account(account)
            self._providers[account] = serve(own, lookups, self.region, account)
        return self._providers[account][1]

    @property
    def endpoint(self) -> str:
        """Where AWS answers."""
        return self._server.endpoint

    @property
    def environment(self) -> Mapping[str, str]:
        """What points boto3, `aws` and the Pulumi engine at this cloud's own account."""
        return self._environment(ACCOUNT)

    def _environment(self, account: str) -> Mapping[str, str]:
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": key_of(ACCESS_KEY, account, ACCOUNT),
            "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_EC2_METADATA_DISABLED": "true",
            "PULUMI_DEBUG_PROVIDERS": f"aws:{self._provider_of(account)}",
            "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
        }

    def client(self, service: str, region: str | None = None) -> Any:
        """A boto3 client of this cloud."""
        return self._clients.get(service, region or self.region)

    def account_of(self, id: str) -> Account:
        """Another AWS account in this cloud; it is there as soon as somebody asks for it."""
        if not re.fullmatch(r"\d{12}", id):
            raise ValueError(f'"{id}" is not an AWS account; its number has twelve digits')
        clients = self._clients.of_account(id)

        def client(service: str, region: str | None = None) -> Any:
            return clients.get(service, region or self.region)

        return Account(id, self._environment(id), client)

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
    def agents(self) -> "Agents":
        """The machines behind instances, on which commands really run."""
        from tests.cloud.simulation import SIMULATION

        return SIMULATION.agents

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
            stopping = [provider.stop(0.5) for provider, _ in self._providers.values()]
            for each in stopping:
                each.wait(2)
            self._server.stop()
            self._one.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
