"""Lambda entry points that are not HTTP: queues, Cognito, SES's events, the clock.

They unwrap the event, call one use case and say what failed, so that Lambda and SQS bring it
again. Nothing here decides anything; a kind of job is to a queue what a path is to HTTP.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, TypeVar

import msgspec

from chalicelib.clock import MINUTE
from chalicelib.errors import TodokuError, TryLater
from chalicelib.factory import Services, services
from chalicelib.jobs import Job, JobKind, MailAgain, do_or_put_back

log = logging.getLogger(__name__)

Batch = dict[str, list[dict[str, str]]]
"""``{"batchItemFailures": [{"itemIdentifier": …}]}``: what SQS is to bring again."""


T = TypeVar("T")

A_MESSAGE = timedelta(seconds=30)
"""What one message may take at most: three calls of Cognito that all time out, and what stands
around them."""
A_PAGE = timedelta(seconds=15)
"""The same of one step of the sweeper."""


Context = Any
"""Lambda's context of an invocation, which Chalice types as a ``dict``."""


def work(event: Mapping[str, Any], context: Context) -> Batch:
    """Jobs from the queue ``jobs``."""
    to = services()
    return _each(event, context, Job, lambda job: do_job(to, job), to.adapters.jobs.put)


def do_job(to: Services, job: Job) -> None:
    """Do a job by the step for its kind, or put it back for later."""

    def step(job: Job) -> datetime | None:
        match job.kind:
            case JobKind.SIGN_UP:
                return to.verification.sign_up(job.reference)
            case JobKind.SEND_AGAIN:
                return to.verification.send_again_job(job.reference, job.n)
            case JobKind.REISSUE_LOST:
                return to.verification.reissue(job.reference)
            case JobKind.REISSUE_UNREADABLE:
                return to.verification.reissue.unreadable(job.reference, job.code)
            case JobKind.REMOVE_USER:
                return to.verification.remove_user(job.reference)
            case JobKind.MARK_FINISHED:
                return to.registration.mark_finished(job.reference)

    do_or_put_back(job, step, to.adapters.jobs, to.clock)


def send_again(event: Mapping[str, Any], context: Context) -> Batch:
    """Mails from the queue ``resends``: the kept code once more, or a new one if it is lost. One
    that ends with the dead letters is put there again by the sweeper."""
    to = services()
    return _each(event, context, MailAgain, to.verification.send_kept_code)


def send_code(event: Mapping[str, Any]) -> None:
    """Cognito's CustomEmailSender. What it raises, Lambda tries again twice, then reports."""
    services().verification.send_code(event)


def record_events(event: Mapping[str, Any]) -> None:
    """SES's events, each the text of an SNS message. One that fails brings its neighbours again,
    which they do not mind; SNS hands over one at a time anyway."""
    for record in event["Records"]:
        services().trail.recorder.record_event(record["Sns"]["Message"])


def sweep(context: Context) -> None:
    """Each minute."""
    to = services()
    with suppress(TodokuError):
        to.limits.budget.tell(to.clock())
    put = to.verification.sweep(to.clock() + _left(context) - A_PAGE)
    if put:
        log.info("swept: %d jobs", put)


def _left(context: Context) -> timedelta:
    # Without a context nobody stops the function: it was called, not invoked.
    return timedelta(milliseconds=context.get_remaining_time_in_millis()) if context else 2 * MINUTE


def _leave(_: object) -> None:
    raise TryLater()


def _each(
    event: Mapping[str, Any],
    context: Context,
    kind: type[T],
    do: Callable[[T], None],
    put_back: Callable[[T], None] = _leave,
) -> Batch:
    """Each message by itself: one that fails does not bring its neighbours again.

    What there is no time for any more is ``put_back``, as a new message if it can be: left to the
    queue it counts as one that failed, and after some times as a dead letter.
    """
    failed: list[dict[str, str]] = []
    for record in event["Records"]:
        try:
            message = msgspec.json.decode(record["body"], type=kind)
            if _left(context) < A_MESSAGE:
                put_back(message)
            else:
                do(message)
        except Exception as error:
            # Whatever it was: SQS brings the message again, and after some times it is a dead
            # letter that an operator sees. Domain errors say all in their names.
            known = isinstance(error, TodokuError)
            log.log(
                logging.WARNING if known else logging.ERROR,
                "message %s failed: %s",
                record["messageId"],
                type(error).__name__,
                exc_info=None if known else error,
            )
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}
