"""Permission checks of the packaged functions, and which grants were used."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from typing import Any

from cloudformation.intrinsics import Lookup, resolve
from cloudformation.template import Template
from local.interceptor import ErrorResponse
from local.packaged import required_permissions
from local.packaged.iam_policies import (
    Grant,
    PermissionRequest,
    RolePolicies,
    UnsupportedPolicy,
    from_documents,
)

log = logging.getLogger("local.iam")

_ATTACHED = {"AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy"}


class AccessDenied(Exception):
    """A function lacks the permission for a request (AccessDenied)."""


class Permissions:
    """Permissions of all functions, by logical id."""

    def __init__(self, template: Template, lookup: Lookup, account: str) -> None:
        self.policies = {
            name: _of_role(template, function["Role"]["Fn::GetAtt"][0], lookup)
            for name, function in template.of_type("AWS::Serverless::Function").items()
        }
        attached = [n for n, it in template.resources.items() if it.get("Type") in _ATTACHED]
        if attached:
            raise UnsupportedPolicy(f"policies beside the roles' own: {attached}")
        self._account = account
        self._lock = threading.Lock()
        self.used: set[tuple[str, Grant]] = set()
        """Grants that a function has used."""
        self.denied: list[str] = []
        """What was denied, in words."""

    def granted(self) -> set[tuple[str, Grant]]:
        """Grants of each function."""
        return {(name, grant) for name, its in self.policies.items() for grant in its.grants()}

    def check(self, function: str, request: PermissionRequest) -> None:
        """Check a permission. Raises ``AccessDenied`` unless the function's role has it."""
        grant = self.policies[function].allowing(request)
        with self._lock:
            if grant is not None:
                self.used.add((function, grant))
                return
            message = f"{function} may not {request.action} on {request.resource}"
            self.denied.append(message)
        log.error("%s", message)
        raise AccessDenied(message)

    def intercept(self, environ: Mapping[str, Any], body: bytes) -> ErrorResponse | None:
        """Interceptor of requests to AWS. They pass: the server's own always, a function's if its
        policies say so, an unsigned one only where AWS asks for no signature."""
        function = required_permissions.caller(environ)
        try:
            if function is None:
                if not required_permissions.allows_unsigned(environ):
                    raise AccessDenied("nobody signed the request")
            elif function in self.policies:
                for request in required_permissions.permissions_for(environ, body, self._account):
                    self.check(function, request)
        except (AccessDenied, required_permissions.UnknownOperation) as error:
            return ErrorResponse("AccessDeniedException", str(error))
        return None


def _of_role(template: Template, role: str, lookup: Lookup) -> RolePolicies:
    properties = template.resources[role]["Properties"]
    if properties.keys() - {"AssumeRolePolicyDocument", "Policies"}:
        raise UnsupportedPolicy(f"{role} has more than policies of its own: {sorted(properties)}")
    return from_documents(
        resolve(policy["PolicyDocument"], lookup) for policy in properties["Policies"]
    )
