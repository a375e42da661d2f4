"""The console's mails: the list, the search in it, and one mail with its trail."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from urllib.parse import quote, urlencode

import pytest

from chalicelib.errors import TryLater
from chalicelib.trail.delivery_states import StateChange
from chalicelib.trail.mail_record import MailRecord
from local.console import pages
from local.mail_providers import ProviderRule
from local.server import LocalServer
from tests.local.console.conftest import MAIL, Console, Deliver
from tests.local.sample_app import SampleApp


def listed(page: str) -> list[str]:
    """The addresses on a page, as they stand there."""
    return re.findall(r'<a id="mail-\d+" href="/local/mails/\d+">([^<]*)</a>', page)


def test_the_list_has_every_mail_newest_first(
    console: Console, deliver: Deliver, name: str
) -> None:
    deliver(f"{name}-a@gmail.com")
    deliver(f"{name}-b@gmail.com", text="Your code: 654321")
    status, page = console.get(f"/local/?q={name}")

    assert status == 200
    assert listed(page) == [f"{name}-b@gmail.com", f"{name}-a@gmail.com"]
    assert 'data-copy="654321"' in page
    assert 'http-equiv="refresh"' not in page
    assert listed(console.get("/local/")[1])[:2] == listed(page)


def test_a_mail_that_reached_no_inbox_is_there_too(
    machine: LocalServer, console: Console, deliver: Deliver, name: str
) -> None:
    """What a catcher of what arrives would not have: bounced, silent, in the junk folder."""
    shown = []
    for behaviour, last in (("bounce", "Bounce"), ("junk", "Delivery"), ("silent", "")):
        machine.providers.set(ProviderRule("google", behaviour=behaviour))  # type: ignore[arg-type]
        deliver(f"{name}-{behaviour}@gmail.com", last=last)
        page = console.get(f"/local/?q={name}-{behaviour}")[1]
        state = re.search(r'class="state [a-z]+">([^<]+)</span>\s+<span>([^<]+)</span>', page)
        assert state
        shown.append(state.groups())
    assert shown == [
        ("bounced: no-such-mailbox", "in no folder"),
        ("delivered", "in the junk folder"),
        ("sent", "in no folder"),
    ]
    assert machine.mailbox.to(f"{name}-junk@gmail.com") == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("taro@gmail.com", True),
        ("ＴＡＲＯ＠gmail", True),
        ("taro jiro", False),
        ("delivered taro", True),
        ("K7", True),
        ("k7", True),
        ("【K7】", False),
        ("7Q4K-2M9X-8T", True),
        ("7q4k2m9x8t", True),
        ("7Q4K 2M9X 8T", True),
        ("taro 7Q4Kー2M9X", True),
        ("7Q4K 8T", False),
        ("2M9X", True),
        # Two characters are a label: in some part of a reference there are always two such.
        ("2M", False),
        ("", True),
        ("%", False),
    ],
)
def test_a_search_by_address_label_and_reference(
    console: Console, deliver: Deliver, name: str, query: str, found: bool
) -> None:
    deliver(f"{name}.taro@gmail.com")
    page = console.get(f"/local/?{urlencode({'q': query})}")[1]

    assert (f"{name}.taro@gmail.com" in listed(page)) is found
    assert not query or f"{len(listed(page))} mail" in page


def test_a_domain_of_other_letters_is_shown_in_them(
    machine: LocalServer, console: Console, deliver: Deliver, name: str
) -> None:
    typed = f"{name}@日本語.jp"
    number = deliver(f"{name}@xn--wgv71a119e.jp", provider="xn--wgv71a119e.jp")
    page = console.get(f"/local/?{urlencode({'q': typed})}")[1]
    assert listed(page) == [typed]
    assert "xn--" not in page

    page = console.get(f"/local/mails/{number}")[1]
    before_events = page.partition('id="events"')[0]
    assert "xn--" not in before_events
    assert f"<title>{typed}: " in page
    (query,) = re.findall(r'<dt>To</dt><dd><a href="/local/\?([^"]+)"', page)
    assert listed(console.get(f"/local/?{query}")[1]) == [typed]


def test_a_long_list_says_that_there_is_more(
    console: Console, deliver: Deliver, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "MOST_LISTED", 2)
    for number in range(3):
        deliver(f"{name}-{number}@gmail.com")
    page = console.get(f"/local/?q={name}")[1]

    assert listed(page) == [f"{name}-2@gmail.com", f"{name}-1@gmail.com"]
    assert "3 mails, the newest 2 are listed" in page


def test_what_a_mail_says_is_text(console: Console, deliver: Deliver, name: str) -> None:
    evil = "<script>alert(1)</script>\"'"
    number = deliver(f"{name}@gmail.com", subject=f"<i>{name}", text=evil)
    for path in (f"/local/?q={name}", f"/local/mails/{number}", "/local/?q=%3Cscript%3Ealert"):
        page = console.get(path)[1]
        assert "<script>alert" not in page
        assert "<i>" not in page
    assert "&lt;script&gt;alert(1)" in console.get(f"/local/mails/{number}")[1]


def test_one_mail_has_its_code_label_reference_and_what_ses_told(
    machine: LocalServer, console: Console, deliver: Deliver, name: str
) -> None:
    machine.providers.set(ProviderRule("google", behaviour="bounce"))
    number = deliver(
        f"{name}@gmail.com", subject="【K7】登録", text="コード\n\n123456\n\nです", last="Bounce"
    )
    status, page = console.get(f"/local/mails/{number}")

    assert status == 200
    for copied in ("123456", "7Q4K-2M9X-8T"):
        assert f'data-copy="{copied}"' in page
    assert '<dd class="mono">K7</dd>' in page
    assert "<dd>届く &lt;no-reply@" in page
    assert "bounced: no-such-mailbox" in page
    assert re.findall(r"<b>(accepted|Send|Bounce)</b>", page) == ["accepted", "Send", "Bounce"]
    assert "Permanent General: smtp; 550 5.1.1 user unknown" in page
    assert "&#34;bounceType&#34;: &#34;Permanent&#34;" in page


def test_one_mail_has_the_services_own_trail(
    console: Console, deliver: Deliver, name: str, sample_app: SampleApp
) -> None:
    number = deliver(f"{name}@gmail.com", reference=f"REF{name}")
    assert "The service has no record" in console.get(f"/local/mails/{number}")[1]

    at = datetime(2027, 1, 9, 3, 4, 5, tzinfo=UTC)
    states = {"waiting": StateChange(at), "delayed": StateChange(at, "deferred", "450 later")}
    for mail, its in (("f" * 32, {"complained": StateChange(at)}), (MAIL, states)):
        record = MailRecord(f"REF{name}", mail, "sign-up", "google", "primary", "n", at, its)  # type: ignore[arg-type]
        sample_app.mail_records_kept.append(record)
    page = console.get(f"/local/mails/{number}")[1]
    trail = page.partition('id="trail"')[2].partition("<h2>")[0]

    assert re.findall(r"<b>(\w+)</b>", trail) == ["waiting", "delayed"]
    assert "12:04:05 JST" in trail
    assert "deferred" in trail
    assert "450 later" in trail


def test_a_mail_is_shown_while_its_table_does_not_answer(
    console: Console,
    deliver: Deliver,
    name: str,
    running: LocalServer,
    sample_app: SampleApp,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Silent(list[MailRecord]):
        def __iter__(self) -> None:  # type: ignore[override]
            raise TryLater

    monkeypatch.setattr(sample_app, "mail_records_kept", Silent())
    status, page = console.get(f"/local/mails/{deliver(f'{name}@gmail.com')}")

    assert status == 200
    assert "does not answer" in page


@pytest.mark.parametrize("number", ["0", "99999", "x", "1/2", "", "１", "9" * 5000])
def test_a_mail_that_is_none_is_not_found(console: Console, number: str) -> None:
    assert console.get(f"/local/mails/{quote(number)}")[0] == 404


def test_the_former_address_leads_to_the_list(console: Console) -> None:
    for path, leads_to in (
        ("/local", "/local/"),
        ("/local/mailbox", "/local/"),
        ("/local/mailbox?to=a%2Bb@x.jp", "/local/?q=a%2Bb%40x.jp"),
    ):
        assert (console.get(path)[0], console.location) == (303, leads_to)
