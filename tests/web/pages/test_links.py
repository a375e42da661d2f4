"""What the operator wrote as one line can be called and opened, and reads as before."""

from __future__ import annotations

import re
import sys
from unicodedata import category, name

import pytest
from markupsafe import Markup

from chalicelib.web.pages.links import linked


def targets(text: str) -> list[str]:
    return re.findall(r'href="([^"]*)"', linked(text))


@pytest.mark.parametrize(
    ("contact", "number"),
    [
        ("0120-000-000", "tel:0120000000"),
        ("0120000000", "tel:0120000000"),
        ("045-210-8084（平日9時〜17時）", "tel:0452108084"),
        ("（045）210-8084", "tel:0452108084"),
        ("045(210)8084", "tel:0452108084"),
        ("045 210 8084 9:00-17:00", "tel:0452108084"),
        ("電話０４５－２１０－８０８４、平日のみ", "tel:0452108084"),
        ("０４５ー２１０ー８０８４", "tel:0452108084"),
        ("090-1234-5678", "tel:09012345678"),
        ("0800-123-4567 まで", "tel:08001234567"),
        ("+81 45-210-8084", "tel:+81452108084"),
        ("+81 (0)45-210-8084", "tel:+81452108084"),
        ("+81-90-1234-5678", "tel:+819012345678"),
        ("TEL:045-210-8084", "tel:0452108084"),
        ("TEL.045-210-8084", "tel:0452108084"),
        ("TEL/FAX:045-210-8084", "tel:0452108084"),
        ("TEL-045-210-8084", "tel:0452108084"),
        ("Tel:+81-45-210-8084", "tel:+81452108084"),
        ("電話:045-210-8084", "tel:0452108084"),
        ("電話：０４５－２１０－８０８４", "tel:0452108084"),
        ("①045-210-8084", "tel:0452108084"),
        ("045.210.8084", "tel:0452108084"),
        ("045 - 210 - 8084", "tel:0452108084"),
        ("045\N{NO-BREAK SPACE}210\N{NO-BREAK SPACE}8084", "tel:0452108084"),
        ("03-1234-5678/5679", "tel:0312345678"),
    ],
)
def test_a_telephone_number_can_be_called_however_it_is_written(contact: str, number: str) -> None:
    assert targets(contact) == [number]
    assert linked(contact).striptags() == " ".join(contact.split())


DASHES = [chr(code) for code in range(sys.maxunicode) if category(chr(code)) == "Pd"]


@pytest.mark.parametrize("dash", [*DASHES, "−", "ー", "─"], ids=name)
def test_a_telephone_number_can_be_called_whatever_its_dashes(dash: str) -> None:
    assert targets(f"045{dash}210{dash}8084") == ["tel:0452108084"]


@pytest.mark.parametrize("between", [" または ", "／", "/", "、"])
def test_two_numbers_are_two_links(between: str) -> None:
    assert targets(f"045-210-8084{between}03-1234-5678（夜間）") == [
        "tel:0452108084",
        "tel:0312345678",
    ]


@pytest.mark.parametrize(
    "contact",
    [
        "",
        "県庁3階 301-1 教育委員会",
        "2027-01-24 09:00-17:00",
        "平日 09:00-17:00、土曜 09:30-12:00",
        "〒231-8588",
        "12-0120-000-0000-00",
        "7.045-210-8084",
        "受付 03.12-04.15 09:00-17:00",
        "2027.01.24 0900-1700",
        "http://example.jp",
        "tel.0452108084@example.lg.jp",
        "help@example.lg.jp",
    ],
)
def test_what_is_no_number_stays_words(contact: str) -> None:
    assert targets(contact) == []


def test_an_address_of_a_page_ends_where_the_sentence_goes_on() -> None:
    said = "詳しくはhttps://www.example.lg.jp/privacy?x=1をご覧ください。"

    assert targets(said) == ["https://www.example.lg.jp/privacy?x=1"]
    assert targets("See https://www.example.lg.jp/a.") == ["https://www.example.lg.jp/a"]


def test_nothing_in_it_can_be_markup() -> None:
    assert linked('<b>"&') == Markup("&lt;b&gt;&#34;&amp;")
    assert targets('https://x.example/"onclick="a') == ["https://x.example/&#34;onclick=&#34;a"]
