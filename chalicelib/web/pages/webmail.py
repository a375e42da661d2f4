"""Webmail: where a provider's users read their mail in a browser."""

from __future__ import annotations

import re

MAIL_ON_THE_WEB = {
    "google": "https://mail.google.com/",
    "yahoo-jp": "https://mail.yahoo.co.jp/",
    "microsoft": "https://outlook.live.com/mail/",
    "icloud": "https://www.icloud.com/mail/",
}
"""Where a provider's users read their mail in a browser; the carriers' is read in their apps."""
_MICROSOFT_AT_WORK = "https://outlook.office.com/mail/"
_MICROSOFT_AT_HOME = re.compile(
    r"(?:outlook|hotmail|live|msn)\.(?:[a-z]{2,3}|com?\.[a-z]{2})|(?:windowslive|passport)\.com"
)
"""Anybody's own, in many countries: hotmail.fr, live.co.uk, outlook.com.br."""


def mail_on_the_web(provider: str | None, domain: str) -> str | None:
    """Where who has an address in ``domain``, which ``provider`` keeps, reads mail in a browser.

    A school's accounts at Microsoft sign in elsewhere than anybody's own.
    """
    if provider == "microsoft" and domain and not _MICROSOFT_AT_HOME.fullmatch(domain):
        return _MICROSOFT_AT_WORK
    return MAIL_ON_THE_WEB.get(provider or "")
