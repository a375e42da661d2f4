"""Changes that come when their attempt was corrected away meanwhile."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from chalicelib.verification import transitions
from chalicelib.verification.model import Registration
from tests.in_memory.world import START, World

GONE = "NOBODYSREF"

CHANGES: dict[str, Callable[[Registration], Registration]] = {
    "postponed": lambda r: transitions.postponed(r, GONE, START, START),
    "signing up": lambda r: transitions.signing_up(r, GONE, None, START),
    "signed up": lambda r: transitions.signed_up(r, GONE, START),
    "reissuing": lambda r: transitions.reissuing(r, GONE, START),
    "mail handed on": lambda r: transitions.mail_handed_on(r, GONE),
    "mail handed over": lambda r: transitions.mail_handed_over(r, GONE, 1),
    "code issued": lambda r: transitions.code_issued(r, GONE, START, ""),
    "code died": lambda r: transitions.code_died(r, GONE, START),
    "no such domain": lambda r: transitions.no_such_domain(r, GONE, START),
    "address refused": lambda r: transitions.address_refused(r, GONE),
}


@pytest.mark.parametrize("change", CHANGES)
def test_nothing_changes(world: World, change: str) -> None:
    registration = world.lookup.registration(world.ask())
    assert CHANGES[change](registration) is registration
