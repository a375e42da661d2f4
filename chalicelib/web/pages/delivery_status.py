"""Delivery status of the mail, in words that claim no more than is known.

``delivered`` means that the receiving server took the mail, not that it is in the inbox.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from chalicelib.identity.display import shown
from chalicelib.locales import _
from chalicelib.registration.view import View
from chalicelib.trail.delivery import LATE_AFTER, Delivery, Step, ToldState
from chalicelib.web.pages.webmail import mail_on_the_web

PROVIDERS = {
    "google": _("Gmail"),
    "docomo": _("docomo mail"),
    "au": _("au mail"),
    "softbank": _("SoftBank mail"),
    "icloud": _("iCloud Mail"),
    "yahoo-jp": _("Yahoo! JAPAN Mail"),
    "microsoft": _("Outlook.com"),
}
"""By provider, as the help page orders them; others are called by their domain."""

MOMENT = timedelta(seconds=30)
"""A mail that leaves within this time is not worth announcing a time for."""

_NOW: dict[ToldState, str] = {
    "waiting": _("We are preparing your email."),
    "sent": _("We have sent the email. It usually arrives within a few minutes."),
    "delayed": _("The email has not been accepted by %(provider)s yet. We will keep trying."),
    "delivered": _("The email has reached %(provider)s. Look in your inbox."),
    "bounced": _("The email was returned undelivered."),
    "rejected": _("The email could not be sent."),
}
_NOT_HEARD = _("We have sent the email, but have not heard yet that it arrived.")
_ACCEPTED = _("The email has reached %(provider)s.")
_LATER = _("Your email is waiting for its turn. We will send it at about %(time)s.")

_STEPS: dict[ToldState, str] = {
    "waiting": _("Resend requested"),
    "sent": _("Sent"),
    "delayed": _("Delayed by your email provider"),
    "delivered": _("Reached your email service"),
    "bounced": _("Returned undelivered"),
    "rejected": _("Could not be sent"),
}

_NOT_YET = {
    "server-down": _("It cannot be received there at the moment."),
    "deferred": _("We were asked to try again later."),
    "other": _("No reason was given."),
}
"""Of a delay, which names the provider already: nothing that sounds like a last word."""

_REASONS = {
    "no-such-mailbox": _("Your email provider says that there is no such address."),
    "no-such-domain": _("There is no mail domain “%(domain)s”."),
    "policy": _("Your email provider refused our email."),
    "server-down": _("Your email provider could not accept the email. We have stopped trying."),
    "deferred": _("Your email provider kept deferring the email. We have stopped trying."),
    "too-large": _("Your email provider says that the email is too large."),
    "spam": _("Your email provider treated the email as spam."),
    "other": _NOT_YET["other"],
}
"""Once nobody tries any more."""

_UNKNOWN_OR_FILTERED = _("There is no such address, or it is set to refuse our email.")
"""Instead of ``no-such-mailbox`` at carriers, who answer both alike."""

_ADVICE = {
    "wait": _("Please wait a few minutes."),
    "check-spam": _("Look in the spam folder and in all other folders too."),
    "check-address": _("Check that the address is right."),
    "try-another-address": _("If you can, use another address."),
    "free-space": _("Delete old emails to make room. Then press “Resend the same code”."),
    "ask-help-desk": _(
        "Ask the help desk, and give the reference number and the label on this page."
    ),
    "allow-domain": _("Change your email settings so that you can receive our emails."),
}

_ROOM_FOR_A_NEW_CODE = _("Delete old emails to make room. Then press “Send a new code”.")
"""Where the button is called so: the same code works no longer."""

_SEARCH = _("See how to find the email with this provider.")
"""For providers whose users cannot name senders to let in."""

TROUBLE = frozenset({"delayed", "bounced", "rejected"})
ON_ITS_WAY = frozenset({"waiting", "sent", "delayed"})
_LEFT = frozenset({"sent", "delayed", "delivered", "bounced"})
"""States of a mail that has left this service."""


Kind = Literal["info", "good", "warn", "bad"]


@dataclass(frozen=True)
class DeliveryStatus:
    """Catalogue ids and times for the page to put into words."""

    now: str
    leaves_at: datetime | None
    """Worth saying: the mail waits until then."""
    provider: str
    """A catalogue id, or the provider's domain, or a general word."""
    reason: str | None
    """A catalogue id, into which ``domain`` may go."""
    domain: str
    """What stands after the ``@``."""
    kind: Kind
    """How the banner looks."""
    failed: bool
    """The mail did not arrive and will not: the page leads to another address."""
    resends: bool
    """Whether another mail may help: not to a mailbox that does not exist."""
    nothing_sent: bool
    """No mail has left: there is nothing to send *again*, and no code to type."""
    mailbox: tuple[str, str] | None
    """Whose mail it is, as a catalogue id, and where it is read in a browser: once it may be
    there."""
    advice: tuple[tuple[str, str | None], ...]
    """What to do, with the provider whose own steps the help page has."""
    steps: tuple[tuple[str, datetime, str], ...]
    """Of the newest mail, oldest first: what, when, which state."""
    earlier: tuple[tuple[str, datetime, str], ...]
    """The same of the mails before it."""
    trouble: bool
    moving: bool
    """The mail is on its way."""
    news: bool
    """The page is to look again by itself: for the mail, or for advice that is still to come."""


def delivery_status(
    view: View, asked_at: datetime, now: datetime, *, help_desk: bool
) -> DeliveryStatus:
    """Put a registration's ``delivery`` into words. ``help_desk``: whether there is one."""
    delivery = view.delivery
    later = view.expected_at if view.expected_at and view.expected_at > now + MOMENT else None
    waiting = delivery.state == "waiting" or later is not None
    moving = waiting or delivery.state in ON_ITS_WAY
    first: tuple[str, datetime, str] = (_("Request accepted"), asked_at, "accepted")
    mails = _mails(delivery.history)
    rows = [tuple((_STEPS[step.state], step.at, step.state) for step in mail) for mail in mails]
    # The first mail's own "waiting" is the request itself.
    opening = rows[0][1:] if mails and mails[0][0].state == "waiting" else rows[0] if rows else ()
    newest = (first, *opening) if len(rows) < 2 else rows[-1]
    earlier = () if len(rows) < 2 else (first, *opening, *(r for row in rows[1:-1] for r in row))
    state: ToldState = "waiting" if waiting else delivery.state
    trouble = delivery.state in TROUBLE and not later
    failed = trouble and not moving
    # To wait is all that there is to do: that needs no list of its own.
    advice = () if delivery.advice == ("wait",) and not trouble else delivery.advice
    return DeliveryStatus(
        now=_LATER if later else _now(view, state, now),
        leaves_at=later,
        provider=provider_name(view.provider),
        reason=_reason(delivery),
        domain=view.email.rpartition("@")[2],
        kind=_kind(state, trouble=trouble, failed=failed),
        failed=failed,
        resends=not (failed and _is_hopeless(delivery)),
        nothing_sent=failed and not any(step.state in _LEFT for step in delivery.history),
        mailbox=_mailbox(view) if state in ("sent", "delivered") else None,
        advice=tuple(
            _advice(code, help_desk, expired=view.state == "expired")
            for code in advice
            if code.partition(":")[0] in _ADVICE
        ),
        steps=newest,
        earlier=earlier,
        trouble=trouble,
        moving=moving,
        news=moving
        or (delivery.state == "delivered" and "try-another-address" not in delivery.advice),
    )


def _mailbox(view: View) -> tuple[str, str] | None:
    address = mail_on_the_web(view.provider, view.email.rpartition("@")[2])
    if view.provider is None or address is None or view.state == "expired":
        return None
    return PROVIDERS[view.provider], address


def _kind(state: ToldState, *, trouble: bool, failed: bool) -> Kind:
    if trouble:
        return "bad" if failed else "warn"
    return "good" if state == "delivered" else "info"


def _is_hopeless(delivery: Delivery) -> bool:
    """Whether only another address helps."""
    unknown = delivery.reason != "other" and "check-address" in delivery.advice
    return unknown and not _may_be_let_in(delivery)


def _may_be_let_in(delivery: Delivery) -> bool:
    """Carriers call an address unknown whose owner lets no mail of ours in, too: there another
    mail is for when that has changed."""
    return any(code.startswith("allow-domain") for code in delivery.advice)


def _now(view: View, state: ToldState, now: datetime) -> str:
    if state == "sent" and now >= view.delivery.history[-1].at + LATE_AFTER:
        return _NOT_HEARD
    if state == "delivered" and view.state == "expired":
        # Nobody is sent to look for a code that works no longer.
        return _ACCEPTED
    return _NOW[state]


def _reason(delivery: Delivery) -> str | None:
    reason = delivery.reason or ""
    if delivery.state not in ("bounced", "rejected"):
        return _NOT_YET.get(reason)
    if reason == "no-such-mailbox" and _may_be_let_in(delivery):
        return _UNKNOWN_OR_FILTERED
    return _REASONS.get(reason)


def provider_name(provider: str | None) -> str:
    """What applicants call who keeps their mail."""
    if provider is None:
        return _("your email service")
    return PROVIDERS.get(provider) or shown(provider)


def _advice(code: str, help_desk: bool, *, expired: bool) -> tuple[str, str | None]:
    kind, _colon, provider = code.partition(":")
    if kind == "free-space" and expired:
        return _ROOM_FOR_A_NEW_CODE, None
    if kind == "ask-help-desk" and not help_desk:
        return _("Ask the school to which you apply."), None
    searched = kind == "allow-domain" and provider in ("google", "icloud")
    return _SEARCH if searched else _ADVICE[kind], provider or None


def _mails(history: tuple[Step, ...]) -> list[list[Step]]:
    """The history cut into mails: each begins with its own ``waiting``."""
    mails: list[list[Step]] = []
    for step in history:
        if step.state == "waiting" or not mails:
            mails.append([])
        mails[-1].append(step)
    return mails
