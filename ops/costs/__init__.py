"""The service's costs: prices, the usage of one registration, the usage of every month.

Free allowances are left out, Cognito's excepted: so the bill is a little lower. No tax, and no
support plan.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Price:
    """The price of ``per`` pieces of ``unit``, and where and when it was read."""

    usd: float
    per: int
    unit: str
    region: str
    read: str
    """Date of the price list that was quoted, ``no date`` where that did not say."""

    def of(self, count: float) -> float:
        """What ``count`` pieces cost."""
        return count * self.usd / self.per

    @property
    def rate(self) -> str:
        """For people: ``0.715 for 1,000,000``."""
        return f"{self.usd:g} for {self.per:,}"


@dataclass(frozen=True)
class CostItem:
    """One item of a bill: so many units of something at a price."""

    service: str
    what: str
    count: float
    price: Price

    @property
    def usd(self) -> float:
        """What it costs."""
        return self.price.of(self.count)


def total(items: Iterable[CostItem]) -> float:
    """The sum of the items."""
    return sum(item.usd for item in items)
