"""Fault injection: delays and errors of AWS services, as the switches say."""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Iterable
from typing import Any

from local.aws_error import StartResponse, WsgiApp, aws_error_response
from local.sigv4 import parse_signature
from local.switches import Switches

SERVICES = {
    "cognito-idp": "cognito",
    "ses": "ses",
    "dynamodb": "dynamodb",
    "sqs": "sqs",
    "kms": "kms",
}
"""The service in a request's signature, and the prefix of its switches."""
THROTTLING_ERRORS = {
    "cognito": (400, "TooManyRequestsException"),
    "ses": (429, "TooManyRequestsException"),
    "dynamodb": (400, "ProvisionedThroughputExceededException"),
    "sqs": (400, "RequestThrottled"),
    "kms": (400, "ThrottlingException"),
}


def service_of(environ: dict[str, Any]) -> str:
    """Prefix of the switches of the service a request is for; empty when it has none."""
    signed = parse_signature(environ)
    if signed:
        return SERVICES.get(signed.service, "")
    unsigned = environ.get("HTTP_X_AMZ_TARGET", "")
    return "cognito" if unsigned.startswith("AWSCognitoIdentityProviderService.") else ""


def with_faults(app: WsgiApp, switches: Switches) -> WsgiApp:
    """WSGI middleware: ``app``, as slow and as broken as ``switches`` say."""

    def call(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        service = service_of(environ)
        values = switches.values
        if delay := values.delay(service):
            time.sleep(delay)
        match values.fault(service):
            case "throttle":
                return aws_error_response(
                    start_response, *THROTTLING_ERRORS[service], "Rate exceeded"
                )
            case "unavailable":
                return aws_error_response(
                    start_response, 500, "InternalErrorException", "Internal error"
                )
            case "lose_response":
                for _ in app(environ, start_response):
                    pass
                with contextlib.suppress(OSError):
                    environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
                raise ConnectionAbortedError("the switches say so")
        return app(environ, start_response)

    return call
