"""What receivers make of a domain's SPF."""

from __future__ import annotations

import pytest

from ops.spf import SES_RECORD, spf_error

DOMAIN = "entry.example.lg.jp"


@pytest.mark.parametrize(
    "texts",
    [
        [SES_RECORD],
        ["v=spf1 include:_spf.example.lg.jp include:amazonses.com -all", "MS=ms1"],
        ["V=SPF1 ip4:203.0.113.1 +INCLUDE:amazonses.com"],
        # Another version, and a word that only begins so, are no SPF records.
        ["v=spf10 -all", "spf2.0/pra -all", SES_RECORD],
    ],
)
def test_a_record_that_lets_ses_send(texts: list[str]) -> None:
    assert spf_error(DOMAIN, texts) is None


@pytest.mark.parametrize("texts", [[], ["MS=ms1", "include:amazonses.com"]])
def test_a_domain_without_spf_lacks_it(texts: list[str]) -> None:
    assert spf_error(DOMAIN, texts) == f'{DOMAIN} lacks TXT "{SES_RECORD}".'


def test_two_records_are_none() -> None:
    error = spf_error(DOMAIN, ["v=spf1 mx -all", "v=spf1 include:amazonses.com ~all"])
    assert error is not None
    assert "has 2 SPF records" in error


@pytest.mark.parametrize(
    "record",
    [
        "v=spf1",
        "v=spf1 mx ~all",
        "v=spf1 include:amazonses.com.example ~all",
        "v=spf1 -include:amazonses.com ~all",
        "v=spf1 mx -all include:amazonses.com",
    ],
)
def test_ses_is_merged_into_the_record_that_is_there(record: str) -> None:
    error = spf_error(DOMAIN, [record])
    assert error is not None
    assert "include:amazonses.com, merge it into the one that is there, never a second" in error
    assert record in error
