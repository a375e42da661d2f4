"""The table that remembers who stands behind a mail domain."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from botocore.stub import Stubber

from chalicelib.aws.tables import ProviderCacheTable
from chalicelib.courier.provider import CachedProvider, ProviderLookup
from tests.aws.stack import Stack, stack
from tests.in_memory.post import START, Clock


@pytest.fixture
def aws() -> Iterator[Stack]:
    with stack() as made:
        yield made


def test_what_was_looked_up_is_remembered_until_it_is_replaced(aws: Stack) -> None:
    table = aws.table("DomainsTable")
    domains = ProviderCacheTable(lambda: aws.dynamodb, table)
    assert domains.get("hs.example.ed.jp") is None
    first = CachedProvider("hs.example.ed.jp", "google", START + timedelta(days=1))
    domains.put(first)
    assert domains.get("hs.example.ed.jp") == first
    second = CachedProvider("hs.example.ed.jp", "microsoft", START + timedelta(days=2))
    domains.put(second)
    assert domains.get("hs.example.ed.jp") == second
    (item,) = aws.items(table)
    assert item["expires"] == {"N": str(int(second.until.timestamp()))}


def test_one_look_up_serves_every_process_for_a_day(aws: Stack) -> None:
    table = aws.table("DomainsTable")
    asked: list[str] = []

    def mx(domain: str) -> list[str]:
        asked.append(domain)
        return ["smtp.google.com"]

    for _ in range(3):
        providers = ProviderLookup(ProviderCacheTable(lambda: aws.dynamodb, table), mx, Clock())
        assert providers.provider_of("hs.example.ed.jp") == "google"
    assert asked == ["hs.example.ed.jp"]


def test_a_throttled_memory_stops_no_mail(aws: Stack) -> None:
    domains = ProviderCacheTable(lambda: aws.dynamodb, "todoku-domains")
    with Stubber(aws.dynamodb) as stub:
        for call in ("get_item", "get_item"):
            stub.add_client_error(call, "ThrottlingException")
        assert ProviderLookup(domains, lambda _: [], Clock()).provider_of("gmail.com") == "google"
        stub.assert_no_pending_responses()
