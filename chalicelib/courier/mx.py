"""MX look-ups by dnspython, which is imported at the first one."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from chalicelib.courier.provider import NoSuchMailDomain

if TYPE_CHECKING:
    from dns.message import Message
    from dns.name import Name
    from dns.resolver import Resolver

LIFETIME = 2.0
"""Seconds a look-up may take in all, over its questions and every name server."""
PER_TRY = 0.8
"""Seconds one name server may take before the next is asked."""


class MxLookup:
    """The MX hosts of a domain. ``nameservers`` and ``port`` are the system's unless given."""

    def __init__(self, nameservers: Sequence[str] | None = None, port: int = 53) -> None:
        self._nameservers = nameservers
        self._port = port

    @cached_property
    def resolver(self) -> Resolver:
        """What asks. Raises ``dns.exception.DNSException`` where the system names no servers."""
        import dns.resolver

        resolver = dns.resolver.Resolver(configure=self._nameservers is None)
        if self._nameservers is not None:
            resolver.nameservers = list(self._nameservers)
            resolver.port = self._port
        resolver.timeout = PER_TRY
        return resolver

    def __call__(self, domain: str) -> list[str]:
        """The hosts, best first, without final dots; ``[]`` when there is no MX, but an address,
        which then receives mail itself (RFC 5321, 5.1).

        Raises ``NoSuchMailDomain`` when there is a null MX (RFC 7505), or neither an MX nor an
        address, or no such name. For these two the name is asked about three times, since some
        servers deny a name when it is only the MX that they have not. Raises ``OSError`` when the
        DNS does not answer within two seconds in all, or not in a way to be relied upon.
        """
        import dns.exception
        import dns.name

        try:
            name = dns.name.from_text(domain)
        except dns.exception.DNSException:
            raise NoSuchMailDomain("no name at all") from None
        until = time.monotonic() + LIFETIME
        if exchanges := self._records(name, "MX", until):
            best_first = sorted((record.preference, str(record.exchange)) for record in exchanges)
            hosts = [host for _, full in best_first if (host := full.rstrip("."))]
            if not hosts:
                raise NoSuchMailDomain("null MX")
            return hosts
        if self._records(name, "A", until) or self._records(name, "AAAA", until):
            return []
        raise NoSuchMailDomain("neither MX nor address")

    def _records(self, name: Name, kind: str, until: float) -> list[Any]:
        """The records of ``kind``. ``[]`` and ``OSError`` as above."""
        import dns.exception
        import dns.resolver

        left = until - time.monotonic()
        if left <= 0:
            raise OSError("no answer from the DNS: too slow")
        try:
            return list(self.resolver.resolve(name, kind, lifetime=left, search=False))
        except dns.resolver.NXDOMAIN as error:
            denials = list(error.kwargs["responses"].values())
        except dns.resolver.NoAnswer as error:
            denials = [error.kwargs["response"]]
        except dns.exception.DNSException as error:
            raise OSError(f"no answer from the DNS: {type(error).__name__}") from None
        if not all(_authoritative(denial) for denial in denials):
            raise OSError("no answer from the DNS: a denial that no zone stands for")
        return []


def _authoritative(denial: Message) -> bool:
    """Whether the zone itself denies it: then its SOA comes along (RFC 2308, 2), through any
    resolver. A resolver that cannot or may not ask, and makes something up, has none."""
    import dns.rdatatype

    return any(found.rdtype == dns.rdatatype.SOA for found in denial.authority)
