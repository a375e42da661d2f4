"""Lambda entry points that are not HTTP: queues, Cognito, SES's events, the clock.

They unwrap the event, call one use case and say what failed, so that Lambda and SQS bring it
again. Nothing here decides anything.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from chalicelib.errors import TodokuError, TryLater
from chalicelib.factory import services
from chalicelib.jobs import Job, JobKind, MailAgain

log = logging.getLogger(__name__)

Batch = dict[str, list[dict[str, str]]]
"""``{"batchItemFailures": [{"itemIdentifier": …}]}``: what SQS is to bring again."""


def work(event: Mapping[str, Any]) -> Batch:
    """Jobs from the queue ``jobs``."""
    return _each(
        event, lambda body: services().verification.handle_job(msgspec.json.decode(body, type=Job))
    )


def send_again(event: Mapping[str, Any]) -> Batch:
    """Mails from the queue ``resends``: the same code once more, or a new one if it is lost."""

    def one(body: str) -> None:
        from chalicelib.courier.send_again import SendAgainOutcome as Outcome

        mail = msgspec.json.decode(body, type=MailAgain)
        outcome = services().courier.send_again(mail.reference, mail.n)
        if outcome is Outcome.NO_CODE:
            services().adapters.jobs.put(Job(JobKind.REISSUE_UNREADABLE, mail.reference))

    return _each(event, one)


def send_code(event: Mapping[str, Any]) -> None:
    """Cognito's CustomEmailSender. What it raises, Lambda tries again twice, then reports.

    Two tries are over in three minutes. What SES or KMS were too busy for goes on the queue of
    mails to send again as well (mail 0: the first one itself), which is more patient. Not
    before the registration knows of the code: the sweeper takes it for lost until then, and
    the new one that it asks for would make this one a dead code in somebody's inbox.
    """
    try:
        services().courier.send_code(event)
    except TryLater:
        reference = str(event["userName"]).upper()
        if services().verification.recipients.know_their_code(reference):
            services().adapters.jobs.send_again(MailAgain(reference, 0))
        raise


def record_events(event: Mapping[str, Any]) -> None:
    """SES's events, each the text of an SNS message. One that fails brings its neighbours again,
    which they do not mind; SNS hands over one at a time anyway."""
    for record in event["Records"]:
        services().trail.recorder.record_event(record["Sns"]["Message"])


def sweep() -> None:
    """Each minute."""
    put = services().verification.sweep()
    if put:
        log.info("swept: %d jobs", put)


def _each(event: Mapping[str, Any], do: Callable[[str], None]) -> Batch:
    """Each record by itself: one that fails does not bring its neighbours again."""
    failed: list[dict[str, str]] = []
    for record in event["Records"]:
        try:
            do(record["body"])
        except Exception as error:
            # Whatever it was: SQS brings the message again, and after five times it is a dead
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
