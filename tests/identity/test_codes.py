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
        ("123456" + " " * 100, "not-six-digits"),
        ("١٢٣٤٥٦", "not-six-digits"),
    ],
)
def test_what_is_no_code_is_said_without_costing_an_attempt(typed: str, code: str) -> None:
    with pytest.raises(Invalid) as raised:
        normalise_code(typed)
    assert [f.code for f in raised.value.fields] == [code]


@given(st.text(max_size=80))
def test_it_is_six_digits_or_ten_or_refused(typed: str) -> None:
    try:
        code = normalise_code(typed)
    except Invalid:
        return
    assert len(code) in (6, 10)
    assert set(code) <= set("0123456789")
