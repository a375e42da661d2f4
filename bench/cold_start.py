"""Cold starts: from nothing to the first answer, in processes of their own."""

from __future__ import annotations

import json
import subprocess
import sys
import sysconfig
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bench import apigw_events, aws_tls, deployment
from bench.figure import Figure, settled


@dataclass(frozen=True)
class Taken:
    """One start, in seconds: by the clock, and by the processor, which no neighbour disturbs."""

    wall: float
    processor: float


HERE = Path(__file__).parent
ANSWER_BUDGET = 1.1
PAGE_BUDGET = 0.5


def figures(archive: Path, rounds: int, step: Callable[[], None]) -> list[Figure]:
    """The API's first answer and first page from ``archive``, over the floor.

    Each of ``rounds`` starts floor, answer and page once, one after the other, so that a busy
    machine is busy for all three. Raises ``RuntimeError`` when an answer is not what it should be.
    """
    times: dict[str, list[Taken]] = {"floor": [], "answer": [], "page": []}
    with tempfile.TemporaryDirectory() as scratch, aws_tls.serving(Path(scratch)) as aws:
        unpacked = Path(scratch, "task")
        zipfile.ZipFile(archive).extractall(unpacked)
        asking = _written(Path(scratch, "register.json"), apigw_events.register())
        looking = _written(Path(scratch, "page.json"), apigw_events.first_page())
        settings = deployment.environment(AWS_ENDPOINT_URL=aws.url, AWS_CA_BUNDLE=str(aws.ca))
        # The first of each kind also reads the disk, which Lambda's own figures do not tell apart.
        for counted in (False, *[True] * rounds):
            taken = {
                "floor": _floor(),
                "answer": _answer(unpacked, asking, settings, 202),
                "page": _answer(unpacked, looking, settings, 200),
            }
            if counted:
                for kind, start in taken.items():
                    times[kind].append(start)
                step()
        calls = len(aws.asked) // (rounds + 1)
    return [
        _over_floor(
            "cold start to the first answer of POST /registrations",
            times["answer"],
            times["floor"],
            ANSWER_BUDGET,
            f"{calls} AWS calls over TLS, ",
        ),
        _over_floor("cold start to the first page", times["page"], times["floor"], PAGE_BUDGET, ""),
    ]


def _over_floor(
    name: str, starts: list[Taken], floors: list[Taken], budget: float, how: str
) -> Figure:
    wall, floor = settled([s.wall for s in starts]), settled([f.wall for f in floors])
    processor = settled([s.processor for s in starts]) / settled([f.processor for f in floors])
    return Figure(
        name,
        wall / floor,
        budget,
        "×",
        f"{how}÷ floor of {floor * 1000:.0f} ms, {len(starts)} rounds;"
        f" processor time alone {processor:.2f} ×",
    )


def _written(file: Path, event: object) -> Path:
    file.write_text(json.dumps(event), encoding="utf-8")
    return file


def _floor() -> Taken:
    site = sysconfig.get_paths()["purelib"]
    return _timed([str(HERE / "cold_start_floor.py"), site], deployment.environment(), 0)


def _answer(tree: Path, event: Path, settings: Mapping[str, str], status: int) -> Taken:
    return _timed([str(HERE / "first_answer.py"), str(tree), str(event)], settings, status)


def _timed(script: list[str], settings: Mapping[str, str], expected: int) -> Taken:
    # -I and -S: nothing of this machine's site-packages, as nothing of it is in Lambda. -B: what
    # byte code the zip brings is all there is.
    told = subprocess.run(
        [sys.executable, "-I", "-S", "-B", *script],
        env=dict(settings),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    if told.returncode:
        raise RuntimeError(told.stderr)
    # A line of the app's log may stand before the script's own.
    wall, processor, status = told.stdout.splitlines()[-1].split()
    if int(status) != expected:
        raise RuntimeError(f"answered {status}, not {expected}: {told.stderr}{told.stdout}")
    return Taken(int(wall) / 1e9, int(processor) / 1e9)
