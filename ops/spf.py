"""SPF (RFC 7208): whether the TXT records of a domain let SES send for it."""

from __future__ import annotations

from collections.abc import Iterable

SES_RECORD = "v=spf1 include:amazonses.com ~all"
"""For a domain without a record."""
MERGE = "merge it into the one that is there, never a second"
_INCLUDE = "include:amazonses.com"


def spf_error(domain: str, texts: Iterable[str]) -> str | None:
    """What is wrong with the SPF record of ``domain`` among its TXT records, or ``None``.

    Other domains that a record includes are not looked into.
    """
    records = [text for text in texts if text.lower().split(" ")[0] == "v=spf1"]
    if not records:
        return f'{domain} lacks TXT "{SES_RECORD}".'
    if len(records) > 1:
        # RFC 7208, 4.5: permerror.
        return (
            f"{domain} has {len(records)} SPF records, and receivers then take none: make one of"
            f" them, with {_INCLUDE}."
        )
    if not _includes_ses(records[0]):
        return f'{domain} has SPF without SES: {_INCLUDE}, {MERGE}: "{records[0]}".'
    return None


def _includes_ses(record: str) -> bool:
    """Whether SES passes: what stands behind ``all`` is not read any more."""
    for term in record.lower().split()[1:]:
        if term.removeprefix("+") == _INCLUDE:
            return True
        if term.lstrip("+-~?") == "all":
            return False
    return False
