"""Sign-up, where moto is looser than Cognito. A new moto must not loosen it again."""

from __future__ import annotations

import re
import threading
from typing import Any

import pytest

from local.server import LocalServer
from tests.local.cognito.cognito_client import CognitoClient, another, raises_cognito

DAY = 24 * 3600


def test_the_code_is_six_random_digits(cognito: CognitoClient, name: str) -> None:
    codes = set()
    for n in range(5):
        cognito.sign_up(f"{name}-{n}")
        codes.add(cognito.code())
    assert all(re.fullmatch(r"[0-9]{6}", code) for code in codes)
    assert len(codes) > 1


def test_a_new_user_is_unconfirmed_and_its_address_unverified(
    cognito: CognitoClient, name: str
) -> None:
    answer = cognito.sign_up(name)
    assert answer["UserConfirmed"] is False
    assert answer["CodeDeliveryDetails"]["AttributeName"] == "email"
    user = cognito.user(name)
    assert (user["status"], user["email_verified"]) == ("UNCONFIRMED", "false")


def test_a_right_code_confirms_the_user_and_verifies_the_address(
    cognito: CognitoClient, name: str
) -> None:
    cognito.sign_up(name)
    cognito.confirm(name, cognito.code())
    user = cognito.user(name)
    assert (user["status"], user["email_verified"]) == ("CONFIRMED", "true")


def test_a_wrong_code_fails_and_changes_nothing(cognito: CognitoClient, name: str) -> None:
    cognito.sign_up(name)
    code = cognito.code()
    with raises_cognito("CodeMismatch"):
        cognito.confirm(name, another(code))
    assert cognito.user(name)["status"] == "UNCONFIRMED"
    cognito.confirm(name, code)


def test_a_used_code_fails(cognito: CognitoClient, name: str) -> None:
    cognito.sign_up(name)
    code = cognito.code()
    cognito.confirm(name, code)
    with raises_cognito("NotAuthorized"):
        cognito.confirm(name, code)


def test_a_code_works_for_a_day_and_not_longer(
    cognito: CognitoClient, machine: LocalServer, name: str
) -> None:
    cognito.sign_up(f"{name}-a")
    first = cognito.code()
    cognito.sign_up(f"{name}-b")
    second = cognito.code()
    machine.clock.put_forward(DAY - 60)
    cognito.confirm(f"{name}-a", first)
    machine.clock.put_forward(60)
    with raises_cognito("ExpiredCode"):
        cognito.confirm(f"{name}-b", second)


def test_a_resend_makes_the_earlier_code_worthless(cognito: CognitoClient, name: str) -> None:
    cognito.sign_up(name)
    first = cognito.code()
    cognito.resend(name)
    second = cognito.code()
    assert second != first
    with raises_cognito("CodeMismatch"):
        cognito.confirm(name, first)
    cognito.confirm(name, second)


def test_a_resend_after_expiry_begins_another_day(
    cognito: CognitoClient, machine: LocalServer, name: str
) -> None:
    cognito.sign_up(name)
    cognito.code()
    machine.clock.put_forward(2 * DAY)
    cognito.resend(name)
    cognito.confirm(name, cognito.code())


def test_there_is_no_resend_for_a_confirmed_user(cognito: CognitoClient, name: str) -> None:
    cognito.proven(name)
    with raises_cognito("InvalidParameter"):
        cognito.resend(name)


def test_five_resends_an_hour(cognito: CognitoClient, machine: LocalServer, name: str) -> None:
    cognito.sign_up(name)
    for _ in range(5):
        cognito.resend(name)
    with raises_cognito("LimitExceeded"):
        cognito.resend(name)
    machine.clock.put_forward(3601)
    cognito.resend(name)


def test_fifteen_tries_an_hour_the_right_code_included(
    cognito: CognitoClient, machine: LocalServer, name: str
) -> None:
    cognito.sign_up(name)
    code = cognito.code()
    for _ in range(15):
        with raises_cognito("CodeMismatch"):
            cognito.confirm(name, another(code))
    with raises_cognito("LimitExceeded"):
        cognito.confirm(name, code)
    machine.clock.put_forward(3601)
    cognito.confirm(name, code)


def test_a_taken_name_is_refused_in_any_case_of_letters(cognito: CognitoClient, name: str) -> None:
    cognito.sign_up(name)
    with raises_cognito("UsernameExists"):
        cognito.sign_up(name.lower(), "other@gmail.com")


def test_names_are_found_in_any_case_of_letters(cognito: CognitoClient, name: str) -> None:
    cognito.sign_up(name)
    cognito.confirm(name.lower(), cognito.code())
    assert cognito.user(name.lower())["name"] == name


def test_an_unverified_record_neither_blocks_nor_displaces(
    cognito: CognitoClient, name: str
) -> None:
    cognito.sign_up(f"{name}-1", f"{name}@gmail.com")
    cognito.code()
    cognito.proven(f"{name}-2", f"{name}@gmail.com")
    assert cognito.user(f"{name}-2")["email_verified"] == "true"


def test_alias_exists_is_told_at_a_right_code_only(cognito: CognitoClient, name: str) -> None:
    email = f"{name}@gmail.com"
    cognito.proven(f"{name}-owner", email)
    cognito.sign_up(f"{name}-late", email.upper())
    code = cognito.code()
    with raises_cognito("CodeMismatch"):
        cognito.confirm(f"{name}-late", another(code))
    with raises_cognito("AliasExists"):
        cognito.confirm(f"{name}-late", code)
    assert cognito.user(f"{name}-late")["status"] == "UNCONFIRMED"


def test_after_alias_exists_the_same_code_moves_the_alias_by_force(
    cognito: CognitoClient, name: str
) -> None:
    email = f"{name}@gmail.com"
    cognito.proven(f"{name}-owner", email)
    cognito.sign_up(f"{name}-late", email)
    code = cognito.code()
    with raises_cognito("AliasExists"):
        cognito.confirm(f"{name}-late", code)
    cognito.confirm(f"{name}-late", code, ForceAliasCreation=True)
    assert cognito.user(f"{name}-owner")["email_verified"] == "false"
    assert cognito.user(email)["name"] == f"{name}-late"


def test_an_alias_resolves_only_once_verified(cognito: CognitoClient, name: str) -> None:
    email = f"{name}@gmail.com"
    cognito.sign_up(name, email)
    with raises_cognito("UserNotFound"):
        cognito.user(email)
    cognito.confirm(name, cognito.code())
    assert cognito.user(email.upper())["name"] == name


def test_a_removed_user_frees_name_and_alias(cognito: CognitoClient, name: str) -> None:
    email = f"{name}@gmail.com"
    cognito.proven(name, email)
    cognito.client.admin_delete_user(UserPoolId=cognito.pool, Username=name)
    with raises_cognito("UserNotFound"):
        cognito.user(name)
    cognito.proven(name, email)


@pytest.mark.parametrize("call", ["sign_up", "confirm", "resend"])
def test_the_secret_hash_is_needed_and_checked(
    cognito: CognitoClient, name: str, call: str
) -> None:
    if call != "sign_up":
        cognito.sign_up(name)
        cognito.code()
    more = {"Password": "12345678"} if call == "sign_up" else {}
    more |= {"ConfirmationCode": "123456"} if call == "confirm" else {}
    method = {"confirm": "confirm_sign_up", "resend": "resend_confirmation_code"}.get(call, call)
    parameters = {"ClientId": cognito.client_id, "Username": name, **more}
    with raises_cognito("NotAuthorized"):
        getattr(cognito.client, method)(**parameters)
    with raises_cognito("NotAuthorized"):
        getattr(cognito.client, method)(**parameters, SecretHash=cognito.hash(name.lower()))


@pytest.mark.parametrize(
    ("password", "kind"), [("123456789", "InvalidPassword"), (" 1234567890", "InvalidParameter")]
)
def test_the_password_policy_holds_at_sign_up(
    cognito: CognitoClient, name: str, password: str, kind: str
) -> None:
    with raises_cognito(kind):
        cognito.sign_up(name, Password=password)
    cognito.sign_up(name, Password="1234567890")


def test_only_writable_attributes_may_be_written(cognito: CognitoClient, name: str) -> None:
    with raises_cognito("NotAuthorized"):
        cognito.sign_up(name, UserAttributes=[{"Name": "nickname", "Value": "taro"}])


@pytest.mark.parametrize("email", ["no-at", "two@@ats.jp", "no@dot"])
def test_what_is_no_address_is_refused(cognito: CognitoClient, name: str, email: str) -> None:
    with raises_cognito("InvalidParameter"):
        cognito.sign_up(name, email)


def test_a_name_that_looks_like_an_alias_is_refused(cognito: CognitoClient) -> None:
    with raises_cognito("InvalidParameter"):
        cognito.sign_up("taro@gmail.com")


def test_nobody_learns_from_confirm_or_resend_who_exists(cognito: CognitoClient, name: str) -> None:
    with raises_cognito("ExpiredCode"):
        cognito.confirm(name, "123456")
    assert "CodeDeliveryDetails" in cognito.resend(name)


@pytest.mark.parametrize("call", ["sign_up", "confirm", "resend"])
def test_a_user_is_changed_by_one_call_at_a_time(
    cognito: CognitoClient, machine: LocalServer, name: str, call: str
) -> None:
    if call != "sign_up":
        cognito.sign_up(name)
    arguments = [cognito.code()] if call == "confirm" else []
    outcome: list[Any] = []
    thread = threading.Thread(
        target=lambda: outcome.append(getattr(cognito, call)(name, *arguments))
    )
    pool = machine.directory.pool(cognito.pool)
    with machine.directory.lock(pool, name):
        thread.start()
        thread.join(0.3)
        assert not outcome
        # Another user's calls go on meanwhile.
        cognito.sign_up(f"{name}-other")
    thread.join(5)
    assert outcome


def test_an_attribute_that_the_pool_has_not_cannot_be_written(
    cognito: CognitoClient, name: str
) -> None:
    cognito.sign_up(name)
    user = {"UserPoolId": cognito.pool, "Username": name}
    known = {"Name": "custom:finished", "Value": "yes"}
    cognito.client.admin_update_user_attributes(**user, UserAttributes=[known])
    with raises_cognito("InvalidParameter"):
        cognito.client.admin_update_user_attributes(
            **user, UserAttributes=[known | {"Name": "custom:other"}]
        )


def test_no_user_writes_that_it_has_finished(cognito: CognitoClient, name: str) -> None:
    attributes = [
        {"Name": "email", "Value": f"{name}@gmail.com"},
        {"Name": "custom:finished", "Value": "yes"},
    ]
    with raises_cognito("NotAuthorized"):
        cognito.sign_up(name, UserAttributes=attributes)
