"""Changes that come when their attempt was corrected away meanwhile."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from chalicelib.registration import attempts
from chalicelib.registration.model import Registration
from tests.registration.world import START, World

GONE = "NOBODYSREF"

CHANGES: dict[str, Callable[[Registration], Registration]] = {
    "postponed": lambda r: attempts.postponed(r, GONE, START),
    "signing up": lambda r: attempts.signing_up(r, GONE, None, START),
    "signed up": lambda r: attempts.signed_up(r, GONE, START),
    "reissuing": lambda r: attempts.reissuing(r, GONE, START),
    "left": lambda r: attempts.left(r, GONE),
    "code issued": lambda r: attempts.code_issued(r, GONE, START),
    "code died": lambda r: attempts.code_died(r, GONE, START),
    "refused": lambda r: attempts.refused(r, GONE),
}


@pytest.mark.parametrize("change", CHANGES)
def test_nothing_changes(world: World, change: str) -> None:
    registration = world.lookup.registration(world.ask())
    assert CHANGES[change](registration) is registration
