"""Cognito's sign-in and sign-out operations."""

from __future__ import annotations

import uuid
from typing import Any

from moto.cognitoidp.models import UserStatus

from local.cognito import validation
from local.cognito.errors import cognito_error, incorrect_credentials
from local.cognito.tokens import TokenIssuer
from local.cognito.user_directory import Client, Parameters, Pool, User, UserDirectory

_FLOWS = {
    "ADMIN_USER_PASSWORD_AUTH": "ALLOW_ADMIN_USER_PASSWORD_AUTH",
    "USER_PASSWORD_AUTH": "ALLOW_USER_PASSWORD_AUTH",
    "REFRESH_TOKEN_AUTH": "ALLOW_REFRESH_TOKEN_AUTH",
    "REFRESH_TOKEN": "ALLOW_REFRESH_TOKEN_AUTH",
}


class SignInApi:
    """Sign-in and sign-out operations: sessions begin, go on and end."""

    def __init__(self, directory: UserDirectory, tokens: TokenIssuer) -> None:
        self._directory = directory
        self._tokens = tokens

    def admin_initiate_auth(self, parameters: Parameters) -> dict[str, Any]:
        """AdminInitiateAuth: by name or verified alias and password, or by refresh token."""
        pool, client = self._directory.client(parameters["ClientId"], parameters["UserPoolId"])
        return self._initiate(pool, client, parameters)

    def initiate_auth(self, parameters: Parameters) -> dict[str, Any]:
        """InitiateAuth: the same without a signature; only flows the client allows."""
        pool, client = self._directory.client(parameters["ClientId"])
        if parameters["AuthFlow"].startswith("ADMIN_"):
            raise cognito_error("InvalidParameter", "Initiate Auth method not supported")
        return self._initiate(pool, client, parameters)

    def _initiate(self, pool: Pool, client: Client, parameters: Parameters) -> dict[str, Any]:
        flow, given = parameters["AuthFlow"], parameters.get("AuthParameters", {})
        if _FLOWS.get(flow) not in client.extended_config.get("ExplicitAuthFlows", []):
            raise cognito_error("InvalidParameter", "Auth flow not enabled for this client")
        if flow.startswith("REFRESH"):
            return self._refresh(pool, client, given)
        name: str = given["USERNAME"]
        validation.check_secret_hash(client, name, given.get("SECRET_HASH"))
        user = self._directory.find(pool, name)
        if user is None or user.password != given.get("PASSWORD"):
            raise incorrect_credentials()
        if not user.enabled:
            raise cognito_error("NotAuthorized", "User is disabled.")
        if user.status is UserStatus.UNCONFIRMED:
            raise cognito_error("UserNotConfirmed", "User is not confirmed.")
        if user.status is UserStatus.RESET_REQUIRED:
            raise cognito_error("PasswordResetRequired", "Password reset required for the user")
        if user.status is UserStatus.FORCE_CHANGE_PASSWORD:
            session = str(uuid.uuid4())
            self._directory.backend.sessions[session] = (user.username, pool)
            return {
                "ChallengeName": "NEW_PASSWORD_REQUIRED",
                "ChallengeParameters": {"USER_ID_FOR_SRP": user.username},
                "Session": session,
            }
        return _signed_in(self._tokens.sign_in(pool, client, user))

    def _refresh(self, pool: Pool, client: Client, given: Parameters) -> dict[str, Any]:
        token = given["REFRESH_TOKEN"]
        name = self._tokens.owner(pool, client, token)
        # The hash of the real name here, never of an alias.
        validation.check_secret_hash(client, name, given.get("SECRET_HASH"))
        user = self._directory.find(pool, name)
        if user is None or not user.enabled:
            raise cognito_error("NotAuthorized", "Invalid Refresh Token")
        return _signed_in(self._tokens.refresh(pool, client, user, token))

    def revoke_token(self, parameters: Parameters) -> None:
        """RevokeToken: end one session. An unknown token is no error."""
        pool, client = self._directory.client(parameters["ClientId"])
        if client.generate_secret and parameters.get("ClientSecret") != client.secret:
            raise cognito_error("Unauthorized", "Invalid client secret.")
        if not client.extended_config.get("EnableTokenRevocation", True):
            raise cognito_error("UnsupportedOperation", "Token revocation is not enabled.")
        self._tokens.revoke(pool, parameters["Token"])

    def global_sign_out(self, parameters: Parameters) -> None:
        """GlobalSignOut: end every session of the access token's user."""
        pool, user = self._holder(parameters["AccessToken"])
        self._tokens.sign_out(pool, user)

    def admin_user_global_sign_out(self, parameters: Parameters) -> None:
        """AdminUserGlobalSignOut: the same, by name."""
        pool = self._directory.pool(parameters["UserPoolId"])
        self._tokens.sign_out(pool, self._directory.get(pool, parameters["Username"]))

    def get_user(self, parameters: Parameters) -> dict[str, Any]:
        """GetUser: the access token's user."""
        _, user = self._holder(parameters["AccessToken"])
        result: dict[str, Any] = user.to_json(extended=True, attributes_key="UserAttributes")
        return result

    def _holder(self, access: str) -> tuple[Pool, User]:
        for pool in list(self._directory.backend.user_pools.values()):
            name = self._tokens.holder(pool, access)
            if name is not None:
                return pool, self._directory.get(pool, name)
        raise cognito_error("NotAuthorized", "Access Token has been revoked")


def _signed_in(result: dict[str, Any]) -> dict[str, Any]:
    return {"ChallengeParameters": {}, "AuthenticationResult": result}
