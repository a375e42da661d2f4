"""Bodies are read strictly, and every field at fault is named."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import Invalid
from chalicelib.web import bodies
from chalicelib.web.bodies import Address, Code, Nothing
from chalicelib.web.errors import Malformed
from chalicelib.web.request import Request
from tests.web.visitor import FORM, REGISTRATIONS, Visitor

JSON = "application/json"


def request(body: bytes, content_type: str = JSON) -> Request:
    return Request(
        "POST", "/", "", {}, {}, {}, "", body, content_type if body else "", "ja", html=False
    )


def form(**fields: str) -> Request:
    return request(urlencode(fields).encode(), FORM)


def invalid(kind: type[Any], sent: Request) -> set[tuple[str, str]]:
    with pytest.raises(Invalid) as caught:
        bodies.read(kind, sent)
    return {(it.field, it.code) for it in caught.value.fields}


def as_json(value: Any) -> Request:
    return request(json.dumps(value).encode())


def test_a_whole_body_is_read() -> None:
    body = as_json({"email": "a@b", "locale": "ja-easy", "as_typed": True, "altcha": "x"})
    assert bodies.read(Address, body) == Address("a@b", "ja-easy", True, "x")


def test_what_may_be_left_out_has_its_default() -> None:
    assert bodies.read(Address, as_json({"email": "a@b"})) == Address("a@b", None, False, None)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({}, {("email", "missing")}),
        ({"email": None}, {("email", "wrong-type")}),
        ({"email": 1}, {("email", "wrong-type")}),
        ({"email": ["a@b"]}, {("email", "wrong-type")}),
        ({"email": {"a": 1}}, {("email", "wrong-type")}),
        ({"email": "a@b", "as_typed": "true"}, {("as_typed", "wrong-type")}),
        ({"email": "a@b", "as_typed": 1}, {("as_typed", "wrong-type")}),
        ({"email": "a@b", "as_typed": None}, {("as_typed", "wrong-type")}),
        ({"email": "a@b", "altcha": 1}, {("altcha", "wrong-type")}),
        ({"email": "a@b", "locale": "fr"}, {("locale", "unknown-locale")}),
        ({"email": "a@b", "locale": "JA"}, {("locale", "unknown-locale")}),
        ({"email": "a@b", "locale": ""}, {("locale", "unknown-locale")}),
        ({"email": "a@b", "locale": 1}, {("locale", "wrong-type")}),
        ({"email": "a@b", "admin": True}, {("admin", "unknown-field")}),
        ({"email": "a@b", "_method": "DELETE"}, {("_method", "unknown-field")}),
        ({"email": "a@b", "_once": "1"}, {("_once", "unknown-field")}),
        (
            {"email": 1, "locale": "fr", "x": 1, "y": 2},
            {
                ("email", "wrong-type"),
                ("locale", "unknown-locale"),
                ("x", "unknown-field"),
                ("y", "unknown-field"),
            },
        ),
    ],
)
def test_every_field_at_fault_is_named(value: Any, expected: set[tuple[str, str]]) -> None:
    assert invalid(Address, as_json(value)) == expected


def test_null_is_as_good_as_left_out_where_that_is_allowed() -> None:
    assert bodies.read(Address, as_json({"email": "a", "locale": None})).locale is None


def test_a_flood_of_unknown_fields_is_not_answered_by_a_flood() -> None:
    answer = Visitor().json("POST", REGISTRATIONS, {f"f{n}": 1 for n in range(1000)})
    assert answer.problem == "invalid"
    assert len(answer.json["errors"]) == 20


def test_an_unknown_name_is_echoed_short_and_printable() -> None:
    (found,) = invalid(Nothing, as_json({"a\r\n\x00" + "b" * 200: 1}))
    assert found == ("a" + "b" * 63, "unknown-field")


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "empty"),
        (b" ", "blank"),
        (b"{", "broken"),
        (b"{'email': 'a'}", "other quotes"),
        (b'{"email": "a"} x', "something after it"),
        (b'{"email": "a",}', "a comma too many"),
        (b"[]", "a list"),
        (b'"text"', "a string"),
        (b"null", "null"),
        (b"1", "a number"),
        (b'{"email": NaN}', "NaN"),
        (b'{"email": Infinity}', "Infinity"),
        (b'{"email": -Infinity}', "-Infinity"),
        (b'{"email": 1e999}', "past a double"),
        (b'{"x": [-1e999]}', "past a double inside"),
        (b'{"email": ' + b"1" * 5000 + b"}", "thousands of digits"),
        (b'{"email": "a", "email": "b"}', "twice"),
        (b'{"x": {"y": 1, "y": 2}}', "twice inside"),
        (b'{"email": "a", "\\u0065mail": "b"}', "twice, once escaped"),
        (b'{"email": "\xff"}', "no UTF-8"),
        (b'{"email": "\xed\xa0\x80"}', "a surrogate in UTF-8"),
        (b'{"email": "\\ud800"}', "a lone surrogate"),
        (b'{"\\udfff": 1}', "a lone surrogate as a name"),
        (b'\xef\xbb\xbf{"email": "a"}', "a byte-order mark"),
        ('{"email": "a"}'.encode("utf-16"), "UTF-16"),
        (b'{"email": "a\nb"}', "a raw line break"),
        (b"[" * 100_000, "nested lists"),
        (b'{"a":' * 100_000, "nested objects"),
        (b'{"a":' + b"[" * 50_000 + b"]" * 50_000 + b"}", "closed nesting"),
    ],
)
def test_what_other_parsers_might_guess_at_is_malformed(body: bytes, why: str) -> None:
    with pytest.raises(Malformed):
        bodies.read(Address, request(body, JSON))


def test_deep_nesting_that_fits_into_16_kb_is_a_problem_and_not_a_failure() -> None:
    headers = {"Content-Type": JSON}
    answer = Visitor().ask("POST", REGISTRATIONS, headers=headers, body="[" * 16_000)
    assert (answer.status, answer.problem) == (400, "malformed")


def test_a_surrogate_pair_is_a_letter() -> None:
    assert bodies.read(Code, request(b'{"code": "\\ud83d\\ude00"}')).code == "😀"


@pytest.mark.parametrize("body", [b"", b"{}"])
def test_a_call_without_fields_takes_none(body: bytes) -> None:
    assert bodies.read(Nothing, request(body)) == Nothing()


def test_a_call_without_fields_refuses_some() -> None:
    assert invalid(Nothing, as_json({"email": "a"})) == {("email", "unknown-field")}


def test_a_form_is_read() -> None:
    sent = form(email="ｔａｒｏ@b", locale="en", as_typed="on", altcha="x", _once="1")
    assert bodies.read(Address, sent) == Address("ｔａｒｏ@b", "en", True, "x")


def test_empty_fields_of_a_form_were_left_out_where_that_is_allowed() -> None:
    sent = form(email="", locale="", as_typed="", altcha="")
    assert bodies.read(Address, sent) == Address("", None, False, None)


@pytest.mark.parametrize(
    ("text", "ticked"),
    [("on", True), ("true", True), ("1", True), ("false", False), ("0", False), ("", False)],
)
def test_a_box_is_ticked_or_not(text: str, ticked: bool) -> None:
    assert bodies.read(Address, form(email="a", as_typed=text)).as_typed is ticked


def test_errors_of_a_form_are_named_too() -> None:
    assert invalid(Address, form(locale="fr", as_typed="maybe", x="1")) == {
        ("email", "missing"),
        ("locale", "unknown-locale"),
        ("as_typed", "wrong-type"),
        ("x", "unknown-field"),
    }


@pytest.mark.parametrize(
    "body",
    [
        b"email=%ff",
        b"email=\xff",
        b"email=a&email=b",
        "&".join(f"f{n}=1" for n in range(51)).encode(),
    ],
)
def test_a_form_that_cannot_be_read_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        bodies.read(Address, request(body, FORM))


@given(text=st.text(max_size=50))
def test_text_comes_through_unchanged(text: str) -> None:
    assert bodies.read(Code, as_json({"code": text})).code == text
    # A form's empty required field is there, and empty.
    assert bodies.read(Code, form(code=text)).code == text


@given(body=st.binary(max_size=200), kind=st.sampled_from([JSON, FORM]))
def test_any_bytes_are_read_or_refused(body: bytes, kind: str) -> None:
    with suppress(Malformed, Invalid):
        bodies.read(Address, request(body, kind))
