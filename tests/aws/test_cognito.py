"""The user pool: its errors in the domain's words, and no call made twice."""

from __future__ import annotations

import base64
import hashlib
import hmac
import traceback
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError
from botocore.stub import ANY, Stubber

from chalicelib.aws.clients import Clients
from chalicelib.aws.cognito import CognitoUsers
from chalicelib.errors import (
    AccountExists,
    CodeExpired,
    CodeMismatch,
    OutcomeUnknown,
    PasswordRefused,
    TryLater,
)
from chalicelib.identity.user_pool import (
    AddressRefused,
    AlreadyConfirmed,
    NoUser,
    SessionTokens,
    UserExists,
    UserState,
    WrongPassword,
)
from local.account import REGION
from tests.aws.http import Wire

REFERENCE, EMAIL = "7Q4K2M9X8T", "taro.yamada@gmail.com"
POOL, CLIENT, SECRET = (
    "ap-northeast-1_Example",
    "client",
    "the client's secret, which Cognito draws",
)
HASH = base64.b64encode(hmac.digest(SECRET.encode(), b"7Q4K2M9X8Tclient", hashlib.sha256)).decode()
Call = Callable[[CognitoUsers], object]


@pytest.fixture(scope="module")
def client() -> Any:
    return Clients(REGION)("cognito-idp")


@pytest.fixture
def wire(client: Any) -> Iterator[Wire]:
    """Its requests, which reach nobody."""
    made = Wire(client)
    yield made
    made.leave()


@pytest.fixture
def stub(client: Any) -> Iterator[Stubber]:
    with Stubber(client) as made:
        yield made
        made.assert_no_pending_responses()


@pytest.fixture
def users(stub: Stubber) -> CognitoUsers:
    return CognitoUsers(client=lambda: stub.client, pool=POOL, client_id=CLIENT, secret=SECRET)


def test_the_secret_hash_is_that_of_openssl() -> None:
    """``printf userid | openssl dgst -sha256 -hmac key -binary | base64``."""
    users = CognitoUsers(client=lambda: None, pool=POOL, client_id="id", secret="key")
    assert users._hash("user") == "lXcEV/4yXyHfviFBrU5d568vUWYi+WJUxtv44mOfi6o="


def test_a_sign_up_names_the_reference_and_the_address(stub: Stubber, users: CognitoUsers) -> None:
    stub.add_response(
        "sign_up",
        {"UserConfirmed": False, "UserSub": "sub"},
        {
            "ClientId": CLIENT,
            "SecretHash": HASH,
            "Username": REFERENCE,
            "Password": ANY,
            "UserAttributes": [{"Name": "email", "Value": EMAIL}],
        },
    )
    users.sign_up(REFERENCE, EMAIL)


def test_a_first_password_is_never_the_same_and_fits_any_policy(
    stub: Stubber, users: CognitoUsers
) -> None:
    passwords: list[str] = []

    def see(params: dict[str, Any], **_: Any) -> None:
        passwords.append(params["Password"])

    stub.client.meta.events.register("provide-client-params.cognito-idp.SignUp", see)
    for _ in range(2):
        stub.add_response("sign_up", {"UserConfirmed": False, "UserSub": "sub"})
        users.sign_up(REFERENCE, EMAIL)
    stub.client.meta.events.unregister("provide-client-params.cognito-idp.SignUp", see)
    one, two = passwords
    assert one != two
    assert 64 <= len(one) <= 99
    assert all(any(kind(c) for c in one) for kind in (str.islower, str.isupper, str.isdigit))
    assert not one.isalnum()


@pytest.mark.parametrize("take_over", [False, True])
def test_an_alias_moves_only_when_the_caller_says_so(
    stub: Stubber, users: CognitoUsers, take_over: bool
) -> None:
    stub.add_response(
        "confirm_sign_up",
        {},
        {
            "ClientId": CLIENT,
            "SecretHash": HASH,
            "Username": REFERENCE,
            "ConfirmationCode": "123456",
            "ForceAliasCreation": take_over,
        },
    )
    users.confirm(REFERENCE, "123456", take_over=take_over)


def test_the_other_calls_say_what_they_must(stub: Stubber, users: CognitoUsers) -> None:
    named = {"UserPoolId": POOL, "Username": REFERENCE}
    stub.add_response(
        "resend_confirmation_code",
        {},
        {"ClientId": CLIENT, "SecretHash": HASH, "Username": REFERENCE},
    )
    users.reissue(REFERENCE)
    password = {"Password": "correct horse", "Permanent": True}
    stub.add_response("admin_set_user_password", {}, {**named, **password})
    users.set_password(REFERENCE, "correct horse")
    stub.add_response("admin_delete_user", {}, named)
    users.remove(REFERENCE)
    revoked = {"Token": "refresh", "ClientId": CLIENT, "ClientSecret": SECRET}
    stub.add_response("revoke_token", {}, revoked)
    users.revoke("refresh")
    stub.add_response("global_sign_out", {}, {"AccessToken": "access"})
    users.revoke_all("access")


def test_signing_in_yields_the_tokens(stub: Stubber, users: CognitoUsers) -> None:
    result = {"AccessToken": "a", "RefreshToken": "r", "IdToken": "i", "ExpiresIn": 900}
    parameters = {"USERNAME": REFERENCE, "PASSWORD": "correct horse", "SECRET_HASH": HASH}
    stub.add_response(
        "admin_initiate_auth",
        {"AuthenticationResult": result},
        {
            "UserPoolId": POOL,
            "ClientId": CLIENT,
            "AuthFlow": "ADMIN_USER_PASSWORD_AUTH",
            "AuthParameters": parameters,
        },
    )
    assert users.sign_in(REFERENCE, "correct horse") == SessionTokens("a", "r", 900)


CALLS: dict[str, Call] = {
    "sign_up": lambda users: users.sign_up(REFERENCE, EMAIL),
    "confirm_sign_up": lambda users: users.confirm(REFERENCE, "123456", take_over=False),
    "resend_confirmation_code": lambda users: users.reissue(REFERENCE),
    "admin_set_user_password": lambda users: users.set_password(REFERENCE, "correct horse"),
    "admin_initiate_auth": lambda users: users.sign_in(REFERENCE, "correct horse"),
    "admin_get_user": lambda users: users.state(REFERENCE),
    "admin_update_user_attributes": lambda users: users.mark_finished(REFERENCE),
    "get_user": lambda users: users.email("token"),
    "admin_delete_user": lambda users: users.remove(REFERENCE),
    "revoke_token": lambda users: users.revoke("refresh"),
    "global_sign_out": lambda users: users.revoke_all("access"),
}

KNOWN = [
    ("sign_up", "UsernameExistsException", UserExists),
    ("sign_up", "LimitExceededException", UserExists),
    ("sign_up", "CodeDeliveryFailureException", UserExists),
    ("sign_up", "UnexpectedLambdaException", UserExists),
    ("sign_up", "UserLambdaValidationException", UserExists),
    ("sign_up", "InvalidLambdaResponseException", UserExists),
    ("sign_up", "InvalidParameterException", AddressRefused),
    ("confirm_sign_up", "CodeMismatchException", CodeMismatch),
    ("confirm_sign_up", "UserNotFoundException", CodeMismatch),
    ("confirm_sign_up", "ExpiredCodeException", CodeExpired),
    ("confirm_sign_up", "AliasExistsException", AccountExists),
    ("confirm_sign_up", "NotAuthorizedException", AlreadyConfirmed),
    ("confirm_sign_up", "LimitExceededException", TryLater),
    ("confirm_sign_up", "TooManyFailedAttemptsException", TryLater),
    ("resend_confirmation_code", "InvalidParameterException", AlreadyConfirmed),
    ("resend_confirmation_code", "NotAuthorizedException", AlreadyConfirmed),
    ("resend_confirmation_code", "UserNotFoundException", AlreadyConfirmed),
    ("resend_confirmation_code", "LimitExceededException", TryLater),
    ("admin_set_user_password", "InvalidPasswordException", PasswordRefused),
    ("admin_set_user_password", "InvalidParameterException", PasswordRefused),
    ("admin_set_user_password", "UserNotFoundException", NoUser),
    ("admin_update_user_attributes", "UserNotFoundException", NoUser),
    ("admin_initiate_auth", "NotAuthorizedException", WrongPassword),
    ("admin_initiate_auth", "UserNotFoundException", WrongPassword),
]


@pytest.mark.parametrize(("call", "code", "error"), KNOWN)
def test_each_known_error_is_the_domains(
    stub: Stubber, users: CognitoUsers, call: str, code: str, error: type[Exception]
) -> None:
    stub.add_client_error(call, code, f"{EMAIL} …")
    with pytest.raises(error) as told:
        CALLS[call](users)
    assert type(told.value) is error
    assert told.value.__suppress_context__
    if call != "admin_initiate_auth" and isinstance(told.value, TryLater):
        assert told.value.seconds == 3600


@pytest.mark.parametrize(
    ("call", "code", "answer"),
    [
        ("admin_get_user", "UserNotFoundException", UserState.NONE),
        ("get_user", "NotAuthorizedException", None),
        ("get_user", "UserNotFoundException", None),
        ("admin_delete_user", "UserNotFoundException", None),
        ("revoke_token", "UnsupportedTokenTypeException", None),
        ("revoke_token", "UnsupportedOperationException", None),
        ("revoke_token", "UnauthorizedException", None),
        ("revoke_token", "NotAuthorizedException", None),
        ("revoke_token", "InvalidParameterException", None),
        ("global_sign_out", "NotAuthorizedException", None),
        ("global_sign_out", "InvalidParameterException", None),
        ("global_sign_out", "UserNotFoundException", None),
    ],
)
def test_nothing_to_act_on_is_an_answer(
    stub: Stubber, users: CognitoUsers, call: str, code: str, answer: object
) -> None:
    stub.add_client_error(call, code)
    assert CALLS[call](users) == answer


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("TooManyRequestsException", 400),
        ("ThrottlingException", 400),
        ("InternalErrorException", 500),
        ("ServiceUnavailable", 503),
    ],
)
def test_a_busy_pool_is_for_later(
    stub: Stubber, users: CognitoUsers, call: str, code: str, status: int
) -> None:
    """A new code may have been issued by a call that ended in a 5xx: another would kill it."""
    stub.add_client_error(call, code, http_status_code=status)
    unknown = call == "resend_confirmation_code" and status >= 500
    with pytest.raises(OutcomeUnknown if unknown else TryLater):
        CALLS[call](users)


@pytest.mark.parametrize("call", CALLS)
def test_an_unknown_error_is_a_defect_that_names_no_address(
    stub: Stubber, users: CognitoUsers, call: str
) -> None:
    stub.add_client_error(call, "ResourceNotFoundException", f"{EMAIL} in {POOL}")
    with pytest.raises(RuntimeError) as told:
        CALLS[call](users)
    assert "ResourceNotFoundException" in str(told.value)
    assert "taro" not in "".join(traceback.format_exception(told.value))


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    "lost",
    [
        ReadTimeoutError(endpoint_url="https://cognito.example"),
        ConnectTimeoutError(endpoint_url="https://cognito.example"),
        EndpointConnectionError(endpoint_url="https://cognito.example"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_lost_answer_is_an_unknown_outcome_and_the_call_is_made_once(
    client: Any, wire: Wire, call: str, lost: Exception
) -> None:
    wire.answers = [lost] * 5
    users = CognitoUsers(client=lambda: client, pool=POOL, client_id=CLIENT, secret=SECRET)
    with pytest.raises(OutcomeUnknown):
        CALLS[call](users)
    assert len(wire.bodies) == 1


@pytest.mark.parametrize(
    ("status", "code"),
    [(400, "TooManyRequestsException"), (400, "LimitExceededException"), (500, "InternalError")],
)
def test_botocore_repeats_no_call_of_its_own(
    client: Any, wire: Wire, status: int, code: str
) -> None:
    wire.answers = [(status, code)] * 5
    users = CognitoUsers(client=lambda: client, pool=POOL, client_id=CLIENT, secret=SECRET)
    with pytest.raises((TryLater, UserExists)):
        users.sign_up(REFERENCE, EMAIL)
    assert len(wire.bodies) == 1


@pytest.mark.parametrize(
    ("status", "verified", "expected"),
    [
        ("UNCONFIRMED", None, UserState.UNCONFIRMED),
        ("UNCONFIRMED", "true", UserState.UNCONFIRMED),
        ("CONFIRMED", "true", UserState.PROVEN),
        ("CONFIRMED", "True", UserState.PROVEN),
        ("CONFIRMED", "false", UserState.DISPLACED),
        ("CONFIRMED", None, UserState.DISPLACED),
    ],
)
def test_what_the_pool_knows_of_a_reference(
    stub: Stubber, users: CognitoUsers, status: str, verified: str | None, expected: UserState
) -> None:
    attributes = [{"Name": "email_verified", "Value": verified}] if verified else []
    stub.add_response(
        "admin_get_user",
        {"Username": REFERENCE, "UserStatus": status, "UserAttributes": attributes},
        {"UserPoolId": POOL, "Username": REFERENCE},
    )
    assert users.state(REFERENCE) is expected
