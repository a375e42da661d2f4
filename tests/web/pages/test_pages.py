"""What holds for every page, in every state and every language."""

from __future__ import annotations

import base64
import gzip
import hashlib
import re
from functools import cache
from html import unescape

import pytest

from chalicelib.locales import LOCALES, words
from chalicelib.web.pages.manifest import ASSETS, FOLDER
from chalicelib.web.response import Response
from ops import ROOT
from ops.pages import catalogues
from tests.web.pages.reading import Page, read
from tests.web.pages.scenes import NO_ERROR, SCENES

LIGHT = 10 * 1024
"""Bytes, gzip: a page with everything it needs to show (design section 6)."""

every_scene = pytest.mark.parametrize("scene", SCENES)
every_locale = pytest.mark.parametrize("locale", LOCALES)


@cache
def translated(locale: str) -> frozenset[str]:
    """The sentences that read otherwise in ``locale`` than in the sources."""
    return frozenset(
        id
        for message in catalogues.extract_messages(ROOT)
        for id in ([message] if isinstance(message, str) else message)
        if words(locale).gettext(id) != id and "%" not in id and len(id) > 6
    )


def shown(scene: str, locale: str, prefix: str = "") -> tuple[Response, Page]:
    reply = SCENES[scene].reply(locale, prefix)
    assert reply.content_type.startswith("text/html"), (reply.status, reply.headers)
    return reply, read(reply.body)


@every_locale
@every_scene
def test_says_its_language_and_has_one_heading_and_one_main(scene: str, locale: str) -> None:
    _, page = shown(scene, locale)

    assert page.one("html")["lang"] == ("en" if locale == "en" else "ja")
    assert len(page.all("h1")) == 1
    assert len(page.all("main")) == 1
    assert page.one("a", class_="skip")["href"] == "#" + page.one("main")["id"]


@every_locale
@every_scene
def test_a_refusal_is_in_the_title_and_takes_the_focus(scene: str, locale: str) -> None:
    reply, page = shown(scene, locale)
    refused = SCENES[scene].error is not None
    told = refused or SCENES[scene].exists or SCENES[scene].displaced
    focused = [e for e in page.elements if "autofocus" in e.attributes]
    an_error = refused and scene not in NO_ERROR

    assert (reply.status >= 400) is refused
    assert page.one("title").text.startswith(words(locale).gettext("Error:")) is an_error
    assert [e.name for e in page.elements if e.attributes.get("role") == "alert"] == (
        ["div"] * an_error
    )
    assert len(focused) == told
    for element in focused:
        assert element["id"] == "problem"
        assert element["tabindex"] == "-1"


@every_locale
@every_scene
def test_every_id_is_there_once_and_every_reference_has_one(scene: str, locale: str) -> None:
    _, page = shown(scene, locale)

    assert len(page.ids) == len(set(page.ids))
    referring = ("for", "aria-describedby", "aria-labelledby", "data-reveal")
    wanted = {
        id
        for element in page.elements
        for name in referring
        for id in element.attributes.get(name, "").split()
    } | {a["href"][1:] for a in page.all("a") if a["href"].startswith("#")}
    assert wanted <= set(page.ids)


@every_scene
def test_every_field_has_a_label_and_a_fault_is_tied_to_it(scene: str) -> None:
    _, page = shown(scene, "en")

    labels = {label["for"] for label in page.all("label")}
    for field in page.all("input"):
        if field.attributes.get("type") == "hidden" or "hidden" in field.attributes:
            continue
        assert field["id"] in labels
        faulty = f"{field['id']}-fault" in page.ids
        assert (field.attributes.get("aria-invalid") == "true") is faulty
        assert (f"{field['id']}-fault" in field.attributes.get("aria-describedby", "")) is faulty


def test_nobody_is_told_of_a_code_that_was_never_sent() -> None:
    _, page = shown("address, correcting one in no domain", "en")
    _, before = shown("address, correcting", "en")

    assert "will stop working" in before.one("main").text
    assert "will stop working" not in page.one("main").text
    assert "We will send a six-digit code" in page.one("main").text


@pytest.mark.parametrize("scene", ["code, the last one wrong", "code, after too many"])
def test_who_has_no_attempt_left_is_told_how_long_to_wait(scene: str) -> None:
    _, page = shown(scene, "en")

    (hint,) = (e for e in page.elements if e.attributes.get("data-seconds") == "50")
    assert "10:06" in hint.text
    assert ("Too many wrong codes" in page.one("main").text) is (scene == "code, after too many")


@every_scene
def test_nothing_comes_from_elsewhere_and_everything_is_under_the_prefix(scene: str) -> None:
    _, page = shown(scene, "ja", "/dev")

    addresses = [
        element[name]
        for element in page.elements
        for name in ("href", "src", "action", "data-next", "data-current", "data-page")
        if name in element.attributes
    ]
    assert addresses
    followed = {a["href"] for a in page.all("a")}
    for address in addresses:
        # What leads elsewhere is a link that somebody follows, and nothing that the page needs.
        elsewhere = address in followed and address.startswith(("tel:", "https://"))
        assert elsewhere or address.startswith(("/dev/", "#", "data:")), address


@every_scene
def test_another_tab_knows_nothing_of_this_one(scene: str) -> None:
    _, page = shown(scene, "ja")

    for link in page.all("a", target="_blank"):
        assert link["rel"] == "noopener noreferrer"


@every_scene
def test_what_is_typed_is_posted_and_stands_in_no_address(scene: str) -> None:
    _, page = shown(scene, "en")

    assert all(form["method"] == "post" for form in page.all("form"))
    typed = [text for text in SCENES[scene].typed.values() if len(text) > 3]
    for element in page.elements:
        for name in ("href", "src", "action", "data-next", "data-current", "data-page"):
            assert not any(text in element.attributes.get(name, "") for text in typed)


@every_scene
def test_every_page_leads_to_what_is_kept_of_whom(scene: str) -> None:
    _, page = shown(scene, "en", "/dev")
    assert page.all("a", href="/dev/privacy")


def test_a_form_is_named_by_128_random_bits() -> None:
    """With its name a form that is posted twice yields the registration's cookie."""
    names = {shown("address", "en")[1].one("input", name="_once")["value"] for _ in range(20)}

    assert len(names) == 20
    assert all(len(base64.urlsafe_b64decode(name + "==")) * 8 >= 128 for name in names)


def test_a_password_is_hidden_and_may_be_pasted_as_long_as_it_is() -> None:
    _, page = shown("password", "en")

    field = page.one("input", id="password")
    assert (field["type"], field["autocomplete"]) == ("password", "new-password")
    assert not field.attributes.keys() & {"maxlength", "pattern", "onpaste", "readonly"}


@every_scene
def test_the_policy_admits_the_styles_of_the_page_and_nothing_inline(scene: str) -> None:
    reply, page = shown(scene, "ja")
    (style,) = re.findall(r"<style>(.*?)</style>", reply.body, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = reply.headers["Content-Security-Policy"]

    assert f"style-src 'sha256-{digest}';" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "<" not in style
    for element in page.elements:
        assert "style" not in element.attributes
        assert not any(name.startswith("on") for name in element.attributes)
        assert element.name != "script" or element["src"].startswith("/assets/")


@pytest.mark.parametrize("locale", ["ja", "ja-easy"])
@every_scene
def test_no_sentence_is_left_in_english(scene: str, locale: str) -> None:
    reply, _ = shown(scene, locale)
    text = re.sub(r"<style>.*?</style>", "", unescape(reply.body), flags=re.DOTALL)

    assert [id for id in translated(locale) if id in text] == []


@every_scene
def test_easy_japanese_has_a_reading_above_each_kanji(scene: str) -> None:
    reply, _ = shown(scene, "ja-easy")
    body = re.sub(r"<style>.*?</style>|<nav.*?</nav>", "", reply.body, flags=re.DOTALL)
    text = re.sub(r"<ruby>.*?</ruby>|<[^>]*>", "", body[body.index("<body") :], flags=re.DOTALL)

    # Minutes and days are read by their number: after one that is computed stands none.
    assert re.findall("[一-鿿]+", re.sub(r"\d[分日]", "", text)) == []


@every_scene
def test_english_says_where_its_words_are_japanese(scene: str) -> None:
    reply, _ = shown(scene, "en")
    body = re.sub(r'lang="ja"[^>]*>[^<]*<|data-names="[^"]*"', "<", reply.body)

    assert re.findall("[ぁ-ヿ一-鿿]+", body) == []


@every_locale
@every_scene
def test_is_light_enough_for_an_old_phone(scene: str, locale: str) -> None:
    reply, page = shown(scene, locale)
    names = {script["src"].removeprefix("/assets/") for script in page.all("script")}
    assets = [(FOLDER / ASSETS / name).read_bytes() for name in sorted(names)]

    weight = sum(len(gzip.compress(part, 6)) for part in (reply.body.encode(), *assets))

    assert weight <= LIGHT
