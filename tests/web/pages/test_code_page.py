"""The code page follows the state: of the registration, of its mail, and of what was refused."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any

import pytest

from chalicelib import errors
from chalicelib.errors import TodokuError
from chalicelib.locales import LOCALES, furigana, words
from tests.web.pages.desk import NOW, mail, view
from tests.web.pages.reading import Page, read
from tests.web.pages.scenes import DOCOMO, SCENES, Scene

MAILS: dict[str, Any] = {
    "none": mail(),
    "sent": mail("waiting", "sent", advice=("wait",)),
    "delayed": mail("waiting", "sent", "delayed", reason="deferred", advice=("wait",)),
    "delivered": view().delivery,
    "bounced": mail("waiting", "sent", "bounced", reason="other", advice=("free-space",)),
    "no such mailbox": mail(
        *("waiting", "sent", "bounced"),
        reason="no-such-mailbox",
        advice=("check-address", "try-another-address"),
    ),
    "rejected": mail("waiting", "rejected", advice=("ask-help-desk",)),
    "rejected after one": mail("waiting", "sent", "delivered", "waiting", "rejected"),
}
FAILED = frozenset({"bounced", "no such mailbox", "rejected", "rejected after one"})
CODE, AGAIN = "/api/v1/registrations/current/verification", "/api/v1/registrations/current/code"
REFUSALS: dict[str, tuple[str, TodokuError] | None] = {
    "nothing": None,
    "wrong": (CODE, errors.CodeMismatch(3)),
    "dead": (CODE, errors.CodeExpired()),
    "too many": (CODE, errors.TooManyAttempts(NOW + timedelta(minutes=5))),
    "too soon": (AGAIN, errors.Wait(NOW + timedelta(seconds=42))),
}
STATES = ("queued", "awaiting_code", "expired")
PRODUCT = list(itertools.product(STATES, MAILS, REFUSALS))
everything = pytest.mark.parametrize(("state", "told", "refused"), PRODUCT)
every_locale = pytest.mark.parametrize("locale", LOCALES)


def page(state: str, told: str, refused: str, locale: str = "en") -> Page:
    shown = view(**DOCOMO, state=state, delivery=MAILS[told])
    path, error = REFUSALS[refused] or ("", None)
    reply = Scene("/register/code", shown, error=error, posted=path).reply(locale)
    return read(reply.body)


def at(found: Page, tag: str, **attributes: str) -> list[int]:
    """Where in the source these stand."""
    wanted = [id(e) for e in found.all(tag, **attributes)]
    return [n for n, e in enumerate(found.elements) if id(e) in wanted]


@everything
def test_one_heading_says_what_happened_and_nothing_stands_between_it_and_the_banner(
    state: str, told: str, refused: str
) -> None:
    found = page(state, told, refused)

    heading = (
        "The email did not arrive"
        if told in FAILED
        else "This code has expired"
        if state == "expired"
        else "Enter the six-digit code"
    )
    assert found.one("h1").text == heading
    inside = found.elements[at(found, "h1")[0] + 1 :]
    banner = next(e for e in inside if e.attributes.get("id") != "mail-now")
    assert "banner" in banner["class"]
    assert (banner.attributes.get("id") == "problem") is (refused != "nothing")


@everything
def test_a_code_that_is_over_is_told_to_be_and_another_is_offered(
    state: str, told: str, refused: str
) -> None:
    found = page(state, told, refused)
    text = found.one("main").text

    assert len(found.all("form", action=AGAIN)) == (told != "no such mailbox")
    over = state == "expired"
    assert not (over and "Any code works until" in text)
    assert ("Resend the same code" in text) is (
        not over and told not in ("no such mailbox", "rejected")
    )
    assert ("Send a new code" in text) is (over and told != "no such mailbox")


@every_locale
@everything
def test_after_a_mail_that_failed_nobody_waits_for_it(
    state: str, told: str, refused: str, locale: str
) -> None:
    text = page(state, told, refused, locale).one("main").text
    patience = (
        "few minutes to arrive",
        "usually arrives",
        "Please wait",
        "届くまで",
        "お待ちください",
        "待って ください",
    )

    if told in FAILED:
        assert [said for said in patience if said in text] == []


@everything
def test_a_mail_that_failed_leads_to_another_address_first(
    state: str, told: str, refused: str
) -> None:
    found = page(state, told, refused)
    if told not in FAILED:
        assert found.all("a", class_="button") == []
        return
    (change, *more) = (
        n
        for n in at(found, "a", class_="button")
        if refused == "nothing" or n > at(found, "div", id="problem")[0]
    )
    mails = at(found, "h2", id="mail")[0]
    assert "/register?change=1" in found.elements[change]["href"]
    assert change < min(at(found, "button"))
    # In the status list the same link is not shown a second time (test_access).
    assert all(n > mails for n in more)
    assert "taro.yamada@docomo.ne.jp" in [e.text.strip() for e in found.all("dd")]


@everything
def test_the_field_is_folded_away_until_a_code_was_refused(
    state: str, told: str, refused: str
) -> None:
    found = page(state, told, refused)
    typed = refused in ("wrong", "dead", "too many")
    folded = [e for e in found.all("details") if "Six-digit code" in e.text]

    if told not in FAILED and state != "expired":
        assert folded == []
        assert found.all("input", id="code")
    elif told == "rejected" and not typed:
        # None was sent, so none can be typed.
        assert found.all("input", id="code") == []
    else:
        (fold,) = folded
        assert ("open" in fold.attributes) is typed


@everything
def test_two_lines_say_what_label_and_reference_are_for(
    state: str, told: str, refused: str
) -> None:
    found = page(state, told, refused)
    said = found.one("p", id="telling").text

    assert "If you ask for help, give both." in said
    assert ("also in the subject of our email" in said) is (told != "rejected")


def test_what_is_wrong_is_said_once() -> None:
    for scene in ("code, no digits", "code, wrong", "password, short", "address, carrier's dots"):
        body = SCENES[scene].reply("en").body
        (fault,) = [e for e in read(body).elements if e.attributes.get("id", "").endswith("-fault")]
        assert str(body).count(fault.text.strip()) == 1


def test_advice_to_wait_alone_has_no_list() -> None:
    for told in ("none", "sent"):
        assert "If you cannot find" not in page("awaiting_code", told, "nothing").text
    assert "If you cannot find" in page("awaiting_code", "delivered", "nothing").text


def test_advice_names_the_button_that_is_there() -> None:
    assert "press “Resend the same code”" in page("awaiting_code", "bounced", "nothing").text
    assert "press “Send a new code”" in page("expired", "bounced", "nothing").text


@pytest.mark.parametrize("scene", SCENES)
def test_a_button_that_would_refuse_is_shown_as_waiting_and_says_until_when(scene: str) -> None:
    for locale in LOCALES:
        for form in str(SCENES[scene].reply(locale).body).split("<form")[1:]:
            within = form.partition("</form>")[0]
            assert ("data-seconds" in within) is ("aria-disabled" in within)
    later = {"address, wait", "code, too many", "code, after too many", "password, wait"}
    if scene in later:
        assert 'aria-disabled="true"' in str(SCENES[scene].reply("en").body)
    if scene.endswith(", busy"):
        main = read(SCENES[scene].reply("en").body).one("main")
        assert "Wait a few seconds" in main.text
        assert "press this at" not in main.text


@pytest.mark.parametrize("scene", [s for s in SCENES if not s.startswith("problem type")])
@pytest.mark.parametrize("locale", ["ja", "ja-easy"])
def test_japanese_has_its_own_colons(scene: str, locale: str) -> None:
    found = read(SCENES[scene].reply(locale).body)

    assert "： " not in found.one("title").text
    for element in found.elements:
        if element.name in ("p", "li", "dt", "h1", "h2", "label") and "https:" not in element.text:
            assert ": " not in element.text
            assert "。 " not in element.text or locale == "ja-easy"


@every_locale
@pytest.mark.parametrize("scene", ["address", "code, sent", "password"])
def test_the_list_of_steps_has_a_name(scene: str, locale: str) -> None:
    (steps,) = read(SCENES[scene].reply(locale).body).all("ol", class_="steps")

    assert steps["aria-label"] == words(locale).gettext("The three steps")


@every_locale
def test_it_says_what_happened_then_the_address_and_time_then_the_field(locale: str) -> None:
    found = page("awaiting_code", "delivered", "nothing", locale)
    ids = {e.attributes.get("id"): n for n, e in enumerate(found.elements)}
    addresses = [n for n, e in enumerate(found.elements) if e.name == "b" and "@" in e.text]

    order = [ids["type"], ids["mail-now"], addresses[0], ids["works"], ids["code"]]
    assert order == sorted(order)
    label = at(found, "dd", class_="label")[0]
    assert ids["code"] < label < ids["telling"] < ids["mail"]


@every_locale
def test_the_status_says_when_it_was_looked_at_and_that_times_are_japans(locale: str) -> None:
    found = page("awaiting_code", "delivered", "nothing", locale)
    (said,) = (e.text for e in found.all("p") if "10:05" in e.text)

    told = words(locale).gettext("As of %(time)s. All times are Japan time.")
    for part in furigana.without(told).split("%(time)s"):
        assert part.strip() in said
