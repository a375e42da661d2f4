"""Password rules: long enough, not the first one a stranger tries, nothing of the
address or the service in it. No rules about kinds of characters (NIST SP 800-63B-4, 3.1.1.2)."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from itertools import pairwise

from chalicelib.errors import Invalid, InvalidField, PasswordRefused

LONGEST = 256
"""Cognito's own longest password."""

_FIRST_GUESSES = """
    password passw0rd password1 password123 p@ssword p@ssw0rd qwertyui qwertyuiop 1q2w3e4r
    1qaz2wsx 1qazxsw2 zaq12wsx qazwsxedc asdfghjk asdfghjkl zxcvbnm1 iloveyou iloveyou1 sunshine
    princess football baseball superman starwars pokemon1 doraemon pikachu1 sakura123 hello123
    welcome1 welcome123 letmein1 letmein123 abcd1234 abc12345 abcdefgh abcdefg1 a1b2c3d4
    aaaa1111 q1w2e3r4 qwer1234 asdf1234 zxcv1234 admin123 administrator changeme test1234
    school123 student1 nippon123 tokyo2020 japan123 arigatou konnichiwa himitsu123 takahashi
    watanabe
"""
_COMMON = frozenset(_FIRST_GUESSES.split())


def check_password(password: str, email: str, service_names: Iterable[str], shortest: int) -> None:
    """``shortest`` in characters.

    Raises ``Invalid`` when there is none, and ``PasswordRefused`` with the reason.
    """
    if not password:
        raise Invalid(InvalidField("password", "empty"))
    if len(password) < shortest:
        raise PasswordRefused("too-short")
    if len(password) > LONGEST:
        raise PasswordRefused("too-long")
    plain = unicodedata.normalize("NFKC", password).casefold()
    if plain in _COMMON or len(set(plain)) < 4 or _is_a_run(plain):
        raise PasswordRefused("too-common")
    local = email.rpartition("@")[0].casefold()
    if email.casefold() in plain or (len(local) >= 4 and local in plain) or plain == local:
        raise PasswordRefused("contains-address")
    for name in ("todoku", *service_names):
        words = [w for w in unicodedata.normalize("NFKC", name).casefold().split() if len(w) >= 4]
        if any(word in plain for word in words):
            raise PasswordRefused("contains-service-name")


def _is_a_run(plain: str) -> bool:
    """``12345678``, ``87654321``, ``abcdefgh``: each character follows the one before."""
    steps = {ord(b) - ord(a) for a, b in pairwise(plain)}
    return steps in ({1}, {-1}) or plain in "12345678901234567890"
