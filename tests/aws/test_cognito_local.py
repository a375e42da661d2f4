"""The user pool against the local Cognito, whose own tests say that it behaves like Cognito."""

from __future__ import annotations

import pytest

from chalicelib.aws.code_decryption import KmsCodeDecryption
from chalicelib.aws.cognito import CognitoUsers
from chalicelib.errors import (
    AccountExists,
    CodeMismatch,
    PasswordRefused,
)
from chalicelib.identity.user_pool import (
    AliasHolder,
    AlreadyConfirmed,
    NoUser,
    UserExists,
    UserState,
)
from tests.crash.cloud import Cloud


@pytest.fixture
def real(there: Cloud) -> CognitoUsers:
    found = there.environment
    return CognitoUsers(
        client=lambda: there.client("cognito-idp"),
        pool=found["TODOKU_POOL"],
        client_id=found["TODOKU_CLIENT"],
        secret=found["TODOKU_CLIENT_SECRET"],
    )


def opened(there: Cloud) -> str:
    """The code in the newest event."""
    event = there.codes[-1]
    code_decryption = KmsCodeDecryption(
        lambda: there.client("kms"), there.environment["TODOKU_KEY"]
    )
    return code_decryption.decrypt(event["request"]["code"], event["userPoolId"])


def proven(there: Cloud, real: CognitoUsers, reference: str, address: str) -> None:
    real.sign_up(reference, address)
    real.confirm(reference, opened(there), take_over=False)


def test_a_user_comes_to_be_is_proven_signs_in_and_goes(there: Cloud, real: CognitoUsers) -> None:
    assert real.state("ONE") is UserState.NONE
    real.sign_up("ONE", "one@gmail.com")
    assert real.state("ONE") is UserState.UNCONFIRMED
    with pytest.raises(UserExists):
        real.sign_up("ONE", "one@gmail.com")
    first = opened(there)
    real.reissue("ONE")
    with pytest.raises(CodeMismatch):
        real.confirm("ONE", first, take_over=False)
    real.confirm("ONE", opened(there), take_over=False)
    assert real.state("ONE") is UserState.PROVEN
    with pytest.raises(AlreadyConfirmed):
        real.confirm("ONE", "123456", take_over=False)
    with pytest.raises(AlreadyConfirmed):
        real.reissue("ONE")
    with pytest.raises(PasswordRefused):
        real.set_password("ONE", "short")
    real.set_password("ONE", "correct horse")
    tokens = real.sign_in("ONE", "correct horse")
    assert real.email(tokens.access) == "one@gmail.com"
    real.revoke(tokens.refresh)
    assert real.email(tokens.access) is None
    real.revoke(tokens.refresh)
    one, two = (real.sign_in("ONE", "correct horse") for _ in range(2))
    real.revoke_all(one.access)
    assert [real.email(one.access), real.email(two.access)] == [None, None]
    real.revoke_all(one.access)
    real.remove("ONE")
    real.remove("ONE")
    assert real.state("ONE") is UserState.NONE


def test_the_pool_says_who_holds_an_address_and_who_finished(
    there: Cloud, real: CognitoUsers
) -> None:
    assert real.holder("four@gmail.com") is None
    real.sign_up("FOUR", "four@gmail.com")
    assert real.holder("four@gmail.com") is None, "an unproven address is nobody's"
    real.confirm("FOUR", opened(there), take_over=False)
    assert real.holder("four@gmail.com") == AliasHolder("FOUR", finished=False)
    assert real.holder("Four@Gmail.com") == AliasHolder("FOUR", finished=False)
    for _ in range(2):
        real.mark_finished("FOUR")
    assert real.holder("four@gmail.com") == AliasHolder("FOUR", finished=True)
    real.remove("FOUR")
    assert real.holder("four@gmail.com") is None
    with pytest.raises(NoUser):
        real.mark_finished("FOUR")


def test_an_address_moves_only_when_it_is_taken_over(there: Cloud, real: CognitoUsers) -> None:
    proven(there, real, "TWO", "two@gmail.com")
    real.sign_up("THREE", "two@gmail.com")
    code = opened(there)
    with pytest.raises(AccountExists):
        real.confirm("THREE", code, take_over=False)
    assert real.state("THREE") is UserState.UNCONFIRMED
    real.confirm("THREE", code, take_over=True)
    assert real.state("THREE") is UserState.PROVEN
    assert real.state("TWO") is UserState.DISPLACED
