"""Registrations, limits and owners in the tables that the template makes."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec import structs
from msgspec.structs import replace

from chalicelib.aws.tables import MailboxTable, OwnerTable, RegistrationTable
from chalicelib.errors import Conflict, Raced
from chalicelib.identity.ownership import Owner
from chalicelib.limits.mailbox import Mailbox, Place, SeenMailbox
from chalicelib.verification.model import Attempt, AttemptState, Registration, Seen
from local.account import STACK
from tests.crash.cloud import Cloud

AT = datetime(2026, 1, 24, 9, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
REGISTRATIONS, ADDRESSES = f"{STACK}-registrations", f"{STACK}-addresses"
Scan = Callable[[str], list[dict[str, Any]]]


def attempt(reference: str = "7Q4K2M9X8T", **changes: Any) -> Attempt:
    one = Attempt(
        reference=reference,
        label="K7",
        email="taro@docomo.ne.jp",
        address="address",
        limit="limit",
        state=AttemptState.QUEUED,
        asked_at=AT,
        expected_at=AT,
        mail_asked_at=AT,
    )
    return replace(one, **changes)


def registration(*attempts: Attempt, id: str = "id", **changes: Any) -> Registration:
    each = attempts or (attempt(),)
    one = Registration(
        id=id,
        locale="ja",
        network="network",
        created_at=AT,
        current=each[-1].reference,
        attempts={a.reference: a for a in each},
    )
    return replace(one, **changes)


def stamp(moment: datetime) -> dict[str, str]:
    return {"N": str(int(moment.timestamp()))}


@pytest.fixture
def mailboxes(there: Cloud) -> MailboxTable:
    return MailboxTable(lambda: there.client("dynamodb"), ADDRESSES)


@pytest.fixture
def owners(there: Cloud) -> OwnerTable:
    return OwnerTable(lambda: there.client("dynamodb"), ADDRESSES)


def test_a_registration_is_found_by_its_id_and_by_every_reference(
    table: RegistrationTable,
) -> None:
    one = registration(attempt("OLD", state=AttemptState.VOID), attempt("NEW"), wrong=(AT,))
    table.save(one, None)
    for seen in (table.get("id"), table.find("OLD"), table.find("NEW")):
        assert seen is not None
        assert (seen.registration, seen.version) == (one, 1)
    assert table.get("other") is None
    assert table.find("OTHER") is None


def test_a_registration_carries_its_expiry_and_what_the_index_needs(
    table: RegistrationTable, items: Scan
) -> None:
    table.save(registration(), None)
    record, pointer = items("registrations")
    assert {k: v for k, v in record.items() if k != "doc"} == {
        "id": {"S": "id"},
        "version": {"N": "1"},
        "expires": stamp(AT + 30 * DAY),
        "due_at": stamp(AT + 2 * MINUTE),
        "due_shard": {"S": str(zlib.crc32(b"id") % 8)},
    }
    assert {k: v for k, v in pointer.items() if k != "doc"} == {
        "id": {"S": "ref#7Q4K2M9X8T"},
        "version": {"N": "1"},
        "expires": stamp(AT + 30 * DAY),
    }


def test_no_address_and_no_token_is_a_key(table: RegistrationTable, items: Scan) -> None:
    table.save(registration(), None)
    assert [item["id"]["S"] for item in items("registrations")] == ["id", "ref#7Q4K2M9X8T"]


def test_it_expires_after_its_youngest_attempt(table: RegistrationTable, items: Scan) -> None:
    table.save(registration(attempt("OLD"), attempt("NEW", asked_at=AT + DAY)), None)
    assert items("registrations")[0]["expires"] == stamp(AT + 31 * DAY)


def test_a_completed_registration_is_in_no_index_once_the_pool_knows_of_it(
    table: RegistrationTable, items: Scan
) -> None:
    table.save(registration(), None)
    done = attempt(state=AttemptState.COMPLETED)
    table.change("7Q4K2M9X8T", lambda _: registration(done))
    assert "due_at" in items("registrations")[0]
    table.change("7Q4K2M9X8T", lambda _: registration(replace(done, known_finished=True)))
    assert {"due_at", "due_shard"}.isdisjoint(items("registrations")[0])


def test_an_attempt_is_kept_under_names_that_never_change(
    there: Cloud, table: RegistrationTable, items: Scan
) -> None:
    """What an earlier release wrote is read, and so is what a later one adds."""
    table.save(registration(attempt(no_such_domain_at=AT)), None)
    (item,) = [i for i in items("registrations") if i["id"]["S"] == "id"]
    doc = json.loads(item["doc"]["S"])
    (kept,) = doc["attempts"].values()
    assert kept.pop("no_such_domain_at") == "2026-01-24T09:00:00Z"
    kept["of_a_later_release"] = 1
    item["doc"]["S"] = json.dumps(doc)
    there.client("dynamodb").put_item(TableName=REGISTRATIONS, Item=item)
    seen = table.get("id")
    assert seen is not None
    assert seen.registration == registration()


def test_an_address_in_no_domain_is_due_when_it_is_to_be_forgotten(
    table: RegistrationTable, items: Scan
) -> None:
    table.save(registration(attempt(no_such_domain_at=AT, expected_at=None)), None)
    assert items("registrations")[0]["due_at"] == stamp(AT + 7 * DAY)


def test_a_save_over_another_version_than_seen_is_refused(table: RegistrationTable) -> None:
    table.save(registration(), None)
    seen = table.get("id")
    assert seen is not None
    table.save(registration(locale="en"), seen)
    for stale in (seen, None):
        with pytest.raises(Raced):
            table.save(registration(locale="ja-easy"), stale)
    now = table.get("id")
    assert now is not None
    assert (now.registration.locale, now.version) == ("en", 2)


def test_a_mailbox_is_kept_under_names_that_never_change(
    table: RegistrationTable, mailboxes: MailboxTable, items: Scan
) -> None:
    """What an earlier release wrote is read, and what is written now an earlier one can read."""
    box = mailboxes.get("limit")
    table.save(registration(), None, box.becoming(Mailbox((Place(AT, "n", "R.1"),))))
    (doc,) = [
        json.loads(i["doc"]["S"]) for i in items("addresses") if i["id"]["S"] == "limit#limit"
    ]
    (place,) = doc.pop("grants")
    assert doc == {}
    assert set(place) == {"at", "network", "mail"}


def test_a_save_that_loses_at_the_mailbox_writes_nothing(
    table: RegistrationTable, mailboxes: MailboxTable, items: Scan
) -> None:
    box = mailboxes.get("limit")
    table.save(registration(id="faster"), None, box.becoming(Mailbox((Place(AT, "n", "R.1"),))))
    before = items("registrations")
    with pytest.raises(Raced):
        table.save(registration(attempt("LATE"), id="late"), None, box.becoming(Mailbox()))
    assert items("registrations") == before
    assert mailboxes.get("limit").mailbox.places == (Place(AT, "n", "R.1"),)


def test_a_save_that_loses_at_the_registration_leaves_the_mailbox_as_it_was(
    table: RegistrationTable, mailboxes: MailboxTable
) -> None:
    table.save(registration(), None)
    box = mailboxes.get("limit")
    with pytest.raises(Raced):
        table.save(registration(), None, box.becoming(Mailbox((Place(AT, "n", "R.1"),))))
    assert mailboxes.get("limit") == box


def test_a_reference_drawn_twice_is_refused_whole(table: RegistrationTable, items: Scan) -> None:
    table.save(registration(), None)
    with pytest.raises(Raced):
        table.save(registration(id="another"), None)
    assert [item["id"]["S"] for item in items("registrations")] == ["id", "ref#7Q4K2M9X8T"]


def test_a_further_attempt_gets_its_pointer_and_the_first_keeps_its_own(
    table: RegistrationTable, items: Scan
) -> None:
    table.save(registration(), None)
    seen = table.get("id")
    table.save(registration(attempt(state=AttemptState.VOID), attempt("NEW")), seen)
    assert [(i["id"]["S"], i["version"]["N"]) for i in items("registrations")] == [
        ("id", "2"),
        ("ref#7Q4K2M9X8T", "1"),
        ("ref#NEW", "1"),
    ]


def test_a_correction_moves_both_mailboxes_with_it(
    table: RegistrationTable, mailboxes: MailboxTable
) -> None:
    one, two = mailboxes.get("one"), mailboxes.get("two")
    grant = Mailbox((Place(AT, "n", "R.1"),))
    table.save(registration(), None, one.becoming(grant), two.becoming(grant))
    assert [mailboxes.get(key).version for key in ("one", "two")] == [1, 1]


def test_a_change_is_by_reference_and_none_for_nobodys(table: RegistrationTable) -> None:
    assert table.change("7Q4K2M9X8T", lambda r: r) is None
    table.save(registration(), None)
    changed = table.change("7Q4K2M9X8T", lambda r: replace(r, locale="en"))
    assert changed is not None
    assert changed.locale == "en"


def test_a_pointer_to_a_registration_that_is_gone_is_nobodys(
    table: RegistrationTable, dynamodb: Any
) -> None:
    table.save(registration(), None)
    dynamodb.delete_item(TableName=REGISTRATIONS, Key={"id": {"S": "id"}})
    assert table.find("7Q4K2M9X8T") is None
    assert table.change("7Q4K2M9X8T", lambda r: replace(r, locale="en")) is None
    assert table.get("id") is None


def test_a_forgotten_registration_leaves_nothing(table: RegistrationTable, items: Scan) -> None:
    one = registration(attempt("OLD", state=AttemptState.VOID), attempt("NEW"))
    table.save(one, None)
    table.save(registration(attempt("OTHER"), id="other"), None)
    table.forget(Seen(one, 1))
    assert [item["id"]["S"] for item in items("registrations")] == ["other", "ref#OTHER"]
    table.forget(Seen(one, 1))


def test_a_registration_that_was_written_since_it_was_seen_is_not_forgotten(
    table: RegistrationTable, items: Scan
) -> None:
    table.save(registration(), None)
    seen = table.get("id")
    assert seen is not None
    table.change("7Q4K2M9X8T", lambda r: replace(r, locale="en"))
    with pytest.raises(Raced):
        table.forget(seen)
    assert [item["id"]["S"] for item in items("registrations")] == ["id", "ref#7Q4K2M9X8T"]


def test_an_address_without_a_memory_has_an_empty_one(mailboxes: MailboxTable) -> None:
    assert mailboxes.get("limit") == SeenMailbox("limit", Mailbox(), None)


def test_the_limits_memory_goes_a_day_after_its_last_mail(
    table: RegistrationTable, mailboxes: MailboxTable, items: Scan
) -> None:
    grants = (Place(AT, "n", "R.1"), Place(AT + MINUTE, "n", "R.2", kept=True))
    table.save(registration(), None, mailboxes.get("limit").becoming(Mailbox(grants)))
    (item,) = items("addresses")
    assert item["id"] == {"S": "limit#limit"}
    assert item["expires"] == stamp(AT + MINUTE + DAY)
    assert mailboxes.get("limit") == SeenMailbox("limit", Mailbox(grants), 1)


def test_an_owner_who_finished_stays_and_another_goes_after_two_weeks(
    owners: OwnerTable, items: Scan
) -> None:
    owners.change("address", lambda _: Owner("R1", AT))
    (item,) = items("addresses")
    assert (item["id"], item["expires"]) == ({"S": "owner#address"}, stamp(AT + 14 * DAY))
    owners.change("address", lambda owner: structs.replace(owner or Owner("R", AT), finished=True))
    (item,) = items("addresses")
    assert "expires" not in item
    assert owners.get("address") == Owner("R1", AT, finished=True)
    assert owners.get("another") is None


def test_a_refusal_to_take_over_comes_through_and_changes_nothing(owners: OwnerTable) -> None:
    owners.change("address", lambda _: Owner("R1", AT))

    def refuse(_: Owner | None) -> Owner:
        raise Conflict("no")

    with pytest.raises(Conflict):
        owners.change("address", refuse)
    assert owners.get("address") == Owner("R1", AT)


@pytest.mark.parametrize(
    ("owner", "left"),
    [
        (Owner("R1", AT), None),
        (Owner("R2", AT), Owner("R2", AT)),
        (Owner("R1", AT, finished=True), Owner("R1", AT, finished=True)),
        (Owner("R1", AT, completing_at=AT), Owner("R1", AT, completing_at=AT)),
    ],
    ids=["as seen", "another's", "finished", "about to finish"],
)
def test_only_an_owner_as_it_was_seen_is_forgotten(
    owners: OwnerTable, owner: Owner, left: Owner | None
) -> None:
    owners.change("address", lambda _: owner)
    assert owners.forget("address", Owner("R1", AT)) is (left is None)
    assert owners.get("address") == left


def test_an_owner_who_finishes_meanwhile_is_not_forgotten(there: Cloud) -> None:
    client = there.client("dynamodb")
    owners = OwnerTable(lambda: client, ADDRESSES)
    owners.change("address", lambda _: Owner("R1", AT))

    def finish(**_: Any) -> None:
        client.meta.events.unregister("before-call.dynamodb.DeleteItem", finish)
        owners.change(
            "address", lambda owner: structs.replace(owner or Owner("R", AT), finished=True)
        )

    client.meta.events.register("before-call.dynamodb.DeleteItem", finish)
    assert owners.forget("address", Owner("R1", AT)) is False
    assert owners.get("address") == Owner("R1", AT, finished=True)


def test_forgetting_nobody_is_no_error(owners: OwnerTable) -> None:
    assert owners.forget("address", Owner("R1", AT))
