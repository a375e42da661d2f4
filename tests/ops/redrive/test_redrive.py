"""Dead letters are shown and brought back; whatever happens meanwhile, none is lost."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from moto import mock_aws

from chalicelib.identity.reference import draw_reference
from chalicelib.jobs import Job, JobKind
from ops.errors import CommandError, Declined
from ops.redrive.dead_letter_queue import DeadLetterQueue
from ops.redrive.queues import find_queue
from ops.redrive.redrive import Redrive
from ops.stage.settings import Stage
from tests.ops.conftest import REGION, Person
from tests.ops.redrive.fakes import FUNCTIONS, DyingSqs, Killed, Queues
from tests.trail import ses_events

REFERENCE = draw_reference()
JOB = {"kind": "issue", "reference": REFERENCE, "n": 1, "tries": 0}
ADDRESS = "taro.yamada@docomo.ne.jp"
Stages = Callable[..., Stage]


def on_failure(function: str, payload: Any, **more: Any) -> dict[str, Any]:
    arn = f"arn:aws:lambda:{REGION}:123456789012:function:{function}:$LATEST"
    context = {"functionArn": arn, "condition": "RetriesExhausted", "approximateInvokeCount": 3}
    return {"version": "1.0", "requestContext": context, "requestPayload": payload, **more}


TRIGGER = {
    "triggerSource": "CustomEmailSender_SignUp",
    "userName": REFERENCE.lower(),
    "request": {"code": "x", "userAttributes": {"email": ADDRESS}},
}
FAILED = on_failure(
    FUNCTIONS["SendCode"],
    TRIGGER,
    responsePayload={"errorType": "KeyError", "errorMessage": f"'{ADDRESS}'"},
)


@pytest.fixture
def queues() -> Iterator[Queues]:
    with mock_aws():
        yield Queues()


def redrive(queues: Queues, stage: Stage, name: str, person: Person) -> int:
    queue, destination = find_queue(name, stage, queues.clients)
    return Redrive(queue, destination, person, datetime.now(UTC)).run()


def test_jobs_are_shown_by_kind_with_age_and_reference_and_go_back_when_agreed_to(
    queues: Queues, stage: Stages
) -> None:
    queues.put("JobsDeadLetters", JOB)
    queues.put("JobsDeadLetters", JOB | {"kind": "remove", "reference": "nobody"})
    person = Person("y")
    assert redrive(queues, stage(), "jobs", person) == 0
    assert person.asked == ["Bring 2 back? [y/N] "]
    assert f"sign_up      1         just now  just now  {REFERENCE}" in person.heard
    assert "remove_user  1" in person.heard
    assert "nobody" not in person.heard, "what is no reference may be anything"
    assert "2 go to the queue todoku-dev-jobs" in person.heard
    assert len(queues.bodies("JobsQueue")) == 2
    assert json.dumps(JOB) in queues.bodies("JobsQueue"), "word for word"
    assert queues.bodies("JobsDeadLetters") == []


def test_of_many_only_some_references_are_shown(queues: Queues, stage: Stages) -> None:
    for _ in range(23):
        queues.put("JobsDeadLetters", JOB | {"reference": draw_reference()})
    person = Person("y")
    assert redrive(queues, stage(), "jobs", person) == 0
    assert "and 18 more" in person.heard
    assert len(queues.bodies("JobsQueue")) == 23


@pytest.mark.parametrize("person", [Person("n"), Person()], ids=["no", "nobody to ask"])
def test_nothing_is_done_without_consent_and_all_is_there_at_once(
    queues: Queues, stage: Stages, person: Person
) -> None:
    for _ in range(12):
        queues.put("JobsDeadLetters", JOB)
    with pytest.raises((Declined, CommandError), match=r"[Nn]othing"):
        redrive(queues, stage(), "jobs", person)
    assert queues.visible("JobsDeadLetters") == 12
    assert queues.bodies("JobsQueue") == []


def test_an_empty_queue_is_said_and_nothing_asked(queues: Queues, stage: Stages) -> None:
    person = Person("y")
    assert redrive(queues, stage(), "jobs", person) == 0
    assert "nothing to bring back" in person.heard
    assert person.asked == []


@pytest.mark.parametrize("body", ["", "{}", "no JSON", '{"kind": "dance", "reference": "R"}'])
def test_what_cannot_be_read_is_told_and_left(queues: Queues, stage: Stages, body: str) -> None:
    queues.put("JobsDeadLetters", body or ADDRESS)
    queues.put("JobsDeadLetters", JOB)
    person = Person("y")
    assert redrive(queues, stage(), "jobs", person) == 1
    assert "Left where it is: " in person.heard
    assert ADDRESS not in person.heard
    assert queues.visible("JobsDeadLetters") == 1
    assert queues.bodies("JobsQueue") == [json.dumps(JOB)]


def test_mails_to_send_again_go_back_to_their_own_queue(queues: Queues, stage: Stages) -> None:
    queues.put("ResendsDeadLetters", {"reference": REFERENCE, "n": 2})
    assert redrive(queues, stage(), "resends", Person(yes=True)) == 0
    assert len(queues.bodies("ResendsQueue")) == 1


@pytest.mark.parametrize("source", ["SignUp", "ResendCode", "ForgotPassword"])
def test_a_codes_event_becomes_a_job_for_a_new_code_and_no_address_is_shown(
    queues: Queues, stage: Stages, source: str
) -> None:
    """Another code may have been asked for meanwhile: the event's own would be mailed, and dead."""
    trigger = TRIGGER | {"triggerSource": f"CustomEmailSender_{source}"}
    queues.put("FailedInvocations", FAILED | {"requestPayload": trigger})
    person = Person("y")
    assert redrive(queues, stage(), "failed-invocations", person) == 0
    assert queues.functions.invoked == []
    (body,) = queues.bodies("JobsQueue")
    assert msgspec.json.decode(body, type=Job) == Job(JobKind.REISSUE_LOST, REFERENCE)
    assert f"SendCode: KeyError, as {JobKind.REISSUE_LOST.name.lower()}  1" in person.heard
    assert "to the queue todoku-dev-jobs as jobs for a new code where none lives" in person.heard
    assert REFERENCE in person.heard
    assert "docomo" not in person.heard
    assert queues.bodies("FailedInvocations") == []


def test_an_event_of_a_user_whom_nobody_registered_is_told_and_left(
    queues: Queues, stage: Stages
) -> None:
    queues.put("FailedInvocations", FAILED | {"requestPayload": TRIGGER | {"userName": ADDRESS}})
    person = Person(yes=True)
    assert redrive(queues, stage(), "failed-invocations", person) == 1
    assert "whose user no registration made" in person.heard
    assert ADDRESS not in person.heard
    assert (queues.functions.invoked, queues.bodies("JobsQueue")) == ([], [])


def test_a_failed_event_of_another_function_is_given_to_it_again(
    queues: Queues, stage: Stages
) -> None:
    queues.put("FailedInvocations", on_failure(FUNCTIONS["RecordEvents"], {"Records": []}))
    assert redrive(queues, stage(), "failed-invocations", Person("y")) == 0
    assert queues.functions.invoked == [(FUNCTIONS["RecordEvents"], {"Records": []})]
    assert queues.bodies("JobsQueue") == []


def test_an_event_that_grew_too_old_has_no_error(queues: Queues, stage: Stages) -> None:
    sns = {"Records": [{"Sns": {"Message": ses_events.delivery(seconds=5)}}]}
    queues.put("FailedInvocations", on_failure(FUNCTIONS["RecordEvents"], sns))
    person = Person("y")
    assert redrive(queues, stage(), "failed-invocations", person) == 0
    assert queues.functions.invoked == [(FUNCTIONS["RecordEvents"], sns)]
    assert "RecordEvents: RetriesExhausted  1" in person.heard


def test_an_event_of_another_stacks_function_is_left(queues: Queues, stage: Stages) -> None:
    queues.put("FailedInvocations", on_failure("somebody-elses", TRIGGER))
    queues.put("FailedInvocations", {"requestContext": {"functionArn": "?", "condition": "?"}})
    assert redrive(queues, stage(), "failed-invocations", Person(yes=True)) == 2
    assert queues.functions.invoked == []


def test_lost_events_are_recorded_as_sns_would_have_it(queues: Queues, stage: Stages) -> None:
    message = ses_events.delivery(seconds=5)
    notification = {"Type": "Notification", "MessageId": "1", "TopicArn": "t", "Message": message}
    queues.put("LostEvents", notification)
    queues.put("LostEvents", notification | {"Message": "hello"})
    person = Person("y")
    assert redrive(queues, stage(), "primary-lost-events", person) == 1
    ((function, event),) = queues.functions.invoked
    assert function == FUNCTIONS["RecordEvents"]
    assert event["Records"][0]["Sns"] == notification
    assert "delivered  1" in person.heard


def test_a_route_that_the_stage_has_not_is_an_error(queues: Queues, stage: Stages) -> None:
    with pytest.raises(CommandError, match="no route 'second'"):
        redrive(queues, stage(), "second-lost-events", Person())


@pytest.mark.parametrize("before", [True, False], ids=["before the call", "after it"])
@pytest.mark.parametrize("calls", range(1, 12))
def test_a_process_killed_anywhere_loses_nothing(
    queues: Queues, stage: Stages, calls: int, before: bool
) -> None:
    bodies = [json.dumps(JOB | {"n": n}) for n in range(3)]
    for body in bodies:
        queues.put("JobsDeadLetters", body)
    sqs = queues.sqs
    queues.sqs = DyingSqs(sqs, calls=calls, before=before)
    with contextlib.suppress(Killed):
        redrive(queues, stage(), "jobs", Person(yes=True))
    queues.sqs = sqs
    left = {*queues.bodies("JobsDeadLetters"), *queues.bodies("JobsQueue")}
    assert left == set(bodies)


def test_what_a_killed_run_holds_is_told_and_counts_as_left(queues: Queues, stage: Stages) -> None:
    queues.put("JobsDeadLetters", JOB)
    DeadLetterQueue(queues.sqs, queues.urls["JobsDeadLetters"]).hold()
    person = Person("y")
    assert redrive(queues, stage(), "jobs", person) == 1
    assert "they can be brought back in 10 minutes" in person.heard


def test_an_error_of_aws_in_the_middle_leaves_the_rest_at_once(
    queues: Queues, stage: Stages
) -> None:
    for n in range(3):
        queues.put("FailedInvocations", on_failure(FUNCTIONS["RecordEvents"], {"n": n}))
    invoke, given = queues.functions.invoke, queues.functions.invoked

    def once(**parameters: Any) -> None:
        if given:
            raise OSError("throttled")
        invoke(**parameters)

    queues.functions.invoke = once  # type: ignore[assignment,method-assign]
    with pytest.raises(OSError, match="throttled"):
        redrive(queues, stage(), "failed-invocations", Person(yes=True))
    assert len(given) == 1
    assert queues.visible("FailedInvocations") == 2
