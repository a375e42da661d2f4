"""Cookies are written and read in one place, and differ between https and one machine."""

from __future__ import annotations

import pytest

from chalicelib.web import cookies
from chalicelib.web.cookies import Cookie
from tests.web.services import HTTP, HTTPS, RecordedServices
from tests.web.visitor import CURRENT, REGISTRATIONS, Visitor


def test_on_https_a_cookie_is_bound_to_the_host() -> None:
    assert cookies.write(Cookie("todoku_access", "v", 900), secure=True) == (
        "__Host-todoku_access=v; Path=/; Max-Age=900; SameSite=Lax; HttpOnly; Secure"
    )


def test_on_plain_http_it_has_its_plain_name() -> None:
    assert cookies.write(Cookie("todoku_access", "v", 900), secure=False) == (
        "todoku_access=v; Path=/; Max-Age=900; SameSite=Lax; HttpOnly"
    )


def test_taking_a_cookie_away_ends_it_at_once() -> None:
    written = cookies.write(Cookie("todoku_access", None, 900), secure=True)
    assert written.startswith("__Host-todoku_access=; Path=/; Max-Age=0;")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("todoku_access", "a\r\nSet-Cookie: x=y"),
        ("todoku_access", "a; Domain=example.com"),
        ("todoku_access", "a,b"),
        ("todoku_access", "a b"),
        ("todoku_access", "あ"),
        ("todoku_access\r\nX", "a"),
        ("", "a"),
    ],
)
def test_what_cannot_stand_in_a_header_is_never_written(name: str, value: str) -> None:
    with pytest.raises(ValueError, match="not a cookie"):
        cookies.write(Cookie(name, value), secure=True)


@pytest.mark.parametrize(
    ("header", "secure", "found"),
    [
        ("", True, {}),
        ("__Host-lang=en", True, {"lang": "en"}),
        ("lang=en", False, {"lang": "en"}),
        ("lang=en", True, {}),
        ("lang=planted; __Host-lang=en", True, {"lang": "en"}),
        ("__Secure-lang=planted", True, {}),
        (" a=b \t", False, {"a": "b"}),
        ("a =b; c= d", False, {"c": " d"}),
        ("a=1;b=2", False, {"a": "1", "b": "2"}),
        ('a="1"', False, {"a": "1"}),
        ("a=b=c", False, {"a": "b=c"}),
        ("a; =b; ;", False, {}),
    ],
)
def test_reading(header: str, secure: bool, found: dict[str, str]) -> None:
    assert cookies.read(header, secure=secure) == found


BLANKS = sorted({chr(n) for n in range(0x110000) if chr(n).isspace()} - {" ", "\t", "\n", "\r"})
"""What Python strips and a browser keeps, as a part of a name that its prefix does not guard."""


@pytest.mark.parametrize("blank", BLANKS, ids=lambda blank: f"U+{ord(blank):04X}")
@pytest.mark.parametrize("name", ["{0}__Host-lang", "__Host-{0}lang", "__Host-lang{0}"])
def test_a_name_with_another_blank_is_none_of_ours(name: str, blank: str) -> None:
    """A sibling subdomain may set such a name: to the browser it has no ``__Host-`` prefix."""
    assert cookies.read(f"{name.format(blank)}=planted", secure=True) == {}


@pytest.mark.parametrize(
    "name", ["__host-lang", "__HOST-lang", "__Host-läng", "__Host-l,ang", "__Host-"]
)
def test_a_name_is_an_ascii_token_and_its_prefix_is_exact(name: str) -> None:
    assert cookies.read(f"{name}=planted", secure=True) == {}


@pytest.mark.parametrize(
    "header",
    [
        "__Host-lang=en; __Host-lang=ja",
        "__Host-lang=en; __Host-lang=en",
        "__Host-lang=en; a=b; __Host-lang=",
        "__Host-lang=en; __Host-lang=ja; __Host-lang=en",
    ],
)
def test_of_two_cookies_with_one_name_neither_is_believed(header: str) -> None:
    """One of them is not ours, and nothing tells which."""
    assert cookies.read(header, secure=True) == {}


@pytest.mark.parametrize("config", [HTTP, HTTPS], ids=["http", "https"])
def test_what_is_set_is_found_again(config: object) -> None:
    visitor = Visitor(RecordedServices(config=config))  # type: ignore[arg-type]
    asked = visitor.json("POST", REGISTRATIONS, {"email": "taro@gmail.com"}, token="")
    pair = asked.cookies[0].split(";")[0]
    assert visitor.ask("GET", CURRENT, headers={"Cookie": pair}).status == 200
    assert visitor.service.asked[-1] == ("current", {"token": pair.partition("=")[2]})


def test_a_cookie_that_a_sibling_subdomain_planted_is_not_seen() -> None:
    visitor = Visitor(RecordedServices(config=HTTPS))
    planted = {"Cookie": "todoku_registration=theirs"}
    assert visitor.ask("GET", CURRENT, headers=planted).problem == "no-registration"
