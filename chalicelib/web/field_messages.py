"""Messages for invalid fields: what is wrong, and what to do now.

Ids are English; the catalogue has the other languages. One sentence per code and field: the pages
say them, and the OpenAPI description and the pages of the problem types list them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from chalicelib.config import Config
from chalicelib.identity.passwords import LONGEST
from chalicelib.locales import _, words

EMAIL: Final[Mapping[str, str]] = {
    "empty": _("Enter your email address."),
    "missing": _("Enter your email address."),
    "no-at": _("The email address needs an @ mark, as in name@example.com. Check what is missing."),
    "two-ats": _("The email address has more than one @ mark. Leave only one."),
    "spaces": _("There is a space inside the email address. Take the space out."),
    "word-or-space": _(
        "There is a space after “%(sign)s”. If “%(sign)s” belongs to the email address, take the "
        "space out. If it does not, leave only the address."
    ),
    "control": _(
        "The email address contains an invisible character. "
        "Delete the address and type it again instead of pasting it."
    ),
    "dots": _("There are two dots in a row in the email address. Leave only one."),
    "dot-before-at": _(
        "The part before the @ mark begins or ends with a dot. "
        "Check the email address and take the dot out."
    ),
    "carrier-dots": _(
        "We cannot send email to this address, because it has two dots in a row or a dot just "
        "before the @ mark. Old docomo and au addresses sometimes look like this, and many email "
        "systems do not accept them. Use another email address, such as Gmail or iCloud, or "
        "change this address in the settings of your mobile phone company. Then enter the new "
        "address here."
    ),
    "two-addresses": _("There are two email addresses here. Leave only one."),
    "words-beside": _("There is “%(sign)s” next to the email address. Leave only the address."),
    "sign": _(
        "An email address cannot contain “%(sign)s”. Take it out and check the address letter by "
        "letter."
    ),
    "not-ascii": _(
        "An email address cannot contain “%(sign)s”. "
        "Type it with the letters a to z, numbers, and signs such as . _ - only."
    ),
    "not-hyphen": _(
        "“%(sign)s” is not a hyphen. Do you mean “-”? Change it, and check the address letter by "
        "letter."
    ),
    "not-dot": _(
        "“%(sign)s” is not a dot. Do you mean “.”? Change it, and check the address letter by "
        "letter."
    ),
    "ip-domain": _(
        "The part after the @ mark is a number and not a name. "
        "Use an email address that ends in a name such as example.com."
    ),
    "too-long": _("The email address is too long. Check that only one address was entered."),
    "syntax": _("This is not a complete email address. Check it letter by letter."),
    "domain": _(
        "The part after the @ mark is not a name that email can be sent to. Check its spelling."
    ),
    "domain-sign": _(
        "The part after the @ mark cannot contain “%(sign)s”. Take it out and check the spelling."
    ),
    "typo": _("This email address looks mistyped. Check the part after the @ mark."),
}

CODE: Final[Mapping[str, str]] = {
    "empty": _("Enter the six-digit code from the email."),
    "missing": _("Enter the six-digit code from the email."),
    "not-six-digits": _("The code has six digits. Enter all six numbers from the email."),
    "not-ten-digits": _("The code has ten digits. Enter all ten numbers from the email."),
    "two-codes": _("There are two different codes here. Enter only the one from the newest email."),
    "mismatch": _("This is not the code we sent. Check the numbers."),
    "expired": _("This code no longer works. Ask for a new one."),
}

PASSWORD: Final[Mapping[str, str]] = {
    "empty": _("Enter a password."),
    "missing": _("Enter a password."),
    "too-short": _(
        "The password is too short. Use at least %(shortest)d characters: "
        "three or four words in a row are good."
    ),
    "too-long": _("The password is too long. Use at most %(longest)d characters."),
    "too-common": _(
        "Many people use this password, so it is easy to guess. Choose a different one."
    ),
    "contains-address": _(
        "The password contains a part of your email address. "
        "Choose one that has nothing to do with the address."
    ),
    "contains-service-name": _(
        "The password contains the name of this service. "
        "Choose one that has nothing to do with the name."
    ),
    "refused": _("This password cannot be used. Choose a different one."),
}

LOCALE: Final[Mapping[str, str]] = {
    "unknown-locale": _("This language is not available. Choose ja, ja-easy or en."),
}

ANY: Final[Mapping[str, str]] = {
    "wrong-type": _("This field has the wrong kind of value."),
    "unknown-field": _("There is no field with this name."),
}

BY_FIELD: Final = {"email": EMAIL, "code": CODE, "password": PASSWORD, "locale": LOCALE}
"""What can be wrong with each field; with any field, those of ``ANY`` too."""


def field_message(field: str, code: str, locale: str, config: Config, sign: str = "") -> str:
    """The sentence for ``code`` at ``field``; a general one for a code that has none here.

    ``sign``: what of what was typed it is about.
    """
    sentence = (
        BY_FIELD.get(field, {}).get(code)
        or ANY.get(code)
        or _("Check what you entered here and try again.")
    )
    said = {"shortest": config.shortest_password, "longest": LONGEST, "sign": sign}
    return words(locale).gettext(sentence) % said
