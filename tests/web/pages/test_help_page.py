"""The help page advises what may help, by what became of the mail."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.pages.desk import mail, view
from tests.web.pages.reading import Page, read
from tests.web.pages.scenes import DOCOMO, Scene

OF_RECEIVING = ("spam folder", "receive emails from", "Resend", "any of our emails", "settings")


def page(*states: str, reason: str | None = None, advice: Any = ()) -> Page:
    told = view(**DOCOMO, delivery=mail(*states, reason=reason, advice=advice))
    return read(Scene("/register/code/help", told).reply("en").body)


@pytest.mark.parametrize("reason", ["no-such-mailbox", "no-such-domain"])
def test_of_a_mailbox_that_does_not_exist_it_says_nothing_of_receiving(reason: str) -> None:
    advice = ("check-address", "try-another-address")
    found = page("waiting", "sent", "bounced", reason=reason, advice=advice)

    assert not [words for words in OF_RECEIVING if words in found.one("main").text]
    assert found.all("details") == []
    assert found.one("a", href="/register?change=1").text == "Change the address"
    assert "If you can, use another address." in found.text


@pytest.mark.parametrize("state", ["sent", "delivered", "bounced"])
def test_where_a_setting_may_help_it_says_how(state: str) -> None:
    found = page("waiting", "sent", state, reason="policy", advice=("allow-domain:docomo",))

    assert all(words in found.one("main").text for words in OF_RECEIVING)
    assert found.one("details", open="").attributes["id"] == "docomo"


def test_it_is_another_page_once_only_another_address_helps() -> None:
    advice = ("check-address", "try-another-address")
    hopeless = page("waiting", "sent", "bounced", reason="no-such-mailbox", advice=advice)
    deferred = page("waiting", "sent", "delayed", reason="deferred", advice=("wait",))

    shapes = [found.one("h1").attributes["data-shape"] for found in (hopeless, deferred)]
    assert shapes[0] != shapes[1]
