"""Events of queues, Cognito, SES and the clock, and what is to come again."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import msgspec
import pytest

from chalicelib import factory, triggers
from chalicelib.clock import wall_clock
from chalicelib.errors import OutcomeUnknown, TryLater
from chalicelib.factory import Services
from chalicelib.jobs import BUSY_TRIES, Job, JobKind, MailAgain
from tests.in_memory.adapters import Queues, services_in_memory
from tests.in_memory.lambda_context import Time

SECRET = "taro.yamada@gmail.com"


LONG = Time(60)


class Little:
    """The services that triggers call; what they were given is in ``done``."""

    def __init__(self) -> None:
        self.done: list[Any] = []
        self.fails: dict[Any, Exception] = {}
        self.again: dict[str, datetime] = {}
        self.verification = self.trail = self.recorder = self
        self.limits = SimpleNamespace(budget=self)
        self.reissue = Reissues(self)
        self.adapters = SimpleNamespace(jobs=Queues(self.clock))

    def clock(self) -> datetime:
        return datetime(2026, 11, 24, tzinfo=UTC)

    def do(self, what: Any) -> None:
        if what in self.fails:
            raise self.fails[what]
        self.done.append(what)

    def sign_up(self, reference: str) -> datetime | None:
        self.do(Job(JobKind.SIGN_UP, reference))
        return self.again.get(reference)

    def send_again_job(self, reference: str, n: int) -> None:
        self.do(Job(JobKind.SEND_AGAIN, reference, n))

    def remove_user(self, reference: str) -> None:
        self.do(Job(JobKind.REMOVE_USER, reference))

    def send_kept_code(self, mail: MailAgain) -> None:
        self.do(mail)

    def send_code(self, event: dict[str, Any]) -> None:
        self.do(event["userName"])

    def record_event(self, message: str) -> None:
        self.do(message)

    def tell(self, now: datetime) -> None:
        self.do(now)

    def sweep(self, until: datetime) -> int:
        self.do(until)
        return 3


class Reissues:
    """The two ways to ask for a new code."""

    def __init__(self, little: Little) -> None:
        self._little = little

    def __call__(self, reference: str) -> None:
        self._little.do(Job(JobKind.REISSUE_LOST, reference))

    def unreadable(self, reference: str, code: datetime | None) -> None:
        self._little.do(Job(JobKind.REISSUE_UNREADABLE, reference))


@pytest.fixture
def little(monkeypatch: pytest.MonkeyPatch) -> Little:
    made = Little()
    monkeypatch.setattr(factory, "_installed", [])
    factory.install(cast(Services, made))
    return made


def batch(*bodies: Any) -> dict[str, Any]:
    return {
        "Records": [
            {
                "messageId": f"m{n}",
                "body": body if isinstance(body, str) else msgspec.json.encode(body).decode(),
            }
            for n, body in enumerate(bodies, start=1)
        ]
    }


def failed(answer: triggers.Batch) -> list[str]:
    assert answer.keys() == {"batchItemFailures"}
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def test_every_job_of_a_batch_is_done(little: Little) -> None:
    answer = triggers.work(
        batch(
            Job(JobKind.SIGN_UP, "A"),
            Job(JobKind.SEND_AGAIN, "B", 2),
            Job(JobKind.REMOVE_USER, "C"),
        ),
        LONG,
    )
    assert answer == {"batchItemFailures": []}
    assert little.done == [
        Job(JobKind.SIGN_UP, "A"),
        Job(JobKind.SEND_AGAIN, "B", 2),
        Job(JobKind.REMOVE_USER, "C"),
    ]


@pytest.mark.parametrize(
    "error",
    [OutcomeUnknown(), TryLater(), RuntimeError("defect"), KeyError("x")],
    ids=lambda error: type(error).__name__,
)
def test_one_that_fails_does_not_bring_its_neighbours_again(
    little: Little, error: Exception
) -> None:
    little.fails[Job(JobKind.SIGN_UP, "B")] = error
    often = Job(JobKind.SIGN_UP, "B", tries=BUSY_TRIES)
    answer = triggers.work(batch(Job(JobKind.SIGN_UP, "A"), often, Job(JobKind.SIGN_UP, "C")), LONG)
    assert failed(answer) == ["m2"]
    assert little.done == [Job(JobKind.SIGN_UP, "A"), Job(JobKind.SIGN_UP, "C")]


def test_a_batch_that_outlasts_the_function_gives_back_what_it_has_not_begun(
    little: Little,
) -> None:
    """As new messages: who is innocent of the slowness must not end with the dead letters."""
    jobs = [Job(JobKind.SIGN_UP, str(n), tries=n) for n in range(10)]
    assert triggers.work(batch(*jobs), Time(60, each=9)) == {"batchItemFailures": []}
    assert [job.reference for job in little.done] == ["0", "1", "2", "3"]
    assert [job for _, job in little.adapters.jobs.waiting] == jobs[4:]


def test_mails_that_there_is_no_time_for_are_left_to_the_queue(little: Little) -> None:
    bodies = [{"reference": r, "n": 2} for r in "ABC"]
    assert failed(triggers.send_again(batch(*bodies), Time(50, each=15))) == ["m3"]
    assert little.done == [MailAgain("A", 2), MailAgain("B", 2)]


def test_what_cannot_be_given_back_is_left_to_the_queue(little: Little) -> None:
    little.adapters.jobs.error = TryLater()
    jobs = batch(Job(JobKind.SIGN_UP, "A"), Job(JobKind.SIGN_UP, "B"))
    assert failed(triggers.work(jobs, Time(40, each=15))) == ["m2"]
    assert little.done == [Job(JobKind.SIGN_UP, "A")]


def test_a_job_whose_time_is_far_ahead_is_not_put_back(little: Little) -> None:
    """Lambda stops a function that keeps writing to its own queue."""
    little.again["A"] = little.clock() + timedelta(minutes=16)
    little.again["B"] = little.clock() + timedelta(minutes=15)
    triggers.work(batch(Job(JobKind.SIGN_UP, "A"), Job(JobKind.SIGN_UP, "B")), LONG)
    assert little.adapters.jobs.waiting == [(little.again["B"], Job(JobKind.SIGN_UP, "B"))]


def test_a_job_that_a_busy_service_put_off_is_on_the_queue_again(little: Little) -> None:
    little.fails[Job(JobKind.SIGN_UP, "A")] = TryLater(7)
    assert triggers.work(batch(Job(JobKind.SIGN_UP, "A")), LONG) == {"batchItemFailures": []}
    again = (little.clock() + timedelta(seconds=7), Job(JobKind.SIGN_UP, "A", tries=1))
    assert little.adapters.jobs.waiting == [again]


@pytest.mark.parametrize(
    "body",
    [
        "",
        "issue",
        "[]",
        "{}",
        '{"kind": "issue"}',
        '{"kind": 1, "reference": "A"}',
        '{"kind": "dance", "reference": "A"}',
    ],
)
def test_a_malformed_job_is_for_the_dead_letters_and_stops_nobody(
    little: Little, body: str
) -> None:
    answer = triggers.work(batch(Job(JobKind.SIGN_UP, "A"), body, Job(JobKind.SIGN_UP, "C")), LONG)
    assert failed(answer) == ["m2"]
    assert little.done == [Job(JobKind.SIGN_UP, "A"), Job(JobKind.SIGN_UP, "C")]


@pytest.mark.parametrize(
    ("stored", "kind"),
    [
        ("issue", JobKind.SIGN_UP),
        ("resend", JobKind.SEND_AGAIN),
        ("reissue", JobKind.REISSUE_LOST),
        ("renew", JobKind.REISSUE_UNREADABLE),
        ("remove", JobKind.REMOVE_USER),
    ],
)
def test_a_job_of_another_release_is_understood(little: Little, stored: str, kind: JobKind) -> None:
    triggers.work(batch(f'{{"kind":"{stored}","reference":"A","n":1,"colour":"red"}}'), LONG)
    assert little.done == [Job(kind, "A")]
    assert msgspec.json.decode(msgspec.json.encode(little.done[0]))["kind"] == stored


def test_an_empty_batch_is_no_failure(little: Little) -> None:
    assert triggers.work({"Records": []}, LONG) == {"batchItemFailures": []}


def test_a_known_failure_is_a_warning_and_a_defect_an_error_with_its_trace(
    little: Little, caplog: pytest.LogCaptureFixture
) -> None:
    little.fails = {
        Job(JobKind.SIGN_UP, "A"): TryLater(),
        Job(JobKind.SIGN_UP, "B"): KeyError("defect"),
    }
    often = Job(JobKind.SIGN_UP, "A", tries=BUSY_TRIES)
    triggers.work(batch(often, Job(JobKind.SIGN_UP, "B")), LONG)
    known, defect = caplog.records
    assert (known.levelno, known.getMessage()) == (logging.WARNING, "message m1 failed: TryLater")
    assert known.exc_info is None
    assert (defect.levelno, defect.getMessage()) == (logging.ERROR, "message m2 failed: KeyError")
    assert defect.exc_info is not None


def test_mails_to_send_again_are_sent_again(little: Little) -> None:
    answer = triggers.send_again(
        batch({"reference": "A", "n": 2}, {"reference": "B", "n": 3}), LONG
    )
    assert answer == {"batchItemFailures": []}
    assert little.done == [MailAgain("A", 2), MailAgain("B", 3)]


def test_a_mail_that_cannot_go_now_comes_again_alone(little: Little) -> None:
    little.fails[MailAgain("B", 2)] = TryLater()
    bodies = [{"reference": r, "n": 2} for r in "ABC"]
    assert failed(triggers.send_again(batch(*bodies, {"reference": "D"}), LONG)) == ["m2", "m4"]
    assert little.done == [MailAgain("A", 2), MailAgain("C", 2)]


def test_a_code_that_was_mailed_is_all(little: Little) -> None:
    triggers.send_code({"userName": "a"})
    assert little.done == ["a"]


@pytest.mark.parametrize("error", [TryLater(), RuntimeError("defect")], ids=["busy", "defect"])
def test_a_code_that_was_not_mailed_is_lambdas_to_bring_again(
    little: Little, error: Exception
) -> None:
    little.fails["a"] = error
    with pytest.raises(type(error)):
        triggers.send_code({"userName": "a"})


def test_an_event_of_a_mail_goes_to_the_trail_and_its_failure_to_lambda(little: Little) -> None:
    triggers.record_events({"Records": [{"Sns": {"Message": "{}"}}]})
    assert little.done == ["{}"]
    little.fails["late"] = TryLater()
    with pytest.raises(TryLater):
        triggers.record_events({"Records": [{"Sns": {"Message": "late"}}]})


def test_the_sweeper_makes_its_round(little: Little, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    triggers.sweep(LONG)
    assert little.done == [little.clock(), little.clock() + timedelta(seconds=45)]
    assert caplog.messages == ["swept: 3 jobs"]


def test_a_budget_that_cannot_be_read_stops_no_round(little: Little) -> None:
    little.fails[little.clock()] = TryLater()
    triggers.sweep(LONG)
    assert little.done == [little.clock() + timedelta(seconds=45)]


@pytest.mark.parametrize("kind", JobKind)
def test_every_kind_of_job_has_a_step(kind: JobKind) -> None:
    """A job of an attempt that is gone is done at once, whatever its kind."""
    made, adapters = services_in_memory(wall_clock)
    triggers.do_job(made, Job(kind, "GONE"))
    assert adapters.jobs.waiting == []
