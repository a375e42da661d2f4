"""A warm request without AWS: what framework and rules cost, over a bare Chalice route.

Run with ROUNDS and RESULT.json as arguments, in a process of its own: the app
writes a log line for each request, as it does in Lambda.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any

from bench import apigw_events, aws_tls, deployment
from bench.figure import Figure, settled

BUDGET = 4.0
CALLS = 200
"""Requests of each kind in one round."""

KINDS = {
    "refused": "an address refused, no AWS call",
    "accepted": "a registration accepted, AWS answering at once",
}

ROOT = Path(__file__).resolve().parent.parent


def figures(rounds: int) -> list[Figure]:
    """Two requests over a bare route that takes and answers JSON.

    An address that is refused passes through everything but AWS: framework and rules. One that
    is accepted also turns records into DynamoDB's items and back; AWS's part of that is answered
    at once. Raises ``RuntimeError`` when an answer is not what it should be.
    """
    with tempfile.TemporaryDirectory() as scratch:
        result = Path(scratch, "result.json")
        told = subprocess.run(
            [sys.executable, "-m", "bench.warm_request", str(rounds), str(result)],
            cwd=ROOT,
            env={**os.environ, **deployment.SETTINGS},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
        if told.returncode:
            raise RuntimeError(told.stderr)
        taken = json.loads(result.read_text())
    how = f"÷ bare Chalice route of {taken['bare'] * 1e6:.0f} µs, {rounds} x {CALLS} requests"
    return [
        Figure(f"framework and rules, warm: {name}", taken[kind] / taken["bare"], BUDGET, "×", how)
        for kind, name in KINDS.items()
    ]


class Canned:
    """A client whose every call answers at once, as for an address never seen before."""

    def __getattr__(self, operation: str) -> Callable[..., dict[str, Any]]:
        target = operation.title().replace("_", "")

        def call(**parameters: Any) -> dict[str, Any]:
            return aws_tls.answer(target, parameters)

        return call


def measured(rounds: int) -> dict[str, float]:
    """Seconds a request, over ``rounds`` in which all took turns."""
    bare, ours = _bare(), _ours()
    kinds = {
        "bare": (bare, apigw_events.register(), 200),
        "refused": (ours, apigw_events.refused(), 422),
        "accepted": (ours, apigw_events.register(), 202),
    }
    times: dict[str, list[float]] = {kind: [] for kind in kinds}
    # The first round pays for imports and compiled patterns.
    for counted in (False, *[True] * rounds):
        for kind, (handler, event, status) in kinds.items():
            seconds = _round(handler, event, status)
            if counted:
                times[kind].append(seconds)
    return {kind: settled(seconds) for kind, seconds in times.items()}


def _round(handler: Callable[[Any, Any], Any], event: Any, expected: int) -> float:
    started = perf_counter()
    for _ in range(CALLS):
        answer = handler(event, None)
    seconds = (perf_counter() - started) / CALLS
    if answer["statusCode"] != expected:
        raise RuntimeError(f"answered {answer}")
    return seconds


def _bare() -> Callable[[Any, Any], Any]:
    from chalice.app import Chalice

    bare = Chalice("bare")

    @bare.route("/api/v1/registrations", methods=["POST"])
    def ask() -> dict[str, Any]:
        asked = bare.current_request
        return {"email": asked.json_body["email"] if asked else None}

    return bare


def _ours() -> Callable[[Any, Any], Any]:
    import app
    from chalicelib import config, factory

    services = factory.Services(config.load())
    services.adapters.clients = lambda service, region=None: Canned()
    factory.install(services)
    return app.app


if __name__ == "__main__":
    Path(sys.argv[2]).write_text(json.dumps(measured(int(sys.argv[1]))))
