"""Signing in and out: passwords, aliases and secret hashes count, tokens live as they should."""

from __future__ import annotations

import json
import time
from typing import Any
from urllib.request import urlopen

import jwt
import pytest

from local.server import LocalServer
from tests.local.cognito.cognito_client import PASSWORD, CognitoClient, raises_cognito


@pytest.fixture
def member(cognito: CognitoClient, name: str) -> str:
    """The name of a user who proved name@gmail.com and has a password."""
    cognito.proven(name)
    return name


def keys(cognito: CognitoClient) -> jwt.PyJWKClient:
    return jwt.PyJWKClient(f"{cognito.machine.aws_url}/{cognito.pool}/.well-known/jwks.json")


def claims(cognito: CognitoClient, token: str, **more: Any) -> dict[str, Any]:
    key = keys(cognito).get_signing_key_from_jwt(token)
    found: dict[str, Any] = jwt.decode(token, key.key, ["RS256"], **more)
    return found


def test_by_name_and_by_alias_in_any_case_of_letters(cognito: CognitoClient, member: str) -> None:
    for who in (member, member.lower(), f"{member}@GMAIL.com"):
        assert cognito.sign_in(who)["AuthenticationResult"]["TokenType"] == "Bearer"


def test_a_wrong_password_and_nobody_are_one_answer(cognito: CognitoClient, member: str) -> None:
    with raises_cognito("NotAuthorized"):
        cognito.sign_in(member, "wrong horse battery")
    with raises_cognito("NotAuthorized"):
        cognito.sign_in("nobody-at-all")


def test_the_secret_hash_is_checked_for_exactly_the_name_sent(
    cognito: CognitoClient, member: str
) -> None:
    with raises_cognito("NotAuthorized"):
        cognito.sign_in(f"{member}@gmail.com", SECRET_HASH=cognito.hash(member))


def test_an_unconfirmed_user_does_not_get_in(cognito: CognitoClient, name: str) -> None:
    cognito.sign_up(name)
    with raises_cognito("UserNotConfirmed"):
        cognito.sign_in(name)
    with raises_cognito("NotAuthorized"):
        cognito.sign_in(f"{name}@gmail.com")


def test_a_permanent_password_confirms_and_the_policy_holds(
    cognito: CognitoClient, name: str
) -> None:
    cognito.sign_up(name)
    change = {"UserPoolId": cognito.pool, "Username": name, "Permanent": True}
    with raises_cognito("InvalidPassword"):
        cognito.client.admin_set_user_password(**change, Password="short")
    cognito.client.admin_set_user_password(**change, Password="another battery")
    assert cognito.user(name)["status"] == "CONFIRMED"
    cognito.sign_in(name, "another battery")
    with raises_cognito("NotAuthorized"):
        cognito.sign_in(name, PASSWORD)


def test_only_the_clients_own_flows_are_open(cognito: CognitoClient, member: str) -> None:
    parameters = {
        "USERNAME": member,
        "PASSWORD": PASSWORD,
        "SECRET_HASH": cognito.hash(member),
    }
    with raises_cognito("InvalidParameter"):
        cognito.client.initiate_auth(
            ClientId=cognito.client_id,
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters=parameters,
        )


def test_tokens_are_signed_by_the_published_key_and_live_as_long_as_the_client_says(
    cognito: CognitoClient, member: str
) -> None:
    result = cognito.sign_in(member)["AuthenticationResult"]
    assert result["ExpiresIn"] == 15 * 60
    access = claims(cognito, result["AccessToken"])
    assert access["exp"] - access["iat"] == 15 * 60
    assert abs(access["iat"] - time.time()) < 10
    assert access["token_use"] == "access"
    assert access["client_id"] == cognito.client_id
    assert access["username"] == member
    assert access["iss"] == f"https://cognito-idp.ap-northeast-1.amazonaws.com/{cognito.pool}"
    identity = claims(cognito, result["IdToken"], audience=cognito.client_id)
    assert identity["origin_jti"] == access["origin_jti"]
    assert identity["email"] == f"{member}@gmail.com"


def test_the_published_keys_hold_nothing_private(cognito: CognitoClient) -> None:
    url = f"{cognito.machine.aws_url}/{cognito.pool}/.well-known/jwks.json"
    with urlopen(url, timeout=5) as answer:
        (key,) = json.load(answer)["keys"]
    assert set(key) == {"kty", "n", "e", "kid", "alg", "use"}


def refresh(cognito: CognitoClient, token: str, name: str) -> Any:
    return cognito.client.admin_initiate_auth(
        UserPoolId=cognito.pool,
        ClientId=cognito.client_id,
        AuthFlow="REFRESH_TOKEN_AUTH",
        AuthParameters={"REFRESH_TOKEN": token, "SECRET_HASH": cognito.hash(name)},
    )["AuthenticationResult"]


def test_a_refresh_stays_in_the_session_and_needs_the_real_names_hash(
    cognito: CognitoClient, member: str
) -> None:
    first = cognito.sign_in(f"{member}@gmail.com")["AuthenticationResult"]
    with raises_cognito("NotAuthorized"):
        refresh(cognito, first["RefreshToken"], f"{member}@gmail.com")
    second = refresh(cognito, first["RefreshToken"], member)
    before, after = (claims(cognito, it["AccessToken"]) for it in (first, second))
    assert before["origin_jti"] == after["origin_jti"]
    assert before["jti"] != after["jti"]


def test_a_revoked_session_is_over_and_the_others_go_on(
    cognito: CognitoClient, member: str
) -> None:
    one, two = (cognito.sign_in(member)["AuthenticationResult"] for _ in range(2))
    revoke = {"Token": one["RefreshToken"], "ClientId": cognito.client_id}
    with raises_cognito("Unauthorized"):
        cognito.client.revoke_token(**revoke, ClientSecret="wrong" * 8)
    cognito.client.revoke_token(**revoke, ClientSecret=cognito.secret)
    with raises_cognito("NotAuthorized"):
        refresh(cognito, one["RefreshToken"], member)
    with raises_cognito("NotAuthorized"):
        cognito.client.get_user(AccessToken=one["AccessToken"])
    assert cognito.client.get_user(AccessToken=two["AccessToken"])["Username"] == member
    refresh(cognito, two["RefreshToken"], member)


def test_global_sign_out_ends_every_session(cognito: CognitoClient, member: str) -> None:
    one, two = (cognito.sign_in(member)["AuthenticationResult"] for _ in range(2))
    cognito.client.global_sign_out(AccessToken=one["AccessToken"])
    for session in (one, two):
        with raises_cognito("NotAuthorized"):
            refresh(cognito, session["RefreshToken"], member)
        with raises_cognito("NotAuthorized"):
            cognito.client.get_user(AccessToken=session["AccessToken"])


def test_a_removed_user_is_signed_out(cognito: CognitoClient, member: str) -> None:
    session = cognito.sign_in(member)["AuthenticationResult"]
    cognito.client.admin_delete_user(UserPoolId=cognito.pool, Username=member)
    with raises_cognito("NotAuthorized"):
        refresh(cognito, session["RefreshToken"], member)


def test_a_verified_address_of_another_cannot_be_written(
    cognito: CognitoClient, member: str
) -> None:
    cognito.proven(f"{member}-2")
    verified = [
        {"Name": "email", "Value": f"{member}@gmail.com"},
        {"Name": "email_verified", "Value": "true"},
    ]
    with raises_cognito("AliasExists"):
        cognito.client.admin_update_user_attributes(
            UserPoolId=cognito.pool, Username=f"{member}-2", UserAttributes=verified
        )
    assert cognito.user(f"{member}@gmail.com")["name"] == member


def test_an_address_written_unverified_is_no_alias_any_more(
    cognito: CognitoClient, member: str
) -> None:
    changed = [
        {"Name": "email", "Value": f"{member}@example.jp"},
        {"Name": "email_verified", "Value": "false"},
    ]
    cognito.client.admin_update_user_attributes(
        UserPoolId=cognito.pool, Username=member, UserAttributes=changed
    )
    for email in (f"{member}@gmail.com", f"{member}@example.jp"):
        with raises_cognito("UserNotFound"):
            cognito.user(email)


def test_lifetimes_are_of_the_machines_own_clock(
    cognito: CognitoClient, machine: LocalServer, member: str
) -> None:
    # Whoever checks a token has only that one.
    machine.clock.put_forward(86400)
    token = cognito.sign_in(member)["AuthenticationResult"]["AccessToken"]
    assert claims(cognito, token)["username"] == member
