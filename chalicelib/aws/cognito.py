"""Cognito user pool: sign-up, confirmation, codes, passwords, tokens.

The username is the attempt's reference, the e-mail an alias that counts only once verified. Both
the client's secret and the caller's own IAM rights are needed for what changes an account.
"""

from __future__ import annotations

import base64
import hmac
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from chalicelib.aws.errors import aws_errors
from chalicelib.errors import (
    AccountExists,
    CodeExpired,
    CodeMismatch,
    PasswordRefused,
    TodokuError,
    TryLater,
)
from chalicelib.identity.user_pool import (
    AddressRefused,
    AliasHolder,
    AlreadyConfirmed,
    NoUser,
    SessionTokens,
    UserExists,
    UserState,
    WrongPassword,
)

FINISHED = "custom:finished"
"""The attribute of a user who set a password. No client may write it (``WriteAttributes``)."""

AN_HOUR = 3600
"""``LimitExceeded`` on one user counts by the hour: 5 ``ResendConfirmationCode``, 15
``ConfirmSignUp``."""


@dataclass(frozen=True, kw_only=True)
class CognitoUsers:
    """Provides ``identity.user_pool.Users``; ``secret`` is the client's."""

    client: Callable[[], Any]
    pool: str
    client_id: str
    secret: str

    def sign_up(self, reference: str, email: str) -> None:
        """Make the user with a password that nobody knows.

        When Cognito could not send (``LimitExceeded``, ``CodeDeliveryFailure``, a trigger's
        error), the user exists all the same: that is ``UserExists``, and the sweeper asks for
        another code.
        """
        known = {
            "UsernameExistsException": UserExists,
            "LimitExceededException": UserExists,
            "CodeDeliveryFailureException": UserExists,
            "UnexpectedLambdaException": UserExists,
            "UserLambdaValidationException": UserExists,
            "InvalidLambdaResponseException": UserExists,
            "InvalidParameterException": AddressRefused,
        }
        with aws_errors(known):
            self.client().sign_up(
                ClientId=self.client_id,
                SecretHash=self._hash(reference),
                Username=reference,
                Password=f"{secrets.token_urlsafe(48)}aA1!",
                UserAttributes=[{"Name": "email", "Value": email}],
            )

    def state(self, reference: str) -> UserState:
        """What the pool knows of a reference."""
        try:
            with aws_errors({"UserNotFoundException": NoUser}):
                answer = self.client().admin_get_user(UserPoolId=self.pool, Username=reference)
        except NoUser:
            return UserState.NONE
        if answer["UserStatus"] == "UNCONFIRMED":
            return UserState.UNCONFIRMED
        proven = _attributes(answer).get("email_verified", "").lower() == "true"
        return UserState.PROVEN if proven else UserState.DISPLACED

    def holder(self, email: str) -> AliasHolder | None:
        """``AdminGetUser`` by the alias, which Cognito resolves while its address is verified."""
        try:
            with aws_errors({"UserNotFoundException": NoUser}):
                answer = self.client().admin_get_user(UserPoolId=self.pool, Username=email)
        except NoUser:
            return None
        finished = FINISHED in _attributes(answer)
        return AliasHolder(str(answer["Username"]).upper(), finished)

    def mark_finished(self, reference: str) -> None:
        """``AdminUpdateUserAttributes``, of an attribute that is nobody else's to write."""
        with aws_errors({"UserNotFoundException": NoUser}):
            self.client().admin_update_user_attributes(
                UserPoolId=self.pool,
                Username=reference,
                UserAttributes=[{"Name": FINISHED, "Value": "yes"}],
            )

    def confirm(self, reference: str, code: str, *, take_over: bool) -> None:
        """``ConfirmSignUp``. ``ForceAliasCreation`` in the one case of an owner who never
        finished, which the caller has just made sure of by a conditional write."""
        known: dict[str, Callable[[], TodokuError]] = {
            "CodeMismatchException": lambda: CodeMismatch(0),
            "UserNotFoundException": lambda: CodeMismatch(0),
            "ExpiredCodeException": CodeExpired,
            "AliasExistsException": AccountExists,
            "NotAuthorizedException": AlreadyConfirmed,
            # Which of the two Cognito raises past its hourly limit is not documented.
            "LimitExceededException": lambda: TryLater(AN_HOUR),
            "TooManyFailedAttemptsException": lambda: TryLater(AN_HOUR),
        }
        with aws_errors(known):
            self.client().confirm_sign_up(
                ClientId=self.client_id,
                SecretHash=self._hash(reference),
                Username=reference,
                ConfirmationCode=code,
                ForceAliasCreation=take_over,
            )

    def reissue(self, reference: str) -> None:
        """``ResendConfirmationCode``: a new code; earlier ones are dead."""
        known: dict[str, Callable[[], TodokuError]] = {
            "InvalidParameterException": AlreadyConfirmed,
            "NotAuthorizedException": AlreadyConfirmed,
            "UserNotFoundException": AlreadyConfirmed,
            "LimitExceededException": lambda: TryLater(AN_HOUR),
        }
        with aws_errors(known, fails_after_all=True):
            self.client().resend_confirmation_code(
                ClientId=self.client_id, SecretHash=self._hash(reference), Username=reference
            )

    def set_password(self, reference: str, password: str) -> None:
        """``AdminSetUserPassword``, permanent: the pool's policy has the last word."""
        known: dict[str, Callable[[], TodokuError]] = {
            "InvalidPasswordException": lambda: PasswordRefused("refused"),
            "InvalidParameterException": lambda: PasswordRefused("refused"),
            "UserNotFoundException": NoUser,
        }
        with aws_errors(known):
            self.client().admin_set_user_password(
                UserPoolId=self.pool, Username=reference, Password=password, Permanent=True
            )

    def sign_in(self, reference: str, password: str) -> SessionTokens:
        """``AdminInitiateAuth`` with a password."""
        known = {"NotAuthorizedException": WrongPassword, "UserNotFoundException": WrongPassword}
        with aws_errors(known):
            answer = self.client().admin_initiate_auth(
                UserPoolId=self.pool,
                ClientId=self.client_id,
                AuthFlow="ADMIN_USER_PASSWORD_AUTH",
                AuthParameters={
                    "USERNAME": reference,
                    "PASSWORD": password,
                    "SECRET_HASH": self._hash(reference),
                },
            )
        result = answer["AuthenticationResult"]
        return SessionTokens(
            access=result["AccessToken"],
            refresh=result["RefreshToken"],
            expires_in=int(result["ExpiresIn"]),
        )

    def email(self, access_token: str) -> str | None:
        """``GetUser``, which refuses the tokens of a session that was ended."""
        known: dict[str, Callable[[], TodokuError]] = {
            "NotAuthorizedException": NoUser,
            "UserNotFoundException": NoUser,
        }
        try:
            with aws_errors(known):
                answer = self.client().get_user(AccessToken=access_token)
        except NoUser:
            return None
        return _attributes(answer).get("email")

    def revoke(self, refresh: str) -> None:
        """``RevokeToken``: this session's tokens renew nothing any more."""
        known: dict[str, Callable[[], TodokuError]] = {
            "UnsupportedTokenTypeException": NoUser,
            "UnsupportedOperationException": NoUser,
            "UnauthorizedException": NoUser,
            "NotAuthorizedException": NoUser,
            "InvalidParameterException": NoUser,
        }
        with suppress(NoUser), aws_errors(known):
            self.client().revoke_token(
                Token=refresh, ClientId=self.client_id, ClientSecret=self.secret
            )

    def revoke_all(self, access_token: str) -> None:
        """``GlobalSignOut``, which takes no token of a session that has ended."""
        known: dict[str, Callable[[], TodokuError]] = {
            "NotAuthorizedException": NoUser,
            "InvalidParameterException": NoUser,
            "UserNotFoundException": NoUser,
        }
        with suppress(NoUser), aws_errors(known):
            self.client().global_sign_out(AccessToken=access_token)

    def remove(self, reference: str) -> None:
        """``AdminDeleteUser``; none to delete is just as well."""
        with suppress(NoUser), aws_errors({"UserNotFoundException": NoUser}):
            self.client().admin_delete_user(UserPoolId=self.pool, Username=reference)

    def _hash(self, username: str) -> str:
        """Exactly the ``Username`` that is sent goes into it."""
        digest = hmac.new(self.secret.encode(), (username + self.client_id).encode(), "sha256")
        return base64.b64encode(digest.digest()).decode()


def _attributes(user: dict[str, Any]) -> dict[str, str]:
    return {a["Name"]: a["Value"] for a in user.get("UserAttributes", [])}
