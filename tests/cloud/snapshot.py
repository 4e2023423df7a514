"""The whole cloud as bytes, and back: moto's state of all accounts and regions, and our own.

One pickle, so that what refers to each other still does. Few things in moto's state cannot be
pickled as they are: keys, locks and a function inside another; each is written in a way of its own.
"""

import builtins
import hashlib
import io
import marshal
import pickle
import platform
import threading
import types
from collections import OrderedDict, defaultdict
from collections.abc import Callable
from importlib import import_module
from importlib.metadata import version
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from moto.backends import get_backend
from moto.core.base_backend import (
    AccountSpecificBackend,
    BackendDict,
    BaseBackend,
    backend_lock,
)
from moto.core.model_instances import reset_model_data

from tests.cloud import strict
from tests.cloud.simulation import SIMULATION

KIND = f"slipway cloud 1, moto {version('moto')}, Python {platform.python_version()}"
# What BackendDict itself has; anything else a service keeps beside its accounts, as S3 its buckets.
OWN = frozenset(vars(BackendDict(BaseBackend, "any")))
LOCKS = {type(threading.Lock()): threading.Lock, type(threading.RLock()): threading.RLock}


class SnapshotError(Exception):
    """The bytes are not a cloud that this one can become."""


def save() -> bytes:
    """The cloud as it is now."""
    with backend_lock, SIMULATION.timeline.paused():
        services = {
            backends.service_name: (
                {account: dict(dict.items(regions)) for account, regions in dict.items(backends)},
                {key: value for key, value in vars(backends).items() if key not in OWN},
            )
            for backends in _in_use()
        }
        stream = io.BytesIO()
        _Pickler(stream, protocol=5).dump((services, SIMULATION.dump()))
    return _head(stream.getvalue()) + stream.getvalue()


def restore(saved: bytes) -> None:
    """Make the cloud what it was; whatever was made since is gone."""
    kind, _, rest = saved.partition(b"\n")
    body = rest.partition(b"\n")[2]
    if saved[: -len(body)] != _head(body):
        shown = kind[:60].decode(errors="replace")
        raise SnapshotError(f'this is no whole cloud saved by {KIND}; it begins with "{shown}"')
    with SIMULATION.timeline.paused(), backend_lock:
        _empty()
        services, simulation = _Unpickler(io.BytesIO(body)).load()
        for service, (accounts, beside) in services.items():
            strict.apply(service)
            backends = _backends(service)
            for account, regions in accounts.items():
                for region, backend in regions.items():
                    dict.__setitem__(backends[account], region, backend)
            vars(backends).update(beside)
        SIMULATION.load(simulation)


def _head(body: bytes) -> bytes:
    """Who wrote it, and that it is whole."""
    return f"{KIND}\n{hashlib.sha256(body).hexdigest()}\n".encode()


def _empty() -> None:
    """Let go of everything; objects of S3 keep their values in files, which must be closed."""
    for backends in list(_in_use()):
        if backends.service_name == "s3":
            for _, _, backend in list(backends.iter_backends()):
                backend.reset()
        backends.clear()
    _in_use().clear()
    reset_model_data()  # moto lists every object it ever made, and so would keep each restored one


def _in_use() -> list[Any]:
    """The services that have anything in any account."""
    return BackendDict._instances  # ty: ignore[invalid-attribute-access]


def _backends(service: str) -> Any:
    return get_backend(service)  # ty: ignore[no-matching-overload]


class _Pickler(pickle.Pickler):
    def persistent_id(self, obj: Any) -> Any:
        """What there is once in a process: a service's accounts, and one account of it."""
        if isinstance(obj, BackendDict):
            return "service", obj.service_name
        if isinstance(obj, AccountSpecificBackend):
            return "account", obj.service_name, obj.account_id
        return None

    def reducer_override(self, obj: Any) -> Any:
        if isinstance(obj, PrivateKeyTypes):
            return _private_key, (_pem(obj),)
        if isinstance(obj, x509.Certificate):
            return _certificate, (obj.public_bytes(serialization.Encoding.DER),)
        if type(obj) in LOCKS:
            return LOCKS[type(obj)], ()
        if isinstance(obj, types.FunctionType) and "<locals>" in obj.__qualname__:
            cells = tuple(cell.cell_contents for cell in obj.__closure__ or ())
            code = marshal.dumps(obj.__code__)
            return _function, (code, obj.__module__, obj.__defaults__, cells)
        if isinstance(obj, dict) and type(obj).__module__.startswith("moto."):
            made = type(obj), getattr(obj, "default_factory", None)
            return _mapping, made, (vars(obj), dict(dict.items(obj))), None, None, _fill
        return NotImplemented


class _Unpickler(pickle.Unpickler):
    def persistent_load(self, pid: Any) -> Any:
        backends = _backends(pid[1])
        return backends if pid[0] == "service" else backends[pid[2]]


def _pem(key: Any) -> bytes:
    return bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )


def _private_key(pem: bytes) -> Any:
    """Checking an RSA key takes 60 ms, and this one was fine when it was saved."""
    return serialization.load_pem_private_key(pem, None, unsafe_skip_rsa_key_validation=True)


def _certificate(der: bytes) -> x509.Certificate:
    return x509.load_der_x509_certificate(der)


def _mapping(kind: type[Any], factory: Any) -> Any:
    """One of moto's own kinds of dict, empty, whatever its constructor asks for."""
    made = kind.__new__(kind)
    if isinstance(made, defaultdict):
        made.default_factory = factory
    return made


def _fill(made: Any, state: tuple[dict[str, Any], dict[Any, Any]]) -> None:
    """Its attributes and items, past whatever its own methods would make of them."""
    vars(made).update(state[0])
    setter = OrderedDict.__setitem__ if isinstance(made, OrderedDict) else dict.__setitem__
    for key, value in state[1].items():
        setter(made, key, value)


def _function(
    code: bytes, module: str, defaults: tuple[Any, ...] | None, cells: tuple[Any, ...]
) -> Callable[..., Any]:
    """A function that was made inside another, as the factory of a defaultdict."""
    return types.FunctionType(
        marshal.loads(code),  # noqa: S302  written by `save`
        vars(import_module(module)) if module != "builtins" else vars(builtins),
        argdefs=defaults,
        closure=tuple(types.CellType(each) for each in cells),
    )
