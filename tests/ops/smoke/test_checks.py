"""The smoke test passes for a service that works, and fails for each thing that does not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from local.server import LocalServer
from ops.check_result import Severity
from ops.cli import main
from ops.http_client import HttpClient, HttpResponse
from ops.probe import Polling, ProbeFailed, run_probe
from ops.smoke import checks
from ops.smoke.checks import smoke_checks

NONE = Polling(0.0)


@pytest.fixture(scope="module")
def machine() -> Iterator[LocalServer]:
    # Under a stage's path, as a first deployment is.
    with LocalServer(transit=0.02, retry_after=0.2, prefix="/dev") as machine:
        yield machine


@pytest.fixture
def client(machine: LocalServer) -> HttpClient:
    return HttpClient(f"{machine.url}/dev/")


def lines(client: HttpClient, build: str | None = None) -> dict[str, str]:
    return {
        f.subject: f.message
        for f in smoke_checks(client, build, NONE)
        if f.severity is Severity.FAILED
    }


def test_a_service_that_works_passes_every_check(client: HttpClient) -> None:
    results = list(smoke_checks(client, "source", NONE))
    assert [result for result in results if result.severity is not Severity.OK] == []
    assert len(results) == 10


def test_another_build_is_noticed(client: HttpClient) -> None:
    assert lines(client, "0123456789ab") == {
        "health": "build source answers, 0123456789ab was packaged"
    }


def test_a_new_build_is_waited_for(client: HttpClient) -> None:
    waits: list[float] = []
    polling = Polling(5.0, 2.0, waits.append, iter([0.0, 0.0, 2.0, 4.0, 6.0]).__next__)
    with pytest.raises(ProbeFailed, match="was packaged"):
        checks.health(client, "0123456789ab", polling)
    assert waits == [2.0, 2.0, 2.0]


def test_an_address_without_the_stage_has_nothing(machine: LocalServer) -> None:
    failed = lines(HttpClient(machine.url))
    assert {"health", "page ja", "page ja-easy", "page en", "OpenAPI"} <= failed.keys()


def test_functions_that_know_another_address_are_noticed(client: HttpClient) -> None:
    client.origin = "https://entry.example.lg.jp"
    failed = lines(client)
    assert set(failed) == {"OpenAPI", "own origin"}
    assert "BaseUrl is another" in failed["own origin"]


def test_nobody_there_is_a_failure_of_every_check(free_port: int) -> None:
    failed = lines(HttpClient(f"http://127.0.0.1:{free_port}/"))
    assert len(failed) == 10
    assert all(line.startswith("no answer: ConnectionRefusedError") for line in failed.values())


GUARDED = {
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "strict-transport-security": "max-age=63072000; includeSubDomains",
}


@pytest.mark.parametrize("name", GUARDED)
def test_each_header_is_missed(name: str) -> None:
    assert checks.check_headers(HttpResponse(200, GUARDED, b""), secure=True)
    without = {key: value for key, value in GUARDED.items() if key != name}
    with pytest.raises(ProbeFailed):
        checks.check_headers(HttpResponse(200, without, b""), secure=True)


def test_without_tls_nothing_keeps_a_browser_on_it() -> None:
    without = {k: v for k, v in GUARDED.items() if k != "strict-transport-security"}
    assert checks.check_headers(HttpResponse(200, without, b""), secure=False)


def test_an_answer_of_another_shape_is_a_failure() -> None:
    def odd() -> str:
        return str([][0])

    assert run_probe("odd", odd).severity is Severity.FAILED


def test_the_command_says_what_it_found(
    machine: LocalServer, capsys: pytest.CaptureFixture[str]
) -> None:
    url = f"{machine.url}/dev/"
    assert main(["smoke", url, "--build", "source", "--no-mail"]) == 0
    assert main(["smoke", f"{machine.url}/", "--no-mail"]) == 1
    said = capsys.readouterr().out
    assert "Smoke test of" in said
    assert "not tried" in said


@pytest.mark.parametrize("url", ["", "entry.example.lg.jp", "ftp://entry.example.lg.jp/"])
def test_what_is_no_address_is_refused_in_a_line(
    url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["smoke", url]) == 2
    assert capsys.readouterr().err.count("\n") == 1
