"""What the pages weigh is what is documented, and within its budget."""

from __future__ import annotations

import pytest

from bench import form_walk, local_server, page_weight
from tests.documented_figure import documented_figure


def test_the_documented_weight_of_the_heaviest_page_is_its_weight() -> None:
    with local_server.running() as url:
        heaviest = page_weight.figure(url, form_walk.pages(url)).measured
    told = documented_figure("the heaviest page", "KB")
    assert heaviest is not None
    assert heaviest == pytest.approx(told, abs=0.5), "docs/development.md, Reading the bench"
    assert heaviest <= page_weight.BUDGET
