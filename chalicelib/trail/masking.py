"""A receiving server's words without the address they quote."""

from __future__ import annotations

import re

LONGEST = 500

_ADDRESS = re.compile(r"([^\s<>\"'(),;:@])[^\s<>\"'(),;:@]*(@|%40)([^\s<>\"'(),;:@]+)", re.I)
_LINE_BREAKS = re.compile(r"\s*[\r\n\x00]+\s*")


def mask_addresses(words: str | None, address: str = "") -> str | None:
    """``words`` on one line of at most 500 characters, every address as ``t***@example.jp``.

    ``address`` is whom the mail was for: servers also quote its local part alone
    (``unknown user taro``), or inside a return path.
    """
    if not words:
        return None
    text = _ADDRESS.sub(r"\1***\2\3", _LINE_BREAKS.sub(" ", words))
    local = address.rpartition("@")[0]
    if local:
        alone = re.compile(rf"(?<![A-Za-z0-9]){re.escape(local)}(?![A-Za-z0-9])", re.IGNORECASE)
        text = alone.sub(f"{local[0]}***", text)
    return text[:LONGEST].strip()
