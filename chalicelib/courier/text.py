"""Purposes of mails, and the text of each: plain text, no link, in the applicant's language.

**The code is not in the subject.** SES repeats the subject in every event it publishes, mail
servers log it, and a lock screen shows it even where bodies are hidden; the neighbour in class who
registers with somebody else's address must not read the code from the phone on the desk. The
code stands in the first lines of the body instead: a notification with preview, and the phone's
"code from mail" suggestion, find it there. The subject carries the label.

Lines are sentences and are not wrapped: phones wrap them, and a wrapped line is wrapped twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from gettext import NullTranslations

from chalicelib.clock import JST
from chalicelib.identity.codes import DIGITS
from chalicelib.locales import _, furigana
from chalicelib.locales.months import MONTHS


class Purpose(StrEnum):
    """What a mail is for; each has one text. The value is the mail's tag at SES.

    It is chosen once, when the mail begins, and kept in its record.
    """

    SIGN_UP_CODE = "sign-up"
    """The code that proves an address."""
    ACCOUNT_EXISTS = "account-exists"
    """"You already have an account", instead of a code: none that could be confirmed."""


_TIME = _("%(day)d %(month)s %(year)d, %(hour)02d:%(minute)02d (Japan time)")

_CODE_SUBJECT = _("[%(label)s] %(service)s: your code")
# The label comes first: a phone's list of mails cuts a subject off.
_SIX, _TEN = _("Your six-digit code:"), _("Your ten-digit code:")
_CODE = (
    ("%(code_is)s",),
    ("%(code)s",),
    (
        _("Enter it on the page that shows the label %(label)s."),
        _("The code works until %(until)s; you can use any of our emails with this label."),
        _("Do not tell this code to anyone. We never ask for it by phone or by email."),
    ),
    (
        _("If you did not ask for a code, somebody may have mistyped an address."),
        _("You don't need to do anything: nothing is registered without the code."),
    ),
)

_OWNER_SUBJECT = _("[%(label)s] %(service)s: you already have an account")
_OWNER = (
    (
        _("Somebody asked to register this address on the page that shows the label %(label)s."),
        _("This address already has an account, so this email contains no code."),
    ),
    (
        _(
            "If it was you, sign in with your password and either this address or your account's"
            " reference number."
        ),
        _(
            "If you have forgotten the password, set a new one on the sign-in page,"
            " or ask the help desk."
        ),
    ),
    (_("If it was not you, you don't need to do anything: your account has not changed."),),
)

_HELP = _("Help desk: %(contact)s")
_SENT = _("Sent: %(sent)s")
_NO_REPLY = _("This email was sent automatically. Replies are not read.")


@dataclass(frozen=True)
class MailText:
    """A mail's subject and plain text, lines separated by LF."""

    subject: str
    body: str


@dataclass(frozen=True)
class MailFacts:
    """What a mail tells, whatever its language. Times are aware."""

    service: str
    label: str
    sent: datetime
    contact: str
    """The help desk's telephone number or sentence; may be empty."""


_TEXTS = {
    Purpose.SIGN_UP_CODE: (_CODE_SUBJECT, _CODE),
    Purpose.ACCOUNT_EXISTS: (_OWNER_SUBJECT, _OWNER),
}
"""By purpose: the subject, and paragraphs of sentences."""


def mail_text(
    purpose: Purpose, words: NullTranslations, facts: MailFacts, code: str, until: datetime
) -> MailText:
    """The mail for ``purpose``. Only the text of one that carries a code has ``code`` in it, and
    that it works until ``until``."""
    subject, paragraphs = _TEXTS[purpose]
    values = {
        "code": code,
        "code_is": words.gettext(_SIX if len(code) == DIGITS else _TEN),
        "until": japan_time(words, until),
        "service": facts.service,
        "label": facts.label,
        "contact": facts.contact,
        "sent": japan_time(words, facts.sent),
    }
    closing = (_SENT, _HELP, _NO_REPLY) if facts.contact else (_SENT, _NO_REPLY)
    blocks = [
        "\n".join(words.gettext(sentence) % values for sentence in paragraph)
        for paragraph in (*paragraphs, closing, ("%(service)s",))
    ]
    return MailText(furigana.without(words.gettext(subject) % values), "\n\n".join(blocks) + "\n")


def japan_time(words: NullTranslations, at: datetime) -> str:
    """Date and time in Japan, to the minute, and that it is Japan's.

    Seconds are cut off: a code is never said to work longer than it does.
    """
    there = at.astimezone(JST)
    return words.gettext(_TIME) % {
        "year": there.year,
        "month": words.gettext(MONTHS[there.month - 1]),
        "day": there.day,
        "hour": there.hour,
        "minute": there.minute,
    }
