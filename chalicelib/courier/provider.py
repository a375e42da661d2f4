"""Mail provider of an address: the operator of its MX, whatever the domain is called.

A school on Google Workspace is Google's to deliver, and fails when Google fails. What has no
name here is grouped by the registrable domain of its MX.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from chalicelib.clock import Clock
from chalicelib.errors import TodokuError
from chalicelib.identity.registrable_domain import registrable_domain
from chalicelib.identity.typos import is_mail_provider

MxHosts = Callable[[str], list[str]]
"""The MX hosts of a domain, best first; ``[]`` when it has none and receives mail itself.

Raises ``NoSuchMailDomain``, and ``OSError`` when there is no answer that can be relied upon."""

KNOWN_FOR = timedelta(days=1)
"""How long an answer of the DNS is believed."""
GONE_FOR = timedelta(minutes=1)
"""How long it is believed that there is no such domain."""
_GONE = ""
"""The provider of such a domain."""
GUESSED_FOR = timedelta(minutes=5)
"""How long a guess stands in for one, so that a dead DNS costs two seconds a domain, not a mail."""

_OPERATORS = {
    "google": ("google.com", "googlemail.com", "gmail.com"),
    "yahoo-jp": ("yahoo.co.jp", "ymail.ne.jp", "ybb.ne.jp"),
    "docomo": ("docomo.ne.jp",),
    "au": ("ezweb.ne.jp", "au.com"),
    "softbank": (
        "softbank.ne.jp",
        "softbank.jp",
        "vodafone.ne.jp",
        "disney.ne.jp",
        "ymobile.ne.jp",
        "emobile.ne.jp",
        "willcom.com",
    ),
    "icloud": ("icloud.com", "me.com", "mac.com", "apple.com"),
    "microsoft": (
        "outlook.com",
        "mx.microsoft",
        "hotmail.com",
        "hotmail.co.jp",
        "outlook.jp",
        "live.com",
        "live.jp",
        "msn.com",
    ),
}
"""Domains whose hosts, and whose own addresses, belong to a provider (they and all below)."""
_OPERATOR = {domain: name for name, domains in _OPERATORS.items() for domain in domains}


class NoSuchMailDomain(TodokuError):
    """The DNS says for certain that nobody takes mail for this domain."""


_NUMBERS_ONLY = re.compile(r"[0-9.]+|.*:.*")


@dataclass(frozen=True)
class CachedProvider:
    """Who stands behind a mail domain, and until when we believe it."""

    domain: str
    provider: str
    until: datetime

    @property
    def expires(self) -> datetime:
        """When the record may be deleted: when it is believed no longer."""
        return self.until


class ProviderCache(Protocol):
    """The memory of what was looked up. Methods raise ``TryLater``.

    Implemented by ``aws.tables.ProviderCacheTable``.
    """

    def get(self, domain: str) -> CachedProvider | None:
        """What is remembered of ``domain``, perhaps no longer valid."""

    def put(self, cached: CachedProvider) -> None:
        """Remember, over whatever was remembered before."""


class ProviderLookup:
    """Tells providers, from memory where it can. A mail never waits for a name: without an answer
    there is a guess. That there is no such domain is remembered for a minute.

    Whose name servers do not answer for one name is not asked about others below the same
    registered domain for a while: made-up names would keep the worker from everybody's mails.
    """

    def __init__(self, domains: ProviderCache, mx: MxHosts, clock: Clock) -> None:
        self._domains = domains
        self._mx = mx
        self._clock = clock

    def provider_of(self, domain: str) -> str:
        """The provider of addresses in ``domain`` (the part after ``@``; ASCII, any case).

        Blocks for as long as ``mx`` may take, once per domain and day, or once in five minutes
        while the DNS does not answer. Raises ``NoSuchMailDomain``.
        """
        domain = domain.lower().rstrip(".")
        now = self._clock()
        remembered = self._remembered(domain)
        if remembered and remembered.until > now:
            if remembered.provider == _GONE:
                raise NoSuchMailDomain("remembered")
            return remembered.provider
        around = f"*.{registrable_domain(domain)}"
        silent = self._remembered(around)
        try:
            if silent and silent.until > now:
                return self._guess(domain, remembered)
            provider = provider_by_mx(domain, self._mx(domain))
        except OSError:
            provider = self._guess(domain, remembered)
            self._remember(CachedProvider(domain, provider, now + GUESSED_FOR))
            self._remember(CachedProvider(around, provider, now + GUESSED_FOR))
            return provider
        except NoSuchMailDomain:
            # Where a large provider seems to be gone, it is the answer that is wrong.
            if is_mail_provider(domain) or domain in _OPERATOR:
                return self._guess(domain, remembered)
            self._remember(CachedProvider(domain, _GONE, now + GONE_FOR))
            raise
        self._remember(CachedProvider(domain, provider, now + KNOWN_FOR))
        return provider

    def _guess(self, domain: str, remembered: CachedProvider | None) -> str:
        """A stale answer is better than a guess by the name."""
        known = remembered.provider if remembered else _GONE
        return known if known != _GONE else provider_by_mx(domain, [])

    def _remember(self, cached: CachedProvider) -> None:
        with suppress(TodokuError):
            self._domains.put(cached)

    def _remembered(self, domain: str) -> CachedProvider | None:
        try:
            return self._domains.get(domain)
        except TodokuError:
            return None


def provider_by_mx(domain: str, hosts: Sequence[str]) -> str:
    """The provider by the best MX host that has a name; without one, by the domain itself.

    An address record without MX receives mail itself (RFC 5321, 5.1). IP literals in an MX,
    which are a mistake that some senders forgive, name nobody.
    """
    named = (name for host in hosts if (name := host.lower().rstrip(".")) and not _literal(name))
    name = next(named, domain)
    return _operator(name) or registrable_domain(name)


def _operator(name: str) -> str | None:
    labels = name.split(".")
    parents = (".".join(labels[i:]) for i in range(len(labels) - 1))
    return next((_OPERATOR[parent] for parent in parents if parent in _OPERATOR), None)


def _literal(name: str) -> bool:
    return _NUMBERS_ONLY.fullmatch(name) is not None
