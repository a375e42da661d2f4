"""Destinations of dead letters: the queue that they were on, or the function that failed.

Each reads a message before anything is done with it, and tells of it only what may stand on a
screen: kinds and references, never an address. Whatever is brought back twice does no harm: jobs
and events may come twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import msgspec

from chalicelib.identity.reference import parse_reference
from chalicelib.jobs import Job, JobKind, MailAgain
from chalicelib.trail.events import UnreadableEvent, parse_event

SEND_CODE = "SendCode"
"""The function that Cognito invokes with codes, by its logical id."""


@dataclass(frozen=True)
class Content:
    """What a message is about."""

    kind: str
    reference: str | None


class Unreadable(Exception):
    """A message that cannot be brought back as it is; the text says why and quotes nothing."""


class Destination(Protocol):
    """Where a queue's dead letters are brought back to. Implemented by the classes below."""

    name: str

    def read(self, body: str) -> Content:
        """What a message is about. Raises ``Unreadable``."""

    def bring_back(self, body: str) -> None:
        """Have a readable message worked on once more. Raises botocore's errors."""


class BackToQueue:
    """Jobs, or mails to send again, go back to the queue that their function works on."""

    def __init__(self, sqs: Any, url: str, message: type[Job] | type[MailAgain]) -> None:
        self._sqs = sqs
        self._url = url
        self._decoder = msgspec.json.Decoder(message)
        self.name = f"the queue {url.rpartition('/')[2]}"

    def read(self, body: str) -> Content:
        """A job's kind; each mail to send again is of one kind."""
        try:
            job = self._decoder.decode(body)
        except (msgspec.DecodeError, UnicodeError):
            raise Unreadable("no message of this queue as this version writes them") from None
        kind = job.kind.name.lower() if isinstance(job, Job) else "send_kept_code"
        return Content(kind, parse_reference(job.reference))

    def bring_back(self, body: str) -> None:
        """Send it to the queue."""
        self._sqs.send_message(QueueUrl=self._url, MessageBody=body)


class _Context(msgspec.Struct, rename="camel"):
    function_arn: str
    condition: str


class _Error(msgspec.Struct, rename="camel"):
    error_type: str | None = None


class _OnFailureRecord(msgspec.Struct, rename="camel"):
    """What Lambda sends to an on-failure destination."""

    request_context: _Context
    request_payload: msgspec.Raw
    response_payload: _Error | None = None


class _Notification(msgspec.Struct, rename="pascal"):
    message: str


class _SnsRecord(msgspec.Struct, rename="pascal"):
    sns: _Notification


class _SnsEvent(msgspec.Struct, rename="pascal"):
    records: list[_SnsRecord]


class _Trigger(msgspec.Struct, rename="camel"):
    user_name: str


class InvokeAgain:
    """Failed events of asynchronous functions are given to the same function once more.

    Not an event of Cognito's with a code: by now another one may have been asked for, and what
    came after it would be mailed as the newest, and dead. In its place goes a job for a new code,
    which does nothing while the user has one that lives, or needs none.
    """

    def __init__(self, functions: Any, physical: Mapping[str, str], sqs: Any, jobs: str) -> None:
        """``functions``: a client of Lambda. ``physical``: the stack's functions, names by
        logical id. ``jobs``: the queue's URL."""
        self._lambda = functions
        self._logical = {name: logical for logical, name in physical.items()}
        self._sqs = sqs
        self._jobs = jobs
        self.name = (
            f"the functions that failed, or, for {SEND_CODE}, to the queue"
            f" {jobs.rpartition('/')[2]} as jobs for a new code where none lives"
        )

    def read(self, body: str) -> Content:
        """The function, and the error that it ended with."""
        record = _decode(body, _OnFailureRecord)
        function = self._logical.get(_function_of(record))
        if function is None:
            raise Unreadable("an event for a function that this stack has not")
        error = record.response_payload.error_type if record.response_payload else None
        kind = f"{function}: {error or record.request_context.condition}"
        reference = _reference_in(record.request_payload)
        if function == SEND_CODE:
            if reference is None:
                raise Unreadable("an event of Cognito's whose user no registration made")
            kind += f", as {JobKind.REISSUE_LOST.name.lower()}"
        return Content(kind, reference)

    def bring_back(self, body: str) -> None:
        """Invoke it asynchronously, or queue the job: what fails again comes back to its own queue
        of dead letters."""
        record = _decode(body, _OnFailureRecord)
        if self._logical.get(_function_of(record)) == SEND_CODE:
            reference = _reference_in(record.request_payload)
            job = msgspec.json.encode(Job(JobKind.REISSUE_LOST, str(reference))).decode()
            self._sqs.send_message(QueueUrl=self._jobs, MessageBody=job)
        else:
            _invoke(self._lambda, _function_of(record), bytes(record.request_payload))


class RecordAgain:
    """SES's events that SNS could not hand over are given to the function that records them."""

    name = "the function record_events"

    def __init__(self, functions: Any, function: str) -> None:
        """``functions``: a client of Lambda in the service's region, ``function`` by its ARN."""
        self._lambda = functions
        self._function = function

    def read(self, body: str) -> Content:
        """What SES tells of which mail."""
        message = _decode(body, _Notification).message
        try:
            event = parse_event(message)
        except UnreadableEvent:
            raise Unreadable("no event of SES about a mail of ours") from None
        if event is None:
            return Content("nothing new", None)
        return Content(event.state, parse_reference(event.reference))

    def bring_back(self, body: str) -> None:
        """Invoke it asynchronously, as SNS would: what fails ends with the failed invocations."""
        event = {"Records": [{"EventSource": "aws:sns", "Sns": msgspec.json.decode(body)}]}
        _invoke(self._lambda, self._function, msgspec.json.encode(event))


def _decode(body: str, record: type[Any]) -> Any:
    try:
        return msgspec.json.decode(body, type=record)
    except (msgspec.DecodeError, UnicodeError):
        raise Unreadable("no record as AWS writes them here") from None


def _function_of(record: _OnFailureRecord) -> str:
    """The function's name: ``arn:aws:lambda:REGION:ACCOUNT:function:NAME:VERSION``."""
    return (record.request_context.function_arn.split(":") + [""] * 7)[6]


def _reference_in(payload: msgspec.Raw) -> str | None:
    """The reference in a Cognito trigger, or in an event of SES."""
    for kind in (_Trigger, _SnsEvent):
        try:
            found: Any = msgspec.json.decode(payload, type=kind)
            if isinstance(found, _Trigger):
                return parse_reference(found.user_name)
            event = parse_event(found.records[0].sns.message)
            return parse_reference(event.reference) if event else None
        except (msgspec.DecodeError, UnreadableEvent, IndexError):
            continue
    return None


def _invoke(functions: Any, name: str, payload: bytes) -> None:
    functions.invoke(FunctionName=name, InvocationType="Event", Payload=payload)
