"""API Gateway's gateway responses, from the template.

The ``type`` of a problem leads to the page of this server, as `make package` makes it lead to that
of a deployment.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from cloudformation.template import Template
from local.http_message import HttpResponse

TYPES = {
    "MISSING_AUTHENTICATION_TOKEN": (403, "Missing Authentication Token"),
    "REQUEST_TOO_LARGE": (413, "Request Too Long"),
    "INTEGRATION_FAILURE": (502, "Internal server error"),
    "BAD_REQUEST_BODY": (400, "Invalid request body"),
    "THROTTLED": (429, "Too Many Requests"),
}
"""Response types, and their default status and message. An undeclared
path or method is the first: the gateway looks for a signature before it says "not found"."""

_TYPE = re.compile(r'("type": ")[^"]*(/problems/)')


class GatewayResponses:
    """The template's response for a type, else for ``DEFAULT_4XX``/``DEFAULT_5XX``, else AWS's."""

    def __init__(self, template: Template, service: str) -> None:
        """``service``: where the pages are, without a slash at the end."""
        self._service = service
        api = template.resources.get("RestAPI", {}).get("Properties", {})
        self._responses: Mapping[str, Any] = api.get("GatewayResponses", {})

    def response(self, kind: str) -> HttpResponse:
        """The response of a type (a key of ``TYPES``)."""
        usual, words = TYPES[kind]
        response = self._responses.get(kind) or self._responses.get(f"DEFAULT_{usual // 100}XX")
        if response is None:
            body = json.dumps({"message": words})
            return HttpResponse(usual, (("Content-Type", "application/json"),), body.encode())
        body = response.get("ResponseTemplates", {}).get("application/json", "")
        headers = {"content-type": ("Content-Type", "application/json")}
        for name, value in response.get("ResponseParameters", {}).get("Headers", {}).items():
            # A constant is written in quotes: 'no-store'.
            headers[name.lower()] = (name, value.strip("'"))
        body = _TYPE.sub(lambda found: f"{found[1]}{self._service}{found[2]}", body)
        body = body.replace("$context.error.messageString", json.dumps(words))
        status = int(response.get("StatusCode", usual))
        return HttpResponse(status, tuple(headers.values()), body.encode())
