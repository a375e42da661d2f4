"""Purposes of mails, and which of Cognito's triggers carry a code that is mailed."""

from __future__ import annotations

from enum import StrEnum


class Purpose(StrEnum):
    """What a mail is for; each has one text (``text.py``). The value is the mail's tag at SES.

    It is chosen once, when the mail begins, and kept in its record.
    """

    SIGN_UP_CODE = "sign-up"
    """The code that proves an address."""
    ACCOUNT_EXISTS = "account-exists"
    """"You already have an account", instead of a code: none that could be confirmed."""


TRIGGERS = {"CustomEmailSender_SignUp": False, "CustomEmailSender_ResendCode": True}
"""The trigger sources whose code is the attempt's, and whether it is a reissued one. What the mail
with it is for, the attempt says: to Cognito everything that proves an address is a sign-up."""
