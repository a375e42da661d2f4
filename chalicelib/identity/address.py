"""An e-mail address as typed, as mailed to, and as the keys it is known by.

Trimmed, NFKC (a full-width ``ｔａｒｏ＠ｇｍａｉｌ．ｃｏｍ`` is taro@gmail.com), the domain in lower
case and IDNA. What Cognito and SES cannot mail to is refused here, with a code that says what
is wrong: SES takes local parts of seven-bit ASCII alone, and no SMTPUTF8.
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from dataclasses import dataclass

from chalicelib.errors import EmailTypo, Invalid, InvalidField
from chalicelib.identity.keyed_hash import keyed_hash
from chalicelib.identity.typos import suggest

LONGEST = 254
"""RFC 5321 section 4.5.3.1.3, less the angle brackets (RFC 3696, erratum 1690)."""

LONGEST_LOCAL = 64
"""RFC 5321 section 4.5.3.1.1."""


_CARRIERS = frozenset({"docomo.ne.jp", "ezweb.ne.jp", "au.com"})
"""Their addresses from before April 2009 may hold ``..`` or end in a dot before the ``@``."""


@dataclass(frozen=True)
class Address:
    """An address we can mail to. ``text`` is shown and mailed to."""

    text: str

    @property
    def domain(self) -> str:
        """Lower case, IDNA-encoded."""
        return self.text.rpartition("@")[2]

    def key(self, pepper: bytes) -> str:
        """What the address is known by: an HMAC of its case-folded form, 32 hex digits."""
        return keyed_hash(pepper, "address", self.text.casefold())

    def limit_key(self, pepper: bytes) -> str:
        """What its limits are counted by: Gmail's dots and ``+tags`` are one mailbox."""
        local, _, domain = self.text.casefold().rpartition("@")
        local = local.partition("+")[0] or local
        if domain in ("gmail.com", "googlemail.com"):
            local, domain = local.replace(".", ""), "gmail.com"
        return keyed_hash(pepper, "limit", f"{local}@{domain}")


def parse_address(typed: str, *, as_typed: bool = False) -> Address:
    """The address that was typed.

    Raises ``Invalid`` with the field ``email`` when it cannot be mailed to, and ``EmailTypo``
    when its domain is a likely slip, unless ``as_typed`` says that it is none.
    """
    if code := _error_code(typed):
        raise Invalid(InvalidField("email", code))
    # Imported here: compiling its patterns is an eighth of a cold start's floor.
    from email_validator import EmailNotValidError, validate_email

    plain = _plain(typed)
    try:
        valid = validate_email(plain, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        local = plain.rpartition("@")[0]
        raise Invalid(
            InvalidField("email", "domain" if _local_is_fine(local) else "syntax")
        ) from None
    if not valid.ascii_email or len(valid.ascii_email) > LONGEST:
        raise Invalid(InvalidField("email", "too-long"))
    address = Address(valid.ascii_email)
    if not as_typed and (meant := suggest(address.domain)):
        raise EmailTypo(f"{valid.ascii_email.rpartition('@')[0]}@{meant}")
    return address


def masked(email: str) -> str:
    """``t***@gmail.com``: enough to recognise one's own, too little for anybody else."""
    local, _, domain = email.rpartition("@")
    return f"{local[:1]}***@{domain}"


def _plain(typed: str) -> str:
    text = unicodedata.normalize("NFKC", typed.strip()).strip()
    local, _, domain = text.rpartition("@")
    # 。 and the like separate labels too (IDNA2003, UTS 46 section 2.3).
    domain = re.sub("[。．｡]", ".", domain)
    return f"{local}@{domain.lower()}"


def _local_is_fine(local: str) -> bool:
    return bool(re.fullmatch(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}", local))


def _error_code(typed: str) -> str | None:
    """What is wrong, in the order in which it helps to hear it."""
    if not typed.strip():
        return "empty"
    # A stray line break or NUL never comes from a keyboard: header injection is refused first.
    if not _is_visible(typed.strip()):
        return "control"
    if len(typed) > 1000:
        return "too-long"
    text = unicodedata.normalize("NFKC", typed.strip()).strip()
    if not _is_visible(text):
        return "control"
    if any(c.isspace() for c in text):
        return "spaces"
    if text.count("@") != 1:
        return "two-ats" if "@" in text else "no-at"
    local, _, domain = _plain(typed).rpartition("@")
    if len(text) > LONGEST or len(local) > LONGEST_LOCAL:
        return "too-long"
    if local.startswith("."):
        return "dot-before-at"
    if ".." in local or local.endswith("."):
        if domain in _CARRIERS:
            return "carrier-dots"
        return "dots" if ".." in local else "dot-before-at"
    if ".." in domain:
        return "dots"
    if not local.isascii():
        return "not-ascii"
    if not local or not domain:
        return "syntax" if not local else "domain"
    if _is_ip(domain):
        return "ip-domain"
    return None


def _is_visible(text: str) -> bool:
    if text.isascii() and text.isprintable():
        return True
    return all(unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn") for c in text)


def _is_ip(domain: str) -> bool:
    if domain.startswith("["):
        return True
    try:
        ipaddress.ip_address(domain)
    except ValueError:
        return False
    return True
