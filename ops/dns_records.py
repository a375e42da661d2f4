"""DNS records: look them up, parse a route's zone file, find those not published yet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import dns.exception
import dns.name
import dns.rdatatype
import dns.resolver
import dns.zone

from ops.spf import spf_error

DnsLookup = Callable[[str, str], list[str]]
"""Name and type (``MX``) to the records there, as a zone file writes them, a TXT's text as it is;
empty when there are none. Raises ``OSError`` when the DNS does not answer."""
_TIMEOUT = 5.0
"""Seconds."""


def dns_lookup(name: str, type: str, resolver: dns.resolver.Resolver | None = None) -> list[str]:
    """A ``DnsLookup`` with this machine's own resolver, unless another is given."""
    try:
        resolver = resolver or dns.resolver.get_default_resolver()
        answer = resolver.resolve(name, type, lifetime=_TIMEOUT, search=False)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    except dns.exception.DNSException as error:
        raise OSError(f"the DNS does not answer for {name}: {error}") from error
    return [_text(rdata) for rdata in answer]


@dataclass(frozen=True)
class DnsRecord:
    """One DNS record to publish."""

    name: str
    type: str
    value: str

    def matches(self, found: list[str]) -> bool:
        """Whether what was ``found`` at its name satisfies it. Of a TXT record only what receivers
        need is compared: a domain may have a stricter policy, or other senders, than ours."""
        if self.type != "TXT":
            return self.value.lower() in (value.lower() for value in found)
        if self.is_spf:
            return spf_error(self.name, found) is None
        return any("v=dmarc1" in value.lower() for value in found)

    @property
    def is_spf(self) -> bool:
        """Whether it is an SPF record, of which a domain may have one alone."""
        return self.type == "TXT" and self.value.startswith("v=spf1 ")

    def __str__(self) -> str:
        return f"{self.name} {self.type} {self.value}"


def parse_zone_file(zone_file: str) -> list[DnsRecord]:
    """Parse a stack's output ``ZoneFile``."""
    zone = dns.zone.from_text(zone_file, dns.name.root, relativize=False, check_origin=False)
    return [
        DnsRecord(
            name.to_text(omit_final_dot=True), dns.rdatatype.to_text(rdata.rdtype), _text(rdata)
        )
        for name, _, rdata in zone.iterate_rdatas()
    ]


def unpublished(records: list[DnsRecord], lookup: DnsLookup) -> list[DnsRecord]:
    """The records that the DNS does not show yet. Raises ``OSError``."""
    return [record for record in records if not record.matches(lookup(record.name, record.type))]


def _text(rdata: object) -> str:
    strings: tuple[bytes, ...] | None = getattr(rdata, "strings", None)
    if strings is not None:
        return b"".join(strings).decode(errors="replace")
    return str(rdata)
