"""SES's event records as its developer guide prints them, for mails of ours."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

MAIL = "0123456789abcdef0123456789abcdef"
START = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
TO = "taro.yamada@docomo.ne.jp"


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def stamp(seconds: float) -> str:
    return at(seconds).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def mail(tag: str = MAIL, reference: str = "7Q4K2M9X8T") -> dict[str, Any]:
    return {
        "timestamp": stamp(1),
        "source": "entry@example.lg.jp",
        "sourceArn": "arn:aws:ses:ap-northeast-1:123456789012:identity/example.lg.jp",
        "sendingAccountId": "123456789012",
        "messageId": "0106018b-1",
        "destination": [TO],
        "headersTruncated": False,
        "headers": [{"name": "Auto-Submitted", "value": "auto-generated"}],
        "commonHeaders": {"from": ["entry@example.lg.jp"], "to": [TO], "subject": "…"},
        "tags": {
            "ses:configuration-set": ["todoku-primary"],
            "ses:source-ip": ["203.0.113.5"],
            "reference": [reference],
            "mail": [tag],
            "purpose": ["sign-up"],
            "provider": ["docomo"],
            "route": ["primary"],
        },
    }


def event(kind: str, body: dict[str, Any] | None = None, **about: Any) -> str:
    key = {"DeliveryDelay": "deliveryDelay", "Rendering Failure": "failure"}.get(kind, kind.lower())
    return json.dumps({"eventType": kind, "mail": mail(**about), key: body or {}})


def send(**about: Any) -> str:
    return event("Send", **about)


def delivery(seconds: float = 3, **about: Any) -> str:
    body = {
        "timestamp": stamp(seconds),
        "processingTimeMillis": 1932,
        "recipients": [TO],
        "smtpResponse": "250 2.6.0 Message received",
        "remoteMtaIp": "192.0.2.7",
        "reportingMTA": "e1-5.smtp-out.ap-northeast-1.amazonses.com",
    }
    return event("Delivery", body, **about)


def bounce(
    kind: str = "Permanent",
    subtype: str = "General",
    seconds: float = 5,
    status: str | None = "5.1.1",
    diagnostic: str | None = f"smtp; 550 5.1.1 <{TO}>... User unknown",
    **about: Any,
) -> str:
    recipient = {"emailAddress": TO}
    if status:
        recipient |= {"action": "failed", "status": status}
    if diagnostic:
        recipient["diagnosticCode"] = diagnostic
    body = {
        "bounceType": kind,
        "bounceSubType": subtype,
        "bouncedRecipients": [recipient],
        "timestamp": stamp(seconds),
        "feedbackId": "0106018b-2",
        "reportingMTA": "dns; e1-5.smtp-out.ap-northeast-1.amazonses.com",
    }
    return event("Bounce", body, **about)


def complaint(feedback: str | None = "abuse", subtype: str | None = None, **about: Any) -> str:
    body = {
        "complainedRecipients": [{"emailAddress": TO}],
        "timestamp": stamp(600),
        "feedbackId": "0106018b-3",
        "complaintSubType": subtype,
        "complaintFeedbackType": feedback,
    }
    return event("Complaint", body, **about)


def delay(kind: str = "TransientCommunicationFailure", **about: Any) -> str:
    body = {
        "timestamp": stamp(120),
        "delayType": kind,
        "expirationTime": stamp(50_400),
        "delayedRecipients": [
            {"emailAddress": TO, "status": "4.4.1", "diagnosticCode": "smtp; 421 4.4.1 busy"}
        ],
    }
    return event("DeliveryDelay", body, **about)


def reject(**about: Any) -> str:
    return event("Reject", {"reason": "Bad content"}, **about)


def rendering_failure(**about: Any) -> str:
    body = {"errorMessage": "Attribute 'name' is not present", "templateName": "T"}
    return event("Rendering Failure", body, **about)
