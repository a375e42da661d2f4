"""Locales, and the gettext catalogue of each, for mails and pages alike.

The catalogue's ids are English sentences. ``make build`` compiles the ``.po`` files; without a
compiled catalogue the ids themselves are shown, so that nothing is ever blank.
"""

from __future__ import annotations

import gettext
from functools import cache
from pathlib import Path
from typing import Literal, get_args

Locale = Literal["ja", "ja-easy", "en"]
LOCALES: tuple[Locale, ...] = get_args(Locale)
DOMAIN = "todoku"


def _(message: str) -> str:
    """Mark ``message`` for the catalogue without translating it yet."""
    return message


@cache
def words(locale: str) -> gettext.NullTranslations:
    """The catalogue of one of ``LOCALES``; ``.gettext`` and ``.ngettext`` translate."""
    folder = locale.replace("-", "_")
    here = str(Path(__file__).parent)
    return gettext.translation(DOMAIN, here, languages=[folder], fallback=True)
