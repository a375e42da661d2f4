"""botocore's errors: their codes, their messages, and one line for each that says what to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from botocore import exceptions

from ops.errors import CommandError

_EXPIRED = {"ExpiredToken", "ExpiredTokenException", "RequestExpired"}
_UNKNOWN = {"InvalidClientTokenId", "UnrecognizedClientException", "SignatureDoesNotMatch"}
_DENIED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "403"}
STILL_RUNNING = (
    "If CloudFormation has begun something, it goes on with it; the same command looks and goes on."
)
STOPPED = f"Stopped. {STILL_RUNNING}"
"""Said after Ctrl-C, where CloudFormation may be at work."""


def error_code(error: exceptions.ClientError) -> str:
    """The error's code, AWS's name for it."""
    return str(error.response.get("Error", {}).get("Code", ""))


def error_message(error: exceptions.ClientError) -> str:
    """The error's message, in AWS's own words."""
    return str(error.response.get("Error", {}).get("Message", ""))


def is_access_denied(error: exceptions.ClientError) -> bool:
    """Whether the error says that these credentials lack a permission."""
    return error_code(error) in _DENIED


def may_interrupt(error: Exception) -> bool:
    """Whether the error may interrupt something that AWS has begun: credentials that expire, a
    connection that breaks."""
    if isinstance(error, exceptions.ClientError):
        return error_code(error) in _EXPIRED
    return isinstance(error, exceptions.HTTPClientError | exceptions.ConnectionError)


def describe_error(error: Exception) -> str:
    """An error of botocore's in one line that says what to do."""
    match error:
        case exceptions.NoCredentialsError() | exceptions.PartialCredentialsError():
            return "There are no credentials: set AWS_PROFILE, or sign in (aws sso login)."
        case exceptions.ProfileNotFound():
            return f"{error}. AWS_PROFILE must name one of ~/.aws/config."
        case (
            exceptions.SSOError()
            | exceptions.LoginError()
            | exceptions.TokenRetrievalError()
            | exceptions.CredentialRetrievalError()
        ):
            return f"The credentials could not be had: {error}. Sign in again (aws sso login)."
        case exceptions.ClientError() if error_code(error) in _EXPIRED:
            return "The credentials have expired: sign in again."
        case exceptions.ClientError() if error_code(error) in _UNKNOWN:
            return "AWS does not know these credentials here: a wrong key, or a region not enabled."
        case exceptions.ClientError() if is_access_denied(error):
            return f"These credentials may not {error.operation_name}: {error_message(error)}"
        case exceptions.ClientError():
            return f"{error.operation_name}: {error_message(error) or error_code(error)}"
        case exceptions.HTTPClientError() | exceptions.ConnectionError():
            return f"AWS cannot be reached: {error}"
    return str(error)


@contextmanager
def as_command_errors(interrupted: str = STILL_RUNNING) -> Iterator[None]:
    """Raise botocore's errors in the block as ``CommandError``, a line that says what to do.
    ``interrupted`` is added where something that was begun may be interrupted."""
    try:
        yield
    except (exceptions.BotoCoreError, exceptions.ClientError) as error:
        line = " ".join(describe_error(error).split())
        raise CommandError(f"{line} {interrupted}" if may_interrupt(error) else line) from error
