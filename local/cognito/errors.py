"""Cognito's refusals, in its own words as far as they are known."""

from __future__ import annotations

from moto.core.exceptions import JsonRESTError


def refusal(kind: str, message: str) -> JsonRESTError:
    """An error as Cognito answers it; ``kind`` without the word Exception."""
    return JsonRESTError(f"{kind}Exception", message)


def wrong_code() -> JsonRESTError:
    """Not the code, or one that a later one has replaced."""
    return refusal("CodeMismatch", "Invalid verification code provided, please try again.")


def expired_code() -> JsonRESTError:
    """There is no code any more; with PreventUserExistenceErrors also: no such user."""
    return refusal("ExpiredCode", "Invalid code provided, please request a code again.")


def too_often() -> JsonRESTError:
    """An hourly limit of one user."""
    return refusal("LimitExceeded", "Attempt limit exceeded, please try after some time.")


def alias_exists() -> JsonRESTError:
    """Another user holds the address, verified."""
    return refusal("AliasExists", "An account with the given email already exists.")


def no_user() -> JsonRESTError:
    """For calls that only an administrator makes."""
    return refusal("UserNotFound", "User does not exist.")


def wrong_password() -> JsonRESTError:
    """Wrong password and no such user are one answer."""
    return refusal("NotAuthorized", "Incorrect username or password.")
