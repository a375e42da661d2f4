"""MX records from a table of known providers: no DNS query leaves this machine."""

from __future__ import annotations

from contextlib import suppress

from chalicelib.courier.provider import NoSuchMailDomain, provider_by_mx

HOSTS = {
    "google": ("gmail-smtp-in.l.google.com", "alt1.gmail-smtp-in.l.google.com"),
    "google-workspace": ("aspmx.l.google.com", "alt1.aspmx.l.google.com"),
    "docomo": ("mfsmax.docomo.ne.jp",),
    "au": ("lsean.ezweb.ne.jp",),
    "au-com": ("au.com.mx.au.com",),
    "softbank": ("mx.softbank.ne.jp",),
    "softbank-i": ("mx.i.softbank.jp",),
    "yahoo-jp": ("mx1.mail.yahoo.co.jp", "mx2.mail.yahoo.co.jp", "mx3.mail.yahoo.co.jp"),
    "icloud": ("mx01.mail.icloud.com", "mx02.mail.icloud.com"),
    "microsoft": ("outlook-com.olc.protection.outlook.com",),
    "microsoft-365": ("school365-example-ed-jp.mail.protection.outlook.com",),
}
"""MX hosts by who runs them, best first."""

DOMAINS = {
    "gmail.com": "google",
    "googlemail.com": "google",
    "school.example.ed.jp": "google-workspace",
    "docomo.ne.jp": "docomo",
    "ezweb.ne.jp": "au",
    "au.com": "au-com",
    "softbank.ne.jp": "softbank",
    "i.softbank.jp": "softbank-i",
    "vodafone.ne.jp": "softbank",
    "yahoo.co.jp": "yahoo-jp",
    "ymail.ne.jp": "yahoo-jp",
    "icloud.com": "icloud",
    "me.com": "icloud",
    "mac.com": "icloud",
    "outlook.com": "microsoft",
    "outlook.jp": "microsoft",
    "hotmail.com": "microsoft",
    "hotmail.co.jp": "microsoft",
    "live.jp": "microsoft",
    "school365.example.ed.jp": "microsoft-365",
}

MISSING = ("invalid", "nowhere.example.com")
"""Domains that do not exist, with all below them. Nor do they in the DNS (RFC 2606); addresses in
``.invalid`` are refused before anybody asks."""


def exists(domain: str) -> bool:
    """Whether there is such a domain: all there are, but ``MISSING``."""
    return not f".{_plain(domain)}".endswith(tuple(f".{missing}" for missing in MISSING))


def hosts(domain: str) -> list[str]:
    """The MX hosts of ``domain``, best first: ``mx.<domain>`` for the unknown.

    Raises ``NoSuchMailDomain`` for a domain that does not exist.
    """
    domain = _plain(domain)
    if not exists(domain):
        raise NoSuchMailDomain(domain)
    known = DOMAINS.get(domain)
    return list(HOSTS[known]) if known else [f"mx.{domain}"]


def provider(domain: str) -> str:
    """The mail provider of ``domain``, by the application's name for it."""
    domain = _plain(domain)
    return provider_by_mx(domain, hosts(domain) if exists(domain) else [])


def provider_name(typed: str) -> str:
    """The application's name for a provider that somebody typed: in small letters, a domain as
    ``xn--…``."""
    if typed.isascii():
        return typed.lower()
    # Here: its tables are large, and such domains are rare.
    import idna

    with suppress(idna.IDNAError):
        return idna.encode(typed, uts46=True).decode()
    return typed


def _plain(domain: str) -> str:
    return domain.lower().rstrip(".")
