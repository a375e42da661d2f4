"""Patches moto's Cognito with the operations of this package."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import moto.cognitoidp.models
from moto.cognitoidp.models import CognitoIdpUserPool
from moto.cognitoidp.responses import CognitoIdpJsonWebKeyResponse, CognitoIdpResponse
from moto.core.responses import ActionResult, EmptyResult

from local.cognito.admin_users import AdminUserApi
from local.cognito.confirmation_codes import UnixTime
from local.cognito.custom_email_sender import CustomEmailSender
from local.cognito.sign_in import SignInApi
from local.cognito.sign_up import SignUpApi
from local.cognito.tokens import SigningKey, TokenIssuer
from local.cognito.user_directory import UserDirectory
from local.moto_patches import MotoPatches

ADDED_OPERATIONS = ("resend_confirmation_code", "revoke_token")
"""Operations that moto does not have. All others are there and replaced."""


def patch_cognito(
    patches: MotoPatches, sender: CustomEmailSender, clock: UnixTime, account: str, region: str
) -> UserDirectory:
    """Patch moto's classes with our operations; returns the user directory.

    Raises ``AttributeError`` when moto has changed.

    Tokens live by the machine's own time: what checks a token knows no other.
    """
    directory, key = UserDirectory(account, region), SigningKey()
    tokens = TokenIssuer(key, time.time)
    sign_ups = SignUpApi(directory, sender, clock)
    sign_ins = SignInApi(directory, tokens)
    administration = AdminUserApi(directory, tokens)
    operations: tuple[Callable[[dict[str, Any]], dict[str, Any] | None], ...] = (
        sign_ups.sign_up,
        sign_ups.confirm_sign_up,
        sign_ups.resend_confirmation_code,
        sign_ins.admin_initiate_auth,
        sign_ins.initiate_auth,
        sign_ins.revoke_token,
        sign_ins.global_sign_out,
        sign_ins.admin_user_global_sign_out,
        sign_ins.get_user,
        administration.admin_set_user_password,
        administration.admin_update_user_attributes,
        administration.admin_delete_user,
    )
    for operation in operations:
        assign = patches.put if operation.__name__ in ADDED_OPERATIONS else patches.replace
        assign(CognitoIdpResponse, operation.__name__, _moto_method(operation))

    def get_user(pool: Any, name: str) -> Any:
        return directory.find(pool, name)

    patches.replace(CognitoIdpUserPool, "_get_user", get_user)
    # moto would recover the primes of its one key for each pool.
    patches.replace(moto.cognitoidp.models, "load_resource", lambda _: dict(key.jwk))
    patches.replace(CognitoIdpJsonWebKeyResponse, "json_web_key", key.jwks)
    return directory


def _moto_method(
    operation: Callable[[dict[str, Any]], dict[str, Any] | None],
) -> Callable[[Any], Any]:
    def method(response: Any) -> ActionResult:
        result = operation(json.loads(response.body))
        return EmptyResult() if result is None else ActionResult(result)

    return method
