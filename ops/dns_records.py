"""The DNS records of a route: as its stack says they should be, and as the world sees them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import dns.exception
import dns.name
import dns.rdatatype
import dns.resolver
import dns.zone

Lookup = Callable[[str, str], list[str]]
"""Name and type (``MX``) to the records there, as a zone file writes them, a TXT's text as it is;
empty when there are none. Raises ``OSError`` when the DNS does not answer."""
_PATIENCE = 5.0
"""Seconds."""


def look_up(name: str, kind: str, resolver: dns.resolver.Resolver | None = None) -> list[str]:
    """A ``Lookup`` by this machine's own resolver, unless given another."""
    try:
        resolver = resolver or dns.resolver.get_default_resolver()
        answer = resolver.resolve(name, kind, lifetime=_PATIENCE, search=False)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    except dns.exception.DNSException as error:
        raise OSError(f"the DNS does not answer for {name}: {error}") from error
    return [_text(rdata) for rdata in answer]


@dataclass(frozen=True)
class Record:
    """One record to publish."""

    name: str
    kind: str
    value: str

    def seen(self, found: list[str]) -> bool:
        """Whether what was ``found`` at its name will do. Of a TXT record only what receivers
        need is compared: a domain may have a stricter policy, or other senders, than ours."""
        if self.kind != "TXT":
            return self.value.lower() in (value.lower() for value in found)
        needed = "v=dmarc1" if self.name.startswith("_dmarc.") else "include:amazonses.com"
        return any(needed in value.lower() for value in found)

    def __str__(self) -> str:
        return f"{self.name} {self.kind} {self.value}"


def records(zone_file: str) -> list[Record]:
    """The records of a stack's output ``ZoneFile``."""
    zone = dns.zone.from_text(zone_file, dns.name.root, relativize=False, check_origin=False)
    return [
        Record(name.to_text(omit_final_dot=True), dns.rdatatype.to_text(rdata.rdtype), _text(rdata))
        for name, _, rdata in zone.iterate_rdatas()
    ]


def unseen(wanted: list[Record], lookup: Lookup) -> list[Record]:
    """Those that the world does not see yet. Raises ``OSError``."""
    return [record for record in wanted if not record.seen(lookup(record.name, record.kind))]


def _text(rdata: object) -> str:
    strings: tuple[bytes, ...] | None = getattr(rdata, "strings", None)
    if strings is not None:
        return b"".join(strings).decode(errors="replace")
    return str(rdata)
