"""Who loses a race for a record lets the other finish, and tries again at another moment."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.stub import Stubber

from chalicelib.aws.versioned_table import VersionedTable, commit_transaction
from chalicelib.errors import Raced, TryLater
from tests.aws.test_versioned_table import TABLE, WRITES, Note


@pytest.fixture
def notes(dynamodb: Any) -> VersionedTable[Note]:
    return VersionedTable(lambda: dynamodb, TABLE, Note)


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long it was waited for whoever was faster, in seconds."""
    slept: list[float] = []
    monkeypatch.setattr("chalicelib.aws.versioned_table.time.sleep", slept.append)
    return slept


def test_who_loses_a_race_waits_a_moment_which_is_nobody_elses(
    notes: VersionedTable[Note], pauses: list[float]
) -> None:
    """So that those who lost together do not meet again."""
    notes.put(Note("one"), None, id="a", mail="1")

    def overtaken(before: Note | None) -> Note:
        stored = notes.get("a", "1")
        assert stored is not None
        notes.put(Note("faster"), stored.version, id="a", mail="1")
        return Note("mine")

    def overtaken_too(before: Note) -> bool:
        return bool(overtaken(before))

    with pytest.raises(TryLater):
        notes.change(overtaken, id="a", mail="1")
    assert len(set(pauses)) == 8
    with pytest.raises(TryLater):
        notes.remove(overtaken_too, id="a", mail="1")
    assert len(set(pauses)) == 16
    assert 0 <= min(pauses) < max(pauses) <= 0.05


def test_a_transaction_that_lost_a_race_waits_too_and_one_without_room_does_not(
    dynamodb: Any, pauses: list[float]
) -> None:
    for reason, waits in (("TransactionConflict", 1), ("ThrottlingError", 1)):
        with Stubber(dynamodb) as stub:
            stub.add_client_error(
                "transact_write_items",
                "TransactionCanceledException",
                modeled_fields={"CancellationReasons": [{"Code": reason}]},
            )
            with pytest.raises((Raced, TryLater)):
                commit_transaction(dynamodb, WRITES)
        assert len(pauses) == waits
