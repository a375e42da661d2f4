"""The tables of docs/deploy.md that say what a season costs, in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ops.costs import CostItem, prices, total, usage

APPLICANTS = (5_000, 41_193, 200_000)
"""A small board; the prefecture of January 2024; the largest one."""


def tables(applicants: Sequence[int]) -> Iterator[list[str]]:
    """Lines of Markdown: a season, what a thousand registrations use, what stands there anyway,
    what a user costs, and what it costs to delete them."""
    yield list(_season(applicants))
    yield list(_usage("1,000 registrations", usage.per_registration(), 1000))
    yield list(_usage("one month, two routes", usage.per_month(), 1))
    yield list(_users())
    yield list(_deletion(applicants))


def _season(applicants: Sequence[int]) -> Iterator[str]:
    asked = [number * usage.REGISTRATIONS for number in applicants]
    each = total(usage.per_registration())
    fixed = total(usage.per_month())
    mails = total(use for use in usage.per_registration() if use.service == "SES")
    yield from _header("US dollars, one month", [f"{number:,}" for number in applicants])
    yield _row("registrations and mails", [f"{number:,.0f}" for number in asked])
    yield _money_row("mails (SES)", [number * mails for number in asked])
    yield _money_row("everything else that is used", [number * (each - mails) for number in asked])
    yield _money_row("what stands there anyway", [fixed] * len(asked))
    for tier in ("ESSENTIALS", "LITE"):
        users = [prices.users_cost(tier, number) for number in asked]
        sums = [paid + number * each + fixed for paid, number in zip(users, asked, strict=True)]
        yield _money_row(f"users (Cognito {tier})", users)
        yield _money_row(f"**together, {tier}**", sums)


def _usage(title: str, them: Sequence[CostItem], times: int) -> Iterator[str]:
    yield from _header(title, ["count", "price in US dollars", "region", "read", "US dollars"])
    for use in them:
        price = use.price
        cells = [f"{use.count * times:,.0f}", price.rate, price.region, price.read]
        yield _row(f"{use.service}: {use.what}", [*cells, f"{use.usd * times:.2f}"])
    yield _row("**together**", ["", "", "", "", f"**{total(them) * times:.2f}**"])


def _users() -> Iterator[str]:
    yield from _header("Cognito: users in one month", ["US dollars each", "region", "read"])
    yield _row(f"the first {prices.FREE_USERS:,}", ["0", "", ""])
    for title, price in (
        ("ESSENTIALS: every other", prices.ESSENTIALS_USER),
        (f"LITE: the next {prices.LITE_FIRST:,}", prices.LITE_USER),
        ("LITE: every other", prices.LITE_USER_MORE),
    ):
        yield _row(title, [f"{price.usd:g}", price.region, price.read])


def _deletion(applicants: Sequence[int]) -> Iterator[str]:
    """Whoever is deleted is a user of that month to Cognito, as whoever signs in is."""
    title = "US dollars, deleting the accounts"
    yield from _header(title, [f"{number:,}" for number in applicants])
    yield _money_row("in a month in which they signed up or in", [0] * len(applicants))
    for tier in ("ESSENTIALS", "LITE"):
        users = [prices.users_cost(tier, number) for number in applicants]
        yield _money_row(f"in another month (Cognito {tier})", users)


def _header(title: str, columns: Sequence[str]) -> Iterator[str]:
    yield _row(title, columns)
    yield f"|---|{'--:|' * len(columns)}"


def _money_row(title: str, amounts: Iterable[float]) -> str:
    return _row(title, [f"{amount:,.0f}" for amount in amounts])


def _row(title: str, cells: Sequence[str]) -> str:
    return f"| {' | '.join([title, *cells])} |"
