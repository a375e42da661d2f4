"""A registration takes no more of AWS than ops/costs says that it costs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from local.server import LocalServer
from ops.costs import usage
from tests.flow.client import Client, until

DYNAMODB = "DynamoDB_20120810"


def test_one_registration_writes_mails_and_queues_what_its_costs_count(
    machine: LocalServer,
    applicant: Client,
    email: str,
    calls: Callable[[], Counter[str]],
) -> None:
    seen: Counter[str] = Counter()
    applicant.register(email)
    applicant.awaiting_code()
    code = machine.mailbox.to(email)[0].code
    assert code
    applicant.verify(code)
    applicant.complete("correct horse 9")

    def quiet() -> bool:
        now = calls()
        seen.update(now)
        return not now

    until(quiet)
    # A transaction's three items count twice; the code that is kept has more than 1 KB.
    single = sum(seen[f"{DYNAMODB}.{name}"] for name in ("PutItem", "UpdateItem", "DeleteItem"))
    transactions = seen[f"{DYNAMODB}.TransactWriteItems"]
    assert transactions == 1
    assert single + 1 + 2 * 3 * transactions <= usage.TABLE_WRITES
    assert seen["POST /v2/email/outbound-emails"] == 1
    # Lambda receives each message and deletes it.
    assert 3 * seen["AmazonSQS.SendMessage"] == usage.QUEUE_REQUESTS
    keys = [n for name, n in seen.items() if name.startswith("TrentService.")]
    assert sum(keys) == usage.KEY_REQUESTS
