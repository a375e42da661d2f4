"""Site of an origin: what a browser keeps cookies by.

Two origins are the same site when scheme and registrable domain agree, whatever host and port
(HTML standard, section "same site"). The whole Public Suffix List counts, its private section
included: two customers of one hosting service are two sites. Names that nobody registered
(``localhost``) and IP addresses stand for themselves.
"""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from chalicelib.identity.registrable_domain import cookie_domain


def same_site(origin: str, other: str) -> bool:
    """Whether a browser would call two origins (``https://www.example.lg.jp``) one site.

    A browser that tells is believed before this: its list may be newer.
    """
    return _site(origin) == _site(other)


def _site(origin: str) -> tuple[str, str]:
    parts = urlsplit(origin.lower())
    host = parts.hostname or ""
    try:
        ip_address(host)
    except ValueError:
        host = cookie_domain(host)
    return parts.scheme, host
