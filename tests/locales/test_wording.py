"""The words of the pages and mails: sentences that must stand there, and ones that must not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from chalicelib import errors
from chalicelib.courier.text import MailFacts, Purpose, mail_text
from chalicelib.locales import LOCALES, furigana, words
from chalicelib.web import problem_docs
from chalicelib.web.pages import i18n
from chalicelib.web.problem_types import PROBLEM_TYPES
from ops import ROOT
from ops.pages import catalogues
from tests.web.pages.desk import mail, view
from tests.web.pages.reading import read
from tests.web.pages.scenes import SCENES, Scene

PLACES: dict[str, Scene] = {
    **SCENES,
    "code, delivered to Yahoo!": Scene(
        "/register/code", view(email="t***@yahoo.co.jp", provider="yahoo-jp")
    ),
    "code, unknown or filtered": Scene(
        "/register/code",
        view(
            email="t***@docomo.ne.jp",
            provider="docomo",
            delivery=mail(
                *("waiting", "sent", "bounced"),
                reason="no-such-mailbox",
                advice=("check-address", "allow-domain:docomo", "try-another-address"),
            ),
        ),
    ),
    "a step that is past": Scene("/register/done", error=errors.Conflict("past")),
    "a fault of ours": Scene("/register/done", error=errors.TodokuError("broken")),
}

DEMANDED = {
    "ja": {
        "done": ("ログインに必要なもの", "スクリーンショットを保存", "先ほど決めたパスワード"),
        "done, signed in": ("ログアウトする",),
        "signed out": ("ログアウトしました",),
        "code, delivered": (
            "メールの送信状況",
            "お使いのメールサービスに届きました",
            "Gmailに届きました",
            "あと{s}秒で再送信できます",
        ),
        "code, delivered to Yahoo!": ("Yahoo!メールに届きました",),
        "code, bounced": ("メールが届きませんでした", "再送信を受け付けました"),
        "code, unknown or filtered": ("このアドレスがないか、受信を断る設定になっています。",),
        "code, time is over": ("に期限が切れました。『新しいコードを送信する』を押してください。",),
        "code, waiting for its turn": (
            "10:17（日本時間）ごろに送信します。",
            "10:17ごろに送信します",
        ),
        "code, expired": (
            "コードには有効期限があります。『新しいコードを送信する』を押してください。",
        ),
        "help": (
            "『もう一度送信する』を押してください",
            "コードの画面に戻って、『もう一度送信する』を",
        ),
        "password": ("推測されやすい",),
        "address, cookies blocked": ("このブラウザーではCookieが使えません",),
    },
    "ja-easy": {
        "password": ("確かめました", "8文字より 少ないと 使えません"),
        "a fault of ours": ("あなたの せいでは ありません",),
        "code, delivered": ("あなたの メールの 会社に 届きました",),
        "code, time is over": ("『新しい コードを 送る』を 押して ください。",),
        "code, sent": ("なにも しなくても、この 画面は 新しく なります。",),
        "help": (
            "「迷惑メール」（いらない メール）",
            "『同じ コードを もう 一度 送る』を 押します。",
            "『同じ コードを もう 一度 送る』を 押して ください。",
        ),
        "privacy": ("この サービスを して いる ところ",),
    },
    "en": {
        "code, delivered": (
            "Email status",
            "Code sent to",
            "Refresh",
            "You can resend in {s} seconds",
            "; you can use any of our emails.",
        ),
        "code, delayed": (
            "Delayed by your email provider",
            "The email has not been accepted by docomo mail yet. We will keep trying.",
        ),
        "code, bounced": ("The email did not arrive", "Returned undelivered"),
        "code, time is over": ("This code has expired",),
        "done": ("The password you just chose", "You don't need email to sign in"),
        "help": ("If you still need help", "press “Resend the same code”"),
        "a step that is past": ("You have already moved past this step",),
        "start, completed": ("View",),
        "privacy": ("how far your registration has got",),
    },
}

BANNED = {
    "ja": (
        "どこにありますか|メールはどこ",
        "相手のメールサーバー|受信側|先送りされ",
        "だめです",
        "サインイン|サインアウト",
        "再送信します",
        "画面の写真",
        r"推測しやすい|当てられやすい",
        r"ブラウザ(?!ー)|クッキー|だれ",
        r"画面のために|安全を守りにくい|[）)] まで|で期限が切れ",
        r"%\((time|until)\)s ",
    ),
    "ja-easy": (
        "だめ",
        "サインイン|サインアウト",
        "相手の メール|受信側",
        "自分で 変わ|運営|暗号|項目|本文|普通|入力|だと 思われ|すぎると 言われ",
        "もう一度|なお(?!し?たい)[しすせ]",
        r"(?<!クッキー（)Cookie|ブラウザ(?!ー)|誰",
        r"10の|10つ",
        # A line breaks at spaces only.
        "[てで](ください|います|いません|あります|おきます)|かもしれ|ことができ|ように(して|なり)",
    ),
    "en": (
        r"need not|need no |by ourselves|tell them|stands? beside|by itself changes",
        r"\b(our|this|any|your) mails?\b|\bthe mail (is|was|to)\b|putting the email off",
        r"for spam\b|Any code|Where is|Look again|See it|Sent to\b|Guessed",
        r"\bYour email service\b|asked us|, we (try|will)\b",
    ),
}

_SENDS = {
    "ja": r"(送信して|送って|お送り)ください|送信し直して",
    "ja-easy": "送って ください",
    "en": "[Ss]end (it|the code) again",
}
"""Applicants press a button; it is the service that sends. Clients do send."""

_FOR_CLIENTS = {
    *(sentence for sentences in problem_docs.WHAT_TO_DO.values() for sentence in sentences),
    *(PROBLEM_TYPES[name].detail for name in ("cross-site-fetch", "unsupported-media-type")),
}


def sentences(locale: str) -> Iterator[tuple[str, str]]:
    """Each id, and what ``locale`` says, without readings."""
    for message in catalogues.read(ROOT, locale):
        if message.id:
            id = message.id if isinstance(message.id, str) else message.id[0]
            said = [message.string] if isinstance(message.string, str) else message.string or ()
            for sentence in said:
                yield id, furigana.without(sentence)


def shown(place: str, locale: str) -> str:
    """What the page says, and what its scripts say for it."""
    page = read(PLACES[place].reply(locale).body)
    held = (v for e in page.elements for k, v in e.attributes.items() if k.startswith("data-"))
    return "\n".join((page.text, *held))


@pytest.mark.parametrize(
    ("locale", "place", "sentence"),
    [
        (locale, place, sentence)
        for locale, places in DEMANDED.items()
        for place, demanded in places.items()
        for sentence in demanded
    ],
)
def test_a_page_says_what_it_must(locale: str, place: str, sentence: str) -> None:
    assert sentence in shown(place, locale)


@pytest.mark.parametrize("locale", LOCALES)
def test_no_sentence_says_what_none_may(locale: str) -> None:
    banned = re.compile("|".join(BANNED[locale]))

    assert [(m[0], said) for _, said in sentences(locale) for m in banned.finditer(said)] == []


@pytest.mark.parametrize("locale", LOCALES)
def test_no_applicant_is_told_to_send(locale: str) -> None:
    sends = re.compile(_SENDS[locale])
    told = [said for id, said in sentences(locale) if id not in _FOR_CLIENTS and sends.search(said)]

    assert told == []
    assert {id for id, _ in sentences(locale)} >= _FOR_CLIENTS


@pytest.mark.parametrize("locale", ["ja", "ja-easy"])
def test_a_button_that_is_to_be_pressed_is_called_by_its_name(locale: str) -> None:
    names = {said for _, said in sentences(locale)}
    quoted = {q for _, said in sentences(locale) for q in re.findall("『([^』]*)』を ?押", said)}

    assert quoted
    assert quoted <= names


@pytest.mark.parametrize(
    ("locale", "sentence"),
    [
        ("ja", "お心当たりのない場合は"),
        ("ja", "どのメールのものでも2026年12月1日 00:58（日本時間）まで使えます。"),
        ("ja-easy", "2026年（ねん）12月（がつ）1日 00:58（日本（にほん）の 時間（じかん）） まで"),
        (
            "en",
            "The code works until 1 Dec 2026, 00:58 (Japan time); you can use any of our emails",
        ),
        ("en", "you don't need to do anything"),
    ],
)
def test_a_mail_says_what_it_must(locale: str, sentence: str) -> None:
    at = datetime(2026, 11, 30, 15, 58, tzinfo=UTC)
    facts = MailFacts("見本", "K7", at, "045-000-0000")
    texts = [mail_text(it, words(locale), facts, "123456", at).body for it in Purpose]

    assert sentence in "\n".join(texts) or sentence.capitalize() in "\n".join(texts)


def test_who_is_registered_already_is_told_once_to_sign_in() -> None:
    for locale, told in (
        ("en", "sign in with"),
        ("ja", "でログイン"),
        ("ja-easy", "で ログイン"),
    ):
        text = read(PLACES["code, account exists"].reply(locale).body).one("main").text
        assert text.count(told) == 1, locale


def test_a_screens_own_japanese_is_marked_in_english() -> None:
    assert 'lang="ja"' in i18n.html_translator("en")("Look in the folder 迷惑メール (spam).")
