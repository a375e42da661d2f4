"""What the enumerated values of the API's answers mean, for the OpenAPI description.

A test holds each list to the type that it describes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from chalicelib.registration.view import ShownState
from chalicelib.trail.delivery import Advice, ToldReason, ToldState


class Values(NamedTuple):
    """One enumeration: the type that lists its values, what it is, and what each value means."""

    kind: Any
    description: str
    meanings: Mapping[str, str]


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
}
"""By the name of their schema."""
