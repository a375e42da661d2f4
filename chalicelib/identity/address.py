"""An e-mail address as typed, as mailed to, and as the keys it is known by.

Without what is put around addresses (``pasted_address``), NFKC (a full-width
``ｔａｒｏ＠ｇｍａｉｌ．ｃｏｍ`` is taro@gmail.com), the domain in lower case and IDNA. What Cognito
and SES cannot mail to is refused here, with a code that says what is wrong, and the sign that is:
SES takes local parts of seven-bit ASCII alone, and no SMTPUTF8.
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from dataclasses import dataclass

from chalicelib.errors import EmailErrorCode, EmailTypo, Invalid, InvalidField, UnknownEnding
from chalicelib.identity.display import shown
from chalicelib.identity.japanese_keyboard import DOTS, HYPHENS
from chalicelib.identity.keyed_hash import keyed_hash
from chalicelib.identity.registrable_domain import public_suffix
from chalicelib.identity.typos import Slip, find_slip

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

    Raises ``Invalid`` with the field ``email`` when it cannot be mailed to; ``EmailTypo`` when its
    domain is a likely slip and ``UnknownEnding`` when it ends in nothing that exists, unless
    ``as_typed`` says that it is right.
    """
    if not typed.strip():
        raise _invalid("empty")
    if len(typed) > 1000:
        raise _invalid("too-long")
    plain = _bare(typed)
    if error := _error(plain):
        raise Invalid(error)
    # Imported here: compiling its patterns is an eighth of a cold start's floor.
    from email_validator import EmailNotValidError, validate_email

    local, _, domain = plain.rpartition("@")
    try:
        valid = validate_email(plain, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        slip = None if as_typed else find_slip(domain)
        if slip and slip.meant and not _odd(slip.meant, _IN_DOMAIN):
            raise _question(local, domain, slip) from None
        sign = _odd(domain, _IN_DOMAIN)
        raise _invalid("domain-sign" if sign else "domain", sign) from None
    if not valid.ascii_email or len(valid.ascii_email) > LONGEST:
        raise _invalid("too-long")
    address = Address(valid.ascii_email)
    if not as_typed and (slip := find_slip(address.domain)):
        raise _question(local, domain, slip)
    return address


def _bare(typed: str) -> str:
    if _PLAIN.fullmatch(typed):
        local, _, domain = typed.partition("@")
        return f"{local}@{domain.lower()}"
    # Imported here: its patterns are long to compile, and most addresses are typed plainly.
    from chalicelib.identity.pasted_address import bare_address

    return bare_address(typed)


def _question(local: str, domain: str, slip: Slip) -> EmailTypo | UnknownEnding:
    if slip.meant:
        return EmailTypo(shown(f"{local}@{slip.meant}"))
    return UnknownEnding(domain.rpartition(".")[2])


_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*@[A-Za-z0-9.-]*[A-Za-z0-9]")
"""Nothing stands around it."""
_LOCAL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+")
_IN_DOMAIN = re.compile(r"[^\W_]|[.-]")
_ADDRESS = re.compile(r"[^@]+@[^@]+\.[^@.]+")
_BESIDE = re.compile(
    r"(?P<before>.*:|[(「『【〈《〔“„‘«<\[{].*[)」』】〉》〕”“’»>\]}])[^@:]+@[^@]+"
    r"|[^@]+@(?:[A-Za-z0-9-]+\.)+[A-Za-z0-9-]+(?P<after>[(「『【〈《〔“„‘«<\[{].*)",
    re.DOTALL,
)
_EACH_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@(?:[A-Za-z0-9-]+\.)+[A-Za-z0-9-]+")
_LIKE_LATIN = ("ARMENIAN", "CHEROKEE", "CYRILLIC", "GREEK")
_BETWEEN_WORDS = ".,;:!?。、…"
_LONGEST_SIGN = 20
"""So much is said of the words that stand beside an address."""


def _invalid(code: EmailErrorCode, sign: str = "") -> Invalid:
    return Invalid(_found(code, sign))


def _found(code: EmailErrorCode, sign: str = "") -> InvalidField:
    said = "".join(filter(str.isprintable, sign))
    return InvalidField("email", code, said[:_LONGEST_SIGN])


def _error(plain: str) -> InvalidField | None:
    """What is wrong, in the order in which it helps to hear it."""
    if not plain:
        return _found("syntax")
    if beside := _beside(plain):
        return beside
    # A stray line break or NUL never comes from a keyboard: header injection is refused first.
    if not _is_visible(plain):
        return _found("control")
    if any(c.isspace() for c in plain):
        return _found("spaces")
    if plain.count("@") != 1:
        return _found("two-ats" if "@" in plain else "no-at")
    local, _, domain = plain.rpartition("@")
    if code := _of_length_and_dots(plain, local, domain):
        return _found(code)
    if (sign := _odd(local, _LOCAL)) and not sign.isascii():
        return _found(_of_sign(sign), sign)
    if not local or not domain:
        return _found("syntax" if not local else "domain")
    if sign:
        return _found("sign", sign)
    if sign := _look_alike(domain):
        return _found("domain-sign", sign)
    return _found("ip-domain") if _is_ip(domain) else None


def _beside(plain: str) -> InvalidField | None:
    """Two addresses, or an address and words."""
    if plain.count("@") > 1:
        parts = [part for part in re.split(r"[\s,;、，；/]+", plain) if "@" in part]
        several = len(parts) > 1 or len(_EACH_ADDRESS.findall(plain)) > 1
        return _found("two-addresses") if several else None
    words = [word.strip(_BETWEEN_WORDS) or word for word in plain.split()]
    if len(words) == 2 and _LOCAL.fullmatch(words[0]) and "@" in words[1]:
        # A space within a local part, or a word before one: nobody can tell.
        return _found("word-or-space", words[0]) if _ADDRESS.fullmatch(words[1]) else None
    if len(words) > 1 and any(_ADDRESS.fullmatch(word) for word in words):
        others = " ".join(word for word in words if "@" not in word)
        return _found("words-beside", others)
    found = _BESIDE.fullmatch(plain)
    beside = found["before"] or found["after"] if found else _after(plain.rpartition("@")[2])
    return _found("words-beside", beside) if beside else None


def _after(domain: str) -> str:
    """Words in letters of another script, after a domain and its ending: ``gmail.comです``."""
    if domain.isascii() or public_suffix(domain):
        return ""
    ends = (n for n, sign in enumerate(domain) if sign == "." or not sign.isascii())
    for end in sorted(ends, reverse=True):
        host, words = domain[:end], domain[end:].removeprefix(".")
        if not words[:1].isascii() and public_suffix(host) not in (None, host, ""):
            return words
    return ""


def _of_length_and_dots(plain: str, local: str, domain: str) -> EmailErrorCode | None:
    if len(plain) > LONGEST or len(local) > LONGEST_LOCAL:
        return "too-long"
    if local.startswith("."):
        return "dot-before-at"
    if ".." in local or local.endswith("."):
        if domain in _CARRIERS:
            return "carrier-dots"
        return "dots" if ".." in local else "dot-before-at"
    return "dots" if ".." in domain else None


def _of_sign(sign: str) -> EmailErrorCode:
    if sign in HYPHENS:
        return "not-hyphen"
    return "not-dot" if sign in DOTS else "not-ascii"


def _odd(text: str, allowed: re.Pattern[str]) -> str:
    """The first sign that may not stand there; none where each may."""
    return next((c for c in text if not allowed.fullmatch(c)), "")


def _look_alike(domain: str) -> str:
    """A letter beside Latin ones that looks like one of them and is of another script: the domain
    would be somebody else's, and no reader sees it."""
    if domain.isascii():
        return ""
    for label in domain.split("."):
        if any(c.isascii() and c.isalpha() for c in label):
            for c in label:
                if unicodedata.name(c, "").startswith(_LIKE_LATIN):
                    return c
    return ""


def _is_visible(text: str) -> bool:
    if text.isascii() and text.isprintable():
        return True
    return all(unicodedata.category(c) not in ("Cc", "Cs", "Co", "Cn") for c in text)


def _is_ip(domain: str) -> bool:
    if domain.startswith("["):
        return True
    try:
        ipaddress.ip_address(domain)
    except ValueError:
        return False
    return True
