"""What of a mail domain is counted together, and what nobody commands."""

from __future__ import annotations

import pytest

from chalicelib.limits.domain_key import domain_key, is_commanded

PEPPER = b"p" * 32


def key(domain: str) -> str:
    return domain_key(domain, PEPPER)


@pytest.mark.parametrize("below", ["a.example.com", "b.a.example.com", "xn--p8j.example.com"])
def test_whoever_registered_a_domain_commands_all_below_it(below: str) -> None:
    assert key(below) == key("example.com")
    assert is_commanded(key(below))


def test_two_schools_are_two_domains() -> None:
    assert key("one.ed.jp") != key("two.ed.jp")
    assert key("one.example.com") != domain_key("one.example.com", b"q" * 32)


@pytest.mark.parametrize("provider", ["gmail.com", "docomo.ne.jp", "t.vodafone.ne.jp"])
def test_nobody_commands_a_mail_providers_domain(provider: str) -> None:
    assert not is_commanded(key(provider))
    assert is_commanded(key(f"not.a.{provider}"))


def test_a_record_of_an_earlier_release_has_no_domain_and_costs_none() -> None:
    assert not is_commanded("")


def test_no_key_says_what_the_domain_is_called() -> None:
    assert "example" not in key("example.com")
