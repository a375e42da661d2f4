"""Jobs on the queues that the template makes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from botocore.exceptions import ReadTimeoutError
from botocore.stub import Stubber

from chalicelib.aws.queue import SqsJobs
from chalicelib.errors import TryLater
from chalicelib.jobs import Job, JobKind, MailAgain
from tests.crash.cloud import START, Cloud

NOW = START


@pytest.fixture
def delays(there: Cloud) -> Iterator[list[int]]:
    """The delay of each message sent."""
    seen: list[int] = []

    def see(params: dict[str, Any], **_: Any) -> None:
        seen.append(params["DelaySeconds"])

    events = there.client("sqs").meta.events
    events.register("provide-client-params.sqs.SendMessage", see)
    yield seen
    events.unregister("provide-client-params.sqs.SendMessage", see)


@pytest.fixture
def jobs(there: Cloud) -> SqsJobs:
    found = there.environment
    return SqsJobs(
        lambda: there.client("sqs"),
        found["TODOKU_JOBS_QUEUE"],
        found["TODOKU_RESENDS_QUEUE"],
        lambda: NOW,
    )


def test_a_job_arrives_as_json_on_the_queue_of_jobs(there: Cloud, jobs: SqsJobs) -> None:
    job = Job(JobKind.SEND_AGAIN, "7Q4K2M9X8T", 3, tries=2)
    jobs.put(job)
    (message,) = there.receive("jobs")
    body = message.record["body"]
    assert msgspec.json.decode(body) == {
        "kind": "resend",
        "reference": "7Q4K2M9X8T",
        "n": 3,
        "tries": 2,
        "code": None,
    }
    assert msgspec.json.decode(body, type=Job) == job
    assert there.receive("resends") == []


def test_a_mail_to_send_again_arrives_on_its_own_queue(there: Cloud, jobs: SqsJobs) -> None:
    jobs.send_again(MailAgain("7Q4K2M9X8T", 2))
    (message,) = there.receive("resends")
    assert msgspec.json.decode(message.record["body"]) == {"reference": "7Q4K2M9X8T", "n": 2}
    assert there.receive("jobs") == []


@pytest.mark.parametrize(
    ("seconds", "delay"),
    [(None, 0), (-3600, 0), (0, 0), (0.1, 1), (59.5, 60), (900, 900), (901, 900), (86_400, 900)],
)
def test_a_job_waits_until_its_time_as_far_as_a_queue_can(
    jobs: SqsJobs, delays: list[int], seconds: float | None, delay: int
) -> None:
    jobs.put(
        Job(JobKind.SIGN_UP, "R"), None if seconds is None else NOW + timedelta(seconds=seconds)
    )
    assert delays == [delay]


def test_a_delayed_job_is_not_seen_before(there: Cloud, jobs: SqsJobs) -> None:
    jobs.put(Job(JobKind.SIGN_UP, "R"), NOW + timedelta(seconds=60))
    assert there.receive("jobs") == []
    there.clock.put_forward(61)
    assert len(there.receive("jobs")) == 1


@pytest.mark.parametrize("code", ["ThrottlingException", "RequestThrottled", "InternalError"])
def test_a_busy_queue_is_for_later(there: Cloud, jobs: SqsJobs, code: str) -> None:
    calls: list[Callable[[], None]] = [
        lambda: jobs.put(Job(JobKind.SIGN_UP, "R")),
        lambda: jobs.send_again(MailAgain("R", 1)),
    ]
    for work in calls:
        with Stubber(there.client("sqs")) as stub:
            status = 500 if code == "InternalError" else 400
            stub.add_client_error("send_message", code, http_status_code=status)
            with pytest.raises(TryLater):
                work()


def test_a_lost_answer_is_for_later_since_a_job_may_come_twice(there: Cloud, jobs: SqsJobs) -> None:
    def lose(**_: Any) -> None:
        raise ReadTimeoutError(endpoint_url="https://sqs.example")

    events = there.client("sqs").meta.events
    events.register("after-call", lose)
    try:
        with pytest.raises(TryLater):
            jobs.put(Job(JobKind.SIGN_UP, "R"))
    finally:
        events.unregister("after-call", lose)
    assert len(there.receive("jobs")) == 1
