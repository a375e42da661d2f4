"""What the checks look at."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from ops.deploy.preflight.context import PreflightContext
from ops.stage.settings import Stage
from tests.ops.fake_account import FakeAccount
from tests.ops.fake_cloudformation import NOW, FakeCloudFormation

Dns = Mapping[tuple[str, str], list[str]]


@pytest.fixture
def context(
    account: FakeAccount, formation: FakeCloudFormation, stage: Callable[..., Stage]
) -> Callable[..., PreflightContext]:
    """Stages in the account, with what the DNS has."""

    def made(*, dns: Dns | None = None, routes: int = 1, **service: str) -> PreflightContext:
        there = dns or {}
        return PreflightContext(
            stage(routes=routes, **service),
            account.clients,
            lambda name, kind: there.get((name, kind), []),
            NOW,
        )

    return made
