"""What the checks look at."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from ops.deploy.preflight.context import Ground
from ops.stage.settings import Stage
from tests.ops.fake_account import Account
from tests.ops.fake_cloudformation import NOW, Formation

Dns = Mapping[tuple[str, str], list[str]]


@pytest.fixture
def ground(
    account: Account, formation: Formation, stage: Callable[..., Stage]
) -> Callable[..., Ground]:
    """Stages in the account, with what the DNS has."""

    def made(*, dns: Dns | None = None, routes: int = 1, **service: str) -> Ground:
        there = dns or {}
        return Ground(
            stage(routes=routes, **service),
            account.clients,
            lambda name, kind: there.get((name, kind), []),
            NOW,
        )

    return made
