"""What is put around an address, and what is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.identity.pasted_address import bare_address

ADDRESS = "hana.sato@example.com"


@pytest.mark.parametrize(
    "around",
    [
        "{}",
        " {}\n",
        "\t{}\u3000",
        "{}.",
        "{}。",
        "{}、",
        "{}，",
        "{};",
        "{}！",
        "{}...",
        "mailto:{}",
        "MailTo:{}",
        "mailto:{}?subject=code",
        "<{}>",
        "＜{}＞",
        "<<{}>>",
        "({})",
        "（{}）",
        "[{}]",
        "「{}」",
        "『{}』。",
        "【{}】",
        "〈{}〉",
        "“{}”",
        "„{}“",
        "‘{}’",
        "«{}»",
        "'{}'",
        '"{}"',
        "`{}`",
        "*{}*",
        "**{}**",
        "{}'",
        '"{}',
        "「{}",
        "{}」",
        "・{}",
        "Hana Sato <{}>",
        "佐藤 花 <{}>",
        '"Sato, Hana" <{}>',
        "Hana Sato <mailto:{}>",
        "Hana Sato [mailto:{}]",
        "佐藤花（{}）",
        "'Hana' <{}>;",
        "\ufeff{}",
        "{}\u200b",
        "\u2068{}\u2069",
        "\u202a{}\u202c",
        "{}\ufffc",
        "{}\ufe0f",
        "{}\u00ad",
        "{}\u034f",
        "\u3164{}",
        "{}\uffa0",
        "”{}”",
        "’{}’",
        "〝{}〟",
        "~{}~",
        "&lt;{}&gt;",
        "%20{}%20",
        "mailto://{}",
        "- {}",
        "• {}",
        "* {}",
        "→ {}",
        "・ {}",
        "1. {}",
        "12) {}",
        "Hana (@hana_s) <{}>",
        "花@受験生 <{}>",
    ],
)
def test_what_stands_around_an_address_is_taken_off(around: str) -> None:
    assert bare_address(around.format(ADDRESS)) == ADDRESS


def test_an_address_that_is_its_own_name_is_one() -> None:
    for name in (ADDRESS, f'"{ADDRESS}"', f"'{ADDRESS}'"):
        assert bare_address(f"{name} <{ADDRESS}>") == ADDRESS
    for copied in ("{0}<mailto:{0}>", "{0} <mailto:{0}>", "[{0}](mailto:{0})", "{0} ({0})"):
        assert bare_address(copied.format(ADDRESS)) == ADDRESS
    assert bare_address(f"{ADDRESS.upper()} <{ADDRESS}>") == ADDRESS


def test_another_address_as_a_name_stays() -> None:
    pasted = f"ken@example.com <{ADDRESS}>"
    assert bare_address(pasted).count("@") == 2


def test_a_link_with_signs_in_numbers_is_read() -> None:
    assert bare_address("mailto:hana%2Bexam%40example.com") == "hana+exam@example.com"


@pytest.mark.parametrize(
    ("typed", "domain"),
    [
        ("exam・ple.com", "exam.ple.com"),
        ("example、com", "example.com"),
        ("example，com", "example.com"),
        ("example｡com", "example.com"),
        ("myーschool.ed.jp", "my-school.ed.jp"),
        ("my−school.ed.jp", "my-school.ed.jp"),
        ("my‐school.ed.jp", "my-school.ed.jp"),
        ("my‑school.ed.jp", "my-school.ed.jp"),
        ("my–school.ed.jp", "my-school.ed.jp"),
        ("my—school.ed.jp", "my-school.ed.jp"),
        ("my－school.ed.jp", "my-school.ed.jp"),
        ("MY-SCHOOL.ed.jp", "my-school.ed.jp"),
        ("my─school.ed.jp", "my-school.ed.jp"),
        ("my⁻school.ed.jp", "my-school.ed.jp"),
        ("my一school.ed.jp", "my-school.ed.jp"),
        ("my丨school.ed.jp", "my-school.ed.jp"),
        ("my￣school.ed.jp", "my-school.ed.jp"),
        ("my¯school.ed.jp", "my-school.ed.jp"),
        ("docomo·ne·jp", "docomo.ne.jp"),
        ("myㅡschool.ed.jp", "my-school.ed.jp"),
        # Between the letters of a Japanese name they are letters themselves.
        ("ラーメン.jp", "ラーメン.jp"),
        ("ドレミ・ファ.jp", "ドレミ・ファ.jp"),
        ("スクールー2.jp", "スクールー2.jp"),
        ("aーそら.jp", "aーそら.jp"),
        ("一番.jp", "一番.jp"),
    ],
)
def test_dots_and_hyphens_of_a_japanese_keyboard_are_some_in_a_domain(
    typed: str, domain: str
) -> None:
    assert bare_address(f"hana@{typed}") == f"hana@{domain}"


@pytest.mark.parametrize(
    "local",
    ["o'hara", "①hana", "-hana", "/hana", "'hana", "_hana_", "*hana", "{hana}", "ha-na", "`h"],
)
def test_nothing_is_taken_from_a_name_that_may_be_somebodys(local: str) -> None:
    assert bare_address(f"{local}@example.com") == f"{local}@example.com"


@pytest.mark.parametrize("local", ["haーna", "ha。na", "ha・na"])
def test_a_sign_within_a_name_stays_to_be_asked_about(local: str) -> None:
    assert bare_address(f"{local}@example.com") == f"{local}@example.com"


@given(st.text(max_size=100))
def test_it_is_settled(pasted: str) -> None:
    once = bare_address(pasted)
    assert bare_address(once) == once
