"""What the service is said to cost."""

from __future__ import annotations

import pytest

from ops import ROOT
from ops.cli import main
from ops.costs import CostItem, Price, prices, total
from ops.costs.tables import APPLICANTS, tables


def test_the_deployment_guide_shows_what_the_command_prints(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["costs"]) == 0
    printed = capsys.readouterr().out
    guide = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
    for table in tables(APPLICANTS):
        text = "\n".join(table)
        assert text in printed
        assert text in guide, "docs/deploy.md is behind: make costs"


@pytest.mark.parametrize(
    ("tier", "users", "usd"),
    [
        ("ESSENTIALS", 10_000, 0),
        ("ESSENTIALS", 10_001, 0.015),
        ("LITE", 10_000, 0),
        ("LITE", 100_000, 90_000 * 0.0055),
        ("LITE", 100_001, 90_000 * 0.0055 + 0.0046),
    ],
)
def test_cognito_charges_users_beyond_the_free_ones_by_its_steps(
    tier: str, users: int, usd: float
) -> None:
    assert prices.users_cost(tier, users) == pytest.approx(usd)


def test_deleting_accounts_costs_as_much_as_having_them_for_a_month(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """To Cognito whoever is deleted was active; 31,193 are beyond the free ones."""
    assert main(["costs", "41,193"]) == 0
    table = capsys.readouterr().out.partition("deleting the accounts")[2]
    assert "| in another month (Cognito ESSENTIALS) | 468 |" in table
    assert "| in another month (Cognito LITE) | 172 |" in table


def test_a_price_is_for_so_many_pieces() -> None:
    use = CostItem("SES", "mails", 3000, Price(0.16, 1000, "mail", "ap-northeast-1", "2026-07-22"))
    assert total([use, use]) == pytest.approx(0.96)


def test_any_number_of_applicants_can_be_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["costs", "12,000", "1"]) == 0
    assert capsys.readouterr().out.splitlines()[0] == "| US dollars, one month | 12,000 | 1 |"


@pytest.mark.parametrize("typed", ["many", "-5", "1.5", ""])
def test_what_is_no_number_of_people_is_refused_in_one_clear_line(
    typed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["costs", "--", typed]) == 2
    assert f"{typed!r} is no number of people" in capsys.readouterr().err
