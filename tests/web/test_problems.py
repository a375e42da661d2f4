"""Every error is one problem, in three languages, and says when to come back."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib import errors
from chalicelib.errors import EmailErrorCode, FieldErrorCode, Invalid, InvalidField, TodokuError
from chalicelib.identity.passwords import LONGEST
from chalicelib.locales import LOCALES, words
from chalicelib.web import errors as http_errors
from chalicelib.web import field_messages, problems
from chalicelib.web.problem_docs import MEMBERS, MEMBERS_OF, WHAT_TO_DO
from chalicelib.web.problem_types import PROBLEM_TYPES
from tests.web.services import CHALLENGE, HTTPS, NOW, RecordedServices, every_error

EXPECTED = {
    "Invalid": ("invalid", 422),
    "EmailTypo": ("email-typo", 422),
    "UnknownEnding": ("unknown-ending", 422),
    "NoRegistration": ("no-registration", 404),
    "Displaced": ("conflict", 409),
    "AlreadyCompleted": ("conflict", 409),
    "Wait": ("wait", 429),
    "ChallengeRequired": ("challenge-required", 429),
    "CodeMismatch": ("code-mismatch", 422),
    "CodeExpired": ("code-expired", 422),
    "TooManyAttempts": ("too-many-attempts", 429),
    "AccountExists": ("account-exists", 409),
    "Conflict": ("conflict", 409),
    "PasswordRefused": ("password-refused", 422),
    "NotSignedIn": ("not-signed-in", 401),
    "TryLater": ("try-later", 503),
    "UnreadableRecord": ("try-later", 503),
    "OutcomeUnknown": ("try-later", 503),
    "Raced": ("try-later", 503),
    "Malformed": ("malformed", 400),
    "ForeignOrigin": ("foreign-origin", 403),
    "CrossSiteFetch": ("cross-site-fetch", 403),
    "OtherRegistration": ("other-registration", 409),
    "NotFound": ("not-found", 404),
    "MethodNotAllowed": ("method-not-allowed", 405),
    "TooLarge": ("too-large", 413),
    "UnsupportedMediaType": ("unsupported-media-type", 415),
}

CODES: dict[str, list[FieldErrorCode]] = {
    "email": [
        "empty",
        "no-at",
        "two-ats",
        "spaces",
        "control",
        "dots",
        "dot-before-at",
        "carrier-dots",
        "two-addresses",
        "words-beside",
        "sign",
        "not-ascii",
        "not-hyphen",
        "not-dot",
        "domain-sign",
        "ip-domain",
        "too-long",
        "syntax",
        "domain",
        "missing",
        "wrong-type",
    ],
    "code": ["empty", "not-six-digits", "not-ten-digits", "two-codes", "missing", "wrong-type"],
    "password": [
        "empty",
        "missing",
        "wrong-type",
        "too-short",
        "too-long",
        "too-common",
        "contains-address",
        "contains-service-name",
        "refused",
    ],
    "locale": ["unknown-locale", "wrong-type"],
    "whatever": ["unknown-field"],
}


def error_types(module: object) -> set[str]:
    return {
        name
        for name, value in vars(module).items()
        if isinstance(value, type) and issubclass(value, TodokuError) and value is not TodokuError
    }


def test_no_error_was_forgotten() -> None:
    known = {type(error).__name__ for error in every_error()}
    assert known == set(EXPECTED) == error_types(errors) | error_types(http_errors)
    assert {name for name, _ in EXPECTED.values()} | {"internal"} == set(PROBLEM_TYPES)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("error", every_error(), ids=lambda error: type(error).__name__)
def test_each_error_is_a_problem_in_each_language(error: TodokuError, locale: str) -> None:
    problem = problems.problem_for(error, locale, RecordedServices())
    reply = problems.problem_response(problem, "https://entry.example.lg.jp/dev")
    body = json.loads(reply.body)

    name, status = EXPECTED[type(error).__name__]
    assert body["type"] == f"https://entry.example.lg.jp/dev/problems/{name}"
    assert body["status"] == reply.status == status
    assert reply.content_type == "application/problem+json"
    assert body["title"] == words(locale).gettext(PROBLEM_TYPES[name].title)
    assert body["detail"]
    for text in (body["title"], body["detail"], *(e["detail"] for e in body.get("errors", []))):
        assert not re.search(r"%\(|%[ds]", text)
        assert bool(re.search("[ぁ-んァ-ン一-鿿]", text)) is (locale != "en")


def test_each_problem_type_says_what_a_client_does() -> None:
    assert set(WHAT_TO_DO) == set(PROBLEM_TYPES) >= set(MEMBERS_OF)
    assert all(WHAT_TO_DO.values())


@pytest.mark.parametrize("error", every_error(), ids=lambda error: type(error).__name__)
def test_a_problem_holds_what_is_documented_of_its_type(error: TodokuError) -> None:
    problem = problems.problem_for(error, "en", RecordedServices())
    body = json.loads(problems.problem_response(problem, "").body)
    more = set(body) - {"type", "title", "status", "detail"}
    assert more == set(MEMBERS_OF.get(problem.type, ())) <= set(MEMBERS)


def test_sentences_are_joined_as_each_language_does() -> None:
    english, japanese = (
        problems.problem_for(errors.CodeMismatch(2), locale, RecordedServices()).detail
        for locale in ("en", "ja")
    )
    assert ". You can" in english
    assert "。 " not in japanese


def test_an_error_that_is_new_to_the_mapping_is_internal() -> None:
    class New(TodokuError):
        """Nobody mapped it."""

    assert problems.problem_for(New(), "en", RecordedServices()).type == "internal"


@pytest.mark.parametrize(
    ("field", "code"), [(f, c) for f, several in CODES.items() for c in several]
)
@pytest.mark.parametrize("locale", LOCALES)
def test_each_fault_of_a_field_has_its_own_sentence(
    field: str, code: FieldErrorCode, locale: str
) -> None:
    problem = problems.problem_for(Invalid(InvalidField(field, code)), locale, RecordedServices())
    (told,) = problem.errors
    assert (told.field, told.code) == (field, code)
    assert told.detail
    assert told.detail != field_messages.field_message("nowhere", "never", locale, HTTPS)


@pytest.mark.parametrize("code", ["words-beside", "sign", "not-ascii", "not-hyphen", "not-dot"])
@pytest.mark.parametrize("locale", LOCALES)
def test_a_sign_that_is_wrong_is_named(code: EmailErrorCode, locale: str) -> None:
    error = Invalid(InvalidField("email", code, "<ー>"))
    (told,) = problems.problem_for(error, locale, RecordedServices()).errors
    assert "<ー>" in told.detail


def test_a_code_without_a_sentence_gets_a_general_one() -> None:
    told = field_messages.field_message("email", "brand-new", "xx", HTTPS)
    assert told == "Check what you entered here and try again."


def test_old_carrier_addresses_are_told_the_way_out() -> None:
    detail = field_messages.EMAIL["carrier-dots"]
    assert "docomo" in detail
    assert "au" in detail
    assert "another email address" in detail
    assert "change" in detail


def test_several_errors_are_told_in_order() -> None:
    error = Invalid(InvalidField("email", "empty"), InvalidField("x", "unknown-field"))
    told = problems.problem_for(error, "en", RecordedServices()).errors
    assert [(e.field, e.code) for e in told] == [("email", "empty"), ("x", "unknown-field")]


def test_the_length_of_passwords_is_the_deployments_and_the_rules_own() -> None:
    longer = replace(HTTPS, shortest_password=12)
    assert "at least 12 " in field_messages.field_message("password", "too-short", "xx", longer)
    assert f"at most {LONGEST} " in field_messages.field_message(
        "password", "too-long", "xx", HTTPS
    )


def test_what_may_be_answered_at_once_says_so() -> None:
    problem = problems.problem_for(errors.ChallengeRequired("net", 1), "en", RecordedServices())
    assert problems.problem_headers(problem) == {"Retry-After": "0"}


def test_a_typo_carries_its_suggestion() -> None:
    problem = problems.problem_for(errors.EmailTypo("taro@gmail.com"), "en", RecordedServices())
    assert problem.extra == {"suggestion": "taro@gmail.com"}
    assert "taro@gmail.com" in problem.detail


@pytest.mark.parametrize(
    ("left", "said"), [(0, "we pause for a while"), (1, "1 more time."), (4, "4 more")]
)
def test_a_wrong_code_says_how_many_are_left(left: int, said: str) -> None:
    problem = problems.problem_for(errors.CodeMismatch(left), "xx", RecordedServices())
    assert problem.extra == {"attempts_left": left}
    assert said in problem.detail
    assert [(e.field, e.code) for e in problem.errors] == [("code", "mismatch")]


def test_a_challenge_is_made_by_the_service() -> None:
    problem = problems.problem_for(errors.ChallengeRequired("net", 1), "en", RecordedServices())
    assert problem.extra == {"challenge": CHALLENGE}


@pytest.mark.parametrize("kind", [errors.Wait, errors.TooManyAttempts])
@pytest.mark.parametrize(
    ("wait", "seconds", "said"),
    [
        (timedelta(seconds=-5), 1, "in 1 second."),
        (timedelta(0), 1, "in 1 second."),
        (timedelta(milliseconds=200), 1, "in 1 second."),
        (timedelta(seconds=1), 1, "in 1 second."),
        (timedelta(seconds=41, milliseconds=1), 42, "in 42 seconds."),
        (timedelta(seconds=90), 90, "in 90 seconds."),
        (timedelta(seconds=91), 91, "in 2 minutes."),
        (timedelta(minutes=90), 5400, "in 90 minutes."),
        (timedelta(minutes=90, seconds=1), 5401, "in 2 hours."),
        (timedelta(hours=23, minutes=30), 84600, "in 24 hours."),
    ],
)
def test_a_wait_says_when_it_ends(
    kind: type[errors.Wait], wait: timedelta, seconds: int, said: str
) -> None:
    problem = problems.problem_for(kind(NOW + wait), "xx", RecordedServices())
    assert problem.extra["retry_after"] == seconds
    assert problem.detail.endswith(said)
    assert problems.problem_response(problem, "").headers == {"Retry-After": str(seconds)}


def test_who_comes_back_at_the_moment_named_is_not_too_early() -> None:
    until = NOW + timedelta(seconds=10)
    problem = problems.problem_for(errors.Wait(until), "en", RecordedServices())
    # NOW is at a quarter of a second: 01:05:10.25 is told as the second after it.
    assert problem.extra["retry_at"] == "2027-01-24T01:05:11Z"
    whole = problems.problem_for(
        errors.Wait(until.replace(microsecond=0)), "en", RecordedServices()
    )
    assert whole.extra["retry_at"] == "2027-01-24T01:05:10Z"


def test_a_busy_service_says_when_to_ask_again() -> None:
    problem = problems.problem_for(errors.TryLater(7), "en", RecordedServices())
    assert problem.extra == {"retry_after": 7, "retry_at": "2027-01-24T01:05:08Z"}
    assert problems.problem_response(problem, "").headers == {"Retry-After": "7"}


def test_what_is_allowed_is_a_header() -> None:
    problem = problems.problem_for(
        http_errors.MethodNotAllowed(("GET", "HEAD")), "en", RecordedServices()
    )
    assert problems.problem_response(problem, "").headers == {"Allow": "GET, HEAD"}


def test_an_address_in_an_error_is_not_in_its_problem() -> None:
    error = errors.NoRegistration("taro@gmail.com")
    told = replace(problems.problem_for(error, "en", RecordedServices()))
    assert "taro" not in problems.problem_response(told, "").body
