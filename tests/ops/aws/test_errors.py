"""Whatever AWS or the way to it does, a person reads one line that says what to do."""

from __future__ import annotations

import pytest
from botocore import exceptions
from botocore.session import Session

from ops.aws.clients import aws_clients
from ops.aws.errors import describe_error, may_interrupt


def refused(code: str, message: str = "the message") -> exceptions.ClientError:
    return exceptions.ClientError({"Error": {"Code": code, "Message": message}}, "CreateBucket")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (exceptions.NoCredentialsError(), "set AWS_PROFILE"),
        (exceptions.PartialCredentialsError(provider="env", cred_var="x"), "set AWS_PROFILE"),
        (exceptions.ProfileNotFound(profile="board"), "(board) could not be found"),
        (exceptions.UnauthorizedSSOTokenError(), "aws sso login"),
        (exceptions.TokenRetrievalError(provider="sso", error_msg="x"), "aws sso login"),
        (refused("ExpiredToken"), "have expired: sign in again"),
        (refused("ExpiredTokenException"), "have expired: sign in again"),
        (refused("InvalidClientTokenId"), "a region not enabled"),
        (refused("AccessDenied"), "may not CreateBucket: the message"),
        (refused("Throttling", "Rate exceeded"), "CreateBucket: Rate exceeded"),
        (refused("Odd", ""), "CreateBucket: Odd"),
        (exceptions.EndpointConnectionError(endpoint_url="https://x"), "cannot be reached"),
        (exceptions.ReadTimeoutError(endpoint_url="https://x"), "cannot be reached"),
    ],
)
def test_an_error_says_what_to_do(error: Exception, words: str) -> None:
    assert words in describe_error(error)


@pytest.mark.parametrize(
    ("error", "in_the_middle"),
    [
        (refused("ExpiredToken"), True),
        (exceptions.ReadTimeoutError(endpoint_url="https://x"), True),
        (exceptions.NoCredentialsError(), False),
        (refused("AccessDenied"), False),
    ],
)
def test_what_may_have_come_in_the_middle_is_known(error: Exception, in_the_middle: bool) -> None:
    assert may_interrupt(error) == in_the_middle


def test_clients_are_made_once_for_a_region_and_repeat_lost_calls() -> None:
    client = aws_clients(Session())
    here = client("sts", "ap-northeast-1")
    assert client("sts", "ap-northeast-1") is here
    assert client("sts", "ap-northeast-3") is not here
    assert here.meta.region_name == "ap-northeast-1"
    assert here.meta.config.retries["mode"] == "standard"
    assert here.meta.config.retries["total_max_attempts"] > 3
