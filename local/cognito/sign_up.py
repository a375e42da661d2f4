"""Cognito's sign-up operations: SignUp, ConfirmSignUp, ResendConfirmationCode."""

from __future__ import annotations

from typing import Any

from moto.cognitoidp.models import CognitoIdpUser, UserStatus

from local.cognito import validation
from local.cognito.confirmation_codes import ConfirmationCodes, HourlyLimit, UnixTime
from local.cognito.custom_email_sender import CustomEmailSender
from local.cognito.errors import cognito_error, expired_code, limit_exceeded
from local.cognito.user_directory import Client, Parameters, Pool, User, UserDirectory


class SignUpApi:
    """Sign-up operations: a user comes to be and confirms the address."""

    def __init__(self, directory: UserDirectory, sender: CustomEmailSender, time: UnixTime) -> None:
        self._directory = directory
        self._sender = sender
        self._codes = ConfirmationCodes(time)
        # Quotas page, "User-level": 15 confirmations and 5 new codes per user and hour.
        self._confirmations = HourlyLimit(time, 15)
        self._resends = HourlyLimit(time, 5)

    def sign_up(self, parameters: Parameters) -> dict[str, Any]:
        """SignUp: make the user, UNCONFIRMED, and have its code sent."""
        pool, client = self._directory.client(parameters["ClientId"])
        name: str = parameters["Username"]
        validation.check_secret_hash(client, name, parameters.get("SecretHash"))
        attributes = {a["Name"]: a["Value"] for a in parameters.get("UserAttributes", [])}
        validation.check_new_user(pool, client, name, attributes)
        validation.check_password(pool, parameters.get("Password", ""))
        if "email" in attributes:
            attributes["email_verified"] = "false"
        with self._directory.lock(pool, name):
            user = CognitoIdpUser(
                pool.id,
                name,
                parameters["Password"],
                UserStatus.UNCONFIRMED,
                [{"Name": k, "Value": v} for k, v in attributes.items()],
            )
            self._directory.add(pool, user)
            code = self._codes.issue(user.id)
        result = {"UserConfirmed": False, "UserSub": user.id}
        return result | self._deliver("SignUp", pool, client, user, code, parameters)

    def resend_confirmation_code(self, parameters: Parameters) -> dict[str, Any]:
        """ResendConfirmationCode: send a new code; the earlier one is invalid then."""
        pool, client = self._directory.client(parameters["ClientId"])
        name: str = parameters["Username"]
        validation.check_secret_hash(client, name, parameters.get("SecretHash"))
        with self._directory.lock(pool, name):
            user = self._directory.find(pool, name)
            if user is None:
                # PreventUserExistenceErrors: as if one had been sent.
                return {"CodeDeliveryDetails": _delivery(name)}
            if user.status is not UserStatus.UNCONFIRMED:
                raise cognito_error("InvalidParameter", "User is already confirmed.")
            if not self._resends.take(user.id):
                raise limit_exceeded()
            code = self._codes.issue(user.id)
        return self._deliver("ResendCode", pool, client, user, code, parameters)

    def confirm_sign_up(self, parameters: Parameters) -> None:
        """ConfirmSignUp. An alias that another holds is an error at a right code only."""
        pool, client = self._directory.client(parameters["ClientId"])
        name: str = parameters["Username"]
        validation.check_secret_hash(client, name, parameters.get("SecretHash"))
        with self._directory.lock(pool, name):
            user = self._directory.find(pool, name)
            if user is None:
                # PreventUserExistenceErrors: a code that cannot be right.
                raise expired_code()
            if user.status is not UserStatus.UNCONFIRMED:
                raise cognito_error(
                    "NotAuthorized",
                    f"User cannot be confirmed. Current status is {user.status.value}",
                )
            if not self._confirmations.take(user.id):
                raise limit_exceeded()
            self._codes.check(user.id, parameters["ConfirmationCode"])
            force = bool(parameters.get("ForceAliasCreation"))
            self._directory.write(pool, user, {"email_verified": "true"}, force)
            user.status = UserStatus.CONFIRMED
            self._codes.use(user.id)

    def _deliver(
        self, source: str, pool: Pool, client: Client, user: User, code: str, parameters: Parameters
    ) -> dict[str, Any]:
        email = user.attribute_lookup.get("email")
        if email is None or "email" not in pool.extended_config.get("AutoVerifiedAttributes", []):
            return {}
        self._sender.send(source, pool, client, user, code, parameters.get("ClientMetadata"))
        return {"CodeDeliveryDetails": _delivery(email)}


def _delivery(email: str) -> dict[str, str]:
    local, _, domain = email.partition("@")
    masked = f"{local[:1]}***@{domain[:1]}***"
    return {"Destination": masked, "DeliveryMedium": "EMAIL", "AttributeName": "email"}
