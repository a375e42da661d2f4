"""A client says what it is, keeps its cookies, and trusts no certificate without a voucher."""

from __future__ import annotations

import datetime
import ipaddress
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from ops.http_client import HttpClient, HttpResponse


class Told(BaseHTTPRequestHandler):
    """Answers with what it was sent."""

    def do_GET(self) -> None:
        body = f"{self.path} {self.headers['User-Agent']} {self.headers['Cookie']}".encode()
        self.send_response(200)
        self.send_header("Set-Cookie", "__Host-one=1; Path=/; Secure")
        self.send_header("Set-Cookie", "two=2=2; Path=/")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[HTTPServer]:
    server = HTTPServer(("127.0.0.1", 0), Told)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_it_says_what_it_is_and_brings_back_its_cookies(server: HTTPServer) -> None:
    client = HttpClient(f"http://127.0.0.1:{server.server_port}/dev/")
    assert client.get_page("/x").text == "/dev/x todoku-smoke-test None"
    assert client.get_page("/x").text == "/dev/x todoku-smoke-test __Host-one=1; two=2=2"


def test_a_certificate_that_nobody_vouches_for_is_no_answer(
    server: HTTPServer, tmp_path: Path
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(_self_signed(tmp_path))
    server.socket = context.wrap_socket(server.socket, server_side=True)
    with pytest.raises(ssl.SSLCertVerificationError):
        HttpClient(f"https://127.0.0.1:{server.server_port}/").get_page("/")


@pytest.mark.parametrize(
    ("kind", "body", "problem"),
    [
        ("application/problem+json", b'{"type": "https://x/problems/not-found"}', "not-found"),
        ("application/json", b'{"type": "https://x/problems/not-found"}', ""),
        ("application/problem+json", b"[]", ""),
        ("application/problem+json", b"<html>", ""),
    ],
)
def test_a_problem_is_one_by_its_kind(kind: str, body: bytes, problem: str) -> None:
    assert HttpResponse(404, {"content-type": f"{kind}; charset=utf-8"}, body).problem == problem


def _self_signed(folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    file = folder / "pair.pem"
    plain = serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    encoding = serialization.Encoding.PEM
    file.write_bytes(key.private_bytes(encoding, form, plain) + made.public_bytes(encoding))
    return file
