"""An address as people read it: its domain in letters, and masked where others may look on."""

from __future__ import annotations

from contextlib import suppress


def shown(email: str) -> str:
    """An address, or a domain, as people write it: ``xn--wgv71a.jp`` is 日本.jp."""
    local, at, domain = email.rpartition("@")
    if "xn--" not in domain:
        return email
    # Here: its tables are large, and such domains are rare.
    import idna

    with suppress(idna.IDNAError):
        domain = idna.decode(domain)
    return f"{local}{at}{domain}"


def masked(email: str) -> str:
    """``t***@gmail.com``: enough to recognise one's own, too little for anybody else."""
    local, _, domain = shown(email).rpartition("@")
    return f"{local[:1]}***@{domain}"
