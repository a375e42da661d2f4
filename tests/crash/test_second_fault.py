"""A second fault strikes while the first is being mended."""

from __future__ import annotations

import pytest

from tests.crash.fault_injection import FaultKind
from tests.crash.plays import EveryPair, Play, Stage, completes, corrects, registers, verifies

KILLED, LOST = FaultKind.KILLED, FaultKind.LOST
PAIRS = [(KILLED, KILLED), (LOST, LOST), (KILLED, LOST)]


@pytest.fixture(params=PAIRS, ids=lambda ways: "-".join(way.name.lower() for way in ways))
def every_pair(request: pytest.FixtureRequest, stage: Stage, every_call: bool) -> EveryPair:
    return EveryPair(stage, request.param, every_call)


@pytest.mark.parametrize("play", [registers, verifies, completes, corrects])
def test_what_was_begun_ends_as_if_nothing_had_gone_wrong(
    every_pair: EveryPair, play: Play
) -> None:
    every_pair(play)
