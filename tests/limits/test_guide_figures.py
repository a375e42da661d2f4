"""How long a school waits for its codes, as docs/deploy.md tells whoever chooses a budget."""

from __future__ import annotations

from pathlib import Path

import pytest

from chalicelib.clock import japan_day
from tests.in_memory.world import World
from tests.limits.test_bad_days import asks

GUIDE = Path("docs/deploy.md")


@pytest.mark.parametrize(("budget", "days"), [(2_000, 1), (1_000, 3), (500, 6)])
def test_a_school_of_400_behind_one_address_has_its_codes_by_the_day_that_the_guide_says(
    budget: int, days: int
) -> None:
    world = World(budget)
    first = japan_day(world.now)
    tokens = [asks(world, f"p{n}@school.ed.jp", "192.0.2.1") for n in range(400)]
    for _ in range(6):
        world.sweep()
        world.wait(minutes=10)
    expected = [world.view(token).expected_at or world.now for token in tokens]
    assert (japan_day(max(expected)) - first).days == days - 1


def test_the_guide_says_so() -> None:
    said = (
        "a school of 400 has its codes on the day from about 2,000 mails a day on, "
        "by the third day at 1,000, and by the sixth at 500"
    )
    assert said in " ".join(GUIDE.read_text().split())
