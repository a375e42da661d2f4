"""SES (API v2): sends a mail by a route."""

from __future__ import annotations

import logging
from collections.abc import Callable
from email.header import Header
from email.utils import formataddr
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.aws.errors import error_code
from chalicelib.config import Route
from chalicelib.courier.sender import MailRejected, OutgoingMail
from chalicelib.errors import TryLater

log = logging.getLogger(__name__)

OURS_TO_MEND = 60
"""Seconds before another try where the account or its set-up is wrong."""


class SesMailer:
    """``courier.sender.Mailer``. ``client`` yields the ``sesv2`` client of a region."""

    def __init__(self, client: Callable[[str], Any]) -> None:
        self._client = client

    def send(self, route: Route, mail: OutgoingMail) -> str:
        """Hand ``mail`` over by ``route``; returns SES's message id.

        A lost answer is ``TryLater`` too: the mail may then go twice, with the same code.
        """
        try:
            answer = self._client(route.region).send_email(
                FromEmailAddress=sender(mail.from_name, route.sender),
                Destination={"ToAddresses": [mail.to]},
                Content={
                    "Simple": {
                        "Subject": _utf8(mail.subject),
                        "Body": {"Text": _utf8(mail.text)},
                        # RFC 3834: nobody's absence notice should answer this.
                        "Headers": [{"Name": "Auto-Submitted", "Value": "auto-generated"}],
                    }
                },
                ConfigurationSetName=route.configuration_set,
                EmailTags=[{"Name": name, "Value": mail.tags[name]} for name in sorted(mail.tags)],
            )
        except ClientError as error:
            raise _send_error(error) from None
        except BotoCoreError as error:
            log.warning("SES did not answer: %s", type(error).__name__)
            raise TryLater() from None
        return str(answer["MessageId"])


def sender(name: str, address: str) -> str:
    """A From header: encoded words (RFC 2047, each at most 75 characters) where needed."""
    if name.isascii():
        return formataddr((name, address))
    words = Header(name, "utf-8", maxlinelen=75).encode(linesep="\n").replace("\n", "")
    return f"{words} <{address}>"


def _utf8(text: str) -> dict[str, str]:
    return {"Data": text, "Charset": "UTF-8"}


def _send_error(error: ClientError) -> Exception:
    """What SES's refusal means for this mail. SES's message may quote the address: not kept."""
    code = error_code(error)
    message = str(error.response["Error"].get("Message", "")).lower()
    match code:
        case "MessageRejected" if "not verified" not in message:
            return MailRejected("other")
        case "BadRequestException":
            named = any(word in message for word in ("address", "domain", "local", "recipient"))
            return MailRejected("no-such-mailbox" if named else "other")
        case "TooManyRequestsException" | "ThrottlingException" | "Throttling":
            return TryLater()
    if int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)) >= 500:
        return TryLater()
    # The sender not verified (its DKIM records are not there yet, or no more), sending paused,
    # account suspended, quota of the day used up, configuration set or permission missing: it is
    # not because of this mail, and it is gone when somebody mends it.
    log.error("SES sends nothing for us: %s", code)
    return TryLater(OURS_TO_MEND)
