"""Grouping host names by what somebody registered."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.identity.registrable_domain import (
    cookie_domain,
    public_suffix,
    registrable_domain,
)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("example.com", "example.com"),
        ("mx1.mail.example.com", "example.com"),
        ("MX1.Example.COM.", "example.com"),
        ("mx.example.co.jp", "example.co.jp"),
        ("mx.example.ne.jp", "example.ne.jp"),
        ("mx.example.or.jp", "example.or.jp"),
        ("mx.u.example.ac.jp", "example.ac.jp"),
        ("mx.hs.example.ed.jp", "example.ed.jp"),
        ("mx.city.example.lg.jp", "example.lg.jp"),
        ("mx.mext.go.jp", "mext.go.jp"),
        ("mx.example.gr.jp", "example.gr.jp"),
        ("mx.example.jp", "example.jp"),
        ("mx.pref.kanagawa.jp", "pref.kanagawa.jp"),
        ("mx.metro.tokyo.jp", "metro.tokyo.jp"),
        ("mx.city.yokohama.jp", "city.yokohama.jp"),
        ("mx.example.osaka.jp", "example.osaka.jp"),
        ("mx.example.co.uk", "example.co.uk"),
        ("mx.example.com.au", "example.com.au"),
        ("mx.example.de", "example.de"),
        ("mx.tokyo.de", "tokyo.de"),
        ("co.jp", "co.jp"),
        ("mx.x.gv.at", "x.gv.at"),
        ("hs.chofu.tokyo.jp", "hs.chofu.tokyo.jp"),
        ("mx.example.github.io", "github.io"),
        ("mx.xn--e1afmkfd.xn--p1ai", "xn--e1afmkfd.xn--p1ai"),
        ("mx.example.con", "example.con"),
        ("localhost", "localhost"),
        ("", ""),
    ],
)
def test_registrable(name: str, expected: str) -> None:
    assert registrable_domain(name) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("www.board.github.io", "board.github.io"),
        ("Board.GitHub.io.", "board.github.io"),
        ("github.io", "github.io"),
        ("www.example.lg.jp", "example.lg.jp"),
        ("www.pref.kanagawa.jp", "pref.kanagawa.jp"),
        ("www.example.con", "example.con"),
        ("localhost", "localhost"),
    ],
)
def test_cookies_are_kept_apart_below_a_private_suffix_too(name: str, expected: str) -> None:
    assert cookie_domain(name) == expected


@pytest.mark.parametrize(
    ("name", "suffix"),
    [
        ("mx.example.co.jp", "co.jp"),
        ("example.com", "com"),
        ("example.xn--55qx5d.cn", "xn--55qx5d.cn"),
        ("example.xn--zz", None),
        ("example.con", None),
        ("localhost", None),
        ("", None),
    ],
)
def test_the_public_suffix_is_one_that_a_registry_has(name: str, suffix: str | None) -> None:
    assert public_suffix(name) == suffix


@given(st.lists(st.sampled_from(["a", "co", "tokyo", "jp", "com", "uk"]), min_size=1, max_size=6))
def test_it_is_a_part_of_the_name_and_settled(labels: list[str]) -> None:
    name = ".".join(labels)
    found = registrable_domain(name)
    assert name.endswith(found)
    assert registrable_domain(found) == found
    assert registrable_domain(f"host.{found}") in (found, f"host.{found}")
