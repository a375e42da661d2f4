"""A sample application with one of each kind of function, for tests of what runs it."""

from __future__ import annotations

import json
import queue
import threading
from collections.abc import Callable
from typing import Any

from chalice.app import Chalice, Rate, Response, SQSEvent

from chalicelib.trail.mail_record import MailRecord
from local.app_functions import AppFunctions, from_chalice
from local.application import Environment


class SampleApp:
    """The application; what its functions were given waits in ``got``."""

    def __init__(self) -> None:
        self.got: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self.events: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self.swept: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self.codes: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self.fail: set[str] = set()
        """Messages that cannot be worked on; ``all`` fails the whole batch."""
        self.fail_codes = 0
        self.during_code: Callable[[dict[str, Any]], None] = lambda event: None
        self.mail_records_kept: list[MailRecord] = []
        self.environment: Environment | None = None
        self._app = _application(self)

    def functions(self) -> AppFunctions:
        return from_chalice(self._app)

    def wire(self, environment: Environment) -> Callable[[], None]:
        self.environment = environment
        return lambda: None

    def mail_records(self, reference: str) -> list[MailRecord]:
        return [it for it in self.mail_records_kept if it.reference == reference]


class _Application(Chalice):
    """Keeps its current request by thread, as the real one does."""

    _own = threading.local()

    @property
    def current_request(self) -> Any:
        return getattr(self._own, "request", None)

    @current_request.setter
    def current_request(self, request: Any) -> None:
        self._own.request = request


def _application(sample_app: SampleApp) -> Chalice:
    app = _Application("sample_app", configure_logs=False)

    @app.route("/echo", methods=["GET", "POST"], content_types=["application/json", "text/plain"])
    def echo() -> Any:
        return app.current_request.to_original_event()

    @app.route("/things/{name}")
    def thing(name: str) -> Any:
        return {"name": name}

    @app.route("/things/special")
    def special() -> Any:
        return {"name": "the special one"}

    @app.route("/size/{count}")
    def size(count: str) -> Any:
        return Response("x" * int(count), headers={"Content-Type": "text/plain"})

    @app.route("/cookies")
    def cookies() -> Any:
        return Response("", headers={"Set-Cookie": ["a=1", "b=2"]})

    @app.on_sqs_message(queue="jobs", batch_size=10)
    def work(event: SQSEvent) -> Any:
        records = event.to_dict()["Records"]
        for record in records:
            sample_app.got.put(record)
        if "all" in sample_app.fail:
            raise RuntimeError("the whole batch")
        failed = [r["messageId"] for r in records if r["body"] in sample_app.fail]
        return {"batchItemFailures": [{"itemIdentifier": id} for id in failed]}

    @app.lambda_function(name="record_events")
    def record_events(event: dict[str, Any], context: Any) -> None:
        sample_app.events.put(json.loads(event["Records"][0]["Sns"]["Message"]))

    @app.lambda_function(name="send_code")
    def send_code(event: dict[str, Any], context: Any) -> None:
        sample_app.during_code(event)
        sample_app.codes.put(
            (event, context.aws_request_id, context.get_remaining_time_in_millis())
        )
        if sample_app.fail_codes:
            sample_app.fail_codes -= 1
            raise RuntimeError("no code today")

    @app.schedule(Rate(1, unit=Rate.MINUTES))
    def sweep(event: Any) -> None:
        sample_app.swept.put(event.to_dict())

    return app
