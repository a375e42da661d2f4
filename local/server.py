"""The local server: moto, the stack, the application and the HTTP server, started and stopped."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Mapping
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Self

from cloudformation import template as templates
from cloudformation.template import Template
from local import event_invoke_config, mx_table, sqs_poller
from local.apigw_event import ApiRoutes, HttpRequest, HttpResponse, http_response, proxy_event
from local.app_functions import API, AppFunctions
from local.application import Application, Environment, todoku
from local.boto_clients import BotoClients
from local.clock import Clock
from local.cognito.code_encryption import CodeEncryption
from local.cognito.custom_email_sender import CustomEmailSender
from local.cognito.patch_moto import patch_cognito
from local.control_api import PATH_PREFIX, ControlApi
from local.eventbridge_schedule import EventBridgeSchedule
from local.executor import ThreadPool
from local.gateway_responses import GatewayResponses
from local.http_server import HttpServer
from local.lambda_service import LambdaService
from local.mail_providers import MailProviders
from local.mailbox import Mailbox
from local.moto_patches import MotoPatches
from local.moto_server import MotoServer
from local.process_environment import ProcessEnvironment
from local.scheduler import ThreadScheduler
from local.ses.delivery import MailDelivery
from local.ses.patch_moto import EventDestinations, patch_ses
from local.ses.send_email import SendEmailApi
from local.ses.suppression_list import SuppressionList
from local.sns_publisher import SnsPublisher
from local.sqs_poller import SqsPoller
from local.stack import Stack
from local.switches import Switches

if TYPE_CHECKING:
    from chalicelib.factory import Services

log = logging.getLogger("local")

ACCOUNT = "123456789012"
REGION = "ap-northeast-1"
STACK = "todoku"
SENDER = "no-reply@entry.todoku.example"

_only_one = threading.Lock()


class LocalServer:
    """The whole service on one machine. ``with LocalServer() as server: server.url``.

    One at a time in a process: moto, the environment and the application's services are the
    process's. All state is lost on ``stop``.
    """

    def __init__(
        self,
        port: int = 0,
        *,
        application: Application = todoku,
        prefix: str = "",
        template: Template | None = None,
        parameters: Mapping[str, str] | None = None,
        transit: float = 0.05,
        retry_after: float = 1.0,
    ) -> None:
        """``port`` 0 takes a free one; ``prefix`` (``/dev``) serves under a stage's path.
        ``parameters`` are the template's. ``transit``: seconds a mail is on its way;
        ``retry_after``: seconds until a failed invocation or message is tried again."""
        self._port = port
        self._application = application
        self._prefix = prefix
        self._template = template or Template.read()
        self._parameters = dict(parameters or {})
        self._transit = transit
        self._retry_after = retry_after
        self.clock = Clock()
        self.switches = Switches(self.clock)
        self.mailbox = Mailbox()
        self.providers = MailProviders()
        self._stops: list[Callable[[], None]] = []
        self._closes: list[Callable[[], None]] = []

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> Self:
        """Start everything.

        Raises ``OSError`` when the port is taken, ``TemplateError``, and ``RuntimeError`` when
        this process has a machine already.
        """
        if not _only_one.acquire(blocking=False):
            raise RuntimeError("there can be only one machine in a process")
        self._stops.append(_only_one.release)
        try:
            self._start()
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """Stop everything, in the reverse order; within two seconds."""
        while self._stops:
            self._stops.pop()()

    def _close(self) -> None:
        """Once no worker calls any more: a socket left to the garbage collector is a warning."""
        for close in self._closes:
            close()

    def _start(self) -> None:
        http = HttpServer(self._port)
        self._stops.append(http.stop)
        self.url = http.url
        patches = MotoPatches()
        self._stops.append(patches.remove)
        self._pollers: list[SqsPoller] = []
        moto = MotoServer(self.switches, patches, self._look_at_queues)
        self._stops.append(moto.stop)
        self.aws_url = moto.url
        self.interceptors = moto.interceptors
        """Asked before each request to the stand-in, for tests that want to be between."""
        moto.start()
        environment = ProcessEnvironment(REGION, moto.url)
        environment.enter()
        self._stops.append(environment.leave)
        self._stops.append(self._close)
        executor, scheduler = ThreadPool(24), ThreadScheduler(self.clock)
        executor.start()
        scheduler.start()
        self._stops += [
            lambda: executor.stop(0.8),
            lambda: scheduler.join(0.2),
            self.clock.close,
        ]
        self._make(http, moto, patches, environment, executor, scheduler)

    def _make(
        self,
        http: HttpServer,
        moto: MotoServer,
        patches: MotoPatches,
        environment: ProcessEnvironment,
        executor: ThreadPool,
        scheduler: ThreadScheduler,
    ) -> None:
        app_functions = self._application.functions()
        self.functions = LambdaService(
            app_functions, STACK, ACCOUNT, REGION, executor, scheduler, self._retry_after
        )
        clients = self.clients = BotoClients(moto.url, REGION)
        sender = CustomEmailSender(
            CodeEncryption(lambda: clients("kms")),
            self.functions.invoke_async,
            executor,
            self.switches,
        )
        self.directory = patch_cognito(patches, sender, self.clock.time, ACCOUNT, REGION)
        self._install_ses(patches, scheduler)
        sqs_poller.share_clock(patches, self.clock)
        self.stack = Stack(self._template, self._all_parameters(), self.functions.arns, clients)
        self.stack.make()
        self._make_routes()
        self.functions.event_invoke_configs = event_invoke_config.from_template(
            self._template,
            self.stack.lookup,
            partial(event_invoke_config.send_to_queue, clients("sqs"), app_functions.authorize),
        )
        environment.add(self.stack.environment())
        close = self._application.wire(
            Environment(
                clock=self.clock,
                mx=self._look_up,
                jwks_url=f"{moto.url}/{self.stack.ref('UserPool')}/.well-known/jwks.json",
                function_variables=self.stack.environment,
                endpoint=moto.url,
                region=REGION,
                account=ACCOUNT,
                lookup=self.stack.lookup,
                add_interceptor=moto.interceptors.append,
                invocation_context=lambda: {
                    "offset": self.clock.offset,
                    "dns_fails": self.switches.values.dns_fail,
                },
            )
        )
        self._closes = [close, clients.close]
        self._run_events(app_functions, moto.sqs_lock, executor, scheduler)
        gateway = GatewayResponses(self._template)
        control_api = ControlApi(self.mailbox, self.providers, self.switches, self.functions)
        routes = ApiRoutes(app_functions.routes)
        http.start(
            lambda request: self._respond(request, routes, gateway, control_api),
            lambda _: gateway.response("REQUEST_TOO_LARGE"),
            lambda _: gateway.response("BAD_REQUEST_BODY"),
        )

    @property
    def services(self) -> Services:
        """The application's services, as they are wired here."""
        from chalicelib import factory

        return factory.services()

    def _all_parameters(self) -> dict[str, str]:
        return {
            "AWS::StackName": STACK,
            "AWS::Region": REGION,
            "AWS::AccountId": ACCOUNT,
            "AWS::Partition": "aws",
            "AWS::URLSuffix": "amazonaws.com",
            "BaseUrl": self.url,
            "PrimarySender": SENDER,
            "HelpContact": "0120-000-000",
            **self._parameters,
        }

    def _make_routes(self) -> None:
        """A stack of its own for each route that the service's stack names."""
        self.routes: dict[str, Stack] = {}
        template, given = Template.read(templates.SENDER), self._all_parameters()
        pseudo = {name: value for name, value in given.items() if name.startswith("AWS::")}
        for route in json.loads(self.stack.environment()["TODOKU_ROUTES"]):
            domain, region = route["sender"].rpartition("@")[2], route["region"]
            own = {
                "AWS::Region": region,
                "Service": STACK,
                "Route": route["name"],
                "Domain": domain,
                "MailFromDomain": f"bounce.{domain}",
                "RecordEventsArn": self.functions.arns["RecordEvents"],
            }
            clients = partial(self.clients, region=region)
            self.routes[route["name"]] = Stack(template, pseudo | own, {}, clients)
            self.routes[route["name"]].make()

    def _install_ses(self, patches: MotoPatches, scheduler: ThreadScheduler) -> None:
        destinations = EventDestinations(SnsPublisher(self.functions, ACCOUNT, self.clock))
        self.suppression = SuppressionList(ACCOUNT)
        delivery = MailDelivery(
            self.providers,
            self.mailbox,
            self.suppression,
            scheduler,
            self.clock,
            destinations.publish,
            self._transit,
        )
        sending = SendEmailApi(ACCOUNT, delivery, self.clock, self.switches)
        patch_ses(patches, sending, destinations)

    def _run_events(
        self,
        app_functions: AppFunctions,
        lock: threading.RLock,
        executor: ThreadPool,
        scheduler: ThreadScheduler,
    ) -> None:
        for source in app_functions.event_source_mappings:
            poller = SqsPoller(
                source,
                self.functions,
                executor,
                STACK,
                ACCOUNT,
                REGION,
                lock,
                self._retry_after,
                app_functions.authorize,
            )
            self._pollers.append(poller)
            self._stops.append(poller.stop)
            poller.start()
        for function, expression in app_functions.schedules.items():
            EventBridgeSchedule(function, expression, self.functions, scheduler, self.clock).start()

    def _look_at_queues(self) -> None:
        for poller in self._pollers:
            poller.look()

    def _look_up(self, domain: str) -> list[str]:
        if self.switches.values.dns_fail:
            raise OSError("the switches say that the DNS does not answer")
        return mx_table.hosts(domain)

    def _respond(
        self,
        request: HttpRequest,
        routes: ApiRoutes,
        gateway: GatewayResponses,
        control_api: ControlApi,
    ) -> HttpResponse:
        path, prefix = request.path, self._prefix
        if request.method == "GET" and request.host.partition(":")[0] == "localhost":
            # The pages' origin is the address that is printed: a form from this one is foreign.
            return HttpResponse(307, (("Location", f"{self.url}{request.target}"),), b"")
        if path.startswith(PATH_PREFIX):
            return control_api.respond(request)
        if prefix and not f"{path}/".startswith(f"{prefix}/"):
            return gateway.response("MISSING_AUTHENTICATION_TOKEN")
        found = routes.find(request.method, path[len(prefix) :] or "/")
        if found is None:
            return gateway.response("MISSING_AUTHENTICATION_TOKEN")
        declared, parameters = found
        try:
            return http_response(
                self.functions.invoke(
                    API, proxy_event(request, declared, parameters, prefix, ACCOUNT)
                )
            )
        except Exception:
            log.exception("the API function failed")
            return gateway.response("INTEGRATION_FAILURE")
