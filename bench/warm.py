"""A warm request without AWS: what framework and rules cost, over a bare Chalice route.

Run as ``python -m bench.warm ROUNDS RESULT.json``, in a process of its own: the app writes a log
line for each request, as it does in Lambda.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from bench import aws_tls, deployment, events
from bench.figure import Figure

BUDGET = 4.0
CALLS = 200
"""Requests of each kind in one round."""

ROOT = Path(__file__).resolve().parent.parent


def figure(rounds: int) -> Figure:
    """Our ``POST /registrations`` over a bare route that takes and answers JSON.

    Raises ``RuntimeError`` when an answer is not what it should be.
    """
    with tempfile.TemporaryDirectory() as scratch:
        result = Path(scratch, "result.json")
        told = subprocess.run(
            [sys.executable, "-m", "bench.warm", str(rounds), str(result)],
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
    return Figure(
        "framework and rules per warm request",
        taken["ours"] / taken["bare"],
        BUDGET,
        "×",
        f"POST /registrations, AWS answering at once: {taken['ours'] * 1e6:.0f} µs"
        f" ÷ bare Chalice route of {taken['bare'] * 1e6:.0f} µs, {rounds} x {CALLS} requests",
    )


class Canned:
    """A client whose every call answers at once, as for an address never seen before."""

    def __getattr__(self, operation: str) -> Callable[..., dict[str, Any]]:
        target = operation.title().replace("_", "")

        def call(**parameters: Any) -> dict[str, Any]:
            return aws_tls.answer(target, parameters)

        return call


def measured(rounds: int) -> dict[str, float]:
    """Seconds a request, medians of ``rounds`` in which both took turns."""
    handlers = {"bare": _bare(), "ours": _ours()}
    event = events.register()
    times: dict[str, list[float]] = {name: [] for name in handlers}
    # The first round pays for imports and compiled patterns.
    for counted in (False, *[True] * rounds):
        for name, handler in handlers.items():
            seconds = _round(handler, event)
            if counted:
                times[name].append(seconds)
    return {name: median(seconds) for name, seconds in times.items()}


def _round(handler: Callable[[Any, Any], Any], event: Any) -> float:
    started = perf_counter()
    for _ in range(CALLS):
        answer = handler(event, None)
    seconds = (perf_counter() - started) / CALLS
    if answer["statusCode"] not in (200, 202):
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
