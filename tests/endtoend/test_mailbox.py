"""The tester's own mailbox: how it is named, and how it is read."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from ops.errors import CommandError
from tests.endtoend import imap_server
from tests.endtoend.imap_server import PASSWORD, ImapServer
from tests.endtoend.mailbox import Mailbox, configured

TO = "tester+1f2e@example.jp"


@pytest.fixture
def server() -> Iterator[ImapServer]:
    with imap_server.serving() as server:
        yield server


def reading(server: ImapServer, **environment: str) -> Mailbox:
    found = configured(
        {
            "TODOKU_MAILBOX": f"imap://tester@example.jp@127.0.0.1:{server.port}/INBOX",
            "TODOKU_MAILBOX_PASSWORD": PASSWORD,
            **environment,
        }
    )
    assert found
    return found


def test_without_a_name_there_is_no_mailbox() -> None:
    assert configured({}) is None


def test_a_mailbox_is_named_by_its_address_and_its_addresses_differ_after_a_plus() -> None:
    found = configured(
        {
            "TODOKU_MAILBOX": "imaps://tester@example.jp@imap.example.jp/Codes%20here",
            "TODOKU_MAILBOX_PASSWORD": "secret",
        }
    )
    assert found
    assert (found.host, found.port, found.encrypted) == ("imap.example.jp", 993, True)
    assert (found.user, found.folder) == ("tester@example.jp", "Codes here")
    assert found.address().startswith("tester+")
    assert found.address().endswith("@example.jp")
    assert found.address() != found.address()
    assert "secret" not in repr(found)


def test_a_template_names_the_addresses_of_a_mailbox_that_takes_them_all(
    server: ImapServer,
) -> None:
    found = reading(server, TODOKU_MAILBOX_ADDRESS="{}@trial.example.jp")
    assert found.address().endswith("@trial.example.jp")
    assert "+" not in found.address()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"TODOKU_MAILBOX": "tester@example.jp"}, "such as"),
        ({"TODOKU_MAILBOX": "https://tester@example.jp@imap.example.jp"}, "such as"),
        ({"TODOKU_MAILBOX": "imaps://imap.example.jp/INBOX"}, "such as"),
        ({"TODOKU_MAILBOX": "imaps://a@b.jp@imap.example.jp:99999"}, "port"),
        ({"TODOKU_MAILBOX": "imaps://a:opensesame@imap.example.jp"}, "TODOKU_MAILBOX_PASSWORD"),
        ({"TODOKU_MAILBOX": "imap://a@b.jp@imap.example.jp"}, "imaps://"),
        ({"TODOKU_MAILBOX_PASSWORD": ""}, "TODOKU_MAILBOX_PASSWORD is not set"),
        ({"TODOKU_MAILBOX": "imaps://tester@imap.example.jp"}, "TODOKU_MAILBOX_ADDRESS"),
        ({"TODOKU_MAILBOX_ADDRESS": "tester@example.jp"}, "once"),
        ({"TODOKU_MAILBOX_ADDRESS": "{}+{}@example.jp"}, "once"),
        ({"TODOKU_MAILBOX_ADDRESS": "tester+{} example.jp"}, "refuse"),
        ({"TODOKU_MAILBOX_ADDRESS": "tester+{}@gmai.com"}, "refuse"),
    ],
)
def test_what_names_no_mailbox_is_one_clear_line(
    server: ImapServer, changed: dict[str, str], said: str
) -> None:
    with pytest.raises(CommandError) as refused:
        reading(server, **changed)
    assert said in str(refused.value)
    assert len(refused.value.lines) == 1
    assert "\n" not in str(refused.value)
    assert "sesame" not in str(refused.value)


def test_mails_to_an_address_are_found_newest_first_and_stay_unread(server: ImapServer) -> None:
    server.deliver(TO, "[K7] 高校出願登録: your code", "Your six-digit code:\n\n123456\n")
    server.deliver("tester+other@example.jp", "another's", "999999")
    server.deliver(TO, "【K7】高校出願登録：コードのお知らせ", "コードは次の通りです。\n\n654321\n")
    found = reading(server).mails(TO, 2, patience=5)
    assert [mail.code for mail in found] == ["654321", "123456"]
    assert found[0].subject == "【K7】高校出願登録：コードのお知らせ"
    assert found[0].to == TO
    assert not [line for line in server.said if "STORE" in line or "SELECT" in line]


def test_a_mail_that_comes_later_is_waited_for(server: ImapServer) -> None:
    mailbox, found = reading(server), []
    waiting = threading.Thread(target=lambda: found.extend(mailbox.mails(TO, 1, patience=10)))
    waiting.start()
    while sum(line.startswith("UID SEARCH") for line in server.said) < 2:
        waiting.join(0.01)
    server.deliver(TO, "late", "135790", Date="Tue, 24 Nov 2026 10:00:00 +0900")
    waiting.join(10)
    assert [mail.code for mail in found] == ["135790"]
    assert found[0].at.isoformat() == "2026-11-24T10:00:00+09:00"


def test_a_mail_that_never_comes_is_told(server: ImapServer) -> None:
    with pytest.raises(AssertionError, match="0 of 1 mails"):
        reading(server).mails(TO, 1, patience=0.1)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"TODOKU_MAILBOX_PASSWORD": "not this one"}, "refuses tester@example.jp"),
        ({"TODOKU_MAILBOX": "imap://tester@example.jp@127.0.0.1:{port}/Other"}, "no folder Other"),
        ({"TODOKU_MAILBOX": "imaps://tester@example.jp@127.0.0.1:{port}"}, "does not answer"),
        ({"TODOKU_MAILBOX": "imap://tester@example.jp@127.0.0.1:1"}, "does not answer"),
    ],
)
def test_a_mailbox_that_cannot_be_read_is_one_clear_line(
    server: ImapServer, changed: dict[str, str], said: str
) -> None:
    named = {name: value.format(port=server.port) for name, value in changed.items()}
    with pytest.raises(CommandError, match=said) as refused:
        reading(server, **named).sign_in()
    assert "\n" not in str(refused.value)
    assert "not this one" not in str(refused.value)


class TestOverTls:
    @pytest.fixture
    def chain(self, tmp_path: Path) -> Path:
        """A key and a certificate for 127.0.0.1 that vouches for itself."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mailbox")])
        here = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
        now = datetime.now(UTC)
        certificate = (
            x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
            .not_valid_before(now - timedelta(hours=1))
            .not_valid_after(now + timedelta(hours=1))
            .add_extension(here, critical=False)
            .sign(key, hashes.SHA256())
        )
        pem = serialization.Encoding.PEM
        private = key.private_bytes(
            pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        file = tmp_path / "chain.pem"
        file.write_bytes(private + certificate.public_bytes(pem))
        return file

    def test_a_server_that_somebody_vouches_for_is_read(
        self, chain: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("SSL_CERT_FILE", str(chain))
        with imap_server.serving(chain) as server:
            server.deliver(TO, "your code", "123456")
            (mail,) = self.reading(server).mails(TO, 1, patience=5)
        assert mail.code == "123456"

    def test_a_server_that_nobody_vouches_for_never_gets_the_password(self, chain: Path) -> None:
        with (
            imap_server.serving(chain) as server,
            pytest.raises(CommandError, match=r"does not answer: .*certificate verify failed"),
        ):
            self.reading(server).sign_in()
        assert server.said == []

    def reading(self, server: ImapServer) -> Mailbox:
        return reading(server, TODOKU_MAILBOX=f"imaps://{imap_server.USER}@127.0.0.1:{server.port}")
