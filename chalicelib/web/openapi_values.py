"""What the values and fields of the API's answers mean, for the OpenAPI description.

A test holds each list to the type that it describes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from chalicelib.errors import (
    AnyFieldErrorCode,
    CodeErrorCode,
    EmailErrorCode,
    LocaleErrorCode,
    PasswordErrorCode,
)
from chalicelib.registration.view import ShownState
from chalicelib.trail.delivery import Advice, ToldReason, ToldState
from chalicelib.web import field_messages
from chalicelib.web.problem_docs import MEMBERS


class Values(NamedTuple):
    """One enumeration: the type that lists its values, what it is, and what each value means."""

    kind: Any
    description: str
    meanings: Mapping[str, str]


def _sentences(table: Mapping[str, str]) -> dict[str, str]:
    """What applicants read in English, with “…” for what depends on the request or the stage."""
    return {code: re.sub(r"%\(\w+\)[sd]", "…", sentence) for code, sentence in table.items()}


VALUES: Final[dict[str, Values]] = {
    "RegistrationState": Values(
        ShownState,
        "How far the registration is.",
        {
            "queued": "The address was accepted; its code is not issued yet, see `expected_at`. It "
            "stays so where `delivery` is `rejected` for `no-such-domain`: no code will come, the "
            "address must be corrected.",
            "awaiting_code": "A code was issued and can be entered.",
            "verified": "The code was right; the password is still to be chosen.",
            "completed": "The account exists.",
            "expired": "The code was not entered in time. A new one can be asked for.",
        },
    ),
    "DeliveryState": Values(
        ToldState,
        "How far a mail came.",
        {
            "waiting": "It has not left yet.",
            "sent": "It left; the provider has not answered yet.",
            "delayed": "The provider does not accept it at present; it is tried again.",
            "delivered": "The provider accepted it. Whether it is in the inbox, nobody says.",
            "rejected": "It will not be sent: SES refused it, or its domain takes no mail.",
            "bounced": "The provider refused it for good.",
        },
    ),
    "Reason": Values(
        ToldReason,
        "Why a mail did not arrive, or not yet.",
        {
            "no-such-mailbox": "The provider says that there is no such address. Japanese "
            "carriers also say so of a sender that the recipient's filter keeps out.",
            "no-such-domain": "What stands after the @ does not exist or takes no mail.",
            "policy": "The provider, or a filter of the recipient, refuses mail from this sender.",
            "server-down": "The provider's server cannot be reached.",
            "deferred": "The provider asked for another attempt later.",
            "too-large": "The provider found the mail too large.",
            "spam": "The provider took the mail for spam.",
            "other": "No reason was given, or it is only for the owner of the address to know.",
        },
    ),
    "Advice": Values(
        Advice,
        "What the applicant can do now, the most useful first.",
        {
            "wait": "Wait; nothing needs to be done.",
            "check-spam": "Look in the spam folder and in all other folders.",
            "check-address": "Look for a slip in the address, and correct it.",
            "try-another-address": "Use an address of another provider.",
            "free-space": "Delete mails, so that the mailbox has room, and ask for the code again.",
            "ask-help-desk": "Ask the help desk, with the reference and the label.",
            "allow-domain:docomo": "Let the sender's domain in: mail settings of docomo.",
            "allow-domain:au": "Let the sender's domain in: mail settings of au.",
            "allow-domain:softbank": "Let the sender's domain in: mail settings of SoftBank.",
            "allow-domain:icloud": "Follow the steps for iCloud Mail: folders and contacts.",
            "allow-domain:google": "Follow the steps for Gmail: folders, search and a filter.",
        },
    ),
    "EmailErrorCode": Values(
        EmailErrorCode, "Why `email` is refused.", _sentences(field_messages.EMAIL)
    ),
    "CodeErrorCode": Values(
        CodeErrorCode, "Why `code` is refused.", _sentences(field_messages.CODE)
    ),
    "PasswordErrorCode": Values(
        PasswordErrorCode, "Why `password` is refused.", _sentences(field_messages.PASSWORD)
    ),
    "LocaleErrorCode": Values(
        LocaleErrorCode, "Why `locale` is refused.", _sentences(field_messages.LOCALE)
    ),
    "AnyFieldErrorCode": Values(
        AnyFieldErrorCode,
        "Why any field is refused, those included that have codes of their own.",
        _sentences(field_messages.ANY),
    ),
}
"""By the name of their schema."""

FIELDS: Final[dict[str, dict[str, str]]] = {
    "Registration": {
        "reference": "Names this attempt to the help desk; also in the mails.",
        "label": "Two characters that are also in the subject of the mail that is meant.",
        "state": "How far the registration is.",
        "email": "The address as it was typed until it is verified, and masked from then on.",
        "provider": "Who runs the mail servers behind the address, where it is known.",
        "expected_at": "When the next mail is to leave; nothing once it has.",
        "code_expires_at": "Until when the code can be entered.",
        "resend_available_at": "From when on the code can be asked for once more.",
        "attempts_left": "How many more codes may be tried before a pause.",
        "delivery": "Where the newest mail is.",
    },
    "Delivery": {
        "state": "How far the newest mail came.",
        "history": "What all mails so far went through, the oldest first.",
        "reason": "Why the mail did not arrive, or not yet: a category, never the receiving "
        "server's words.",
        "advice": "What the applicant can do now, the most useful first.",
    },
    "Step": {"state": "What was reached.", "at": "When, in UTC."},
    "Session": {
        "reference": "The reference of the registration that made the account.",
        "email": "The account's address, masked.",
    },
    "Health": {"status": "Always `ok`.", "build": "Which build answers."},
    "FieldError": {
        "field": "The field's name in the body.",
        "code": "Why, for programs: which codes there are depends on the field.",
        "detail": "A sentence for the applicant, in their language.",
    },
    "Problem": {
        "type": "The address of a page about this type of problem; its last part is the name.",
        "title": "The type of problem, for the applicant.",
        "status": "The HTTP status.",
        "detail": "What happened and what to do now, for the applicant.",
        **MEMBERS,
    },
}
"""By schema and field. Bodies have theirs in their types, and the challenge belongs to ALTCHA."""
