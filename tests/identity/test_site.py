"""Which origins a browser counts as one site."""

from __future__ import annotations

import pytest

from chalicelib.identity.site import same_site

ENTRY = "https://entry.example.lg.jp"


@pytest.mark.parametrize(
    ("origin", "other"),
    [
        (ENTRY, ENTRY),
        (ENTRY, "https://www.example.lg.jp"),
        (ENTRY, "https://EXAMPLE.lg.jp:8443"),
        ("https://entry.pref.kanagawa.jp", "https://www.pref.kanagawa.jp"),
        ("https://entry.example.com", "https://example.com"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:9000"),
        ("http://localhost:8000", "http://localhost:9000"),
        ("https://[::1]:1", "https://[::1]:2"),
        ("https://entry.board.github.io", "https://board.github.io"),
    ],
)
def test_hosts_of_one_registered_domain_are_one_site(origin: str, other: str) -> None:
    assert same_site(origin, other)
    assert same_site(other, origin)


@pytest.mark.parametrize(
    ("origin", "other"),
    [
        (ENTRY, "https://entry.other.lg.jp"),
        (ENTRY, "http://entry.example.lg.jp"),
        (ENTRY, "https://entry.example.lg.jp.evil.example"),
        ("https://a.co.jp", "https://b.co.jp"),
        ("https://example.com", "https://example.net"),
        ("http://127.0.0.1:8000", "http://localhost:8000"),
        ("http://127.0.0.1:8000", "http://10.0.0.1:8000"),
        ("http://127.0.0.1:8000", "http://127.0.0.2:8000"),
        ("https://entry.github.io", "https://board.github.io"),
        ("https://entry.github.io", "https://github.io"),
        ("https://a1.cloudfront.net", "https://b2.cloudfront.net"),
        (
            "https://a1.execute-api.ap-northeast-1.amazonaws.com",
            "https://b2.execute-api.ap-northeast-1.amazonaws.com",
        ),
    ],
)
def test_all_others_are_not(origin: str, other: str) -> None:
    assert not same_site(origin, other)
    assert not same_site(other, origin)
