"""Rows that a later release has written: of more fields, or of a kind that this one cannot read."""

from __future__ import annotations

import copy
import json
import logging
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from chalicelib.errors import TodokuError, UnreadableRecord
from tests.crash.applicant import PASSWORD, Applicant
from tests.crash.plays import nothing_is_left
from tests.crash.process import Process

Document = dict[str, Any]


class Rows(NamedTuple):
    """Rows of one kind, and what of a later release this one cannot read in them."""

    table: str
    ids: str
    spoil: Callable[[Document], object]


def _unknown_state(document: Document) -> None:
    for attempt in document["attempts"].values():
        attempt["state"] = f"in_person_{attempt['state']}"


REGISTRATIONS = Rows("registrations", "[0-9a-f]{32}", _unknown_state)
REFERENCES = Rows("registrations", "ref#.*", lambda d: d.update(registration=[d["registration"]]))
MAILBOXES = Rows("addresses", "limit#.*", lambda d: d.update(grants={"all": d["grants"]}))
OWNERS = Rows("addresses", "owner#.*", lambda d: d.update(finished=str(d["finished"])))
MAILS = Rows("trail", "[A-Z0-9]{10}", lambda d: d["marks"].update(opened=d["marks"]["waiting"]))
CODES = Rows("trail", "code#.*", lambda d: d.update(ciphertext={"v2": d["ciphertext"]}))
PROVIDERS = Rows("domains", ".*", lambda d: d.update(provider=[d["provider"]]))
ALL = (REGISTRATIONS, REFERENCES, MAILBOXES, OWNERS, MAILS, CODES, PROVIDERS)


def _ids(rows: Rows) -> str:
    return f"{rows.table} {rows.ids}"


def _add_fields(document: Document) -> None:
    """At the top, and in whatever is within."""
    for inner in document.values():
        if isinstance(inner, dict):
            _add_fields(inner)
    if all(isinstance(value, dict) for value in document.values()):
        return  # by name or by state, not a record
    document["later"] = {"release": 2}


def renewed(process: Process) -> int:
    return sum(process.cloud.rewrite(rows.table, rows.ids, _add_fields) for rows in ALL)


def test_fields_that_are_not_known_do_no_harm(applicant: Applicant) -> None:
    """They are gone from each row that is written, and from no other."""
    process = applicant.process
    applicant.ask()
    assert renewed(process) == 3
    applicant.wait_for_mail(1)
    assert renewed(process) == 6
    process.minute()
    applicant.send_again()
    applicant.wait_for_mail(2)
    renewed(process)
    applicant.correct("right." + applicant.email)
    applicant.wait_for_mail(1)
    renewed(process)
    applicant.prove()
    assert renewed(process) >= 10
    reference = applicant.registration.current
    assert applicant.complete() == reference
    applicant.comes_to_be_known(reference)
    left = {rows: "later" in json.dumps(process.cloud.documents(*rows[:2])) for rows in ALL}
    assert left == dict.fromkeys(ALL, True) | {REGISTRATIONS: False, OWNERS: False}


def _spoil(process: Process, rows: Rows) -> None:
    def change(document: Document) -> None:
        before = copy.deepcopy(document)
        rows.spoil(document)
        document["before"] = before

    assert process.cloud.rewrite(rows.table, rows.ids, change) > 0


def _roll_forward(process: Process, rows: Rows) -> None:
    """To a release that reads what is there."""

    def change(document: Document) -> None:
        before = document.pop("before", None)
        if before is not None:
            document.clear()
            document.update(before)

    process.cloud.rewrite(rows.table, rows.ids, change)


def _queued(applicant: Applicant) -> None:
    applicant.ask()


def _code_on_its_way(applicant: Applicant) -> None:
    applicant.ask()
    applicant.process.work()


def _mail_delivered(applicant: Applicant) -> None:
    applicant.asked()
    applicant.process.minute()


def _mail_asked_for_again(applicant: Applicant) -> None:
    _mail_delivered(applicant)
    applicant.send_again()


def _proven(applicant: Applicant) -> None:
    applicant.asked()
    applicant.prove()


Ask = Callable[[Applicant], object]
ASKED: dict[str, Ask] = {
    "look": lambda a: a.process.services.registration.view(a.registration),
    "send again": lambda a: a.press_again(a.process.services),
    "enter": lambda a: a.process.services.verification.verify(a.token, "000000"),
    "set a password": lambda a: a.process.services.registration.complete(a.token, PASSWORD),
}
"""What an applicant may ask for."""
CASES = [
    (REGISTRATIONS, _queued, {"look", "send again", "enter", "set a password"}),
    (REGISTRATIONS, _code_on_its_way, {"look", "send again", "enter", "set a password"}),
    (REGISTRATIONS, _mail_asked_for_again, {"look", "send again", "enter", "set a password"}),
    (REFERENCES, _queued, {"enter"}),
    (MAILBOXES, _mail_delivered, {"send again"}),
    (OWNERS, _proven, {"set a password"}),
    (MAILS, _mail_asked_for_again, {"look"}),
    (CODES, _mail_asked_for_again, set()),
]


@pytest.mark.parametrize(
    ("rows", "begin", "refused"), CASES, ids=[f"{c[0].ids} {c[1].__name__}" for c in CASES]
)
def test_what_cannot_be_read_waits_for_the_release_that_can(
    process: Process,
    caplog: pytest.LogCaptureFixture,
    rows: Rows,
    begin: Ask,
    refused: set[str],
) -> None:
    applicant = Applicant(process)
    begin(applicant)
    _spoil(process, rows)
    mails = len(applicant.mails)
    told: set[str] = set()
    for name, ask in ASKED.items():
        try:
            ask(applicant)
        except UnreadableRecord:
            told.add(name)
        except TodokuError:
            pass  # as it would be said anyway
    assert told == refused
    for _ in range(150):
        process.minute()
    errors = [r.getMessage() for r in caplog.records if r.levelno == logging.ERROR]
    assert any(rows.table in error for error in errors)
    assert not any(applicant.email in error for error in errors)
    caplog.clear()
    process.cloud.dropped.clear()  # they are in the queue of failed invocations
    _roll_forward(process, rows)
    process.cloud.bring_back_dead_letters()
    if begin in (_queued, _code_on_its_way):
        process.until(lambda: len(applicant.mails) > mails, minutes=75)
    for _ in range(75):
        process.minute()
    process.cloud.bring_back_dead_letters()  # those that were on their way there
    process.settle()
    if rows is not OWNERS:
        applicant.prove()
    assert applicant.complete() == applicant.sign_in() == applicant.registration.current
    applicant.comes_to_be_known(applicant.registration.current)
    nothing_is_left(process, caplog)


def test_a_provider_that_cannot_be_read_is_looked_up(process: Process) -> None:
    Applicant(process).asked()
    _spoil(process, PROVIDERS)
    assert Applicant(process).asked().attempt.provider == "google"
