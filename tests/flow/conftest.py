"""The whole service on one machine, one for each module, and clients from networks of their own."""

from __future__ import annotations

import base64
import itertools
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from moto.moto_api import recorder
from msgspec.structs import asdict

from chalicelib.clock import next_japan_day
from local.packaged.application import PackagedApplication
from local.server import LocalServer
from local.switches import SwitchValues
from tests.flow.client import Client

_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def packaged(stage_here: Path) -> PackagedApplication:
    """A packaged stage, for a module whose machine runs it whatever the others run."""
    return PackagedApplication(stage_here)


@pytest.fixture(scope="module")
def running(service: Callable[..., LocalServer]) -> Iterator[LocalServer]:
    """The module's machine. Its clock only ever goes forward."""
    with service(transit=0.02, retry_after=0.2) as machine:
        yield machine


@pytest.fixture
def machine(running: LocalServer) -> Iterator[LocalServer]:
    """The module's machine; every service and provider behaves again afterwards.

    No test begins in the last minutes of a day of counters: they would begin anew in its middle.
    """
    now = running.clock()
    if next_japan_day(now) - now < timedelta(minutes=5):
        running.put_forward(300)
    yield running
    running.switches.set(
        **{n: v for n, v in asdict(SwitchValues()).items() if n != "clock_offset_s"}
    )
    running.providers.reset()


@pytest.fixture
def source() -> Callable[[], str]:
    """Source addresses; each is a client network that nobody else has."""

    def fresh() -> str:
        number = next(_numbers)
        return f"127.{100 + number // 60_000}.{number // 250 % 250}.{1 + number % 250}"

    return fresh


@pytest.fixture
def client(machine: LocalServer, source: Callable[[], str]) -> Iterator[Callable[..., Client]]:
    """Clients, each with cookies of its own and, unless told, a network of its own."""
    made: list[Client] = []

    def fresh(at: str | None = None) -> Client:
        made.append(Client(machine.url, at or source()))
        return made[-1]

    yield fresh
    for each in made:
        each.close()


@pytest.fixture
def applicant(client: Callable[..., Client]) -> Client:
    """One client."""
    return client()


@pytest.fixture
def ahead(machine: LocalServer) -> Callable[[float], None]:
    """Puts everybody's clock forward."""
    return machine.put_forward


@pytest.fixture
def address() -> Callable[..., str]:
    """Addresses that nobody has used."""

    def fresh(domain: str = "gmail.com") -> str:
        return f"applicant{next(_numbers)}@{domain}"

    return fresh


@pytest.fixture
def email(address: Callable[..., str]) -> str:
    """One address that nobody has used."""
    return address()


@pytest.fixture
def calls(machine: LocalServer, tmp_path: Path) -> Iterator[Callable[[], Counter[str]]]:
    """What the local AWS side was asked since the last time this was called, by operation.

    The sweeper's look at the index is left out: it comes each minute, whatever applicants do.
    """
    file = tmp_path / "calls"
    file.touch()
    before, recorder._location = recorder._location, str(file)
    recorder.start_recording()

    read = 0

    def since() -> Counter[str]:
        nonlocal read
        lines = file.read_text().split("\n")[read:-1]
        read += len(lines)
        return Counter(name for line in lines if (name := _operation(json.loads(line))))

    yield since
    recorder.stop_recording()
    recorder._location = before


def _operation(call: dict[str, Any]) -> str:
    headers = {name.lower(): value for name, value in call["headers"].items()}
    body = base64.b64decode(call["body"] or "").decode() if call["body_encoded"] else call["body"]
    if '"IndexName": "due"' in body:
        return ""
    target = headers.get("x-amz-target")
    return target or f"{call['method']} {re.sub('^https?://[^/]+', '', call['url'])}"
