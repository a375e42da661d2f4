"""A client network's key, and the key of its neighbourhood: HMACs of IP address prefixes."""

from __future__ import annotations

import ipaddress

from chalicelib.identity.keyed_hash import keyed_hash

_HALF = 16
"""Characters of a network's key: 64 bits for its neighbourhood, 64 for itself."""


def network_key(client: str, pepper: bytes) -> str:
    """The client network behind a connection's address: IPv4 itself, IPv6 its /64.

    Its first half is the key of the ``neighbourhood``.
    """
    try:
        ip = ipaddress.ip_address(client)
    except ValueError:
        return _half(pepper, "unknown") * 2
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped:
            return network_key(str(ip.ipv4_mapped), pepper)
        wide, narrow = (str(ipaddress.ip_network((ip, n), strict=False)) for n in (48, 64))
        return _half(pepper, wide) + _half(pepper, narrow)
    return _half(pepper, str(ip)) * 2


def neighbourhood(network: str) -> str:
    """The networks that one customer may command: of a ``network_key``, IPv6's /48.

    A home has up to 65,536 networks /64; of IPv4, an address is all there is.
    """
    return network[:_HALF]


def _half(pepper: bytes, text: str) -> str:
    return keyed_hash(pepper, "network", text)[:_HALF]
