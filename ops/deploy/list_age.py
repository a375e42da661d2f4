"""Age of the Public Suffix List that is deployed: of the lists that age, it alone has a date."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from ops.check_result import CheckResult, note

OLD = timedelta(days=365)
_PIN = re.compile(r"^publicsuffixlist==[\d.]+\.(\d{8})$", re.MULTILINE)


def suffix_list_date(requirements: str) -> date:
    """The date in the version that these requirements pin. Raises ``ValueError``."""
    found = _PIN.search(requirements)
    if not found:
        raise ValueError("requirements.txt does not pin publicsuffixlist to a dated version")
    return datetime.strptime(found[1], "%Y%m%d").date()


def check_list_age(listed: date, today: date) -> Iterator[CheckResult]:
    """Check for a list that is older than a year: the others were not looked at since either."""
    if today - listed > OLD:
        yield note(
            "lists",
            f"The Public Suffix List is of {listed}, older than a year. It and others age:"
            " docs/yearly.md says which, and how each is renewed.",
        )
