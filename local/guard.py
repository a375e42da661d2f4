"""Who may pass to moto: asked before each request."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


@dataclass(frozen=True)
class Refusal:
    """What AWS answers instead."""

    error: str
    message: str


Guard = Callable[[Mapping[str, Any], bytes], Refusal | None]
"""Takes a request's WSGI environment and its body."""


def guarded(app: Wsgi, guards: list[Guard]) -> Wsgi:
    """``app``, for whom all of ``guards`` let pass; more may join them later."""

    def call(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if guards:
            body = environ["wsgi.input"].read()
            environ["wsgi.input"] = io.BytesIO(body)
            for guard in guards:
                refusal = guard(environ, body)
                if refusal is not None:
                    text = json.dumps({"__type": refusal.error, "message": refusal.message})
                    headers = [("Content-Type", "application/x-amz-json-1.1")]
                    headers.append(("X-Amzn-ErrorType", refusal.error))
                    start_response("400 Refused", headers)
                    return [text.encode()]
        return app(environ, start_response)

    return call
