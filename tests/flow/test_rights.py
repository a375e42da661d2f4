"""Each packaged function may do what it does, and nothing else.

One walk makes the functions use every grant of their policies: a call that no policy allows is
refused and fails the walk; a grant that nobody used by its end is one too many.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from botocore import xform_name
from botocore.session import Session

from local.mail_providers import ProviderRule
from local.packaged.application import PackagedApplication
from local.packaged.iam_policies import PermissionRequest
from local.server import LocalServer
from tests.flow.client import REGISTRATIONS, Client, until
from tests.flow.test_limits import busy

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "three quiet herons"
A_WHILE = 601
"""Seconds after which a code that has not come is not coming any more."""
FINISHED = "custom:finished"
SERVICES = {"dynamodb": "dynamodb", "sqs": "sqs", "sesv2": "ses", "cognito-idp": "cognito-idp"}
"""The clients that ``chalicelib/aws`` makes, and their prefix in policies. The Encryption SDK
calls KMS."""


@pytest.fixture(scope="module")
def running(packaged: PackagedApplication) -> Iterator[LocalServer]:
    with LocalServer(
        application=packaged, template=packaged.template, transit=0.02, retry_after=0.2
    ) as machine:
        yield machine


@pytest.fixture
def walked(
    machine: LocalServer,
    packaged: PackagedApplication,
    client: Callable[..., Client],
    address: Callable[..., str],
    ahead: Callable[[float], None],
) -> PackagedApplication:
    """All that the functions ever do, once each."""
    walk = Walk(machine, client, address, ahead)
    try:
        _all_scenes(walk)
    except Exception as error:
        if packaged.permissions.denied:
            # That is why a mail never came.
            raise AssertionError(packaged.permissions.denied) from error
        raise
    return packaged


def _all_scenes(walk: Walk) -> None:
    walk.to_an_account()
    walk.again_and_cancelled()
    walk.with_a_bounce_and_with_silence()
    walk.with_a_lost_code()
    walk.with_a_code_that_cannot_be_opened()
    walk.proven_and_cancelled()
    walk.with_a_busy_cognito()
    walk.with_a_busy_ses()
    walk.proven_without_an_answer()
    walk.confirmed_without_an_answer()
    walk.overtaken()
    walk.with_lost_triggers()
    walk.with_broken_events()
    walk.with_a_row_that_cannot_be_read()
    walk.from_one_network_by_many()


def test_no_call_is_refused_and_no_grant_is_too_many(walked: PackagedApplication) -> None:
    assert walked.permissions.denied == []
    unused = walked.permissions.granted() - walked.permissions.used
    assert "\n".join(sorted(f"{name} {it.action} {it.resource}" for name, it in unused)) == ""
    used = {grant.action for _, grant in walked.permissions.used}
    assert sorted(called() - used) == [], "the walk leaves out what an adapter can call"


def test_no_grant_is_wider_than_what_it_names(
    machine: LocalServer, packaged: PackagedApplication
) -> None:
    for name, grant in packaged.permissions.granted():
        assert "*" not in grant.action, name
        # A log group's ARN ends in its streams.
        assert "*" not in grant.resource.removesuffix(":*"), name
        assert grant.resource.endswith(":*") == grant.action.startswith("logs:"), name


@pytest.mark.parametrize("function", ["APIHandler", "RecordEvents"])
def test_who_mails_no_codes_reads_none(
    machine: LocalServer, packaged: PackagedApplication, function: str
) -> None:
    """Codes that may be mailed again lie in the trail's table, in partitions of their own."""
    trail = machine.stack.lookup.attribute("TrailTable", "Arn")
    its = packaged.permissions.policies[function]
    reading = {it.action for it in its.grants() if it.resource == trail}
    assert reading
    for action in reading:
        assert its.allowing(PermissionRequest(action, trail, ("7Q4K2M9X8T",)))
        assert its.allowing(PermissionRequest(action, trail, ("code#7Q4K2M9X8T",))) is None


class Walk:
    """Scenes that together use every right."""

    def __init__(
        self,
        machine: LocalServer,
        client: Callable[..., Client],
        address: Callable[..., str],
        ahead: Callable[[float], None],
    ) -> None:
        self.machine = machine
        self.client = client
        self.address = address
        self.ahead = ahead

    def to_an_account(self) -> None:
        """The usual way; afterwards the browser forgets what it completed."""
        applicant, email = self.client(), self.address()
        applicant.register(email)
        assert applicant.verify(self.code(email)).status == 200
        assert applicant.complete(PASSWORD).status == 201
        assert applicant.json("GET", "/api/v1/session").status == 200
        user = {"UserPoolId": self.pool, "Username": self.attempt(applicant).reference}
        cognito = self.machine.clients("cognito-idp")
        until(lambda: FINISHED in str(cognito.admin_get_user(**user)), "the pool never knows")
        assert applicant.cancel().status == 204
        self.with_a_lost_owner(email)

    def with_a_lost_owner(self, email: str) -> None:
        """The record of who owns an address is made anew from the pool."""
        rows = self.dynamodb.scan(TableName="todoku-addresses")["Items"]
        for row in rows:
            if row["id"]["S"].startswith("owner#"):
                self.dynamodb.delete_item(TableName="todoku-addresses", Key={"id": row["id"]})
        self.ahead(61)
        another = self.client()
        another.register(email)
        another.awaiting_code()
        assert self.machine.wait_for_mail(email, 2)[0].code is None

    def again_and_cancelled(self) -> None:
        """The same code again, to a provider of which nothing is heard; then the registration
        and its user are removed."""
        applicant, email = self.client(), self.address("docomo.ne.jp")
        applicant.register(email)
        applicant.awaiting_code()
        self.machine.providers.set(ProviderRule("docomo", behaviour="silent"))
        self.ahead(61)
        assert applicant.send_again().status == 202
        applicant.until(lambda it: it["delivery"]["state"] == "sent")
        reference = self.attempt(applicant).reference
        assert applicant.cancel().status == 204
        until(lambda: reference not in self.users(), "the user is never removed")

    def with_a_bounce_and_with_silence(self) -> None:
        """Whoever hears of a mail first counts it for its network: SES's event of a bounce, or
        send_code itself where nothing is ever heard."""
        self.machine.providers.set(ProviderRule("au", behaviour="bounce"))
        applicant = self.client()
        applicant.register(self.address("ezweb.ne.jp"))
        applicant.until(lambda it: it["delivery"]["state"] == "bounced")
        self.machine.providers.set(ProviderRule("softbank", behaviour="silent"))
        applicant = self.client()
        applicant.register(self.address("softbank.ne.jp"))
        applicant.until(lambda it: it["delivery"]["state"] == "sent")

    def with_a_lost_code(self) -> None:
        """What was to be sent again is gone: a new code is asked for."""
        applicant, email, kept = self.with_a_kept_code()
        for row in kept:
            self.dynamodb.delete_item(TableName="todoku-trail", Key=key(row))
        self.ahead(A_WHILE)
        applicant.send_again()
        assert len(self.machine.wait_for_mail(email, 2)) == 2

    def with_a_code_that_cannot_be_opened(self) -> None:
        """What is kept is damaged: its mail is forgotten, a new code is asked for."""
        applicant, email, kept = self.with_a_kept_code()
        for row in kept:
            damaged = re.sub('"ciphertext":"[^"]+"', '"ciphertext":"AAAA"', row["doc"]["S"])
            assert damaged != row["doc"]["S"]
            self.dynamodb.put_item(TableName="todoku-trail", Item={**row, "doc": {"S": damaged}})
        self.ahead(A_WHILE)
        applicant.send_again()
        assert len(self.machine.wait_for_mail(email, 2)) == 2

    def proven_and_cancelled(self) -> None:
        """Whoever proves an address and goes away owns it no longer."""
        applicant, email = self.client(), self.address()
        applicant.register(email)
        assert applicant.verify(self.code(email)).status == 200
        reference = self.attempt(applicant).reference
        assert applicant.cancel().status == 204
        until(lambda: reference not in self.users(), "the user is never removed")

    def with_a_busy_cognito(self) -> None:
        """The worker puts its job back."""
        applicant, email = self.client(), self.address()
        self.machine.switches.set(cognito_fail="throttle")
        applicant.register(email)
        until(self.put_back, "the worker never put its job back")
        self.machine.switches.set(cognito_fail=None)
        self.ahead(10)
        assert self.code(email)

    def with_a_busy_ses(self) -> None:
        """Lambda gives up on send_code; the queue of mails to send again is more patient."""
        applicant, email = self.client(), self.address()
        failed = len(self.machine.functions.failures)
        self.machine.switches.set(ses_fail="throttle")
        applicant.register(email)
        self.machine.functions.wait_for_failures(failed + 1)
        self.machine.switches.set(ses_fail=None)
        self.ahead(61)
        assert self.code(email)

    def proven_without_an_answer(self) -> None:
        """Cognito confirmed and nobody heard: when a new code is asked for, a new user is made."""
        applicant, email, kept = self.with_a_kept_code()
        cognito, reference = self.machine.clients("cognito-idp"), self.attempt(applicant).reference
        user = {"UserPoolId": self.pool, "Username": reference}
        cognito.admin_confirm_sign_up(**user)
        proven = [{"Name": "email_verified", "Value": "true"}]
        cognito.admin_update_user_attributes(**user, UserAttributes=proven)
        for row in kept:
            self.dynamodb.delete_item(TableName="todoku-trail", Key=key(row))
        self.ahead(A_WHILE)
        applicant.send_again()
        until(lambda: self.attempt(applicant).reference != reference, "there is no new user")
        until(lambda: reference not in self.users(), "the first user is never removed")
        # Its code is kept and mailed by now: the next scene looks for codes that are being kept.
        assert len(self.machine.wait_for_mail(email, 2)) == 2

    def overtaken(self) -> None:
        """Corrected while its code is kept: its mail is forgotten, and nothing goes out."""
        applicant, first, second = self.client(), self.address(), self.address()
        corrected: list[bool] = []

        def correct(environ: Mapping[str, Any], body: bytes) -> None:
            keeping = b'"code#' in body and environ["HTTP_X_AMZ_TARGET"].endswith("PutItem")
            if keeping and not corrected:
                corrected.append(True)
                applicant.correct(second)

        self.machine.interceptors.append(correct)
        applicant.register(first)
        assert self.code(second)
        self.machine.interceptors.remove(correct)
        assert corrected
        assert not self.machine.mailbox.to(first)

    def with_lost_triggers(self) -> None:
        """Cognito never invoked send_code: the sweeper notices."""
        applicant, email = self.client(), self.address()
        self.machine.switches.set(triggers=False)
        applicant.register(email)
        until(lambda: self.attempt(applicant).signed_up_at, "never signed up")
        self.machine.switches.set(triggers=True)
        for _ in range(3):
            self.ahead(61)
        assert self.code(email)

    def with_broken_events(self) -> None:
        """An event that cannot be worked on is given up and kept."""
        functions = self.machine.functions
        failed = len(functions.failures)
        functions.invoke_async(functions.arns["RecordEvents"], {"Records": [{"Sns": {}}]})
        functions.invoke_async(functions.arns["Sweep"], {})
        functions.wait_for_failures(failed + 2)

    def with_a_row_that_cannot_be_read(self) -> None:
        """The sweeper puts it aside, and its round ends with an error."""
        applicant = self.client()
        applicant.register(self.address())
        applicant.awaiting_code()
        found = self.machine.services.adapters.registrations.find(self.attempt(applicant).reference)
        assert found is not None
        row = {"TableName": "todoku-registrations", "Key": {"id": {"S": found.registration.id}}}
        self.dynamodb.update_item(
            **row,
            UpdateExpression="SET doc = :doc, due_at = :due",
            ExpressionAttributeValues={":doc": {"S": "{}"}, ":due": {"N": "1"}},
        )
        failed = len(self.machine.functions.failures)
        self.ahead(61)
        self.machine.functions.wait_for_failures(failed + 1)
        due_at = self.dynamodb.get_item(**row)["Item"]["due_at"]["N"]
        assert int(due_at) > 1
        self.dynamodb.delete_item(**row)

    def from_one_network_by_many(self) -> None:
        """Past what one network may ask for at once, browsers without script queue in a lane."""
        applicant = self.client()
        busy(self.machine, applicant)
        form = applicant.look("/register").page.form(REGISTRATIONS)
        applicant.submit(form, email=self.address())

    def confirmed_without_an_answer(self) -> None:
        """Cognito confirmed and nobody heard; the code is entered again."""
        applicant, email, _ = self.with_a_kept_code()
        code = self.code(email)
        self.machine.switches.set(cognito_fail="lose_response")
        assert applicant.verify(code).status == 503
        self.machine.switches.set(cognito_fail=None)
        assert applicant.verify(code).status == 200

    # What the scenes need.

    @property
    def dynamodb(self) -> Any:
        return self.machine.clients("dynamodb")

    @property
    def pool(self) -> str:
        return self.machine.stack.ref("UserPool")

    def put_back(self) -> bool:
        """Whether a job waits for later."""
        name = "ApproximateNumberOfMessagesDelayed"
        found = self.machine.clients("sqs").get_queue_attributes(
            QueueUrl=self.machine.stack.ref("JobsQueue"), AttributeNames=[name]
        )
        return int(found["Attributes"][name]) > 0

    def code(self, email: str) -> str:
        return self.machine.wait_for_mail(email, timeout=20)[0].code or ""

    def attempt(self, applicant: Client) -> Any:
        return self.machine.services.verification.lookup.registration(
            applicant.cookies["todoku_registration"]
        ).attempt

    def users(self) -> list[str]:
        found = self.machine.clients("cognito-idp").list_users(UserPoolId=self.pool)["Users"]
        return [user["Username"] for user in found]

    def with_a_kept_code(self) -> tuple[Client, str, list[dict[str, Any]]]:
        """An applicant who got a code, the address, and what is kept of the code."""
        applicant, email = self.client(), self.address()
        applicant.register(email)
        applicant.awaiting_code()
        return applicant, email, self.kept(self.attempt(applicant).reference)

    def kept(self, reference: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.dynamodb.query(
            TableName="todoku-trail",
            KeyConditionExpression="id = :id",
            ExpressionAttributeValues={":id": {"S": f"code#{reference}"}},
        )["Items"]
        assert found
        return found


def key(row: dict[str, Any]) -> dict[str, Any]:
    return {"id": row["id"], "mail": row["mail"]}


def called() -> set[str]:
    """The actions behind every call in ``chalicelib/aws`` that needs a right."""
    session, actions = Session(), {}
    for service, prefix in SERVICES.items():
        model = session.get_service_model(service)
        for name in model.operation_names:
            if model.operation_model(name).auth_type != "none":
                actions[xform_name(name)] = f"{prefix}:{name}"
    # A transaction needs the rights to its writes, a batch of messages that to each.
    actions["transact_write_items"] = "dynamodb:PutItem"
    actions["send_message_batch"] = "sqs:SendMessage"
    return {
        actions[node.func.attr]
        for file in (ROOT / "chalicelib" / "aws").glob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and "client" in ast.unparse(node.func.value)
        and node.func.attr in actions
    }


def test_adapters_call_something() -> None:
    assert {"dynamodb:Query", "ses:SendEmail", "cognito-idp:AdminDeleteUser"} <= called()
