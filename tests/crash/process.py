"""Our functions, invoked as Lambda, SQS and browsers do it, and started again when they die."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from chalicelib import config, factory, triggers
from chalicelib.aws.clients import Clients
from chalicelib.errors import OutcomeUnknown, TodokuError, TryLater
from chalicelib.factory import Services
from local import mx_table
from local.account import REGION
from tests.crash.cloud import Cloud
from tests.crash.fault_injection import FaultInjection, Killed

T = TypeVar("T")
MINUTE = 60.0
RETRIES = (60.0, 120.0)
"""Seconds after which Lambda tries an asynchronous invocation again; then it drops it."""
SERVICES = ("dynamodb", "sqs", "cognito-idp", "sesv2", "kms")


@dataclass
class Invocation:
    """An event on its way to a function that nobody waits for."""

    function: Callable[[Any], object]
    event: Any
    at: float
    tries: int = 0


class Process:
    """The functions of one deployment. What they keep in memory dies with them."""

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud
        self.faults = FaultInjection()
        self.deliveries = 1
        """How often everything is delivered that may come more than once."""
        self.newest_first = False
        """Whether SES's events come in the wrong order."""
        self._config = config.load(cloud.environment)
        # Connections hold no state of ours, so they are made once.
        self._clients = Clients(REGION)
        self.faults.watch(self._clients(service) for service in SERVICES)
        self.forget()

    def forget(self) -> None:
        """Begin from nothing."""
        self.cloud.forget()
        self.faults.disarm()
        self.deliveries, self.newest_first = 1, False
        self._under_way: list[Invocation] = []
        self.dropped: list[Invocation] = []
        self.restart()

    def restart(self) -> None:
        """A new process."""
        self.services = Services(self._config, clock=self.cloud.clock, mx=mx_table.hosts)
        self.services.adapters.clients = self._clients
        factory.install(self.services)

    def request(self, ask: Callable[[Services], T]) -> T:
        """As a page does it: without an answer, or told to try later, the same once more."""
        for _ in range(8):
            try:
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
        self._queue("Jobs")

    def settle(self) -> None:
        """Everything that is ready, until nothing is."""
        while any([self._queue("Jobs"), self._queue("Resends"), self._invocations()]):
            pass

    def minute(self) -> None:
        """A minute passes, and the sweeper makes its round."""
        self.cloud.clock.put_forward(MINUTE)
        self._invoke(lambda _: triggers.sweep(self), None)
        self.settle()

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
        """As Lambda's context says it: its functions have all the time they want."""
        return 60_000

    @property
    def busy(self) -> bool:
        """Whether there is anything that somebody will still work on."""
        queued = self.cloud.waiting("jobs") + self.cloud.waiting("resends")
        return bool(queued or self._under_way or self.cloud.codes)

    def _queue(self, role: str) -> bool:
        trigger = triggers.work if role == "Jobs" else triggers.send_again
        messages = self.cloud.receive(role)
        for message in messages:
            event = {"Records": [message.record]}
            for _ in range(self.deliveries):
                answer = self._invoke(lambda event: trigger(event, self), event)
            if answer == {"batchItemFailures": []}:
                self.cloud.done(role, message)
        return bool(messages)

    def _invocations(self) -> bool:
        moved = self.cloud.carry_on()
        now = self.cloud.clock.time()
        for event in self.cloud.codes:
            self._under_way.append(Invocation(triggers.send_code, event, now))
        self.cloud.codes.clear()
        events = self.cloud.events()
        for message in reversed(events) if self.newest_first else events:
            event = {"Records": [{"Sns": {"Message": message}}]}
            self._under_way.append(Invocation(triggers.record_events, event, now))
        ready = [i for i in self._under_way if i.at <= now]
        for invocation in ready:
            self._under_way.remove(invocation)
            self._try(invocation)
        return moved or bool(ready)

    def _try(self, invocation: Invocation) -> None:
        for _ in range(self.deliveries):
            answer = self._invoke(invocation.function, invocation.event)
        if answer is not FAILED:
            return
        if invocation.tries == len(RETRIES):
            self.dropped.append(invocation)
            return
        invocation.at = self.cloud.clock.time() + RETRIES[invocation.tries]
        invocation.tries += 1
        self._under_way.append(invocation)

    def _invoke(self, function: Callable[[Any], object], event: Any) -> object:
        try:
            return function(event)
        except Killed:
            self.restart()
        except TodokuError:
            pass
        return FAILED


FAILED = object()
"""The invocation ended with an error."""
