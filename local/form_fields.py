"""Fields of the console's forms: which of them somebody changed."""

from __future__ import annotations

from collections.abc import Mapping

SHOWN = "shown:"
"""What stands before a field's name in the field that keeps what its page showed."""


def changed(fields: Mapping[str, str]) -> dict[str, str]:
    """The fields of a form that are not as its page showed them: the others may have been changed
    elsewhere since."""
    return {
        name: value
        for name, value in fields.items()
        if not name.startswith(SHOWN) and value != fields.get(SHOWN + name)
    }
