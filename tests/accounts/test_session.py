"""Who is signed in: real RS256 tokens, keys published over HTTP as a pool publishes them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.server
import json
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from chalicelib.accounts.session import Sessions, Who, published_keys
from chalicelib.errors import NotSignedIn, TryLater

ISSUER = "https://cognito-idp.ap-northeast-1.amazonaws.com/ap-northeast-1_Example"
CLIENT = "client"
REFERENCE = "7Q4K2M9X8T"
TARO = Who("7Q4K-2M9X-8T", "t***@gmail.com")
Token = Callable[..., str]


class Pool:
    """The user pool, as far as sessions ask it."""

    def __init__(self) -> None:
        self.held: dict[str, str] = {}
        self.revoked: list[str] = []
        self.revoked_all: list[str] = []

    def email(self, access_token: str) -> str | None:
        return self.held.get(access_token)

    def revoke(self, refresh: str) -> None:
        self.revoked.append(refresh)

    def revoke_all(self, access_token: str) -> None:
        self.revoked_all.append(access_token)


class KeyServer(http.server.ThreadingHTTPServer):
    """Publishes ``keys``, or whatever ``body`` says; hangs up when ``silent``."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.keys: list[dict[str, Any]] = []
        self.body: bytes | None = None
        self.status = 200
        self.silent = False
        self.elsewhere = ""
        self.asked = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/jwks.json"


class _Handler(http.server.BaseHTTPRequestHandler):
    server: KeyServer

    def do_GET(self) -> None:
        self.server.asked += 1
        if self.server.silent:
            self.close_connection = True
            return
        body = self.server.body or json.dumps({"keys": self.server.keys}).encode()
        self.send_response(self.server.status)
        if self.server.elsewhere:
            self.send_header("Location", self.server.elsewhere)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def private() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


@pytest.fixture(scope="module")
def strangers() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


@pytest.fixture
def server(private: rsa.RSAPrivateKey) -> Iterator[KeyServer]:
    with KeyServer() as made:
        made.keys = [jwk(private, "key-1")]
        thread = threading.Thread(target=made.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield made
        made.shutdown()
        thread.join()


def jwk(key: rsa.RSAPrivateKey, kid: str) -> dict[str, Any]:
    marks = {"kid": kid, "alg": "RS256", "use": "sig"}
    return RSAAlgorithm.to_jwk(key.public_key(), as_dict=True) | marks


@pytest.fixture
def pool() -> Pool:
    return Pool()


@pytest.fixture
def sessions(server: KeyServer, pool: Pool) -> Sessions:
    return Sessions(
        accounts=pool, key_of=published_keys(server.url), issuer=ISSUER, client_id=CLIENT
    )


@pytest.fixture
def token(private: rsa.RSAPrivateKey, pool: Pool) -> Token:
    """Signs an access token, some claims changed (``None``: left out); the pool knows it."""

    def sign(
        key: Any = private, algorithm: str = "RS256", kid: str = "key-1", **claims: Any
    ) -> str:
        now = int(time.time())
        usual = {
            "sub": "sub",
            "iss": ISSUER,
            "token_use": "access",
            "client_id": CLIENT,
            "username": REFERENCE.lower(),
            "iat": now,
            "exp": now + 900,
        }
        said = {name: value for name, value in (usual | claims).items() if value is not None}
        signed = jwt.encode(said, key, algorithm, headers={"kid": kid})
        pool.held[signed] = "taro.yamada@gmail.com"
        return signed

    return sign


def test_who_holds_a_token_of_ours_is_known_by_reference_and_masked_address(
    sessions: Sessions, token: Token
) -> None:
    assert sessions.who(token()) == TARO


@pytest.mark.parametrize("nothing", [None, "", "x", "a.b.c", "ä.ö.ü"])
def test_what_is_no_token_signs_nobody_in(sessions: Sessions, nothing: str | None) -> None:
    with pytest.raises(NotSignedIn):
        sessions.who(nothing)


@pytest.mark.parametrize(
    "claims",
    [
        {"client_id": "another client"},
        {"client_id": None},
        {"token_use": "id"},
        {"token_use": "id", "aud": CLIENT, "client_id": None, "cognito:username": REFERENCE},
        {"token_use": None},
        {"iss": f"{ISSUER}X"},
        {"iss": None},
        {"exp": 1_600_000_000},
        {"exp": None},
        {"iat": None},
        {"nbf": 4_000_000_000},
    ],
    ids=str,
)
def test_a_token_for_something_else_signs_nobody_in(
    sessions: Sessions, token: Token, claims: dict[str, Any]
) -> None:
    with pytest.raises(NotSignedIn):
        sessions.who(token(**claims))


def test_a_clock_that_is_behind_the_user_pools_signs_nobody_out(
    sessions: Sessions, token: Token
) -> None:
    """PyJWT looks at the machine's own clock; a token's times are whole seconds."""
    now = int(time.time())
    assert sessions.who(token(iat=now + 5)) == TARO
    for claims in ({"iat": now + 60}, {"exp": now - 6}):
        with pytest.raises(NotSignedIn):
            sessions.who(token(**claims))


def test_a_strangers_signature_signs_nobody_in(
    sessions: Sessions, token: Token, strangers: rsa.RSAPrivateKey
) -> None:
    for kid in ("key-1", "unheard of"):
        with pytest.raises(NotSignedIn):
            sessions.who(token(key=strangers, kid=kid))


def test_a_token_without_signature_signs_nobody_in(sessions: Sessions, token: Token) -> None:
    with pytest.raises(NotSignedIn):
        sessions.who(token(key=None, algorithm="none"))


def test_the_public_key_is_no_secret_to_sign_with(
    sessions: Sessions, private: rsa.RSAPrivateKey, token: Token, pool: Pool
) -> None:
    """The old trick: HS256 under the published key's text."""
    pem = private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    head = base64.urlsafe_b64encode(b'{"alg":"HS256","typ":"JWT","kid":"key-1"}').rstrip(b"=")
    body = token().split(".")[1].encode()
    mac = hmac.digest(pem, head + b"." + body, hashlib.sha256)
    forged = b".".join((head, body, base64.urlsafe_b64encode(mac).rstrip(b"="))).decode()
    pool.held[forged] = "taro.yamada@gmail.com"
    with pytest.raises(NotSignedIn):
        sessions.who(forged)


def test_a_tampered_token_signs_nobody_in(sessions: Sessions, token: Token, pool: Pool) -> None:
    head, body, signature = token().split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    claims["username"] = "SOMEBODYELSE"
    other = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    tampered = f"{head}.{other}.{signature}"
    pool.held[tampered] = "taro.yamada@gmail.com"
    with pytest.raises(NotSignedIn):
        sessions.who(tampered)


def test_an_ended_session_or_a_removed_account_signs_nobody_in(
    sessions: Sessions, token: Token, pool: Pool
) -> None:
    good = token()
    assert sessions.who(good) == TARO
    pool.held.clear()
    with pytest.raises(NotSignedIn):
        sessions.who(good)


def test_the_keys_are_fetched_once(sessions: Sessions, token: Token, server: KeyServer) -> None:
    for _ in range(3):
        sessions.who(token())
    assert server.asked == 1


def test_each_of_the_pools_keys_serves(
    sessions: Sessions, token: Token, server: KeyServer, strangers: rsa.RSAPrivateKey
) -> None:
    server.keys.append(jwk(strangers, "key-2"))
    assert sessions.who(token()) == TARO
    assert sessions.who(token(key=strangers, kid="key-2")) == TARO


def test_a_stranger_cannot_have_the_keys_fetched_again_and_again(
    sessions: Sessions, token: Token, server: KeyServer, strangers: rsa.RSAPrivateKey
) -> None:
    for n in range(5):
        with pytest.raises(NotSignedIn):
            sessions.who(token(key=strangers, kid=f"unheard of {n}"))
    assert server.asked == 1


@pytest.mark.parametrize(
    "head",
    ['{"alg":"RS256","kid":["key-1"]}', '{"alg":"RS256"}', '"RS256"', "[" * 20_000, "{"],
    ids=["kid-list", "no-kid", "text", "deep", "broken"],
)
def test_a_strange_head_signs_nobody_in(sessions: Sessions, token: Token, head: str) -> None:
    _, body, signature = token().split(".")
    strange = base64.urlsafe_b64encode(head.encode()).rstrip(b"=").decode()
    with pytest.raises(NotSignedIn):
        sessions.who(f"{strange}.{body}.{signature}")


@pytest.mark.parametrize("said", ["[" * 20_000, "[]", "7", "{"], ids=["deep", "list", "n", "open"])
def test_a_strange_body_signs_nobody_in(sessions: Sessions, token: Token, said: str) -> None:
    head, _, signature = token().split(".")
    strange = base64.urlsafe_b64encode(said.encode()).rstrip(b"=").decode()
    with pytest.raises(NotSignedIn):
        sessions.who(f"{head}.{strange}.{signature}")


def test_keys_that_cannot_be_had_are_for_later(
    sessions: Sessions, token: Token, server: KeyServer
) -> None:
    server.status = 503
    with pytest.raises(TryLater):
        sessions.who(token())
    server.status = 200
    assert sessions.who(token()) == TARO


def test_a_key_server_that_hangs_up_is_for_later(
    sessions: Sessions, token: Token, server: KeyServer
) -> None:
    server.silent = True
    with pytest.raises(TryLater):
        sessions.who(token())
    server.silent = False
    assert sessions.who(token()) == TARO


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_key_server_that_leads_elsewhere_is_not_followed(
    sessions: Sessions,
    token: Token,
    server: KeyServer,
    strangers: rsa.RSAPrivateKey,
    status: int,
) -> None:
    with KeyServer() as another:
        another.keys = [jwk(strangers, "key-1")]
        thread = threading.Thread(target=another.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        server.status, server.elsewhere = status, another.url
        with pytest.raises(TryLater):
            sessions.who(token(key=strangers))
        another.shutdown()
        thread.join()
    assert (server.asked, another.asked) == (1, 0)


@pytest.mark.parametrize("body", [b"<html>busy</html>", b'{"keys": []}', b"\xff"])
def test_a_key_server_that_talks_nonsense_is_for_later(
    sessions: Sessions, token: Token, server: KeyServer, body: bytes
) -> None:
    server.body = body
    with pytest.raises(TryLater):
        sessions.who(token())
    server.body = None
    assert sessions.who(token()) == TARO


def test_a_key_server_that_is_down_is_for_later(pool: Pool, token: Token) -> None:
    with KeyServer() as gone:
        url = gone.url
    sessions = Sessions(accounts=pool, key_of=published_keys(url), issuer=ISSUER, client_id=CLIENT)
    with pytest.raises(TryLater):
        sessions.who(token())


def test_signing_out_ends_the_session_or_without_its_refresh_token_all(
    sessions: Sessions, pool: Pool
) -> None:
    sessions.sign_out("access", "refresh")
    sessions.sign_out("alone", None)
    sessions.sign_out(None, "")
    assert pool.revoked == ["refresh"]
    assert pool.revoked_all == ["alone"]
