"""The codes of fields: each that is described is answered to some request, and no other can be."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from msgspec import structs

import app as deployed
from chalicelib.errors import (
    AnyFieldErrorCode,
    CodeErrorCode,
    CodeExpired,
    CodeMismatch,
    EmailErrorCode,
    FieldErrorCode,
    LocaleErrorCode,
    PasswordErrorCode,
    PasswordRefused,
)
from chalicelib.verification.model import AttemptState, Registration
from chalicelib.web.field_messages import ANY, BY_FIELD
from chalicelib.web.openapi_values import VALUES
from chalicelib.web.problem_docs import ANY_FIELD, CODES_OF, MEMBERS_OF
from tests.web.services import REFERENCE, RecordedServices
from tests.web.test_openapi import agree, document
from tests.web.visitor import CURRENT, REGISTRATIONS, Answer, Visitor

ALL = [
    *((field, code) for field, codes in BY_FIELD.items() for code in codes),
    *((ANY_FIELD, code) for code in ANY),
]
TYPES = {
    "email": EmailErrorCode,
    "code": CodeErrorCode,
    "password": PasswordErrorCode,
    "locale": LocaleErrorCode,
    ANY_FIELD: AnyFieldErrorCode,
}

TYPED: dict[tuple[str, str], Any] = {
    ("email", "empty"): " ",
    ("email", "no-at"): "taro",
    ("email", "two-ats"): "taro@a@gmail.com",
    ("email", "spaces"): "taro@gm ail.com",
    ("email", "word-or-space"): "ta ro@gmail.com",
    ("email", "control"): "taro\x00@gmail.com",
    ("email", "dots"): "a..b@gmail.com",
    ("email", "dot-before-at"): "ab.@gmail.com",
    ("email", "carrier-dots"): "a..b@docomo.ne.jp",
    ("email", "two-addresses"): "taro@gmail.com; hana@gmail.com",
    ("email", "words-beside"): "taro@example.com【父】",
    ("email", "sign"): "taro(father)@gmail.com",
    ("email", "not-ascii"): "たろう@gmail.com",
    ("email", "not-hyphen"): "taroーyamada@gmail.com",
    ("email", "not-dot"): "taro。yamada@gmail.com",
    ("email", "ip-domain"): "taro@192.0.2.1",
    ("email", "too-long"): "t" * 65 + "@gmail.com",
    ("email", "syntax"): "@gmail.com",
    ("email", "domain"): "taro@localhost",
    ("email", "domain-sign"): "taro@exa_mple.com",
    ("email", "typo"): "taro@gmai.com",
    ("code", "empty"): " ",
    ("code", "not-six-digits"): "12345",
    ("code", "two-codes"): "123456 or 654321",
    ("password", "empty"): " ",
    ("password", "too-short"): "short",
    ("password", "too-long"): "three quiet herons " * 14,
    ("password", "too-common"): "password1234",
    ("password", "contains-address"): "taro@gmail.com!",
    ("password", "contains-service-name"): "todoku2027!",
}
"""What is typed into the field of that name for it to be refused so."""

RAISED = {
    ("code", "mismatch"): CodeMismatch(4),
    ("code", "expired"): CodeExpired(),
    ("password", "refused"): PasswordRefused("refused"),
}
"""Of Cognito's answers, by its adapter."""

CALLS = {
    "email": ("ask", REGISTRATIONS),
    "code": ("verify", f"{CURRENT}/verification"),
    "password": ("complete", f"{CURRENT}/account"),
}


def answer_with(field: str, code: str) -> Answer:
    """The answer to a request whose ``field`` is to be refused with ``code``."""
    if field == "locale":
        return Visitor().json("POST", REGISTRATIONS, {"email": "taro@gmail.com", "locale": "xx"})
    if field == ANY_FIELD:
        more = {"altcha": 1} if code == "wrong-type" else {"nosuch": 1}
        return Visitor().json("POST", REGISTRATIONS, {"email": "taro@gmail.com"} | more)
    name, path = CALLS[field]
    ready = AttemptState.VERIFIED if field == "password" else AttemptState.AWAITING_CODE
    services = RecordedServices(state=ready)
    body: dict[str, Any] = {} if code == "missing" else {field: TYPED.get((field, code), "123456")}
    if error := RAISED.get((field, code)):
        services = services.refusing(name, error)
    elif code == "not-ten-digits":
        services.memory.registrations.change(REFERENCE, _with_long_code)
    return Visitor(services).json("POST", path, body)


def _with_long_code(registration: Registration) -> Registration:
    return registration.with_attempt(structs.replace(registration.attempt, code_tail="7890"))


@pytest.mark.parametrize(("field", "code"), ALL)
def test_each_code_that_is_described_is_answered(field: str, code: str) -> None:
    answer = answer_with(field, code)
    (told,) = answer.json["errors"]
    assert told["code"] == code
    assert told["field"] == field or field == ANY_FIELD
    assert code in CODES_OF[answer.problem][field]
    agree(document()["components"]["schemas"]["Problem"], answer.json)


@pytest.mark.parametrize("field", TYPES)
def test_each_code_that_can_be_raised_is_described(field: str) -> None:
    """Whoever raises one is held to these types by mypy."""
    (described,) = (it.meanings for it in VALUES.values() if it.kind == TYPES[field])
    assert set(described) == set(get_args(TYPES[field])) == set(BY_FIELD.get(field, ANY))
    assert not any("%(" in meaning for meaning in described.values())


def test_no_field_was_forgotten() -> None:
    assert set(get_args(FieldErrorCode)) == {code for _, code in ALL}
    required = {
        field.encode_name
        for methods in deployed.app.operations.values()
        for op in methods.values()
        for field in structs.fields(op.takes)
        if field.required
    }
    assert all("missing" in BY_FIELD[field] for field in required)


def test_a_code_that_is_not_described_is_no_answer() -> None:
    problem = answer_with("email", "no-at").json
    problem["errors"][0]["code"] = "brand-new"
    with pytest.raises(AssertionError, match="brand-new"):
        agree(document()["components"]["schemas"]["Problem"], problem)


def test_each_problem_type_with_errors_lists_their_codes() -> None:
    assert set(CODES_OF) == {name for name, members in MEMBERS_OF.items() if "errors" in members}
    listed = [
        (field, code)
        for codes in CODES_OF.values()
        for field, several in codes.items()
        for code in several
    ]
    assert set(listed) == set(ALL)
