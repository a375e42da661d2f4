"""Cognito's errors, in its own words as far as they are known."""

from __future__ import annotations

from moto.core.exceptions import JsonRESTError


def cognito_error(kind: str, message: str) -> JsonRESTError:
    """An error of Cognito's; ``kind`` without the word Exception."""
    return JsonRESTError(f"{kind}Exception", message)


def code_mismatch() -> JsonRESTError:
    """CodeMismatch: not the code, or one that a later one has replaced."""
    return cognito_error("CodeMismatch", "Invalid verification code provided, please try again.")


def expired_code() -> JsonRESTError:
    """ExpiredCode; with PreventUserExistenceErrors also: no such user."""
    return cognito_error("ExpiredCode", "Invalid code provided, please request a code again.")


def limit_exceeded() -> JsonRESTError:
    """LimitExceeded: an hourly limit of one user."""
    return cognito_error("LimitExceeded", "Attempt limit exceeded, please try after some time.")


def alias_exists() -> JsonRESTError:
    """AliasExists: another user holds the address, verified."""
    return cognito_error("AliasExists", "An account with the given email already exists.")


def user_not_found() -> JsonRESTError:
    """UserNotFound, for administrator operations only."""
    return cognito_error("UserNotFound", "User does not exist.")


def incorrect_credentials() -> JsonRESTError:
    """NotAuthorized: wrong password and no such user are one error."""
    return cognito_error("NotAuthorized", "Incorrect username or password.")
