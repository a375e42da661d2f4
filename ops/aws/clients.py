"""The one place that makes clients of AWS for a deployment, and words for how AWS fails."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from botocore import exceptions
from botocore.config import Config
from botocore.session import Session

Clients = Callable[[str, str], Any]
"""Service and region to a botocore client."""

_CONFIG = Config(
    # Throttling and lost answers: every call here may be repeated, or carries a token.
    retries={"mode": "standard", "total_max_attempts": 6},
    connect_timeout=10,
    read_timeout=60,
)
_EXPIRED = {"ExpiredToken", "ExpiredTokenException", "RequestExpired"}
_UNKNOWN = {"InvalidClientTokenId", "UnrecognizedClientException", "SignatureDoesNotMatch"}
_DENIED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "403"}
NOTHING_LOST = (
    "If CloudFormation has begun something, it goes on with it; the same command looks and goes on."
)


def clients(session: Session | None = None) -> Clients:
    """Clients of the account that AWS_PROFILE (or whatever botocore finds) names."""
    session = session or Session()
    made: dict[tuple[str, str], Any] = {}

    def client(service: str, region: str) -> Any:
        if (service, region) not in made:
            made[service, region] = session.create_client(
                service, region_name=region, config=_CONFIG
            )
        return made[service, region]

    return client


def code(error: exceptions.ClientError) -> str:
    """AWS's name for what went wrong."""
    return str(error.response.get("Error", {}).get("Code", ""))


def said(error: exceptions.ClientError) -> str:
    """AWS's own words."""
    return str(error.response.get("Error", {}).get("Message", ""))


def denied(error: exceptions.ClientError) -> bool:
    """Whether these credentials lack the permission."""
    return code(error) in _DENIED


def interrupting(error: Exception) -> bool:
    """Whether an error may have come in the middle of something."""
    if isinstance(error, exceptions.ClientError):
        return code(error) in _EXPIRED
    return isinstance(error, exceptions.HTTPClientError | exceptions.ConnectionError)


def in_a_line(error: Exception) -> str:
    """What to do about an error of botocore's, in one line."""
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
        case exceptions.ClientError() if code(error) in _EXPIRED:
            return "The credentials have expired: sign in again."
        case exceptions.ClientError() if code(error) in _UNKNOWN:
            return "AWS does not know these credentials here: a wrong key, or a region not enabled."
        case exceptions.ClientError() if denied(error):
            return f"These credentials may not {error.operation_name}: {said(error)}"
        case exceptions.ClientError():
            return f"{error.operation_name}: {said(error) or code(error)}"
        case exceptions.HTTPClientError() | exceptions.ConnectionError():
            return f"AWS cannot be reached: {error}"
    return str(error)
