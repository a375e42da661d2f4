"""``make test-aws``: how it finds a stage, and what it says when there is none to test."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from local.server import LocalServer
from tests.endtoend import account as accounts
from tests.endtoend import imap_server, one_machine
from tests.endtoend.account import Account
from tests.endtoend.deployed import USER_AGENT, Deployed, Place
from tests.flow.client import until

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def account() -> Iterator[Account]:
    with accounts.opened() as account:
        yield account


@pytest.fixture
def run(account: Account, root: Path) -> Run:
    """Runs the command with the account's credentials, and waits for its end."""

    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        given = os.environ | account.environment() | environment
        return subprocess.run(
            [sys.executable, "-m", "tests.endtoend", *arguments],
            cwd=root,
            env={name: value for name, value in given.items() if value},
            capture_output=True,
            text=True,
            timeout=100,
        )

    return run


@pytest.fixture
def machine(account: Account) -> Iterator[LocalServer]:
    """A service that the account's stack says is its own."""
    with one_machine.machine() as machine:
        account.stack = "todoku-dev"
        account.outputs = {
            "Pages": f"{machine.url}{one_machine.STAGE}/",
            "UserPoolId": "ap-northeast-1_pool",
        }
        yield machine


def test_the_suite_runs_against_what_the_stack_says_and_skips_what_needs_a_mailbox(
    machine: LocalServer, run: Run
) -> None:
    ended = run("dev")
    assert ended.returncode == 0, ended.stdout
    assert f"stage dev: {machine.url}/dev/ in account 123456789012" in ended.stdout
    announced = ended.stdout.index("5 to SES's simulator, none to a mailbox")
    assert announced < ended.stdout.index("PASSED")
    assert "test_an_address_that_bounces_is_told_and_can_be_corrected PASSED" in ended.stdout
    assert "set TODOKU_MAILBOX" in ended.stdout
    assert "test_mailbox" not in ended.stdout, "nothing but what concerns the stage"
    assert "test_deployed" not in ended.stdout
    assert "2 skipped" in ended.stdout
    pool = {"UserPoolId": machine.stack.ref("UserPool")}
    cognito = machine.clients("cognito-idp")
    until(lambda: not cognito.list_users(**pool)["Users"], "users of what was not finished stay")


def test_a_service_that_fails_is_a_run_that_fails(
    machine: LocalServer, account: Account, run: Run
) -> None:
    account.outputs = {**account.outputs, "Pages": f"{machine.url}/another/"}
    ended = run("dev", "-k", "health")
    assert "1 failed" in ended.stdout
    assert ended.returncode == 1


def test_the_suite_says_what_it_is_since_a_firewall_refuses_who_does_not() -> None:
    heard: list[str | None] = []

    class Firewall(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard.append(self.headers["User-Agent"])
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *arguments: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Firewall) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        place = Place("123456789012", "pool", f"http://127.0.0.1:{server.server_port}/dev/")
        client = Deployed(place, None).client()
        assert client.json("GET", "/api/v1/health").status == 204
        client.close()
        thread.join()
    assert heard == [USER_AGENT]


def test_with_a_mailbox_it_says_how_many_mails_go_there(machine: LocalServer, run: Run) -> None:
    with imap_server.serving() as server:
        named = f"imap://{imap_server.USER}@127.0.0.1:{server.port}/INBOX"
        ended = run(
            "dev",
            "--collect-only",
            TODOKU_MAILBOX=named,
            TODOKU_MAILBOX_PASSWORD=imap_server.PASSWORD,
        )
    assert ended.returncode == 0, ended.stdout
    assert "6 to SES's simulator, 5 to tester+{}@example.jp" in ended.stdout
    assert imap_server.PASSWORD not in ended.stdout + ended.stderr


def refused(ended: subprocess.CompletedProcess[str]) -> str:
    """The one line that was said."""
    assert ended.returncode == 2, ended
    assert ended.stdout == ""
    (line,) = ended.stderr.splitlines()
    return line


def test_an_unknown_stage_is_refused(run: Run) -> None:
    assert "There is no stage 'live'" in refused(run("live"))


def test_a_malformed_mailbox_is_refused(run: Run) -> None:
    assert "TODOKU_MAILBOX" in refused(run("dev", TODOKU_MAILBOX="tester@example.jp"))


def test_no_credentials_are_told(run: Run) -> None:
    line = refused(run("dev", AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY=""))
    assert "AWS_PROFILE" in line
    assert "There is no stack" in refused(run("dev"))


def test_a_profile_that_is_not_there_is_told(run: Run) -> None:
    assert "nobodys" in refused(run("dev", AWS_PROFILE="nobodys"))


def test_expired_credentials_are_told(account: Account, run: Run) -> None:
    account.expired = True
    assert "expired" in refused(run("dev"))


@pytest.mark.parametrize("service", ["STS", "CLOUDFORMATION"])
def test_an_account_that_cannot_be_reached_is_told_as_that(run: Run, service: str) -> None:
    line = refused(run("dev", **{f"AWS_ENDPOINT_URL_{service}": f"http://{accounts.HERE}:1"}))
    assert "AWS cannot be reached" in line
    assert "credentials" not in line


def test_a_stack_that_is_not_there_is_told_with_the_command_that_makes_it(run: Run) -> None:
    line = refused(run("prod"))
    assert "There is no stack todoku-prod in ap-northeast-1 of account 123456789012" in line
    assert "make deploy STAGE=prod" in line


def test_a_stack_without_pages_is_told_with_its_state(account: Account, run: Run) -> None:
    account.stack, account.status = "todoku-dev", "ROLLBACK_COMPLETE"
    assert "ROLLBACK_COMPLETE" in refused(run("dev"))


def test_make_asks_for_the_stage(root: Path) -> None:
    ended = subprocess.run(
        ["make", "--no-print-directory", "test-aws", "STAGE="],
        cwd=root,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ended.returncode == 2
    assert ended.stderr.splitlines()[0] == "Which stage? make test-aws STAGE=dev"


def test_pytest_alone_takes_no_account_without_a_stage(root: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "--target=aws", "--collect-only", "-q"],
        cwd=root,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ended.returncode != 0
    assert "make test-aws STAGE=dev" in ended.stderr
