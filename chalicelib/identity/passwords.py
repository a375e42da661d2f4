"""Password rules: long enough, not what a stranger tries first, nothing of the address or the
service in it. No rules about kinds of characters (NIST SP 800-63B-4, 3.1.1.2).

zxcvbn judges what is guessed with English words, names, dates and keyboards. What pupils in Japan
choose it does not know: their words stand here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache

from chalicelib.errors import Invalid, InvalidField, PasswordRefused
from chalicelib.identity.invisible import trimmed

LONGEST = 256
"""Cognito's own longest password."""

JUDGED = 72
"""zxcvbn takes no more characters, and would take long; a password that long is judged by these."""

OWN = 8
"""Letters that a password has besides the service's name, or it is built on that."""

WEAKEST = 2
"""The lowest score of zxcvbn that is taken: 0 and 1 are guessed within a million tries."""

_WORDS = """
    sakura ume momo hana sora umi yama kawa hoshi tsuki hikari kaze yuki ame niji yume kibou kizuna
    mirai tenshi akuma inu neko usagi tori kuma panda sushi ramen ringo ichigo mikan ocha
    arigatou arigato konnichiwa konbanwa ohayou oyasumi sayonara ganbare ganbaru yoroshiku omedetou
    daisuki suki aishiteru kawaii genki himitsu tomodachi kazoku otousan okaasan oniichan oneechan
    gakkou gakko koukou kouko chuugaku daigaku sensei gakusei seito juken goukaku gokaku nyuushi
    nyushi shutsugan gansho yakyuu yakyu sakkaa basuke tenisu kendo judo suiei ongaku
    doraemon pikachu pokemon pokemonn naruto onepiece luffy rufi zoro totoro ghibli anpanman conan
    konan shinchan kimetsu yaiba tanjirou tanjiro nezuko eren levi miku hatsune mario kirby
    nippon nihon japan tokyo toukyou osaka oosaka kyoto kyouto yokohama kawasaki kanagawa nagoya
    kobe hyogo hyougo saitama chiba fukuoka sapporo sendai hiroshima okinawa fujisan
    satou sato suzuki takahashi tanaka itou watanabe yamamoto nakamura kobayashi katou kato yoshida
    yamada sasaki yamaguchi matsumoto inoue kimura hayashi shimizu saitou saito mori abe ikeda
    hashimoto ishikawa ogawa maeda okada hasegawa fujita gotou goto kondou kondo murakami endou endo
    aoki sakamoto nishimura fukuda ohta oota miura fujii okamoto nakajima nakano harada ono tamura
    haruka haruto yuuto yuto souta sota haruki hinata asahi riku kaito ryouta ryota
    shouta shota daiki kenta kouki koki takumi tsubasa akira makoto satoshi hiroshi taro
    tarou jirou jiro ren aoi itsuki yui hina himari rin mei miyu rina ayaka misaki nanami akari
    honoka sakurako yuna mio koharu hanako megumi kaori yuka ai mai saki chan kun
    さくら はな そら うみ ほし ひかり ゆめ ねこ いぬ うさぎ ありがとう こんにちは おはよう
    だいすき すき ひみつ ともだち かぞく がっこう こうこう せんせい ごうかく やきゅう さっかー
    どらえもん ぴかちゅう ぽけもん にほん にっぽん とうきょう おおさか かながわ ひょうご すし
    らーめん ぱすわーど あいうえお いろは
    桜 花 空 海 星 光 夢 猫 犬 高校 学校 合格 受験 出願 東京 大阪 神奈川 兵庫 日本 大好 秘密 野球
    aiueo kakikukeko sashisuseso tachitsuteto doremi fasorashi fasorasi ohtani otani ootani shohei
    shouhei nogizaka sakurazaka hinatazaka keyakizaka arashi yoasobi snowman sixtones
"""
_AFFIXES = """
    no ga wo wa ha ni to mo de da desu deshita dayo dane yo ne na nano masu gozaimasu shita suru
    saku sama san kun chan tan kigan kansha zettai honto dai chou do o go abc abcd xyz pass
    の が を は に と も で だ です だよ ます ございます さま さん くん ちゃん 祈願 絶対 感謝
"""
_FIGURES = 8
"""Most characters beside the letters for the words to matter: a date and no more."""
_KATAKANA = {code: code - 0x60 for code in range(ord("ァ"), ord("ヶ") + 1)}


def normalise_password(typed: str) -> str:
    """What counts of a password that was typed, wherever it is set or checked.

    NFKC: a full-width letter of one keyboard is the plain one of the next. What is at its ends and
    nobody sees, nobody types the next time; and Cognito takes no blanks there.
    """
    return trimmed(unicodedata.normalize("NFKC", typed))


def check_password(
    password: str, email: str, service_names: Iterable[str], year: int, shortest: int
) -> None:
    """Whether a normalised password may be set; ``shortest`` in characters.

    Raises ``Invalid`` when there is none, and ``PasswordRefused`` with the reason.
    """
    if not password:
        raise Invalid(InvalidField("password", "empty"))
    if len(password) < shortest:
        raise PasswordRefused("too-short")
    if len(password) > LONGEST:
        raise PasswordRefused("too-long")
    plain = password.casefold()
    names = ("todoku", *(unicodedata.normalize("NFKC", name).casefold() for name in service_names))
    local, _, domain = email.casefold().rpartition("@")
    if email.casefold() in plain or (len(local) >= 4 and local in plain) or plain == local:
        raise PasswordRefused("contains-address")
    words = [word for name in names for word in name.split() if len(word) >= 4 and word in plain]
    if words and sum(map(str.isalpha, re.sub("|".join(map(re.escape, words)), "", plain))) < OWN:
        raise PasswordRefused("contains-service-name")
    years = (str(year + n) for n in (-1, 0, 1))
    known = (email, local, *re.split(r"[^\w]+", f"{local} {domain}"), *names, *years)
    if len(set(plain)) < 4 or _is_japanese_guess(plain) or _score(password, known) < WEAKEST:
        raise PasswordRefused("too-common")


def _is_japanese_guess(plain: str) -> bool:
    """One or two common words with what stands around words, or one word again and again; and
    no more figures or signs beside them than a date has."""
    letters = "".join(c for c in plain if c.isalpha() or c == "ー").translate(_KATAKANA)
    return len(plain) - len(letters) <= _FIGURES and _guesses().fullmatch(letters) is not None


@cache
def _guesses() -> re.Pattern[str]:
    word, affix = (
        "|".join(map(re.escape, sorted(words.split(), key=len, reverse=True)))
        for words in (_WORDS, _AFFIXES)
    )
    around = f"(?:{affix}){{0,3}}"
    return re.compile(rf"{around}(?:(?:{word}){around}){{1,2}}|({word})\1+")


def _score(password: str, known: Iterable[str]) -> int:
    """zxcvbn's, from 0 to 4; ``known`` are words that a guesser tries for this person first."""
    # Here: only this call of the API asks for it, and its lists take a while to read.
    from zxcvbn import zxcvbn

    return int(zxcvbn(password[:JUDGED], user_inputs=[word for word in known if word])["score"])
