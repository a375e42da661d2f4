import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.identity.typos import PROVIDERS, suggest


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("gmai.com", "gmail.com"),
        ("gmail.co.jp", "gmail.com"),
        ("gmeil.com", "gmail.com"),
        ("gmail.con", "gmail.com"),
        ("gmial.com", "gmail.com"),
        ("docomo.co.jp", "docomo.ne.jp"),
        ("docmo.ne.jp", "docomo.ne.jp"),
        ("ezweb.co.jp", "ezweb.ne.jp"),
        ("yahoo.cojp", "yahoo.co.jp"),
        ("gmail.ne.jp", "gmail.com"),
        ("i.softbank.ne.jp", "i.softbank.jp"),
        ("i.softbank.co.jp", "i.softbank.jp"),
        ("uqmobile.ne.jp", "uqmobile.jp"),
        ("uqmobile.co.jp", "uqmobile.jp"),
        ("uqmobile.com", "uqmobile.jp"),
        ("au.ne.jp", "au.com"),
        ("au.co.jp", "au.com"),
        ("icloud.co.jp", "icloud.com"),
        ("iclud.com", "icloud.com"),
        ("softbank.co.jp", "softbank.ne.jp"),
        ("hotmial.com", "hotmail.com"),
        ("outlok.com", "outlook.com"),
        ("au.con", "au.com"),
    ],
)
def test_a_slip_of_a_provider_is_recognised(typed: str, meant: str) -> None:
    assert suggest(typed) == meant


@pytest.mark.parametrize(
    "domain",
    [
        *PROVIDERS,
        "yahoo.com",
        "yahoo.co.uk",
        "hotmail.fr",
        "googlemail.com",
        "mail.com",
        "ai.com",
        "example.com",
        "edu.jp",
        "school.ed.jp",
        "pref.hyogo.lg.jp",
        "d.vodafone.ne.jp",
        "yahoo.ne.jp",
        "ymobile1.ne.jp",
        "y-mobile.ne.jp",
        "emobile.ne.jp",
        "i.example.jp",
    ],
)
def test_a_real_domain_is_never_suggested_away_from(domain: str) -> None:
    assert suggest(domain) is None


LONG_NAMES = ["docomo.ne.jp", "ezweb.ne.jp", "softbank.ne.jp", "icloud.com", "yahoo.co.jp"]


@given(st.sampled_from(LONG_NAMES), st.data())
def test_one_letter_left_out_of_a_long_name_is_seen(provider: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(provider) - 1))
    assert suggest(provider[:at] + provider[at + 1 :]) == provider
