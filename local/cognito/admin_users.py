"""Cognito's administrator operations on users."""

from __future__ import annotations

from moto.cognitoidp.models import UserStatus

from local.cognito import validation
from local.cognito.tokens import TokenIssuer
from local.cognito.user_directory import Parameters, UserDirectory


class AdminUserApi:
    """Admin operations on users, by name. AdminGetUser is moto's own, over our directory."""

    def __init__(self, directory: UserDirectory, tokens: TokenIssuer) -> None:
        self._directory = directory
        self._tokens = tokens

    def admin_set_user_password(self, parameters: Parameters) -> None:
        """AdminSetUserPassword. ``Permanent`` leaves the user CONFIRMED."""
        pool = self._directory.pool(parameters["UserPoolId"])
        user = self._directory.get(pool, parameters["Username"])
        validation.check_password(pool, parameters["Password"])
        with self._directory.lock(pool, user.username):
            user.password = parameters["Password"]
            permanent = parameters.get("Permanent", False)
            user.status = UserStatus.CONFIRMED if permanent else UserStatus.FORCE_CHANGE_PASSWORD

    def admin_update_user_attributes(self, parameters: Parameters) -> None:
        """AdminUpdateUserAttributes. Raises AliasExists for an address another holds verified, and
        InvalidParameter for an attribute that the pool has not."""
        pool = self._directory.pool(parameters["UserPoolId"])
        user = self._directory.get(pool, parameters["Username"])
        attributes = {a["Name"]: a["Value"] for a in parameters["UserAttributes"]}
        validation.check_attributes(pool, attributes)
        with self._directory.lock(pool, user.username):
            self._directory.write(pool, user, attributes, force=False)

    def admin_delete_user(self, parameters: Parameters) -> None:
        """AdminDeleteUser: the user goes, with its alias and its sessions."""
        pool = self._directory.pool(parameters["UserPoolId"])
        user = self._directory.get(pool, parameters["Username"])
        with self._directory.lock(pool, user.username):
            self._directory.remove(pool, user)
        self._tokens.sign_out(pool, user)
