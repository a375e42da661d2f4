"""Which provider stands behind an address, and what is remembered of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.courier.provider import (
    CachedProvider,
    NoSuchMailDomain,
    ProviderLookup,
    provider_by_mx,
)
from chalicelib.errors import TryLater
from tests.in_memory.post import START, Clock


class MemoryDomains:
    def __init__(self) -> None:
        self.kept: dict[str, CachedProvider] = {}

    def get(self, domain: str) -> CachedProvider | None:
        return self.kept.get(domain)

    def put(self, cached: CachedProvider) -> None:
        self.kept[cached.domain] = cached


class Dns:
    """``MxHosts`` from a table; ``OSError`` while ``down``. ``missing`` domains do not exist."""

    def __init__(self, **hosts: list[str]) -> None:
        self.hosts = {name.replace("_", "."): found for name, found in hosts.items()}
        self.asked: list[str] = []
        self.down = False
        self.missing: set[str] = set()

    def __call__(self, domain: str) -> list[str]:
        self.asked.append(domain)
        if self.down:
            raise OSError("no answer")
        if domain in self.missing:
            raise NoSuchMailDomain(domain)
        return self.hosts.get(domain, [])


@pytest.mark.parametrize(
    ("domain", "hosts", "provider"),
    [
        ("gmail.com", ["gmail-smtp-in.l.google.com"], "google"),
        ("hs.example.ed.jp", ["aspmx.l.google.com", "alt1.aspmx.l.google.com"], "google"),
        ("hs.example.ed.jp", ["smtp.google.com."], "google"),
        ("old.example.jp", ["ASPMX2.GOOGLEMAIL.COM"], "google"),
        ("yahoo.co.jp", ["mx1.mail.yahoo.co.jp"], "yahoo-jp"),
        ("docomo.ne.jp", ["mfsmax.docomo.ne.jp"], "docomo"),
        ("ezweb.ne.jp", ["lsean.ezweb.ne.jp"], "au"),
        ("au.com", ["lsean.au.com"], "au"),
        ("i.softbank.jp", ["mx.i.softbank.jp"], "softbank"),
        ("softbank.ne.jp", ["mx.softbank.ne.jp"], "softbank"),
        ("icloud.com", ["mx01.mail.icloud.com"], "icloud"),
        ("family.example", ["mx02.mail.icloud.com"], "icloud"),
        ("outlook.jp", ["outlook-jp.olc.protection.outlook.com"], "microsoft"),
        ("kk.example.co.jp", ["kk-example-co-jp.mail.protection.outlook.com"], "microsoft"),
        ("kk.example.co.jp", ["kk-example-co-jp.a-v1.mx.microsoft"], "microsoft"),
        ("school.example.jp", ["mx1.hosting.example.ne.jp"], "example.ne.jp"),
        # The first server receives, whatever stands behind it.
        ("school.example.jp", ["in.filter.example.com", "smtp.google.com"], "example.com"),
        # Without an MX the domain receives itself.
        ("mail.school.ed.jp", [], "school.ed.jp"),
        ("gmail.com", [], "google"),
        ("mail.docomo.ne.jp", [], "docomo"),
        # IP literals as MX name nobody.
        ("mail.example.jp", ["13.113.157.93.", "feedback-smtp.amazonses.com"], "amazonses.com"),
        ("mail.example.jp", ["13.113.157.93"], "example.jp"),
        # A name that only looks like a provider's.
        ("notgoogle.com", [], "notgoogle.com"),
        ("x.example", ["google.com.evil.example"], "evil.example"),
    ],
)
def test_provider_of(domain: str, hosts: list[str], provider: str) -> None:
    assert provider_by_mx(domain, hosts) == provider


def test_an_answer_is_remembered_for_a_day() -> None:
    dns, clock = Dns(hs_example_ed_jp=["smtp.google.com"]), Clock()
    providers = ProviderLookup(MemoryDomains(), dns, clock)
    assert providers.provider_of("HS.example.ed.jp.") == "google"
    clock.pass_(hours=24, microseconds=-1)
    assert providers.provider_of("hs.example.ed.jp") == "google"
    assert dns.asked == ["hs.example.ed.jp"]
    clock.pass_(microseconds=1)
    dns.hosts["hs.example.ed.jp"] = ["mx01.mail.icloud.com"]
    assert providers.provider_of("hs.example.ed.jp") == "icloud"


def test_without_dns_known_domains_are_known_by_name() -> None:
    dns = Dns()
    dns.down = True
    providers = ProviderLookup(MemoryDomains(), dns, Clock())
    assert providers.provider_of("gmail.com") == "google"
    assert providers.provider_of("ezweb.ne.jp") == "au"
    assert providers.provider_of("hs.example.ed.jp") == "example.ed.jp"


def test_a_guess_is_corrected_soon_and_costs_one_question_meanwhile() -> None:
    dns, clock = Dns(hs_example_ed_jp=["smtp.google.com"]), Clock()
    dns.down = True
    providers = ProviderLookup(MemoryDomains(), dns, clock)
    for _ in range(3):
        assert providers.provider_of("hs.example.ed.jp") == "example.ed.jp"
    assert len(dns.asked) == 1
    dns.down = False
    clock.pass_(minutes=5)
    assert providers.provider_of("hs.example.ed.jp") == "google"


def test_a_stale_answer_is_better_than_a_guess() -> None:
    dns, clock = Dns(hs_example_ed_jp=["smtp.google.com"]), Clock()
    providers = ProviderLookup(MemoryDomains(), dns, clock)
    providers.provider_of("hs.example.ed.jp")
    dns.down = True
    clock.pass_(days=2)
    assert providers.provider_of("hs.example.ed.jp") == "google"
    assert providers.provider_of("hs.example.ed.jp") == "google"
    assert len(dns.asked) == 2


def test_that_there_is_no_such_domain_is_remembered_for_a_minute() -> None:
    dns, clock = Dns(new_example_jp=["smtp.google.com"]), Clock()
    providers = ProviderLookup(MemoryDomains(), dns, clock)
    dns.missing = {"new.example.jp"}
    for _ in range(20):
        with pytest.raises(NoSuchMailDomain):
            providers.provider_of("new.example.jp")
    assert len(dns.asked) == 1
    dns.missing = set()
    clock.pass_(minutes=1)
    assert providers.provider_of("new.example.jp") == "google"


def test_servers_that_do_not_answer_are_not_asked_for_each_name_that_is_made_up() -> None:
    """Each would cost two seconds, and all mails behind it wait."""
    dns, clock = Dns(), Clock()
    providers = ProviderLookup(MemoryDomains(), dns, clock)
    dns.down = True
    for n in range(50):
        assert providers.provider_of(f"a{n}.slow.example.com") == "example.com"
    assert len(dns.asked) == 1
    dns.down = False
    clock.pass_(minutes=5)
    providers.provider_of("b.slow.example.com")
    assert len(dns.asked) == 2


@pytest.mark.parametrize("domain", ["i.softbank.jp", "nifty.com", "uqmobile.jp"])
def test_no_mail_provider_is_gone_because_a_resolver_says_so(domain: str) -> None:
    dns = Dns()
    dns.missing = {domain}
    assert ProviderLookup(MemoryDomains(), dns, Clock()).provider_of(domain)


def test_a_domain_that_was_there_is_believed_for_its_day_and_no_longer() -> None:
    dns, clock = Dns(old_example_jp=["smtp.google.com"]), Clock()
    providers = ProviderLookup(MemoryDomains(), dns, clock)
    providers.provider_of("old.example.jp")
    dns.missing = {"old.example.jp"}
    clock.pass_(hours=24, microseconds=-1)
    assert providers.provider_of("old.example.jp") == "google"
    clock.pass_(microseconds=1)
    with pytest.raises(NoSuchMailDomain):
        providers.provider_of("old.example.jp")


def test_a_large_providers_own_domain_is_there_whatever_the_dns_says() -> None:
    dns, clock = Dns(docomo_ne_jp=["mfsmax.docomo.ne.jp"]), Clock()
    providers = ProviderLookup(MemoryDomains(), dns, clock)
    dns.missing = {"docomo.ne.jp", "no.docomo.ne.jp"}
    assert providers.provider_of("docomo.ne.jp") == "docomo"
    with pytest.raises(NoSuchMailDomain):
        providers.provider_of("no.docomo.ne.jp")


def test_a_memory_that_does_not_answer_stops_nothing() -> None:
    class Down(MemoryDomains):
        def get(self, domain: str) -> CachedProvider | None:
            raise TryLater

        def put(self, cached: CachedProvider) -> None:
            raise TryLater

    assert ProviderLookup(Down(), Dns(), Clock()).provider_of("gmail.com") == "google"


def test_what_is_remembered_says_until_when() -> None:
    domains, dns = MemoryDomains(), Dns()
    ProviderLookup(domains, dns, Clock()).provider_of("gmail.com")
    assert domains.kept["gmail.com"].until == START + timedelta(days=1)
