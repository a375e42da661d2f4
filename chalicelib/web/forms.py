"""HTML forms: bodies of ``application/x-www-form-urlencoded``."""

from __future__ import annotations

from contextlib import suppress
from urllib.parse import parse_qsl

from chalicelib.web.errors import Malformed

FORM = "application/x-www-form-urlencoded"
MOST_FIELDS = 50
REFERENCE = "_reference"
"""Of the registration that the form's page showed. Another tab may have begun another since."""
OURS = frozenset({"_method", "_once", "_cookies", REFERENCE})
"""Fields that speak to the web layer, not to the service: no body type names them."""


def parse_beginning(content: bytes) -> dict[str, str]:
    """The fields of a form that was cut off, as far as they can be read."""
    with suppress(ValueError):
        return dict(parse_qsl(content.decode(errors="replace"), max_num_fields=MOST_FIELDS))
    return {}


def parse(content: bytes) -> dict[str, str]:
    """The fields of a form, ``OURS`` included.

    Raises ``Malformed`` for bytes that are no UTF-8, and for a field that comes twice: which of
    the two was meant is a guess, and guesses differ between programs.
    """
    try:
        pairs = parse_qsl(
            content.decode(),
            keep_blank_values=True,
            encoding="utf-8",
            errors="strict",
            max_num_fields=MOST_FIELDS,
        )
    except ValueError as error:
        raise Malformed("the form cannot be read") from error
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise Malformed("a field of the form comes twice")
    return fields
