import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import EmailErrorCode, EmailTypo, Invalid, InvalidField, UnknownEnding
from chalicelib.identity.address import parse_address

PEPPER = b"pepper for tests, thirty-two byt"


def error_of(typed: str) -> str:
    with pytest.raises(Invalid) as raised:
        parse_address(typed)
    (found,) = raised.value.fields
    assert found.field == "email"
    return found.code


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "empty"),
        (" \u3000 ", "empty"),
        ("taro", "no-at"),
        ("taro@a@gmail.com", "two-ats"),
        ("taro@gm ail.com", "spaces"),
        ("ta\u3000ro @gmail.com", "spaces"),
        ("taro\x00@gmail.com", "control"),
        ("taro@gmail.com\r\nBcc: x@example.com", "two-addresses"),
        ("taro\n@gmail.com", "control"),
        ("taro@gmail.com; hana@gmail.com", "two-addresses"),
        ("taro@gmail.com、hana@gmail.com", "two-addresses"),
        ("taro@gmail.com taro@gmail.com", "two-addresses"),
        ("taro@gmail.comとhana@gmail.com", "two-addresses"),
        ("taro@gmail.com・hana@gmail.com", "two-addresses"),
        ("taro@gmail.com|hana@gmail.com", "two-addresses"),
        ("taro@gmail.com+hana@gmail.com", "two-addresses"),
        ("<taro@gmail.com><hana@gmail.com>", "two-addresses"),
        ("taro@gmail.com(hana@gmail.com)", "two-addresses"),
        ("taro@gmail.com@gmail.com", "two-ats"),
        ("<taro@gmail.com>, <hana@gmail.com>", "two-addresses"),
        ("a..b@gmail.com", "dots"),
        ("a.b@gmail..com", "dots"),
        ("ab.@gmail.com", "dot-before-at"),
        (".ab@gmail.com", "dot-before-at"),
        (".ab@docomo.ne.jp", "dot-before-at"),
        ("a..b@docomo.ne.jp", "carrier-dots"),
        ("ab.@ezweb.ne.jp", "carrier-dots"),
        ("たろう@gmail.com", "not-ascii"),
        ("taro@[192.0.2.1]", "ip-domain"),
        ("taro@192.0.2.1", "ip-domain"),
        ("taro@[IPv6:2001:db8::1]", "ip-domain"),
        ("taro@" + "a" * 60 + ("." + "b" * 60) * 4 + ".jp", "too-long"),
        ("t" * 65 + "@gmail.com", "too-long"),
        ("@gmail.com", "syntax"),
        ("taro@", "domain"),
        ("taro@localhost", "domain"),
        ("<>", "no-at"),
        ("x" * 2000, "too-long"),
    ],
)
def test_each_refusal_says_what_is_wrong(typed: str, code: str) -> None:
    assert error_of(typed) == code


@pytest.mark.parametrize(
    ("typed", "code", "sign"),
    [
        ("taro(father)@gmail.com", "sign", "("),
        ("ta,ro@gmail.com", "sign", ","),
        ("たろう@gmail.com", "not-ascii", "た"),
        ("ta😊ro@gmail.com", "not-ascii", "😊"),
        ("taroーyamada@gmail.com", "not-hyphen", "ー"),
        ("taro‐yamada@gmail.com", "not-hyphen", "‐"),
        ("taro。yamada@gmail.com", "not-dot", "。"),
        ("taro・yamada@gmail.com", "not-dot", "・"),
        ("①taro@gmail.com", "not-ascii", "①"),
        ("№1taro@gmail.com", "not-ascii", "№"),
        ("℡taro@gmail.com", "not-ascii", "℡"),
        ("ta ro@gmail.com", "word-or-space", "ta"),
        ("Taro taro@gmail.com", "word-or-space", "Taro"),
        ("e-mail taro@gmail.com", "word-or-space", "e-mail"),
        ("taro@exa_mple.com", "domain-sign", "_"),
        ("taro@example→.com", "domain-sign", "→"),
        # Letters that nobody can tell from Latin ones.
        ("taro@gm\N{CYRILLIC SMALL LETTER A}il.com", "domain-sign", "\N{CYRILLIC SMALL LETTER A}"),
        (
            "taro@docom\N{GREEK SMALL LETTER OMICRON}.ne.jp",
            "domain-sign",
            "\N{GREEK SMALL LETTER OMICRON}",
        ),
        ("taro@example.com （父）", "words-beside", "(父)"),
        ("taro@example.com【父】", "words-beside", "【父】"),
        ("my father taro@example.com", "words-beside", "my father"),
        ("父 taro@example.com", "words-beside", "父"),
        ("(父)taro@example.com", "words-beside", "(父)"),
        ("【父】taro@example.com", "words-beside", "【父】"),
        ("taro@example.com{父}", "words-beside", "{父}"),
        # By a comma, a full stop, or nothing.
        ("taro@example.com、父", "words-beside", "父"),
        ("taro@example.com. Thanks", "words-beside", "thanks"),
        ("taro@example.com, Taro", "words-beside", "taro"),
        ("Write to taro@example.com. Thank you.", "words-beside", "Write to thank you"),
        ("taro@example.com。 よろしく", "words-beside", "よろしく"),
        ("taro@example.com\nthanks", "words-beside", "thanks"),
        # It is made of a blank and an accent, and nobody typed a blank.
        ("taro￣yamada@gmail.com", "not-ascii", "￣"),
        ("taro@example.com,自宅", "words-beside", "自宅"),
        ("taro@example.com。よろしくお願いします", "words-beside", "よろしくお願いします"),
        ("taro@example.comです", "words-beside", "です"),
        ("taro@example.ne.jpへ", "words-beside", "へ"),
        ("taro@example.comです。よろしく", "words-beside", "です.よろしく"),
        ("taro@日本.jpまで", "words-beside", "まで"),
        ("taro@日本語.comメール", "words-beside", "メール"),
        ("メール：taro@example.com", "words-beside", "メール:"),
        ("taro@example.com " + "x" * 50, "words-beside", "x" * 20),
        ("taro@example.com \x07\u202ebell", "words-beside", "bell"),
    ],
)
def test_a_refusal_names_the_sign_or_the_words(typed: str, code: EmailErrorCode, sign: str) -> None:
    with pytest.raises(Invalid) as raised:
        parse_address(typed)
    assert raised.value.fields == (InvalidField("email", code, sign),)


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("ｔａｒｏ＠ｇｍａｉｌ．ｃｏｍ", "taro@gmail.com"),
        ("  taro@gmail.com\n", "taro@gmail.com"),
        ("Taro@GMAIL.com", "Taro@gmail.com"),
        ("taro@gmail。com", "taro@gmail.com"),
        ("taro@日本.jp", "taro@xn--wgv71a.jp"),
        ("o'hara+juken@example.ed.jp", "o'hara+juken@example.ed.jp"),
        ("_taro_@example.com", "_taro_@example.com"),
        ("ta\u200bro@gmail.com", "taro@gmail.com"),
        ("山田 太郎 ＜taro@gmail.com＞", "taro@gmail.com"),
        ("taro@my‐school.ed.jp、", "taro@my-school.ed.jp"),
        ("taro@so一net.ne.jp", "taro@so-net.ne.jp"),
        ("taro@一.jp", "taro@xn--4gq.jp"),
        ("taro@example.みんな", "taro@example.xn--q9jyb4c"),
        ("1. taro@gmail.com", "taro@gmail.com"),
    ],
)
def test_what_people_type_becomes_an_address(typed: str, address: str) -> None:
    assert parse_address(typed).text == address


def test_a_likely_slip_is_asked_about_unless_declined() -> None:
    with pytest.raises(EmailTypo) as raised:
        parse_address("taro@gmai.com")
    assert raised.value.suggestion == "taro@gmail.com"
    assert parse_address("taro@gmai.com", as_typed=True).text == "taro@gmai.com"


def test_an_ending_that_does_not_exist_is_asked_about_though_nothing_is_like_it() -> None:
    for typed, ending in [("taro@school.qwertz", "qwertz"), ("taro@school.日本", "日本")]:
        with pytest.raises(UnknownEnding) as raised:
            parse_address(typed)
        assert raised.value.ending == ending
        assert parse_address(typed, as_typed=True).text.startswith("taro@")


def test_a_suggestion_is_shown_as_people_write_it() -> None:
    with pytest.raises(EmailTypo) as raised:
        parse_address("taro@日本.con")
    assert raised.value.suggestion == "taro@日本.com"


def test_a_domain_without_its_dots_is_asked_about_though_none_may_be_without() -> None:
    with pytest.raises(EmailTypo) as raised:
        parse_address("taro@docomonejp")
    assert raised.value.suggestion == "taro@docomo.ne.jp"
    with pytest.raises(Invalid):
        parse_address("taro@docomonejp", as_typed=True)


def test_254_characters_pass_and_255_do_not() -> None:
    domain = ".".join(["d" * 60] * 3) + "."

    def of(length: int) -> str:
        return "t@" + domain + "e" * (length - len(domain) - 2 - 3) + ".jp"

    assert len(of(254)) == 254
    # The last label would be too long for DNS; a longer local part fills up instead.
    local = "t" * (254 - len("@" + domain + "example.jp"))
    assert len(local) <= 64
    assert parse_address(f"{local}@{domain}example.jp").text.endswith("example.jp")
    assert error_of(f"t{local}@{domain}example.jp") == "too-long"


def test_case_and_width_do_not_make_another_person() -> None:
    keys = {
        parse_address(t).key(PEPPER)
        for t in ("taro@gmail.com", "TARO@Gmail.com", "ｔａｒｏ@gmail.com")
    }
    assert len(keys) == 1


def test_gmail_dots_and_tags_share_their_limits_but_not_their_identity() -> None:
    plain, dotted = parse_address("taroyamada@gmail.com"), parse_address("taro.yamada+x@gmail.com")
    assert plain.limit_key(PEPPER) == dotted.limit_key(PEPPER)
    assert plain.key(PEPPER) != dotted.key(PEPPER)


def test_dots_matter_elsewhere() -> None:
    one, two = parse_address("ta.ro@docomo.ne.jp"), parse_address("taro@docomo.ne.jp")
    assert one.limit_key(PEPPER) != two.limit_key(PEPPER)


def test_a_key_needs_the_pepper() -> None:
    address = parse_address("taro@gmail.com")
    assert address.key(PEPPER) != address.key(b"another pepper")


@given(st.text(max_size=300))
def test_whatever_is_typed_is_an_address_or_a_refusal(typed: str) -> None:
    try:
        address = parse_address(typed)
    except (Invalid, EmailTypo, UnknownEnding):
        return
    assert address.text.isascii()
    assert address.text.count("@") == 1
    assert len(address.text) <= 254
    assert not set(address.text) & set(" \t\r\n\0")
    assert parse_address(address.text, as_typed=True) == address


LOCAL = st.text(string.ascii_letters + string.digits, min_size=1, max_size=20)


@given(LOCAL)
def test_full_width_and_upper_case_are_the_same_mailbox(local: str) -> None:
    wide = "".join(chr(ord(c) + 0xFEE0) for c in f"{local}@example")
    one = parse_address(f"{local}@example.ed.jp")
    two = parse_address(f"{wide}.ed.jp")
    assert one == two
    assert one.key(PEPPER) == parse_address(f"{local.upper()}@EXAMPLE.ed.jp").key(PEPPER)


@given(st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._+-]*@[A-Za-z0-9.-]*[A-Za-z0-9]", fullmatch=True))
def test_what_is_typed_plainly_is_read_like_what_was_pasted(typed: str) -> None:
    assert outcome(typed) == outcome(f" {typed}")


def outcome(typed: str) -> object:
    try:
        return parse_address(typed)
    except (Invalid, EmailTypo, UnknownEnding) as refusal:
        return type(refusal), refusal.args, vars(refusal)
