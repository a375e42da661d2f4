import sys
import unicodedata
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.courier.text import MailFacts, Purpose, mail_text
from chalicelib.errors import Invalid
from chalicelib.identity.codes import normalise_code
from chalicelib.locales import LOCALES, words


def refusal(typed: str) -> str:
    """Why a code that was typed is refused."""
    with pytest.raises(Invalid) as raised:
        normalise_code(typed)
    (field,) = raised.value.fields
    return field.code


@pytest.mark.parametrize(
    "typed",
    [
        "123456",
        "１２３ ４５６",
        " 123-456 ",
        "123ー456",
        "1 2 3 4 5 6",
        "123\u3000456\n",
        "123−456",
        "123,456",
        "123_456",
        "123\u00a0456",
        "\u200e123456",
        "123\u2060456",
        "123456\ufffc",
        "١٢٣٤٥٦",
        "१२३४५६",
        "𝟏𝟐𝟑𝟒𝟓𝟔",
        "①②③④⑤⑥",
        "「123456」",
        "<123456>",
        "**123456**",
        "123456。",
        "確認コード：123456",
        "コードは123456です。",
        "コードは 123 456 です",
        "Your six-digit code:\n123456\n\nIt works until 10:07 on 24 January 2026.",
        "6桁の数字 123456",
        "123456\n2026",
        "123456 123456",
        "123 456 123 456",
        "123456, code 123456",
        "123456" + " " * 100,
        "123 - 456",
        "123   456",
        "(123) [456]",
        "123\n456",
        "123\r\n\r\n456",
        "\n12\n34\n56\n",
        "123\u2028456",
        "1\ufe0f\u20e32\ufe0f\u20e33\ufe0f\u20e34\ufe0f\u20e35\ufe0f\u20e36\ufe0f\u20e3",
        "⒈⒉⒊⒋⒌⒍",
        "➊➋➌➍➎➏",
        "12 34 56",
        "12:34:56",
        "123456 (10:07)",
        "123-456 (2027-01-24)",
        "123 456, January 24, 2027",
        "123 456\n2026",
        "code1 23456",
        "C123456",
        "コードは 123、456 です。電話は045-210-1111です。",
        "123/456 (0120-123-456)",
    ],
)
def test_a_code_as_people_write_it(typed: str) -> None:
    assert normalise_code(typed) == "123456"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("12345", "not-six-digits"),
        ("1234567", "not-six-digits"),
        ("12345a", "not-six-digits"),
        ("一二三四五六", "not-six-digits"),
        ("\u200b", "empty"),
        (" ー ", "empty"),
        ("。", "empty"),
        ("abcdef", "not-six-digits"),
        ("123456 654321", "two-codes"),
        ("123456, then 654321", "two-codes"),
        ("the first 123-456, the second 654-321", "two-codes"),
        ("123-456, 654-321", "two-codes"),
        # Whichever is a telephone number.
        ("0123456789, 0987654321", "two-codes"),
        ("123 456\n654 321", "two-codes"),
        ("12345678901", "not-six-digits"),
        ("123456123457", "not-six-digits"),
        ("123 456 7", "not-six-digits"),
        ("123x456", "not-six-digits"),
        ("123四456", "not-six-digits"),
        ("22 33 44 55", "not-six-digits"),
        ("1" * 5000, "not-six-digits"),
        ("1-" * 5000, "not-six-digits"),
    ],
)
def test_what_is_no_code_is_said_without_costing_an_attempt(typed: str, code: str) -> None:
    assert refusal(typed) == code


def test_whatever_is_neither_letter_nor_number_may_stand_between_the_digits() -> None:
    signs = [chr(point) for point in range(sys.maxunicode + 1)]
    signs = [sign for sign in signs if unicodedata.category(sign)[0] in "PSZ"]
    # Some are letters by another name: ℡, ㎏.
    signs = [sign for sign in signs if not any(map(str.isalnum, nfkc(sign)))]
    assert len(signs) > 6000
    refused = []
    for sign in [*signs, "ー", "ｰ", "ʼ", "\u3164", "\u2060", "\n", "\t", "\x0b"]:
        try:
            assert normalise_code(f"123{sign}456") == "123456"
        except Invalid:
            refused.append(sign)
    assert refused == []


def nfkc(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


@pytest.mark.parametrize(
    "typed",
    [
        "2027-01-24",
        "2027/1/2",
        "2.1.2027",
        "January 24, 2027",
        "24 01 2027",
        "2027-01-24 10:07",
        "2027-01-24 10時",
        "2027年1月24日",
        "03-1234-5678",
        "045-210-1111",
        "（045）210−1111",
        "0465ー22ー1111",
        "04992-1-2345",
        "0120-123-456",
        "0570-012345",
        "090-1234-5678",
        "+81-45-210-1111",
    ],
)
def test_dates_and_telephone_numbers_are_no_codes(typed: str) -> None:
    assert refusal(typed) == "not-six-digits"


@pytest.mark.parametrize("typed", ["0123-456789", "0312-345678", "012345-6789"])
def test_a_code_of_ten_digits_may_begin_like_a_telephone_number(typed: str) -> None:
    assert normalise_code(typed) == typed.replace("-", "")


def test_a_code_twice_need_not_be_written_alike() -> None:
    assert normalise_code("123 456 12 34 56") == "123456"


@pytest.mark.parametrize("label", ["K7", "7K", "KQ", "77", "k7", "Ｋ７", "A1"])
@pytest.mark.parametrize(
    "code", ["123456", "123 456", "123-456", "123 456 123 456", "1234567890", "12345 67890"]
)
@pytest.mark.parametrize("around", ["{} ", "[{}] ", "【{}】", "{}: ", "{}\n", "目印「{}」"])
def test_the_label_before_a_code_is_no_part_of_it(label: str, code: str, around: str) -> None:
    """Of two digits as well: such a label has no 0 and no 1."""
    digits = "1234567890" if "90" in code else "123456"
    assert normalise_code(around.format(label) + code) == digits


HELP_DESKS = [
    "045-210-1111, 0120-123-456",
    "0120-123456",
    "0120123456",
    "0570012345（平日9:00〜17:00）",
    "045 210 8000",
]


@pytest.mark.parametrize("label", ["K7", "7K", "77"])
@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("code", ["123456", "012345", "2027012410"])
@pytest.mark.parametrize("help_desk", HELP_DESKS)
def test_the_whole_mail_gives_its_code(help_desk: str, locale: str, code: str, label: str) -> None:
    at = datetime(2027, 1, 24, 1, 7, tzinfo=UTC)
    facts = MailFacts("出願 2027", label, at, help_desk)
    mail = mail_text(Purpose.SIGN_UP_CODE, words(locale), facts, code, at)
    assert normalise_code(f"{mail.subject}\n\n{mail.body}") == code
    assert normalise_code(mail.body.replace("\n", " ")) == code
    quoted = "".join(f"> {line}\n" for line in mail.body.splitlines())
    assert normalise_code(f"2027/01/24 10:07 <a@example.com>:\n{quoted}") == code


@pytest.mark.parametrize("locale", LOCALES)
def test_a_mail_without_a_code_gives_none(locale: str) -> None:
    at = datetime(2027, 1, 24, 1, 7, tzinfo=UTC)
    facts = MailFacts("出願 2027", "77", at, "045-210-1111")
    mail = mail_text(Purpose.ACCOUNT_EXISTS, words(locale), facts, "", at)
    assert refusal(f"{mail.subject}\n\n{mail.body}") == "not-six-digits"


@pytest.mark.parametrize(
    "typed",
    [
        "1234567890",
        "123456 7890",
        "1234 567890\n",
        "12345 67890",
        "12345\n67890",
        "12 34 56 78 90",
        "1234567890 1234567890",
        "is 1234567890.",
        "is 12345/67890.",
    ],
)
def test_a_code_of_ten_digits(typed: str) -> None:
    assert normalise_code(typed) == "1234567890"


@given(st.text(max_size=80))
def test_it_is_six_digits_or_ten_or_refused(typed: str) -> None:
    try:
        code = normalise_code(typed)
    except Invalid:
        return
    assert len(code) in (6, 10)
    assert set(code) <= set("0123456789")
