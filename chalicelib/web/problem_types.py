"""Problem types (RFC 9457): name, status, and what each says.

The name is what clients rely on (the last part of ``type``, which leads to a page about it); the
sentences are ids of the catalogue and may change. They say what happened and what to do now, to
somebody of fifteen with a phone.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from chalicelib.locales import _

PATH: Final = "/problems/"
"""What stands before the name in ``type``; before it, where this service is."""


class ProblemType(NamedTuple):
    """One kind of problem. ``title`` and ``detail`` are ids of the catalogue."""

    status: int
    title: str
    detail: str


DISPLACED: Final = _(
    "This email address was confirmed later on another device. "
    "Finish the registration there, or begin again here."
)
COMPLETED: Final = _(
    "You are registered already. The password you chose first counts, not the one you just entered."
)
"""Both instead of a ``conflict``'s own detail, which speaks of reloading: that would not help."""

PROBLEM_TYPES: Final[dict[str, ProblemType]] = {
    "malformed": ProblemType(
        400,
        _("We could not read the request"),
        _("Something went wrong on the way here. Go back, reload the page, and try again."),
    ),
    "not-signed-in": ProblemType(
        401,
        _("You are not signed in"),
        _("Sign in, and then try again."),
    ),
    "foreign-origin": ProblemType(
        403,
        _("This form does not belong to this site"),
        _("For your safety nothing was changed. Open this site itself and enter it there."),
    ),
    "cross-site-fetch": ProblemType(
        403,
        _("A script on another site cannot do this"),
        _(
            "Browsers keep our cookie from scripts of other sites, so nothing was begun. Send it "
            "by a plain HTML form instead, or call from a page whose host has the same registered "
            "domain."
        ),
    ),
    "not-found": ProblemType(
        404,
        _("There is no such page"),
        _("Check the address of the page, or begin again from the start page."),
    ),
    "no-registration": ProblemType(
        404,
        _("There is no registration on this device"),
        _(
            "Perhaps it was finished or cancelled, or you began on another device. "
            "Go on where you began, or enter your email address again here."
        ),
    ),
    "method-not-allowed": ProblemType(
        405,
        _("This page cannot be used in this way"),
        _("Go back to the page before, reload it, and try again."),
    ),
    "conflict": ProblemType(
        409,
        _("You have already moved past this step"),
        _(
            "Your registration went on in another tab or on another device. "
            "Reload the page to see where you are."
        ),
    ),
    "other-registration": ProblemType(
        409,
        _("Another registration is under way on this device"),
        _("This page now shows that one. Nothing was sent or changed."),
    ),
    "account-exists": ProblemType(
        409,
        _("You already have an account"),
        _(
            "The code was right, and this email address is registered already. "
            "You don't need to register again: sign in with this address and the password you "
            "chose then."
        ),
    ),
    "too-large": ProblemType(
        413,
        _("That was too much text"),
        _("At most 16 KB can be sent at once. Check what you entered and shorten it."),
    ),
    "unsupported-media-type": ProblemType(
        415,
        _("We cannot read this kind of data"),
        _("Send JSON (application/json) or a form (application/x-www-form-urlencoded) in UTF-8."),
    ),
    "invalid": ProblemType(
        422,
        _("Please check what you entered"),
        _("Something needs correcting. Each field says what."),
    ),
    "email-typo": ProblemType(
        422,
        _("Is the email address right?"),
        _(
            "Did you mean %(suggestion)s? Nothing has been sent yet. "
            "Correct the address, or confirm that it is right as you typed it."
        ),
    ),
    "unknown-ending": ProblemType(
        422,
        _("Is the end of the email address right?"),
        _(
            "We know no email addresses that end in “.%(ending)s”. Nothing was sent yet. "
            "Correct the address, or confirm that it is right as you typed it."
        ),
    ),
    "code-mismatch": ProblemType(
        422,
        _("The code does not match"),
        _("The label in the subject of the email must be the one on this page."),
    ),
    "code-expired": ProblemType(
        422,
        _("The code no longer works"),
        _("Codes work for a limited time. Ask for a new code; it comes to the same address."),
    ),
    "password-refused": ProblemType(
        422,
        _("Please choose another password"),
        _("This password would not protect you well, or cannot be used. See the reason below."),
    ),
    "wait": ProblemType(
        429,
        _("Please wait a moment"),
        _("We just sent an email, or are about to. It can take a few minutes to arrive."),
    ),
    "too-many-attempts": ProblemType(
        429,
        _("Too many wrong codes"),
        _("To keep others from guessing, we pause for a while. Your code still works afterwards."),
    ),
    "challenge-required": ProblemType(
        429,
        _("One moment please"),
        _(
            "Many people on your network are registering now. "
            "Your device has to solve a small puzzle first; the page does this by itself."
        ),
    ),
    "internal": ProblemType(
        500,
        _("Something went wrong on our side"),
        _(
            "It is not your fault, and nothing you finished is lost. "
            "Wait a minute, reload the page, and try again."
        ),
    ),
    "try-later": ProblemType(
        503,
        _("We are very busy"),
        _("Nothing is lost. Wait a few seconds and try again."),
    ),
}
