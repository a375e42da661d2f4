"""SES's event records, as it publishes them to SNS."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from local.ses.mail import Mail


def stamp(at: datetime) -> str:
    """Timestamp in SES's format."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def record(mail: Mail, kind: str, about: dict[str, Any] | None = None) -> dict[str, Any]:
    """An event record, in the shape of SES's "Contents of event data … publishes to Amazon SNS".

    ``about`` is what the event itself has to say: it stands under the event's name with its
    first letter small (``DeliveryDelay`` under ``deliveryDelay``).
    """
    common = {
        "from": [mail.source],
        "to": [mail.to],
        "messageId": mail.id,
        "subject": mail.subject,
    }
    headers = [("From", mail.source), ("To", mail.to), ("Subject", mail.subject), *mail.headers]
    return {
        "eventType": kind,
        "mail": {
            "timestamp": stamp(mail.at),
            "source": mail.source,
            "sourceArn": f"arn:aws:ses:{mail.region}:{mail.account}:identity/{mail.sender}",
            "sendingAccountId": mail.account,
            "messageId": mail.id,
            "destination": [mail.to],
            "headersTruncated": False,
            "headers": [{"name": name, "value": value} for name, value in headers],
            "commonHeaders": common,
            "tags": {
                "ses:operation": ["SendEmail"],
                "ses:configuration-set": [mail.configuration_set],
                "ses:source-ip": ["127.0.0.1"],
                "ses:from-domain": [mail.sender.rpartition("@")[2]],
                "ses:caller-identity": ["local"],
                **{name: [value] for name, value in mail.tags.items()},
            },
        },
        kind[0].lower() + kind[1:]: about or {},
    }


def delivery(mail: Mail, now: datetime, response: str) -> dict[str, Any]:
    """Delivery event: the recipient's server accepted the mail, not more than that."""
    return record(
        mail,
        "Delivery",
        {
            "timestamp": stamp(now),
            "processingTimeMillis": int((now - mail.at).total_seconds() * 1000),
            "recipients": [mail.to],
            "smtpResponse": response,
            "reportingMTA": "a8-50.smtp-out.amazonses.com",
        },
    )


def bounce(
    mail: Mail, now: datetime, kind: str, sub: str, status: str | None = None, diagnostic: str = ""
) -> dict[str, Any]:
    """Bounce event. ``kind`` Permanent or Transient; ``status`` and ``diagnostic`` are the server's
    own words, absent for an automatic reply."""
    recipient: dict[str, str] = {"emailAddress": mail.to}
    if status is not None:
        recipient |= {"action": "failed", "status": status, "diagnosticCode": diagnostic}
    return record(
        mail,
        "Bounce",
        {
            "feedbackId": str(uuid.uuid4()),
            "bounceType": kind,
            "bounceSubType": sub,
            "bouncedRecipients": [recipient],
            "timestamp": stamp(now),
            "reportingMTA": "dns; amazonses.com",
        },
    )


def delivery_delay(mail: Mail, now: datetime, expires: datetime, diagnostic: str) -> dict[str, Any]:
    """DeliveryDelay event: the server wants it later; SES tries until ``expires``."""
    status = diagnostic.split()[2]
    return record(
        mail,
        "DeliveryDelay",
        {
            "timestamp": stamp(now),
            "delayType": "TransientCommunicationFailure",
            "expirationTime": stamp(expires),
            "delayedRecipients": [
                {"emailAddress": mail.to, "status": status, "diagnosticCode": diagnostic}
            ],
        },
    )


def complaint(mail: Mail, now: datetime) -> dict[str, Any]:
    """Complaint event: the recipient called it spam."""
    return record(
        mail,
        "Complaint",
        {
            "feedbackId": str(uuid.uuid4()),
            "complaintSubType": None,
            "complainedRecipients": [{"emailAddress": mail.to}],
            "timestamp": stamp(now),
            "userAgent": "Amazon SES Mailbox Simulator",
            "complaintFeedbackType": "abuse",
            "arrivalDate": stamp(now),
        },
    )
