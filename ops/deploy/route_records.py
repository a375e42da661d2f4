"""The DNS records of a route: those of its stack, with the DKIM records that SES itself asks for.

SES publishes the keys of an identity in a zone of its own choice (``SigningHostedZone``): in some
regions, Osaka among them, it is not the one that CloudFormation's outputs were seen to name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ops.dns_records import DnsRecord, parse_zone_file


@dataclass(frozen=True)
class RouteRecords:
    """A route's zone file, and what in it is not as the stack's output says."""

    zone_file: str
    differing: tuple[DnsRecord, ...] = ()
    """DKIM records of SES that the stack's output has not."""

    @property
    def records(self) -> list[DnsRecord]:
        """What is to be published."""
        return parse_zone_file(self.zone_file)


def route_records(output: str, domain: str, identity: Mapping[str, Any]) -> RouteRecords:
    """The records of a route, from its stack's output ``ZoneFile`` and from its identity as
    ``GetEmailIdentity`` tells it. Where that tells no keys, they are the output's."""
    asked = dkim_records(domain, identity.get("DkimAttributes", {}))
    known = {_key(record) for record in parse_zone_file(output)}
    differing = tuple(record for record in asked if _key(record) not in known)
    if not differing:
        return RouteRecords(output)
    lines = output.splitlines()
    first = next((n for n, line in enumerate(lines) if _is_dkim(line)), len(lines))
    ours = [f"{record.name}. 3600 IN CNAME {record.value}" for record in asked]
    kept = [line for line in lines[first:] if not _is_dkim(line)]
    return RouteRecords("\n".join([*lines[:first], *ours, *kept]) + "\n", differing)


def dkim_records(domain: str, attributes: Mapping[str, Any]) -> list[DnsRecord]:
    """The CNAME records that SES looks for; empty where it does not say."""
    zone = attributes.get("SigningHostedZone", "").rstrip(".")
    tokens = attributes.get("Tokens", []) if zone else []
    return [
        DnsRecord(f"{token}._domainkey.{domain}", "CNAME", f"{token}.{zone}.") for token in tokens
    ]


def _key(record: DnsRecord) -> tuple[str, str, str]:
    return record.name.lower(), record.type, record.value.lower()


def _is_dkim(line: str) -> bool:
    return "._domainkey." in line and " CNAME " in line
