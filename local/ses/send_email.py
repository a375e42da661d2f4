"""SESv2's SendEmail: validates and accepts a mail."""

from __future__ import annotations

import base64
import email
import email.policy
import re
import threading
import uuid
from collections import deque
from email.utils import parseaddr
from typing import Any

from moto.core.exceptions import JsonRESTError
from moto.ses.models import ses_backends

from local.clock import Clock
from local.ses.delivery import MailDelivery
from local.ses.mail import Mail
from local.switches import Switches

_TAG = re.compile(r"[A-Za-z0-9_-]{1,256}")
_LOCAL = re.compile(r"[\x21-\x7e]+")
MAX_MESSAGE_BYTES = 40 * 1024 * 1024
MAX_RECIPIENTS = 50
MAX_DELIVERY_SECONDS = 50_400
"""Default of a configuration set's ``MaxDeliverySeconds``: 14 hours."""


class SendEmailApi:
    """SendEmail: accepts a mail, or raises SES's error."""

    def __init__(
        self,
        account: str,
        delivery: MailDelivery,
        clock: Clock,
        switches: Switches,
    ) -> None:
        self._account = account
        self._delivery = delivery
        self._clock = clock
        self._switches = switches
        self._recent: deque[float] = deque()
        self._lock = threading.Lock()

    def send_email(self, parameters: dict[str, Any], region: str) -> dict[str, str]:
        """Accept a mail and have it delivered; returns its ``MessageId``. Raises SES's errors."""
        configuration_set = parameters.get("ConfigurationSetName")
        backend = ses_backends[self._account][region]
        sets = backend.config_sets
        if configuration_set is not None and configuration_set not in sets:
            raise _error(
                404, "NotFound", f"Configuration set <{configuration_set}> does not exist."
            )
        source = parameters.get("FromEmailAddress", "")
        sender = parseaddr(source)[1]
        if sender.rpartition("@")[2].lower() not in backend.email_identities:
            raise _error(
                400,
                "MessageRejected",
                "Email address is not verified. The following identities failed the check in "
                f"region {region.upper()}: {source}",
            )
        tags = self._tags(parameters)
        recipients = self._recipients(parameters.get("Destination", {}))
        subject, text, headers = _content(parameters.get("Content", {}))
        self._check_rate(len(recipients))
        id = f"0106{uuid.uuid4().hex[:12]}-{uuid.uuid4()}-000000"
        for to in recipients:
            mail = Mail(
                id,
                self._clock(),
                region,
                self._account,
                source,
                sender,
                to,
                subject,
                text,
                headers,
                tags,
                configuration_set or "",
            )
            self._delivery.deliver(mail, self._lifetime(configuration_set, region))
        return {"MessageId": id}

    def _tags(self, parameters: dict[str, Any]) -> dict[str, str]:
        tags = {tag["Name"]: tag["Value"] for tag in parameters.get("EmailTags", [])}
        for name, value in tags.items():
            if not _TAG.fullmatch(name) or not _TAG.fullmatch(value):
                raise _bad_request(
                    f"Invalid tag <{name}>: only alphanumeric ASCII, '_' and '-' are allowed."
                )
        if len(tags) > 50:
            raise _bad_request("Too many tags.")
        return tags

    def _recipients(self, destination: dict[str, list[str]]) -> list[str]:
        kinds = ("ToAddresses", "CcAddresses", "BccAddresses")
        found = [each for kind in kinds for each in destination.get(kind) or []]
        if not 1 <= len(found) <= MAX_RECIPIENTS:
            raise _bad_request(f"Recipient count must be between 1 and {MAX_RECIPIENTS}.")
        addresses = [parseaddr(each)[1] for each in found]
        for given, address in zip(found, addresses, strict=True):
            local, at, domain = address.rpartition("@")
            if not at or not domain or not _LOCAL.fullmatch(local):
                raise _bad_request(f"Invalid address: {given!a}")
        return addresses

    def _check_rate(self, count: int) -> None:
        most = self._switches.values.ses_per_second
        if most is None:
            return
        now = self._clock.time()
        with self._lock:
            while self._recent and self._recent[0] <= now - 1:
                self._recent.popleft()
            if len(self._recent) + count > most:
                raise _error(429, "TooManyRequests", "Maximum sending rate exceeded.")
            self._recent.extend([now] * count)

    def _lifetime(self, configuration_set: str | None, region: str) -> float:
        if configuration_set is None:
            return MAX_DELIVERY_SECONDS
        options = (
            ses_backends[self._account][region].config_sets[configuration_set].delivery_options
        )
        return float(options.get("MaxDeliverySeconds", MAX_DELIVERY_SECONDS))


def _content(content: dict[str, Any]) -> tuple[str, str, tuple[tuple[str, str], ...]]:
    """Subject, text and further headers of either kind of content."""
    if "Raw" in content:
        raw = base64.b64decode(content["Raw"]["Data"])
        if len(raw) > MAX_MESSAGE_BYTES:
            raise _bad_request("Message length is more than 41943040 bytes long.")
        message = email.message_from_bytes(raw, policy=email.policy.default)
        body = message.get_body(("plain", "html"))
        shown = {"subject", "from", "to"}
        headers = [(n, str(v)) for n, v in message.items() if n.lower() not in shown]
        return str(message["Subject"]), body.get_content() if body else "", tuple(headers)
    if "Simple" not in content:
        raise _bad_request("Only Simple and Raw content can be sent here.")
    simple = content["Simple"]
    body = simple.get("Body", {})
    text = (body.get("Text") or body.get("Html") or {}).get("Data", "")
    subject = simple.get("Subject", {}).get("Data", "")
    if "\n" in subject or "\r" in subject:
        raise _bad_request("Subject contains a line break.")
    if not text or len(text.encode()) > MAX_MESSAGE_BYTES:
        raise _bad_request("Message body is empty or too long.")
    return subject, text, tuple((h["Name"], h["Value"]) for h in simple.get("Headers", []))


def _bad_request(message: str) -> JsonRESTError:
    return _error(400, "BadRequest", message)


def _error(status: int, kind: str, message: str) -> JsonRESTError:
    name = kind if kind == "MessageRejected" else f"{kind}Exception"
    error = JsonRESTError(name, message)
    error.code = status
    return error
