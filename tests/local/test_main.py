"""``make run``: what it prints, how it stops, which settings are errors."""

from __future__ import annotations

import os
import re
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode, urlsplit
from urllib.request import urlopen

import pytest

ROOT = Path(__file__).resolve().parents[2]
Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start() -> Iterator[Start]:
    started: list[subprocess.Popen[str]] = []

    def run(**environment: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "local"],
            cwd=ROOT,
            env=os.environ | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        process.communicate()


def until_ready(process: subprocess.Popen[str]) -> list[str]:
    """What is printed up to the line that says ready."""
    assert process.stdout is not None
    lines: list[str] = []
    for line in process.stdout:
        lines.append(line.rstrip("\n"))
        if line.startswith("ready "):
            return lines
    assert process.stderr is not None
    raise AssertionError(process.stderr.read())


def spent_by_children() -> float:
    """Seconds of CPU of processes that have ended and been waited for."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_it_is_told_to_stop(start: Start, number: signal.Signals) -> None:
    port = free_port()
    process = start(PORT=str(port))
    lines = until_ready(process)
    url = f"http://127.0.0.1:{port}"
    assert lines[-1] == f"ready {url}"
    said = "\n".join(lines)
    assert f"{url}/\n" in said
    assert f"{url}/local/ " in said
    assert "lost" in said
    with urlopen(url, timeout=10) as page:
        assert page.status == 200
    began = time.monotonic()
    process.send_signal(number)
    _, errors = process.communicate(timeout=10)
    assert time.monotonic() - began < 2
    assert (process.returncode, errors) == (0, "")


def test_a_start_costs_less_than_three_seconds_of_one_core(start: Start) -> None:
    # Not by the clock on the wall: the whole suite may be running beside it.
    until_ready(start(PORT="0"))
    before = spent_by_children()
    process = start(PORT="0")
    until_ready(process)
    process.terminate()
    process.communicate(timeout=10)
    assert spent_by_children() - before < 3


def test_a_port_in_use_is_one_clear_line(start: Start) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        process = start(PORT=str(port))
        out, errors = process.communicate(timeout=20)
    assert (process.returncode, out) == (2, "")
    assert re.fullmatch(rf"Port {port} is in use\. .*PORT=\d+\n", errors)


@pytest.mark.parametrize("port", ["http", "-1", "65536", "８０００", "8000.5"])
def test_what_is_no_port_is_one_clear_line(start: Start, port: str) -> None:
    process = start(PORT=port)
    out, errors = process.communicate(timeout=20)
    assert (process.returncode, out) == (2, "")
    assert errors.count("\n") == 1
    assert port in errors


def test_each_origin_is_told_what_its_pages_can_do(start: Start) -> None:
    port = free_port()
    same, other = f"http://127.0.0.1:{port}", f"http://localhost:{port}"
    lines = until_ready(start(PORT="0", ORIGINS=f"{same},{other}"))
    (told,) = [line for line in lines if same in line]
    assert "the same site" in told
    (told,) = [line for line in lines if other in line]
    assert "another site" in told
    assert "plain form works, fetch is refused" in told


def posted_from(origin: str, url: str) -> int:
    """The status of a plain form's post from a page there."""
    target = urlsplit(url)
    connection = HTTPConnection(target.netloc, timeout=10)
    form = urlencode({"email": "taro@gmail.com", "locale": "ja"})
    kind = "application/x-www-form-urlencoded"
    headers = {"Origin": origin, "Accept": "text/html", "Content-Type": kind}
    connection.request("POST", "/api/v1/registrations", form, headers)
    status = connection.getresponse().status
    connection.close()
    return status


def test_forms_of_each_origin_are_taken_and_no_others(start: Start) -> None:
    one, other = "http://localhost:9000", "https://board.example"
    lines = until_ready(start(PORT="0", ORIGINS=f"{one},{other}"))
    url = lines[-1].removeprefix("ready ")
    assert (posted_from(one, url), posted_from(other, url)) == (303, 303)
    assert posted_from("http://localhost:9001", url) == 403


@pytest.mark.parametrize(
    ("origins", "works"),
    [
        ("localhost:9000", "write http://localhost:9000"),
        ("http://127.1:9000", "write http://127.0.0.1:9000"),
        ("http://localhost:99999", "as in https://www.example.lg.jp"),
    ],
)
def test_what_is_no_origin_is_one_clear_line(start: Start, origins: str, works: str) -> None:
    process = start(PORT="0", ORIGINS=origins)
    out, errors = process.communicate(timeout=20)
    assert (process.returncode, out) == (2, "")
    assert errors.startswith(f"ORIGINS: '{origins}' is no origin")
    assert works in errors
    assert errors.count("\n") == 1


def test_a_developers_own_aws_settings_have_no_say(start: Start) -> None:
    until_ready(
        start(
            PORT="0",
            AWS_PROFILE="mine",
            AWS_REGION="us-east-1",
            AWS_ENDPOINT_URL_DYNAMODB="http://192.0.2.1",
            AWS_USE_FIPS_ENDPOINT="true",
            TODOKU_BASE_URL="https://elsewhere.example",
        )
    )


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="needs Linux's /proc/net")
def test_nothing_listens_beyond_loopback(start: Start) -> None:
    process = start(PORT="0")
    until_ready(process)
    own = {
        os.readlink(fd).removeprefix("socket:[").removesuffix("]")
        for fd in Path(f"/proc/{process.pid}/fd").iterdir()
        if os.path.exists(fd) or os.readlink(fd).startswith("socket:")
    }
    listening = []
    for table in ("tcp", "tcp6", "udp", "udp6"):
        for line in Path(f"/proc/{process.pid}/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[9] in own and (fields[3] == "0A" or table.startswith("udp")):
                listening.append((table, fields[1].partition(":")[0]))
    # 127.0.0.1, byte by byte from the right: the HTTP server and moto.
    assert listening == [("tcp", "0100007F")] * 2
