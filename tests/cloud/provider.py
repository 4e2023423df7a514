"""The Pulumi provider's gRPC surface: messages in, plain data through `lifecycle`, messages out."""

# ruff: noqa: N802  (gRPC names its methods)

import json
import logging
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
from google.protobuf.empty_pb2 import Empty  # ty: ignore[import-not-found]
from google.rpc import status_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from tests.cloud import lifecycle, schema
from tests.cloud.aws import Aws, Clients
from tests.cloud.config import Configuration, read_configuration
from tests.cloud.errors import one_line
from tests.cloud.lookups import look_up
from tests.cloud.values import from_struct, to_struct

WORKERS = 48  # the engine asks for as many resources at once as are ready
log = logging.getLogger("tests.cloud")

_KINDS = {
    ("ADD", False): provider_pb2.PropertyDiff.ADD,
    ("ADD", True): provider_pb2.PropertyDiff.ADD_REPLACE,
    ("DELETE", False): provider_pb2.PropertyDiff.DELETE,
    ("DELETE", True): provider_pb2.PropertyDiff.DELETE_REPLACE,
    ("UPDATE", False): provider_pb2.PropertyDiff.UPDATE,
    ("UPDATE", True): provider_pb2.PropertyDiff.UPDATE_REPLACE,
}


def serve(own: Clients, lookups: Clients, region: str, account: str) -> tuple[grpc.Server, int]:
    """Start answering on a loopback port; lookups ask AWS as a program would."""
    server = grpc.server(
        ThreadPoolExecutor(WORKERS, thread_name_prefix="provider"),
        options=[("grpc.max_receive_message_length", 64 << 20), ("grpc.so_reuseport", 0)],
    )
    servicer = Provider(own, lookups, region, account)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(servicer, server)
    bound = server.add_insecure_port("127.0.0.1:0")
    server.start()
    return server, bound


class Provider(provider_pb2_grpc.ResourceProviderServicer):
    """One servicer for every stack attached; each engine connection has its own configuration."""

    def __init__(self, own: Clients, lookups: Clients, region: str, account: str) -> None:
        self._own = own
        self._lookups = lookups
        self._fallback = Configuration(region, account)
        self._account = account
        self._configurations: dict[str, Configuration] = {}
        self._lock = threading.Lock()

    # What the provider is

    def Handshake(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Say that we speak the protocol without handshakes; the base class would log a failure."""
        context.abort(grpc.StatusCode.UNIMPLEMENTED, "no handshake")

    def GetPluginInfo(self, request: Any, context: grpc.ServicerContext) -> Any:
        return plugin_pb2.PluginInfo(version=schema.sdk_version())

    def Attach(self, request: Any, context: grpc.ServicerContext) -> Any:
        return Empty()

    def Cancel(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Arrives at the end of every operation of every engine: never a reason to stop."""
        return Empty()

    def GetSchema(self, request: Any, context: grpc.ServicerContext) -> Any:
        return provider_pb2.GetSchemaResponse(
            schema=json.dumps({"name": "aws", "version": schema.sdk_version()})
        )

    # Configuration

    def CheckConfig(self, request: Any, context: grpc.ServicerContext) -> Any:
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(self, request: Any, context: grpc.ServicerContext) -> Any:
        return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_NONE)

    def Configure(self, request: Any, context: grpc.ServicerContext) -> Any:
        def configure() -> Any:
            found = read_configuration(
                from_struct(request.args), self._fallback.region, self._account
            )
            with self._lock:
                self._configurations[context.peer()] = found
                self._fallback = Configuration(
                    self._fallback.region, self._account, found.default_tags
                )
            return provider_pb2.ConfigureResponse(
                supportsPreview=True, supports_autonaming_configuration=True
            )

        return self._answer(context, "configuring the AWS provider", configure)

    def _aws(
        self,
        context: grpc.ServicerContext,
        inputs: Mapping[str, Any],
        clients: Clients | None = None,
    ) -> Aws:
        found = self._configurations.get(context.peer(), self._fallback)
        region = inputs.get("region") or found.region
        there = (clients or self._own).of_account(found.account)
        return Aws(there, str(region), found.account, found.default_tags)

    # Resources

    def Check(self, request: Any, context: grpc.ServicerContext) -> Any:
        def run() -> Any:
            naming = request.autonaming if request.HasField("autonaming") else None
            inputs, problems = lifecycle.check_resource(
                _token(request.urn),
                _name(request.urn),
                from_struct(request.olds),
                from_struct(request.news),
                request.randomSeed,
                naming.mode if naming else 0,
                naming.proposed_name if naming else "",
            )
            failures = [
                provider_pb2.CheckFailure(property=each.path, reason=each.sentence)
                for each in problems
            ]
            return provider_pb2.CheckResponse(inputs=to_struct(inputs), failures=failures)

        return self._answer(context, "", run)

    def Diff(self, request: Any, context: grpc.ServicerContext) -> Any:
        def run() -> Any:
            verdict = lifecycle.diff_resource(
                _token(request.urn),
                _old_inputs(request),
                from_struct(request.news),
                request.ignoreChanges,
            )
            some = provider_pb2.DiffResponse.DIFF_SOME
            none = provider_pb2.DiffResponse.DIFF_NONE
            return provider_pb2.DiffResponse(
                changes=some if verdict.differences else none,
                replaces=sorted(verdict.replaces),
                deleteBeforeReplace=verdict.delete_first,
                stables=verdict.stables,
                diffs=sorted({each.top for each in verdict.differences}),
                hasDetailedDiff=True,
                detailedDiff={
                    each.path: provider_pb2.PropertyDiff(
                        kind=_KINDS[each.kind.value, each.path in verdict.replaces], inputDiff=True
                    )
                    for each in verdict.differences
                },
            )

        return self._answer(context, "", run)

    def Create(self, request: Any, context: grpc.ServicerContext) -> Any:
        new = from_struct(request.properties)

        def run() -> Any:
            id, outputs = lifecycle.create_resource(
                self._aws(context, new), _token(request.urn), new, request.preview
            )
            return provider_pb2.CreateResponse(id=id, properties=to_struct(outputs))

        return self._answer(context, _deed("creating", request.urn, new), run)

    def Read(self, request: Any, context: grpc.ServicerContext) -> Any:
        state, inputs = from_struct(request.properties), from_struct(request.inputs)

        def run() -> Any:
            aws = self._aws(context, state or inputs)
            found = lifecycle.read_resource(aws, _token(request.urn), request.id, state, inputs)
            if found is None:
                return provider_pb2.ReadResponse()
            return provider_pb2.ReadResponse(
                id=request.id, properties=to_struct(found[0]), inputs=to_struct(found[1])
            )

        return self._answer(context, _deed("reading", request.urn, {"id": request.id}), run)

    def Update(self, request: Any, context: grpc.ServicerContext) -> Any:
        new, state = from_struct(request.news), from_struct(request.olds)

        def run() -> Any:
            outputs = lifecycle.update_resource(
                self._aws(context, state),
                _token(request.urn),
                request.id,
                _old_inputs(request),
                new,
                state,
                request.ignoreChanges,
                request.preview,
            )
            return provider_pb2.UpdateResponse(properties=to_struct(outputs))

        return self._answer(context, _deed("updating", request.urn, {"id": request.id}), run)

    def Delete(self, request: Any, context: grpc.ServicerContext) -> Any:
        state = from_struct(request.properties)

        def run() -> Any:
            lifecycle.delete_resource(
                self._aws(context, state), _token(request.urn), request.id, state
            )
            return Empty()

        return self._answer(context, _deed("deleting", request.urn, {"id": request.id}), run)

    # Lookups

    def Invoke(self, request: Any, context: grpc.ServicerContext) -> Any:
        arguments = from_struct(request.args)

        def run() -> Any:
            aws = self._aws(context, arguments, self._lookups)
            answer = provider_pb2.InvokeResponse()
            getattr(answer, "return").CopyFrom(to_struct(look_up(aws, request.tok, arguments)))
            return answer

        return self._answer(context, f"invoking {request.tok}", run)

    def _answer(self, context: grpc.ServicerContext, deed: str, run: Callable[[], Any]) -> Any:
        """Run, and turn whatever fails into one line for the engine."""
        try:
            return run()
        except lifecycle.PartlyMadeError as error:
            _abort_partly_made(context, deed, error)
        except lifecycle.UnknownTypeError as error:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, str(error))
        except Exception as error:
            if not type(error).__module__.startswith(("botocore", "tests.cloud")):
                log.exception("the cloud failed while %s", deed or "checking")
            line = one_line(error)
            context.abort(grpc.StatusCode.UNKNOWN, f"{deed}: {line}" if deed else line)
        raise AssertionError("abort returned")


def _abort_partly_made(
    context: grpc.ServicerContext, deed: str, error: lifecycle.PartlyMadeError
) -> None:
    reason = f"{deed}: {error.reason}"
    detail = provider_pb2.ErrorResourceInitFailed(
        id=error.id, properties=to_struct(error.outputs), reasons=[reason]
    )
    status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=reason)
    status.details.add().Pack(detail)
    context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
    context.abort(grpc.StatusCode.UNKNOWN, reason)


def _old_inputs(request: Any) -> dict[str, Any]:
    """State written by an engine that kept no inputs has only outputs."""
    return from_struct(request.old_inputs if request.HasField("old_inputs") else request.olds)


def _token(urn: str) -> str:
    return urn.split("::")[2].rpartition("$")[2]


def _name(urn: str) -> str:
    return urn.split("::", 3)[3]


def _deed(verb: str, urn: str, values: Mapping[str, Any]) -> str:
    token = _token(urn)
    handler = lifecycle.HANDLERS.get(token)
    noun = handler.noun if handler and handler.noun else token
    subject = values.get("id") or values.get("name") or _name(urn)
    return f"{verb} {noun} ({subject})"
