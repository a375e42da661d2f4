"""TLS server that answers as DynamoDB and SQS would, on loopback, for cold starts alone.

It knows nothing and keeps nothing: what it answers is what those services answer a registration
from an address and a network that they have not seen before. Every request costs what it costs
in AWS on our side: a client, a handshake, a certificate chain to check, serialised JSON.
"""

from __future__ import annotations

import datetime
import ipaddress
import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

HOST = "127.0.0.1"


@dataclass(frozen=True)
class AwsTlsServer:
    """Where it listens, the root that vouches for it, and what it was asked."""

    url: str
    ca: Path
    asked: list[str]
    """Targets in order, ``DynamoDB_20120810.GetItem`` for example."""


@contextmanager
def serving(folder: Path) -> Iterator[AwsTlsServer]:
    """Serve until the block ends; certificates go into ``folder``."""
    ca, chain = _certificates(folder)
    asked: list[str] = []
    server = _Server((HOST, 0), chain, asked)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield AwsTlsServer(f"https://{HOST}:{server.server_address[1]}", ca, asked)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def answer(target: str, body: dict[str, Any]) -> dict[str, Any]:
    """What ``target`` answers when nothing is there yet. Raises ``KeyError`` for others."""
    match target.rpartition(".")[2]:
        case "GetItem" | "PutItem" | "DeleteItem" | "TransactWriteItems":
            return {}
        case "UpdateItem":
            if body.get("ReturnValues", "NONE") == "NONE":
                return {}
            # A counter that was added to for the first time.
            names = body.get("ExpressionAttributeNames", {})
            return {"Attributes": {name: {"N": "1"} for name in names.values()}}
        case "Query":
            return {"Items": [], "Count": 0, "ScannedCount": 0}
        case "SendMessage":
            return {"MessageId": "0" * 36, "MD5OfMessageBody": "0" * 32}
        case "GetQueueUrl":
            return {"QueueUrl": f"https://{HOST}/{body['QueueName']}"}
        case other:
            raise KeyError(other)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], chain: Path, asked: list[str]) -> None:
        super().__init__(address, _Handler)
        self.asked = asked
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain)
        # Each connection's thread does its own handshake: accepting must not wait for it.
        self.socket = context.wrap_socket(
            self.socket, server_side=True, do_handshake_on_connect=False
        )


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # One segment per answer, at once, as a load balancer of AWS sends it.
    wbufsize = -1
    disable_nagle_algorithm = True
    server: _Server

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])) or b"{}")
        target = self.headers["X-Amz-Target"]
        self.server.asked.append(target)
        try:
            status, content = 200, json.dumps(answer(target, body)).encode()
        except KeyError:
            status, content = 400, b'{"__type": "UnknownOperationException"}'
        self.send_response(status)
        self.send_header("Content-Type", self.headers["Content-Type"])
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
        self.wfile.flush()

    def log_message(self, format: str, *args: Any) -> None:
        pass


def _certificates(folder: Path) -> tuple[Path, Path]:
    root_key, root = _signed("Bench Root", None)
    leaf_key, leaf = _signed(HOST, (root_key, root))
    ca, chain = folder / "bench-root.pem", folder / "bench-leaf.pem"
    pem = serialization.Encoding.PEM
    ca.write_bytes(root.public_bytes(pem))
    private = leaf_key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    chain.write_bytes(private + leaf.public_bytes(pem))
    return ca, chain


def _signed(
    name: str, by: tuple[rsa.RSAPrivateKey, x509.Certificate] | None
) -> tuple[rsa.RSAPrivateKey, x509.Certificate]:
    # RSA with 2048 bits, as AWS's endpoints have.
    key = rsa.generate_private_key(65537, 2048)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    issuer_key = by[0] if by else key
    authority = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key())
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by[1].subject if by else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=by is None, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(authority, critical=False)
    )
    if by:
        address = x509.IPAddress(ipaddress.ip_address(name))
        builder = builder.add_extension(x509.SubjectAlternativeName([address]), critical=False)
    else:
        usage = x509.KeyUsage(
            digital_signature=True,
            key_cert_sign=True,
            crl_sign=True,
            content_commitment=False,
            key_encipherment=False,
            data_encipherment=False,
            key_agreement=False,
            encipher_only=False,
            decipher_only=False,
        )
        builder = builder.add_extension(usage, critical=True)
    return key, builder.sign(issuer_key, hashes.SHA256())
