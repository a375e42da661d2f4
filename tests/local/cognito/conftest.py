"""A caller of the stand-in's Cognito."""

from __future__ import annotations

import pytest

from local.server import Machine
from tests.local.cognito.cognito_client import Caller
from tests.local.sample_app import Little


@pytest.fixture
def cognito(machine: Machine, little: Little) -> Caller:
    return Caller(machine, little)
