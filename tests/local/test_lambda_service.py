"""Functions are called as Lambda calls them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from local.app_functions import AppFunctions
from local.lambda_service import LambdaService
from local.server import LocalServer
from local.simulated_time import ImmediateExecutor, SimulatedClock, SimulatedScheduler
from tests.local.sample_app import SampleApp


def test_every_function_is_known_by_its_logical_id(machine: LocalServer) -> None:
    assert set(machine.functions.arns) == {
        "APIHandler",
        "Work",
        "SendCode",
        "RecordEvents",
        "Sweep",
    }


def test_a_function_learns_about_its_invocation(
    machine: LocalServer, sample_app: SampleApp
) -> None:
    machine.functions.invoke("SendCode", {"userName": "x"})
    machine.functions.invoke("SendCode", {"userName": "y"})
    (_, first, left), (_, second, _) = (sample_app.codes.get(timeout=1) for _ in range(2))
    assert first != second
    assert 0 < left <= 60_000


def test_what_a_function_raises_comes_through_when_one_waits(
    machine: LocalServer, sample_app: SampleApp
) -> None:
    sample_app.fail_codes = 1
    with pytest.raises(RuntimeError, match="no code today"):
        machine.functions.invoke("SendCode", {"userName": "x"})


def test_the_schedule_runs_by_the_shared_clock_and_once_for_a_jump(
    machine: LocalServer, sample_app: SampleApp
) -> None:
    machine.clock.put_forward(3600)
    event = sample_app.swept.get(timeout=5)
    assert event["detail-type"] == "Scheduled Event"
    machine.clock.put_forward(61)
    sample_app.swept.get(timeout=5)
    assert sample_app.swept.empty()


def test_the_schedule_goes_on_after_the_clock_was_put_back(
    machine: LocalServer, sample_app: SampleApp
) -> None:
    machine.clock.set_offset(7200)
    sample_app.swept.get(timeout=5)
    machine.clock.set_offset(0)
    machine.clock.put_forward(61)
    sample_app.swept.get(timeout=5)
    assert sample_app.swept.empty()


def test_on_simulated_time_a_retry_comes_at_its_own_time() -> None:
    clock = SimulatedClock(datetime(2026, 1, 24, tzinfo=UTC))
    scheduler = SimulatedScheduler(clock)
    began, tries = clock.time(), []

    def fail(event: Any, context: Any) -> None:
        tries.append(clock.time() - began)
        raise RuntimeError("never")

    functions = AppFunctions({"Work": fail}, {}, (), {})
    service = LambdaService(functions, ImmediateExecutor(), scheduler, retry_after=60)
    service.invoke_async(service.arns["Work"], {})
    scheduler.advance(90)
    assert (tries, len(service.failures)) == ([0, 60], 0)
    scheduler.advance(90)
    assert (tries, len(service.failures)) == ([0, 60, 120], 1)
