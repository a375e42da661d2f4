import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import Invalid
from chalicelib.identity.codes import normalise_code


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
        ("abcdef", "not-six-digits"),
        ("123456 654321", "two-codes"),
        ("123456, then 654321", "two-codes"),
        ("the first 123-456, the second 654-321", "two-codes"),
        ("12345678901", "not-six-digits"),
        ("123456123457", "not-six-digits"),
    ],
)
def test_what_is_no_code_is_said_without_costing_an_attempt(typed: str, code: str) -> None:
    with pytest.raises(Invalid) as raised:
        normalise_code(typed)
    assert [f.code for f in raised.value.fields] == [code]


@pytest.mark.parametrize(
    "typed", ["1234567890", "123456 7890", "12345 67890", "1234567890 1234567890", "is 1234567890."]
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
