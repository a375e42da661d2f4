"""What an AWS account says to somebody who looks for a stack, on another loopback address."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

HERE = "127.0.0.9"
"""Not 127.0.0.1, the one address that tests may reach unless they are told otherwise."""

KEY = "AKIATESTER0000000000"
"""The one access key that the account knows."""

_IDENTITY = """<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
<GetCallerIdentityResult><Account>123456789012</Account></GetCallerIdentityResult>
</GetCallerIdentityResponse>"""
_STACKS = """<DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/">
<DescribeStacksResult><Stacks><member>
<StackId>arn:aws:cloudformation:ap-northeast-1:123456789012:stack/{name}/1</StackId>
<StackName>{name}</StackName>
<StackStatus>{status}</StackStatus><CreationTime>2026-11-25T00:00:00Z</CreationTime>
<Outputs>{outputs}</Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>"""
_OUTPUT = "<member><OutputKey>{}</OutputKey><OutputValue>{}</OutputValue></member>"
_ERROR = """<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code>
<Message>{message}</Message></Error></ErrorResponse>"""


class Account(ThreadingHTTPServer):
    """STS and CloudFormation with at most one stack."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__((HERE, 0), _Handler)
        self.stack = ""
        self.status = "CREATE_COMPLETE"
        self.outputs: Mapping[str, str] = {}
        self.expired = False
        """Whether the credentials are."""

    def environment(self) -> dict[str, str]:
        """What leads botocore here, and is let in."""
        url = f"http://{HERE}:{self.server_address[1]}"
        return {
            "AWS_ACCESS_KEY_ID": KEY,
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_ENDPOINT_URL_STS": url,
            "AWS_ENDPOINT_URL_CLOUDFORMATION": url,
        }

    def answer(self, authorization: str, asked: Mapping[str, list[str]]) -> tuple[int, str]:
        """Status and body of a query."""
        if f"Credential={KEY}/" not in authorization:
            message = "The security token included in the request is invalid."
            return 403, _ERROR.format(code="InvalidClientTokenId", message=message)
        if self.expired:
            message = "The security token included in the request is expired"
            return 403, _ERROR.format(code="ExpiredToken", message=message)
        if asked["Action"] == ["GetCallerIdentity"]:
            return 200, _IDENTITY
        (name,) = asked["StackName"]
        if name != self.stack:
            message = f"Stack with id {name} does not exist"
            return 400, _ERROR.format(code="ValidationError", message=message)
        outputs = "".join(_OUTPUT.format(k, escape(v)) for k, v in self.outputs.items())
        return 200, _STACKS.format(name=name, status=self.status, outputs=outputs)


class _Handler(BaseHTTPRequestHandler):
    server: Account

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        status, text = self.server.answer(self.headers["Authorization"], parse_qs(body))
        self.send_response(status)
        self.send_header("Content-Type", "text/xml")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing."""


@contextmanager
def opened() -> Iterator[Account]:
    """An account until the block ends."""
    with Account() as account:
        thread = threading.Thread(target=account.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield account
        finally:
            account.shutdown()
            thread.join()
