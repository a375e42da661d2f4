"""A client of the local Cognito."""

from __future__ import annotations

import pytest

from local.server import LocalServer
from tests.local.cognito.cognito_client import CognitoClient
from tests.local.sample_app import SampleApp


@pytest.fixture
def cognito(machine: LocalServer, sample_app: SampleApp) -> CognitoClient:
    return CognitoClient(machine, sample_app)
