"""How many mails a test asks for, as it says itself: ``@pytest.mark.mails``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from tests.endtoend.target import SIMULATOR


def announced(item: pytest.Item) -> dict[str, int]:
    """How many mails a test asks for, by whom they go to."""
    marker = item.get_closest_marker("mails")
    return {"mailbox": 0, "simulator": 0, **(marker.kwargs if marker else {})}


def kept(arrived: Sequence[str], most: Mapping[str, int]) -> bool:
    """Whether those to whom mails ``arrived`` are as many as announced. Not each mail to the
    simulator arrives: it bounces some."""
    simulated = sum(to.endswith(f"@{SIMULATOR}") for to in arrived)
    return len(arrived) - simulated == most["mailbox"] and simulated <= most["simulator"]
