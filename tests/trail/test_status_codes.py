"""Status codes in what servers say: which of several is believed."""

from __future__ import annotations

import pytest

from chalicelib.trail.status_codes import StatusCode, believed, codes_in, tells_failure


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        (None, []),
        ("5.1.1", [(5, 1, 1)]),
        ("#5.1.1", [(5, 1, 1)]),
        ("smtp; 550-5.1.1 no\n550 5.1.1 user", [(5, 0, 0), (5, 1, 1), (5, 1, 1)]),
        ("smtp;421 busy", [(4, 0, 0)]),
        ("host mx.example.jp said: 450 later", [(4, 0, 0)]),
        # Neither addresses of machines, ports, versions nor dates.
        ("192.0.2.1 5.1.1.9 10.4.7.1", []),
        ("[192.0.2.1]:587: closed", []),
        ("on 5.12.2026", []),
        ("sent 450 mails", []),
    ],
)
def test_codes_are_found(text: str | None, codes: list[tuple[int, int, int]]) -> None:
    assert codes_in(text) == codes


@pytest.mark.parametrize(
    ("status", "diagnostic", "code"),
    [
        (None, None, None),
        ("5.1.1", None, (5, 1, 1)),
        ("5.1.1", "smtp; 550 5.0.0 no", (5, 1, 1)),
        # What the server itself said, not how the relay sums it up.
        ("5.1.1", "smtp; 550 5.7.1 no", (5, 7, 1)),
        ("5.0.0", "x; host mx.example.jp said: 550 5.1.1 no", (5, 1, 1)),
        ("5.4.7", "smtp; 550 5.4.300 expired -> 452 4.2.2 full", (4, 2, 2)),
        ("5.1.1", "smtp; 450 not now", (4, 1, 1)),
        ("", "smtp; 450 not now", (4, 0, 0)),
        ("4.0.0", "smtp; 554 no", (5, 0, 0)),
        ("5.0.0", "smtp; 550 5.1.1 no; Exim 4.96.2", (5, 1, 1)),
        # That nobody tries any more is the relay's, the reply is the server's.
        ("4.4.7", "smtp; 450 not now", (4, 0, 0)),
        ("5.4.7", "smtp; 450 not now", (4, 0, 0)),
        ("4.4.7", None, (4, 4, 7)),
        ("4.4.2", "smtp; 421 not now", (4, 4, 2)),
        ("nonsense", "", None),
    ],
)
def test_the_innermost_that_says_something_is_believed(
    status: str | None, diagnostic: str | None, code: StatusCode | None
) -> None:
    assert believed(status, diagnostic) == code


@pytest.mark.parametrize(
    ("status", "diagnostic", "told"),
    [
        (None, None, False),
        ("5.0.0", "out of office", False),
        ("4.0.0", None, False),
        ("4.2.0", None, True),
        (None, "smtp; 550 no", True),
        ("5.0.0", "x; 5.1.1 no", True),
    ],
)
def test_a_number_that_any_report_may_bear_tells_no_failure(
    status: str | None, diagnostic: str | None, told: bool
) -> None:
    assert tells_failure(status, diagnostic) is told
