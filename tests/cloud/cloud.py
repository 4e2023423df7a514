"""AWS in one process: moto for the API, a Pulumi provider in front of it, both on loopback."""

import logging
import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    import grpc

    from tests.cloud.aws import Clients
    from tests.cloud.server import AwsServer

ACCOUNT = "123456789012"  # moto's default account


class Cloud:
    """A running cloud; `start` makes it, `stop` (or leaving `with`) ends it.

    Nothing heavy is imported before `start`.
    """

    def __init__(self, region: str, server: "AwsServer", clients: "Clients", provider: "grpc.Server", port: int):
        self.region = region
        self.account = ACCOUNT
        self.provider_port = port
        self._server = server
        self._clients = clients
        self._provider = provider
        self._stopped = threading.Event()

    @classmethod
    def start(cls, region: str = "eu-west-1", port: int = 0) -> Self:
        """Start on a free port, or on `port` for AWS's side; raises PortInUse."""
        from tests.cloud.aws import OWN_CALLS, Clients
        from tests.cloud.provider import serve
        from tests.cloud.server import AwsServer, make_moto_app

        for noisy in ("werkzeug", "botocore", "urllib3"):
            logging.getLogger(noisy).setLevel(logging.ERROR)
        server = AwsServer(make_moto_app(), port)
        server.start()
        clients = Clients(server.endpoint, OWN_CALLS)
        provider, provider_port = serve(clients, region, ACCOUNT)
        return cls(region, server, clients, provider, provider_port)

    @property
    def endpoint(self) -> str:
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
        }

    def client(self, service: str, region: str | None = None) -> Any:
        """A boto3 client of this cloud."""
        return self._clients.get(service, region or self.region)

    def reset(self) -> None:
        """Forget everything that was made."""
        from moto.core.model_instances import reset_model_data
        from moto.backends import list_of_moto_modules  # noqa: F401

        reset_model_data()

    def stop(self) -> None:
        if not self._stopped.is_set():
            self._stopped.set()
            self._provider.stop(0.5).wait(2)
            self._server.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
