"""SES events: read as configuration sets publish them to SNS, addresses masked.

Format: SES developer guide, "Contents of event data that Amazon SES publishes to Amazon SNS".
Fields we do not use are ignored; SES reserves the right to add some.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

import msgspec

from chalicelib.errors import TodokuError
from chalicelib.trail.bounce_reasons import bounce_reason, delay_reason, never_sent
from chalicelib.trail.bounce_words import READ, reason_of_words, tells_of_absence
from chalicelib.trail.delivery_states import DeliveryState, StateChange
from chalicelib.trail.mail_record import UNKNOWN, mail_of
from chalicelib.trail.reason import Reason
from chalicelib.trail.status_codes import tells_failure

LONGEST_WORDS = 500
"""Characters kept of what a server said."""

_ADDRESS = re.compile(r"([^\s<>\"'(),;:@])[^\s<>\"'(),;:@]*(@|%40)([^\s<>\"'(),;:@]+)", re.I)
_LINE_BREAKS = re.compile(r"\s*[\r\n\x00]+\s*")

Time = Annotated[datetime, msgspec.Meta(tz=True)]


class UnreadableEvent(TodokuError):
    """No SES event of one of our mails. The message says why and quotes no address."""


@dataclass(frozen=True)
class MailEvent:
    """One thing that happened to one of our mails."""

    reference: str
    mail: str
    purpose: str
    provider: str
    route: str
    message_id: str
    mailed_at: datetime
    state: DeliveryState
    change: StateChange


class _Mail(msgspec.Struct, rename="camel"):
    timestamp: Time
    message_id: str
    tags: dict[str, list[str]] = {}
    destination: list[str] = []


class _Failed(msgspec.Struct, rename="camel"):
    action: str | None = None
    status: str | None = None
    diagnostic_code: str | None = None


class _Delivered(msgspec.Struct, rename="camel"):
    timestamp: Time
    smtp_response: str | None = None


class _Bounced(msgspec.Struct, rename="camel"):
    timestamp: Time
    bounce_type: str
    bounce_sub_type: str
    bounced_recipients: list[_Failed]


class _Complained(msgspec.Struct, rename="camel"):
    timestamp: Time
    complaint_sub_type: str | None = None
    complaint_feedback_type: str | None = None


class _Delayed(msgspec.Struct, rename="camel"):
    timestamp: Time
    delay_type: str
    delayed_recipients: list[_Failed] = []


class _Rejected(msgspec.Struct):
    reason: str | None = None


class _Unrendered(msgspec.Struct, rename="camel"):
    error_message: str | None = None


class _Record(msgspec.Struct, tag_field="eventType"):
    mail: _Mail


class _SendRecord(_Record, tag="Send"):
    pass


class _DeliveryRecord(_Record, tag="Delivery"):
    delivery: _Delivered


class _BounceRecord(_Record, tag="Bounce"):
    bounce: _Bounced


class _ComplaintRecord(_Record, tag="Complaint"):
    complaint: _Complained


class _RejectRecord(_Record, tag="Reject"):
    reject: _Rejected


class _DelayRecord(_Record, tag="DeliveryDelay", rename="camel"):
    delivery_delay: _Delayed


class _RenderingRecord(_Record, tag="Rendering Failure"):
    failure: _Unrendered


_decoder = msgspec.json.Decoder(
    _SendRecord
    | _DeliveryRecord
    | _BounceRecord
    | _ComplaintRecord
    | _RejectRecord
    | _DelayRecord
    | _RenderingRecord
)


def parse_event(message: str) -> MailEvent | None:
    """The event in an SNS message, or ``None`` when it changes nothing.

    Raises ``UnreadableEvent`` for everything that is not an SES event of a mail of ours.
    """
    try:
        record = _decoder.decode(message)
    except (msgspec.DecodeError, UnicodeError) as error:
        raise UnreadableEvent(str(error)) from None
    found = _reached(record)
    if found is None:
        return None
    mail = record.mail
    try:
        return MailEvent(
            reference=_tag(mail, "reference"),
            mail=mail_of(_tag(mail, "mail")),
            purpose=_tag(mail, "purpose"),
            provider=_tag(mail, "provider", UNKNOWN),
            route=_tag(mail, "route", UNKNOWN),
            message_id=mail.message_id,
            mailed_at=mail.timestamp,
            state=found[0],
            change=found[1],
        )
    except ValueError as error:
        raise UnreadableEvent(str(error)) from None


def _tag(mail: _Mail, name: str, otherwise: str = "") -> str:
    value = (mail.tags.get(name) or [otherwise])[0]
    if not value:
        raise ValueError(f"the mail has no tag {name}")
    return value


def _reached(record: _Record) -> tuple[DeliveryState, StateChange] | None:
    mail = record.mail
    to = mail.destination[0] if mail.destination else ""
    match record:
        case _SendRecord():
            return "sent", StateChange(mail.timestamp)
        case _DeliveryRecord(delivery=it):
            return "delivered", StateChange(
                it.timestamp, None, mask_addresses(it.smtp_response, to)
            )
        case _BounceRecord(bounce=it):
            return _bounce(it, to)
        case _ComplaintRecord(complaint=it):
            return _complaint(it)
        case _DelayRecord(delivery_delay=it):
            who = it.delayed_recipients[0] if it.delayed_recipients else _Failed()
            reason = delay_reason(it.delay_type, who.status, who.diagnostic_code)
            return "delayed", StateChange(
                it.timestamp, reason, mask_addresses(who.diagnostic_code, to)
            )
        case _RejectRecord(reject=it):
            # SES took it for a virus. It gives no time of its own.
            return "rejected", StateChange(mail.timestamp, "other", mask_addresses(it.reason, to))
        case _RenderingRecord(failure=it):
            # Only mails made from SES templates can fail so. Ours are not; but it would be a
            # mail that never left.
            return "rejected", StateChange(
                mail.timestamp, "other", mask_addresses(it.error_message, to)
            )
        case _:  # pragma: no cover - the decoder makes no other
            return None


_OF_NO_CAUSE = ("General", "Undetermined")
"""Subtypes that say nothing of why."""


def _bounce(it: _Bounced, to: str) -> tuple[DeliveryState, StateChange] | None:
    who = it.bounced_recipients[0] if it.bounced_recipients else _Failed()
    words = mask_addresses(who.diagnostic_code, to)
    if never_sent(it.bounce_sub_type):
        return _suppressed(it.timestamp, it.bounce_sub_type, words)
    if not tells_failure(who.status, who.diagnostic_code):
        # An absence notice may be filed as any type, and who is away writes words of bounces, too:
        # "later", "closed". Filed under a cause, it may still be a bounce of a mail that did not
        # arrive, and is none of one that did.
        if tells_of_absence(who.diagnostic_code):
            if it.bounce_sub_type in _OF_NO_CAUSE:
                return None
            return "answered", StateChange(it.timestamp, "other", words)
        may_be_answered = it.bounce_type != "Permanent" and it.bounce_sub_type in _OF_NO_CAUSE
        if may_be_answered and not reason_of_words(who.diagnostic_code):
            told = who.action or who.status or who.diagnostic_code
            if it.bounce_type == "Transient" and not told:
                # SES files automatic replies here, and they carry no delivery status. A real soft
                # bounce has one, at least the SMTP answer SES itself received.
                return None
            return "answered", StateChange(it.timestamp, "other", words)
    reason: Reason = bounce_reason(it.bounce_sub_type, who.status, who.diagnostic_code)
    return "bounced", StateChange(it.timestamp, reason, words)


def _suppressed(at: datetime, subtype: str, words: str | None) -> tuple[DeliveryState, StateChange]:
    """SES took the mail and did not send it; ``subtype`` says for which of its lists."""
    return "suppressed", StateChange(at, "suppressed", f"{subtype}: {words}" if words else subtype)


def _complaint(it: _Complained) -> tuple[DeliveryState, StateChange] | None:
    if it.complaint_sub_type and never_sent(it.complaint_sub_type):
        # Not a new complaint: SES did not send because of an old one.
        return _suppressed(it.timestamp, it.complaint_sub_type, None)
    if it.complaint_feedback_type == "not-spam":
        return None
    return "complained", StateChange(it.timestamp, "spam")


def mask_addresses(words: str | None, address: str = "") -> str | None:
    """``words`` on one line of at most 500 characters, every address as ``t***@example.jp``.

    ``address`` is whom the mail was for: servers also quote its local part alone
    (``unknown user taro``), or inside a return path.
    """
    if not words:
        return None
    text = _ADDRESS.sub(r"\1***\2\3", _LINE_BREAKS.sub(" ", words[:READ]))
    local = address.rpartition("@")[0]
    if local:
        alone = re.compile(rf"(?<![A-Za-z0-9]){re.escape(local)}(?![A-Za-z0-9])", re.IGNORECASE)
        text = alone.sub(f"{local[0]}***", text)
    return text[:LONGEST_WORDS].strip()
