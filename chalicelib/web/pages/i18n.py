"""Translation for pages: the catalogue's words as they stand in HTML.

Readings become ruby, with the parentheses for browsers that know no ruby. They are for eyes: a
screen reader reads the kanji, and would say each word twice. Not every engine leaves readings out
of the names of buttons and headings by itself, so they are hidden from all of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from markupsafe import Markup, escape

from chalicelib.locales import furigana, words
from chalicelib.locales.furigana import READING

_RUBY = r'<ruby>\1<rp>（</rp><rt aria-hidden="true">\2</rt><rp>）</rp></ruby>'


def ruby(text: str | Markup) -> Markup:
    """``text``, escaped, with its readings above their kanji."""
    return Markup(READING.sub(_RUBY, str(escape(text))))


_JAPANESE = re.compile("[ぁ-ヿ一-鿿]+(?:/[A-Zぁ-ヿ一-鿿]+)?")


def html_translator(locale: str) -> Callable[..., Markup]:
    """``_("Sent to %(email)s", email=…)`` for a page's text: values are escaped."""
    translate = words(locale).gettext

    def phrase(message: str, **values: Any) -> Markup:
        text = ruby(translate(message))
        if locale == "en":
            # What a phone's own screens say is Japanese in the middle of English.
            text = Markup(_JAPANESE.sub(r'<span lang="ja">\g<0></span>', str(text)))
        return text % {name: escape(value) for name, value in values.items()} if values else text

    return phrase


def text_translator(locale: str) -> Callable[..., str]:
    """The same for titles and attributes, where no element may stand, and so no reading."""
    translate = words(locale).gettext

    def phrase(message: str, **values: Any) -> str:
        text = furigana.without(translate(message))
        return text % values if values else text

    return phrase
