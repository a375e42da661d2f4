"""Our functions, invoked as Lambda, SQS and browsers do it, and started again when they die."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, TypeVar

from chalicelib import config, factory, triggers
from chalicelib.aws.clients import Clients
from chalicelib.errors import OutcomeUnknown, TodokuError, TryLater
from chalicelib.factory import Services
from cloudformation.template import Template
from local import mx_table
from local.account import REGION
from tests.crash.cloud import Cloud, Invocation
from tests.crash.fault_injection import FaultInjection, Killed
from tests.crash.slowness import Slowness

T = TypeVar("T")
MINUTE = 60.0
TIME_OUT = 60.0
"""Seconds after which Lambda kills ``work`` and ``send_again``; the others have less."""
RETRIES = (60.0, 120.0)
"""Seconds after which Lambda tries an asynchronous invocation again; then it drops it."""
_FUNCTIONS: dict[Callable[[Any], object], str] = {
    triggers.send_code: "SendCode",
    triggers.record_events: "RecordEvents",
}
_RESOURCES = Template.read().resources
MAXIMUM_EVENT_AGE = {
    function: _RESOURCES[name]["Properties"]["EventInvokeConfig"]["MaximumEventAgeInSeconds"]
    for function, name in _FUNCTIONS.items()
}
"""Seconds for which Lambda keeps the event of such an invocation at most."""
SERVICES = ("dynamodb", "sqs", "cognito-idp", "sesv2", "kms")


class Process:
    """The functions of one deployment: the API's, and all others. What they keep in memory dies
    with them."""

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud
        self.faults = FaultInjection()
        self._config = config.load(cloud.environment)
        # Connections hold no state of ours, so they are made once.
        self._clients = Clients(REGION)
        self.clients = [self._clients(service) for service in SERVICES]
        self.faults.watch(self.clients)
        self.slowness = Slowness(cloud.clock)
        self.slowness.watch(self.clients)
        self._begin()

    def forget(self) -> None:
        """Begin from nothing."""
        self.cloud.forget()
        self._begin()

    def _begin(self) -> None:
        self.faults.disarm()
        self.slowness.seconds = {}
        self.deliveries = 1
        """How often everything is delivered that may come more than once."""
        self.batch = 1
        """How many messages of a queue one invocation is given."""
        self.newest_first = False
        """Whether SES's events come in the wrong order."""
        self.ahead: dict[str, timedelta] = {}
        """What the clocks of some functions are ahead of all others: the API's (``api``), and those
        that are called as their triggers are."""
        self._function = ""
        """Whichever of the others runs."""
        self.running: Callable[[Process], object] | None = None
        """What is being done, for another process to do it too; ``None`` in between."""
        self.restart()

    def restart(self) -> None:
        """A new process of each function."""
        self.services = self._services(lambda: self._now("api"))
        """The API's."""
        self._worker = self._services(lambda: self._now(self._function))

    def _now(self, function: str) -> datetime:
        return self.cloud.clock() + self.ahead.get(function, timedelta())

    def _services(self, clock: Callable[[], datetime]) -> Services:
        made = Services(self._config, clock=clock, mx=mx_table.hosts)
        made.adapters.clients = self._clients
        return made

    def request(self, ask: Callable[[Services], T]) -> T:
        """As a page does it: without an answer, or told to try later, the same once more."""
        for _ in range(8):
            try:
                with self._running(lambda other: other.once(ask)):
                    return ask(self.services)
            except Killed:
                self.restart()
            except (TryLater, OutcomeUnknown):
                pass
            self.minute()
        raise AssertionError("it never works")

    def once(self, ask: Callable[[Services], object]) -> bool:
        """Ask and leave it at that; whether there was an answer."""
        try:
            with self._running(lambda other: other.once(ask)):
                ask(self.services)
        except Killed:
            self.restart()
        except (TryLater, OutcomeUnknown):
            pass
        else:
            return True
        return False

    def work(self) -> None:
        """The jobs that are ready, and nothing that follows from them."""
        self._queue("jobs")

    def settle(self) -> None:
        """Everything that is ready, until nothing is."""
        while any([self._queue("jobs"), self._queue("resends"), self._invocations()]):
            pass

    def minute(self) -> None:
        """A minute passes, and the sweeper makes its round."""
        self.cloud.clock.put_forward(MINUTE)
        self.sweep()
        self.settle()

    def sweep(self) -> None:
        """The sweeper's round."""
        self.invoke("sweep", lambda _: triggers.sweep(self), None)

    def until(self, true: Callable[[], bool], minutes: int = 12) -> None:
        """Let minutes pass until something is true, and nothing is under way any more."""
        self.settle()
        for _ in range(minutes):
            if true() and not self.busy:
                return
            self.minute()
        assert true(), "it never comes"
        assert not self.busy, "it never ends"

    def get_remaining_time_in_millis(self) -> int:
        """As Lambda's context says it."""
        return int(1000 * self.slowness.left())

    @property
    def busy(self) -> bool:
        """Whether there is anything that somebody will still work on."""
        queued = self.cloud.waiting("jobs") + self.cloud.waiting("resends")
        return bool(queued or self.cloud.under_way or self.cloud.codes)

    def _queue(self, queue: str) -> bool:
        trigger = triggers.work if queue == "jobs" else triggers.send_again
        messages = self.cloud.receive(queue)
        for first in range(0, len(messages), self.batch):
            batch = messages[first : first + self.batch]
            event = {"Records": [message.record for message in batch]}
            for _ in range(self.deliveries):
                answer = self.invoke(trigger.__name__, lambda event: trigger(event, self), event)
            if isinstance(answer, dict):
                failed = [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]
                for message in batch:
                    if message.record["messageId"] not in failed:
                        self.cloud.done(queue, message)
        return bool(messages)

    def _invocations(self) -> bool:
        moved = self.cloud.carry_on()
        now = self.cloud.clock.time()
        for event in self.cloud.codes:
            self.cloud.under_way.append(Invocation(triggers.send_code, event, now))
        self.cloud.codes.clear()
        events = self.cloud.events()
        for message in reversed(events) if self.newest_first else events:
            event = {"Records": [{"Sns": {"Message": message}}]}
            self.cloud.under_way.append(Invocation(triggers.record_events, event, now))
        ready = [i for i in self.cloud.under_way if i.at <= now]
        for invocation in ready:
            self.cloud.under_way.remove(invocation)
        for invocation in ready:
            if now - invocation.since > MAXIMUM_EVENT_AGE[invocation.function]:
                self.cloud.dropped.append(invocation)
            else:
                self._try(invocation)
        return moved or bool(ready)

    def _try(self, invocation: Invocation) -> None:
        for _ in range(self.deliveries):
            function = invocation.function
            answer = self.invoke(function.__name__, function, invocation.event)
        if answer is not FAILED:
            return
        if invocation.tries == len(RETRIES):
            self.cloud.dropped.append(invocation)
            return
        invocation.at = self.cloud.clock.time() + RETRIES[invocation.tries]
        invocation.tries += 1
        self.cloud.under_way.append(invocation)

    def invoke(self, name: str, function: Callable[[Any], object], event: Any) -> object:
        """Have Lambda invoke one of the triggers."""
        self.slowness.deadline = self.cloud.clock.peek() + TIME_OUT
        self._function = name
        try:
            with (
                self._installed(),
                self._running(lambda other: other.invoke(name, function, event)),
            ):
                return function(event)
        except Killed:
            self.restart()
        except TodokuError:
            pass
        finally:
            self.slowness.deadline = None
        return FAILED

    @contextmanager
    def _running(self, what: Callable[[Process], object]) -> Iterator[None]:
        self.running = what
        try:
            yield
        finally:
            self.running = None

    @contextmanager
    def _installed(self) -> Iterator[None]:
        """This process's services are what triggers find, and another's again afterwards."""
        before = list(factory._installed)
        factory.install(self._worker)
        try:
            yield
        finally:
            factory._installed[:] = before


FAILED = object()
"""The invocation ended with an error."""
