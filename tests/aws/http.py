"""A client's HTTP requests, one by one: seen, answered by nobody, or their answers lost."""

from __future__ import annotations

import json
from typing import Any

from botocore.awsrequest import AWSResponse
from botocore.exceptions import ReadTimeoutError


class Answer(AWSResponse):  # type: ignore[misc]
    """What a service says."""

    def __init__(self, url: str, status: int, body: bytes) -> None:
        super().__init__(url, status, {"Content-Type": "application/x-amz-json-1.0"}, None)
        self._content = body


class Wire:
    """Stands between a client and moto. Each ``lose`` costs one request its answer."""

    def __init__(self, client: Any) -> None:
        self.bodies: list[dict[str, Any]] = []
        self.answers: list[Any] = []
        """What comes instead of moto's answers: an exception to raise, or status and code."""
        self._events = client.meta.events
        self._events.register_last("before-send", self._send)

    def _send(self, request: Any, **_: Any) -> Any:
        self.bodies.append(json.loads(request.body))
        if not self.answers:
            return None
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        status, code = answer
        body = json.dumps({"__type": code, "message": "taro.yamada@gmail.com is at fault"})
        return Answer(request.url, status, body.encode())

    def lose(self, times: int = 1) -> None:
        """The next answers do not come, though the calls were made."""
        self.answers += [ReadTimeoutError(endpoint_url="https://aws.example")] * times

    def leave(self) -> None:
        """Stand aside."""
        self._events.unregister("before-send", self._send)
