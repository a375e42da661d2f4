"""MX look-ups by dnspython, which is imported at the first one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dns.resolver import Resolver

LIFETIME = 2.0
"""Seconds a look-up may take in all, over every name server."""
PER_TRY = 0.8
"""Seconds one name server may take before the next is asked."""


class MxLookup:
    """The MX hosts of a domain. ``nameservers`` and ``port`` are the system's unless given."""

    def __init__(self, nameservers: Sequence[str] | None = None, port: int = 53) -> None:
        self._nameservers = nameservers
        self._port = port
        self._resolver: Resolver | None = None

    def __call__(self, domain: str) -> list[str]:
        """The hosts, best first, without final dots.

        ``[]`` when there is no such domain, no MX, or a null MX (RFC 7505). Raises ``OSError``
        when the DNS does not answer within two seconds, or answers that it cannot.
        """
        import dns.exception
        import dns.name
        import dns.resolver

        try:
            resolver = self._resolver = self._resolver or self._made()
            name = dns.name.from_text(domain)
            answer = resolver.resolve(name, "MX", lifetime=LIFETIME, search=False)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []
        except (dns.name.BadEscape, dns.name.EmptyLabel, dns.name.LabelTooLong):
            return []
        except dns.name.NameTooLong:
            return []
        except dns.exception.DNSException as error:
            raise OSError(f"no answer from the DNS: {type(error).__name__}") from None
        best_first = sorted((record.preference, str(record.exchange)) for record in answer)
        return [host for _, full in best_first if (host := full.rstrip("."))]

    def _made(self) -> Resolver:
        import dns.resolver

        resolver = dns.resolver.Resolver(configure=self._nameservers is None)
        if self._nameservers is not None:
            resolver.nameservers = list(self._nameservers)
            resolver.port = self._port
        resolver.timeout = PER_TRY
        return resolver
