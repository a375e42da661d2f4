"""Every input that is refused: which problem, which field, which code, in three languages."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from local.server import LocalServer
from tests.flow.client import EMAIL, REGISTRATIONS, Client

JSON = {"Content-Type": "application/json"}
LONG = "a" * 64 + "@" + ".".join(["b" * 60] * 4) + ".jp"

REFUSED = [
    ("", "empty"),
    ("   ", "empty"),
    ("　", "empty"),
    ("taro", "no-at"),
    ("taro.gmail.com", "no-at"),
    ("taro@@gmail.com", "two-ats"),
    ("taro@gmail.com@gmail.com", "two-ats"),
    ("taro@gmail.com, hana@gmail.com", "two-addresses"),
    ("my father taro@gmail.com", "words-beside"),
    ("taro@gmail.com（父）", "words-beside"),
    ("taro yamada@gmail.com", "word-or-space"),
    ("taro@gmail .com", "spaces"),
    ("taro　yamada@gmail.com", "word-or-space"),
    ("taro\x00@gmail.com", "control"),
    ("taro\r\nBcc: x@example.com", "words-beside"),
    ("taro\n@gmail.com", "control"),
    ("taro..yamada@gmail.com", "dots"),
    ("taro@gmail..com", "dots"),
    ("taro.@gmail.com", "dot-before-at"),
    ("taro..yamada@docomo.ne.jp", "carrier-dots"),
    ("taro.@ezweb.ne.jp", "carrier-dots"),
    ("太郎@gmail.com", "not-ascii"),
    ("taroーyamada@gmail.com", "not-hyphen"),
    ("taro。yamada@gmail.com", "not-dot"),
    ("taro(father@gmail.com", "sign"),
    ("taro@example_.com", "domain-sign"),
    ("tаro@gmail.com", "not-ascii"),  # Cyrillic а
    ("taro@[192.0.2.1]", "ip-domain"),
    ("taro@192.0.2.1", "ip-domain"),
    (LONG, "too-long"),
    ("a" * 5000 + "@gmail.com", "too-long"),
    ("@gmail.com", "syntax"),
    ('"taro yamada"@gmail.com', "word-or-space"),
    ("taro@", "domain"),
    ("taro@school", "domain"),
    ("taro@-gmail.com", "domain"),
]

TYPOS = [
    ("gmai.com", "gmail.com"),
    ("gmail.co.jp", "gmail.com"),
    ("gmial.com", "gmail.com"),
    ("gmail.con", "gmail.com"),
    ("docomo.co.jp", "docomo.ne.jp"),
    ("docomo.ne.jo", "docomo.ne.jp"),
    ("ezweb.co.jp", "ezweb.ne.jp"),
    ("yahoo.cojp", "yahoo.co.jp"),
    ("yahho.co.jp", "yahoo.co.jp"),
    ("icloud.co.jp", "icloud.com"),
    ("iclould.com", "icloud.com"),
    ("hotmail.co.jo", "hotmail.co.jp"),
    ("outlook.co.jp", "outlook.com"),
    ("hotmail.co", "hotmail.com"),
]

RIGHT = ["yahoo.co.uk", "mail.com", "au.com", "me.com", "school.example.ed.jp", "mac.com"]

OF_OTHER_KINDS: list[tuple[Any, list[tuple[str, str]]]] = [
    ({}, [("email", "missing")]),
    ({"email": None}, [("email", "wrong-type")]),
    ({"email": 5}, [("email", "wrong-type")]),
    ({"email": ["a@gmail.com"]}, [("email", "wrong-type")]),
    ({"email": {"a": 1}}, [("email", "wrong-type")]),
    ({"email": "a@gmail.com", "locale": "fr"}, [("locale", "unknown-locale")]),
    ({"email": "a@gmail.com", "locale": 1}, [("locale", "wrong-type")]),
    ({"email": "a@gmail.com", "as_typed": "yes"}, [("as_typed", "wrong-type")]),
    ({"email": "a@gmail.com", "as_typed": 1}, [("as_typed", "wrong-type")]),
    ({"email": "a@gmail.com", "altcha": 1}, [("altcha", "wrong-type")]),
    ({"email": "a@gmail.com", "admin": True}, [("admin", "unknown-field")]),
    ({"mail": "a@gmail.com"}, [("email", "missing"), ("mail", "unknown-field")]),
]


def sentence(client: Client, method: str, path: str, email: str, locale: str) -> str:
    answer = client.json(method, path, {"email": email}, {"Accept-Language": locale})
    (error,) = answer.json["errors"]
    return str(error["detail"])


@pytest.mark.parametrize(("typed", "code"), REFUSED)
def test_an_address_that_cannot_be_mailed_to_is_refused_with_its_own_sentence(
    applicant: Client, typed: str, code: str
) -> None:
    told = set()
    for locale in ("ja", "ja-easy", "en"):
        headers = {**JSON, "Accept-Language": locale}
        refused = applicant.send("POST", REGISTRATIONS, json.dumps({"email": typed}), headers)
        assert (refused.status, refused.problem) == (422, "invalid")
        assert refused.errors == [("email", code)]
        told.add(refused.json["errors"][0]["detail"])
        told.add(refused.json["title"])
    assert len(told) == 6, "not every language has words of its own"
    assert not applicant.cookies


def test_an_error_says_the_same_at_the_registration_and_at_the_correction(
    applicant: Client, email: str
) -> None:
    applicant.register(email)
    for typed, code in REFUSED[3:10]:
        first = applicant.json("POST", REGISTRATIONS, {"email": typed})
        later = applicant.json("PUT", EMAIL, {"email": typed})
        assert first.errors == later.errors == [("email", code)]
        assert first.json == later.json


@pytest.mark.parametrize(("domain", "meant"), TYPOS)
def test_a_likely_slip_is_asked_about_before_anything_is_sent(
    machine: LocalServer, applicant: Client, address: Callable[..., str], domain: str, meant: str
) -> None:
    typed = address(domain)
    asked = applicant.register(typed)
    assert (asked.status, asked.problem) == (422, "email-typo")
    assert asked.json["suggestion"] == typed.replace(domain, meant)
    assert asked.errors == [("email", "typo")]
    assert not applicant.cookies
    assert not machine.mailbox.to(typed)
    assert not machine.mailbox.to(asked.json["suggestion"])


def test_a_slip_that_is_none_is_taken_as_typed(
    machine: LocalServer, applicant: Client, address: Callable[..., str]
) -> None:
    typed = address("gmai.com")
    assert applicant.register(typed, as_typed=True).status == 202
    machine.wait_for_mail(typed)


@pytest.mark.parametrize("ending", ["xyzzy", "comですか", "日本"])
def test_an_ending_that_does_not_exist_is_asked_about(
    machine: LocalServer, applicant: Client, address: Callable[..., str], ending: str
) -> None:
    typed = address(f"school.{ending}")
    asked = applicant.register(typed)
    if ending == "comですか":
        assert (asked.status, asked.errors) == (422, [("email", "words-beside")])
        return
    assert (asked.status, asked.problem) == (422, "unknown-ending")
    assert (asked.json["ending"], asked.errors) == (ending, [("email", "typo")])
    assert ending in asked.json["detail"]
    assert not applicant.cookies
    assert applicant.register(typed, as_typed=True).status == 202


@pytest.mark.parametrize("domain", RIGHT)
def test_a_real_domain_is_never_asked_about(
    applicant: Client, address: Callable[..., str], domain: str
) -> None:
    assert applicant.register(address(domain)).status == 202


@pytest.mark.parametrize(
    ("spelling", "mailed_to"),
    [
        ("ｗｉｄｅ{n}＠ｇｍａｉｌ．ｃｏｍ", "wide{n}@gmail.com"),
        ("  trimmed{n}@gmail.com\n", "trimmed{n}@gmail.com"),
        ("case{n}@GMAIL.Com", "case{n}@gmail.com"),
        ("idn{n}@日本語.example.jp", "idn{n}@xn--wgv71a119e.example.jp"),
        ("stop{n}@gmail。com", "stop{n}@gmail.com"),
        ("it's+me/{n}@gmail.com", "it's+me/{n}@gmail.com"),
    ],
)
def test_an_address_may_be_typed_as_people_type(
    machine: LocalServer, applicant: Client, email: str, spelling: str, mailed_to: str
) -> None:
    number = "".join(filter(str.isdigit, email))
    asked = applicant.register(spelling.format(n=number))
    assert asked.status == 202, asked
    machine.wait_for_mail(mailed_to.format(n=number))


@pytest.mark.parametrize(("body", "errors"), OF_OTHER_KINDS)
def test_fields_that_are_missing_unknown_or_of_another_kind_are_named(
    applicant: Client, body: Any, errors: list[tuple[str, str]]
) -> None:
    refused = applicant.json("POST", REGISTRATIONS, body)
    assert (refused.status, refused.problem) == (422, "invalid")
    assert sorted(refused.errors) == sorted(errors)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'{"email": "a@gmail.com"',
        b'{"email": "a@gmail.com"} {}',
        b"null",
        b"[]",
        b'"a@gmail.com"',
        b'{"email": NaN}',
        b'{"email": Infinity}',
        b'{"email": 1e999}',
        b'{"email": "a@gmail.com", "email": "b@gmail.com"}',
        b'{"email": "\\ud800@gmail.com"}',
        b'\xef\xbb\xbf{"email": "a@gmail.com"}',
        b'{"email": "\xff@gmail.com"}',
        b"{'email': 'a@gmail.com'}",
        b'{"email":' + b"[" * 8000,
        b"[" * 8000 + b"]" * 8000,
        b'{"a":' * 2500 + b"1" + b"}" * 2500,
    ],
)
def test_a_body_that_cannot_be_read_is_malformed(applicant: Client, body: bytes) -> None:
    refused = applicant.send("POST", REGISTRATIONS, body, JSON)
    assert (refused.status, refused.problem) == (400, "malformed")


@pytest.mark.parametrize(
    "kind",
    [
        "text/plain",
        "application/xml",
        "multipart/form-data; boundary=x",
        "application/json; charset=shift_jis",
        "text/json",
        "",
    ],
)
def test_another_content_type_is_not_supported(applicant: Client, kind: str) -> None:
    body = json.dumps({"email": "a@gmail.com"})
    refused = applicant.send("POST", REGISTRATIONS, body, {"Content-Type": kind} if kind else {})
    assert (refused.status, refused.problem) == (415, "unsupported-media-type")


@pytest.mark.parametrize("kind", ["application/json;charset=UTF-8", "APPLICATION/JSON"])
def test_a_content_type_may_have_parameters_and_any_case(
    applicant: Client, email: str, kind: str
) -> None:
    body = json.dumps({"email": email})
    assert applicant.send("POST", REGISTRATIONS, body, {"Content-Type": kind}).status == 202


def test_sixteen_kilobytes_are_read_and_one_byte_more_is_too_large(applicant: Client) -> None:
    room = 16 * 1024 - len(json.dumps({"email": ""}))
    most = json.dumps({"email": "a" * room})
    assert len(most) == 16 * 1024
    assert applicant.send("POST", REGISTRATIONS, most, JSON).errors == [("email", "too-long")]
    refused = applicant.send("POST", REGISTRATIONS, most + " ", JSON)
    assert (refused.status, refused.problem) == (413, "too-large")


def test_many_unknown_fields_are_not_all_echoed(applicant: Client) -> None:
    body = {"email": "a@gmail.com"} | {f"x{n}" * 20: 1 for n in range(150)}
    refused = applicant.json("POST", REGISTRATIONS, body)
    assert refused.status == 422
    assert len(refused.json["errors"]) <= 20
    assert len(refused.body) < 6000


def test_what_was_typed_is_not_repeated_in_problems(applicant: Client) -> None:
    refused = applicant.register("secret.name@@gmail.com")
    assert "secret.name" not in refused.text
    refused = applicant.verify("98765x")
    assert "98765" not in refused.text


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"email=%ff%40gmail.com", "malformed"),
        (b"email=a%40gmail.com&email=b%40gmail.com", "malformed"),
        (b"&".join(b"x%d=1" % n for n in range(60)), "malformed"),
        (b"email=a%40gmail.com&_method=PATCH", "malformed"),
        (b"locale=en", "invalid"),
        (b"email=a%40gmail.com&locale=xx", "invalid"),
        (b"email=a%40gmail.com&more=1", "invalid"),
    ],
)
def test_a_form_that_cannot_be_read_is_a_page(applicant: Client, body: bytes, problem: str) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "text/html"}
    refused = applicant.send("POST", REGISTRATIONS, body, headers)
    assert refused.status == (400 if problem == "malformed" else 422)
    assert refused.page.text


def test_the_language_is_the_bodys_then_the_cookies_then_the_headers(applicant: Client) -> None:
    wrong = {"email": "taro@@gmail.com"}

    def title(body: Any, **headers: str) -> str:
        answer = applicant.json("POST", REGISTRATIONS, body, headers)
        return str(answer.json["title"])

    english = title(wrong, **{"Accept-Language": "en-GB,ja;q=0.5"})
    japanese = title(wrong, **{"Accept-Language": "fr, ja-JP;q=0.9"})
    easy = title(wrong | {"locale": "ja-easy"}, **{"Accept-Language": "en"})
    assert len({english, japanese, easy}) == 3
    assert title(wrong) == japanese, "Japanese is what nobody has to ask for"
    assert title(wrong, Cookie="lang=en") == english
