"""A caller of the stand-in's Cognito."""

from __future__ import annotations

import pytest

from local.machine import Machine
from tests.local.cognito.caller import Caller
from tests.local.little import Little


@pytest.fixture
def cognito(machine: Machine, little: Little) -> Caller:
    return Caller(machine, little)
