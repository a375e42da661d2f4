"""Web origins, as a browser writes them into its header ``Origin``.

A setting that is written in another way names no page that ever asks: it is refused, with the form
that works. The HTML standard says how an origin is serialised, the URL standard how a host is.
"""

from __future__ import annotations

import re
from contextlib import suppress
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from urllib.parse import urlsplit

_ORIGIN = re.compile(
    r"(https?)://(?:([a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*)|\[([0-9a-f:]+)\])"
    r"(?::([1-9][0-9]{0,4}))?"
)
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
"""A last label that makes of a host an IPv4 address, or nothing."""
_DEFAULT_PORTS = {"http": "80", "https": "443"}
_HIGHEST_PORT = 65535


class OriginError(Exception):
    """Not an origin as a browser sends it; the message says what to write."""


def parse_origin(text: str) -> str:
    """``text`` itself: https and a host, or http on this machine.

    Raises ``OriginError``: a browser leaves out a path, user information, a default port and the
    capitals, and writes a name of other letters by its A-labels (``xn--…``). ``http`` elsewhere
    would let anybody between read and change what is sent.
    """
    if _is_origin(text):
        return text
    raise OriginError(f"{text!r} is no origin that a browser sends: {_remedy(text)}")


def parse_origins(text: str) -> tuple[str, ...]:
    """The origins of a list, separated by commas; none of an empty one. Raises ``OriginError``."""
    return tuple(map(parse_origin, text.split(","))) if text else ()


def _is_origin(text: str) -> bool:
    read = _ORIGIN.fullmatch(text)
    if not read:
        return False
    scheme, name, ipv6, port = read.groups()
    if port and (port == _DEFAULT_PORTS[scheme] or int(port) > _HIGHEST_PORT):
        return False
    local = name == "localhost"
    if ipv6 or _NUMBER.fullmatch(name.rpartition(".")[2]):
        try:
            address = IPv6Address(ipv6) if ipv6 else IPv4Address(name)
        except AddressValueError:
            return False
        if str(address) != (ipv6 or name):
            return False
        local = address.is_loopback
    return scheme == "https" or local


def _remedy(text: str) -> str:
    """What to write instead."""
    if "*" in text:
        return "name each host by itself, without *"
    meant = _serialized(text)
    if meant:
        return f"write {meant}"
    return "write scheme, host and a port if it has one, as in https://www.example.lg.jp"


def _serialized(text: str) -> str | None:
    """The origin that is meant by ``text``, if there is one: with https where http is not for this
    machine."""
    # Imported here: no setting that is right asks for it.
    import idna

    try:
        parts = urlsplit(text.strip() if "://" in text else f"//{text.strip()}")
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return None
    if "." not in host and "://" not in text and host != "localhost":
        return None
    if ":" in host:
        with suppress(AddressValueError):
            host = f"[{IPv6Address(host)}]"
    elif not host.isascii():
        try:
            host = idna.encode(host, uts46=True).decode()
        except idna.IDNAError:
            return None
    elif _NUMBER.fullmatch(host.rpartition(".")[2]):
        host = _whole_ipv4(host)
    for scheme in (parts.scheme, "http", "https"):
        shown = "" if port is None or str(port) == _DEFAULT_PORTS.get(scheme) else f":{port}"
        if _is_origin(f"{scheme}://{host}{shown}"):
            return f"{scheme}://{host}{shown}"
    return None


def _whole_ipv4(host: str) -> str:
    """``127.0.0.1`` of ``127.1``, as browsers read it; what is no address stays."""
    import socket

    with suppress(OSError):
        return socket.inet_ntoa(socket.inet_aton(host))
    return host
