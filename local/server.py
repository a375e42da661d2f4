"""The local server: AWS side, application and HTTP server in one process, started and stopped."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Self

from cloudformation.template import Template
from local import event_invoke_config, mx_table
from local.account import ACCOUNT, REGION
from local.api_gateway import ApiGateway, ApiRoutes
from local.app_functions import AppFunctions
from local.application import Application, Environment, todoku
from local.aws import Driver, LocalAws
from local.boto_clients import BotoClients
from local.clock import SystemClock
from local.console.machine import Machine
from local.control_api import ControlApi
from local.eventbridge_schedule import EventBridgeSchedule
from local.executor import ThreadPool
from local.gateway_responses import GatewayResponses
from local.http_message import HttpRequest, HttpResponse
from local.http_server import HttpServer
from local.lambda_service import LambdaService
from local.mailbox import Message
from local.moto_patches import MotoPatches
from local.moto_server import MotoServer
from local.process_environment import ProcessEnvironment
from local.scheduler import ThreadScheduler
from local.sns_publisher import SnsPublisher
from local.sqs_poller import SqsPoller
from local.switches import Switches

if TYPE_CHECKING:
    from chalicelib.factory import Services

_only_one = threading.Lock()


class LocalServer:
    """The whole service on this machine. ``with LocalServer() as server: server.url``.

    One at a time in a process: moto, the environment variables and the application's services
    are the process's. All state is lost on ``stop``.
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
        self.clock = SystemClock()
        self.switches = Switches(self.clock)
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
        this process has a server already.
        """
        if not _only_one.acquire(blocking=False):
            raise RuntimeError("there can be only one local server in a process")
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
        """Once no thread calls any more: a socket left to the garbage collector is a warning."""
        for close in self._closes:
            close()

    def _start(self) -> None:
        http = HttpServer(self._port)
        self._stops.append(http.stop)
        self.url = http.url
        patches = MotoPatches()
        self._stops.append(patches.remove)
        self._pollers: list[SqsPoller] = []
        moto = MotoServer(self.switches, patches, self._wake_pollers)
        self._stops.append(moto.stop)
        self.aws_url = moto.url
        self.interceptors = moto.interceptors
        """Called before each request to AWS, for tests that want to be between."""
        moto.start()
        process_environment = ProcessEnvironment(REGION, moto.url)
        process_environment.set_up()
        self._stops.append(process_environment.restore)
        self._stops.append(self._close)
        executor, scheduler = ThreadPool(24), ThreadScheduler(self.clock)
        executor.start()
        scheduler.start()
        self._stops += [
            lambda: executor.stop(0.8),
            lambda: scheduler.join(0.2),
            self.clock.close,
        ]
        app_functions = self._application.functions()
        self.functions = LambdaService(app_functions, executor, scheduler, self._retry_after)
        self.clients = BotoClients(moto.url, REGION)
        self._create_aws(patches, executor, scheduler)
        self.functions.event_invoke_configs = event_invoke_config.from_template(
            self._template,
            self.stack.lookup,
            partial(
                event_invoke_config.send_to_queue, self.clients("sqs"), app_functions.authorize
            ),
        )
        process_environment.add(self.stack.environment())
        close = self._application.wire(self._environment())
        self._closes = [close, self.clients.close]
        self._start_events(app_functions, moto.sqs_lock, executor, scheduler)
        self._start_http(http, app_functions)

    def _create_aws(
        self, patches: MotoPatches, executor: ThreadPool, scheduler: ThreadScheduler
    ) -> None:
        driver = Driver(
            self.clock,
            executor,
            scheduler,
            self.clients,
            self.functions.invoke_async,
            SnsPublisher(self.functions.invoke_async, self.clock).publish,
        )
        aws = LocalAws(
            patches,
            driver,
            function_arns=self.functions.arns,
            template=self._template,
            parameters={"BaseUrl": self.url, **self._parameters},
            switches=self.switches,
            transit=self._transit,
        )
        self.mailbox, self.mail_log, self.providers = aws.mailbox, aws.mail_log, aws.providers
        self.suppression, self.directory = aws.suppression, aws.directory
        self.stack, self.routes = aws.stack, aws.routes
        aws.create_stacks()

    def _environment(self) -> Environment:
        return Environment(
            clock=self.clock,
            mx=self._look_up_mx,
            jwks_url=f"{self.aws_url}/{self.stack.ref('UserPool')}/.well-known/jwks.json",
            function_variables=self.stack.environment,
            endpoint=self.aws_url,
            region=REGION,
            account=ACCOUNT,
            lookup=self.stack.lookup,
            add_interceptor=self.interceptors.append,
            invocation_context=lambda: {
                "offset": self.clock.offset,
                "dns_fails": self.switches.values.dns_fail,
            },
        )

    def put_forward(self, seconds: float) -> None:
        """Put everybody's clock forward, once no function runs."""
        self.functions.wait_until_idle()
        self.clock.put_forward(seconds)

    def wait_for_mail(self, address: str, count: int = 1, timeout: float = 10) -> list[Message]:
        """Mails to ``address``, newest first, once there are ``count`` and what sent them ended.

        A mail arrives before the function that sent it has noted so. Raises ``TimeoutError``
        after ``timeout`` seconds.
        """
        messages = self.mailbox.wait(address, count, timeout)
        self.functions.wait_until_idle()
        return messages

    @property
    def services(self) -> Services:
        """The application's services, as they are wired to this server."""
        from chalicelib import factory

        return factory.services()

    def _start_events(
        self,
        app_functions: AppFunctions,
        sqs_lock: threading.RLock,
        executor: ThreadPool,
        scheduler: ThreadScheduler,
    ) -> None:
        for mapping in app_functions.event_source_mappings:
            poller = SqsPoller(
                mapping,
                self.functions,
                executor,
                sqs_lock,
                self._retry_after,
                app_functions.authorize,
            )
            self._pollers.append(poller)
            self._stops.append(poller.stop)
            poller.start()
        for function, expression in app_functions.schedules.items():
            EventBridgeSchedule(function, expression, self.functions, scheduler, self.clock).start()

    def _start_http(self, http: HttpServer, app_functions: AppFunctions) -> None:
        routes = ApiRoutes(app_functions.routes)
        responses = GatewayResponses(self._template, f"{self.url}{self._prefix}")
        gateway = ApiGateway(routes, self.functions, responses, self._prefix)
        control_api = ControlApi(
            Machine(
                self.mailbox,
                self.mail_log,
                self.providers,
                self.switches,
                self.functions,
                self.clock,
                tuple(self.routes),
                self._application.mail_records,
            )
        )

        def respond(request: HttpRequest) -> HttpResponse:
            if request.method == "GET" and request.host.partition(":")[0] == "localhost":
                # The pages' origin is the address that is printed: a form from this one is foreign.
                return HttpResponse(307, (("Location", f"{self.url}{request.target}"),), b"")
            if control_api.serves(request.path):
                return control_api.respond(request)
            return gateway.respond(request)

        http.start(respond, gateway.too_large, gateway.malformed)

    def _wake_pollers(self) -> None:
        for poller in self._pollers:
            poller.wake()

    def _look_up_mx(self, domain: str) -> list[str]:
        if self.switches.values.dns_fail:
            raise OSError("the switches say that the DNS does not answer")
        return mx_table.hosts(domain)
