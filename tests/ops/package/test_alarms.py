"""Alarms ring, and go on ringing, for what sends metrics only now and then.

A queue that nothing touches for six hours sleeps: it has no metrics, and those of its first
message come up to 15 minutes late. SES tells a rate only while mails leave.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from chalicelib.limits.budget import POSTPONED, TELLING, TOLD
from cloudformation import template as templates
from cloudformation.template import Template

Alarm = Mapping[str, Any]
FUNCTION = "AWS::Serverless::Function"
HOUR, LATE = 3600, 900
"""Seconds; what a sleeping queue's metrics are late at most."""


@pytest.fixture(scope="module")
def both(stage_here: Path) -> list[Template]:
    return [Template.read(stage_here / "service.json"), Template.read(templates.SENDER)]


def sleeping(both: list[Template], metric: str) -> Iterator[tuple[str, Alarm]]:
    """The alarms over one metric of queues that no function polls."""
    for name, queue, alarm in of_queues(both):
        if alarm["MetricName"] == metric and queue not in polled(both):
            yield name, alarm


def of_queues(both: list[Template]) -> Iterator[tuple[str, str, Alarm]]:
    """Name, logical id of the queue, alarm."""
    for template in both:
        for name, alarm in template.of_type("AWS::CloudWatch::Alarm").items():
            if alarm.get("Namespace") == "AWS/SQS":
                (dimension,) = alarm["Dimensions"]
                yield name, dimension["Value"]["Fn::GetAtt"][0], alarm


def polled(both: list[Template]) -> set[str]:
    """The queues that functions read."""
    events = json.dumps([it.get("Events", {}) for it in both[0].of_type(FUNCTION).values()])
    queues = both[0].of_type("AWS::SQS::Queue")
    return {name for name, it in queues.items() if f':{it["QueueName"]["Fn::Sub"]}"' in events}


def test_the_queues_of_jobs_alone_are_polled(both: list[Template]) -> None:
    assert polled(both) == {"JobsQueue", "ResendsQueue"}


def test_every_message_that_nobody_polls_for_rings(both: list[Template]) -> None:
    queues = {name for it in both for name in it.of_type("AWS::SQS::Queue")}
    assert queues == {queue for _, queue, _ in of_queues(both)}


def test_a_late_count_of_messages_is_still_looked_at(both: list[Template]) -> None:
    found = dict(sleeping(both, "NumberOfMessagesSent"))
    assert found.keys() == {"FailedInvocationsAlarm", "LostEventsAlarm"}
    for name, alarm in found.items():
        assert alarm["Period"] * alarm["EvaluationPeriods"] >= HOUR + LATE, name
        assert alarm["DatapointsToAlarm"] == 1, name
        assert alarm["TreatMissingData"] == "notBreaching", name


def test_dead_letters_ring_until_none_is_there(both: list[Template]) -> None:
    found = dict(sleeping(both, "ApproximateNumberOfMessagesVisible"))
    assert found.keys() == {"JobsDeadLettersAlarm", "ResendsDeadLettersAlarm"}
    for name, alarm in found.items():
        # A minute without its metric would be an OK, and the next one an alarm once more.
        assert alarm["Period"] >= 300, name
        assert alarm["TreatMissingData"] == "notBreaching", name


def test_only_a_queue_that_never_sleeps_has_an_age(both: list[Template]) -> None:
    assert dict(sleeping(both, "ApproximateAgeOfOldestMessage")) == {}


def test_no_other_metric_of_a_queue_is_watched(both: list[Template]) -> None:
    assert {alarm["MetricName"] for _, _, alarm in of_queues(both)} == {
        "NumberOfMessagesSent",
        "ApproximateNumberOfMessagesVisible",
        "ApproximateAgeOfOldestMessage",
    }


@pytest.mark.parametrize("per_cent", TELLING)
def test_what_the_budget_says_rings(both: list[Template], per_cent: int) -> None:
    """The sweeper's line, as the log has it, is what the alarm's metric counts."""
    told = both[0].resources[f"MailBudget{per_cent}Told"]["Properties"]
    assert told["LogGroupName"] == {"Ref": "SweepLogs"}
    (transformation,) = told["MetricTransformations"]
    alarm = both[0].resources[f"MailBudget{per_cent}Alarm"]["Properties"]
    assert transformation["MetricName"] == alarm["MetricName"]
    assert transformation["MetricNamespace"] == alarm["Namespace"] == {"Ref": "AWS::StackName"}
    assert int(transformation["MetricValue"]) == alarm["Threshold"] == per_cent
    # It rings for as long as the sweeper says so, and is over with the day.
    assert alarm["Period"] * alarm["EvaluationPeriods"] <= HOUR
    assert counts(told, TOLD % (date(2026, 1, 24), per_cent))


def counts(told: Alarm, line: str) -> bool:
    """Whether a metric filter counts a line of the log."""
    pattern = re.fullmatch(r'\{ \$\.message = "(.*)" \}', told["FilterPattern"])
    assert pattern
    return bool(re.fullmatch(re.escape(pattern[1]).replace(r"\*", ".*"), line))


def test_a_mail_that_is_postponed_rings(both: list[Template]) -> None:
    """Also on a day that is not used up, whose alarms are silent."""
    told = both[0].resources["MailsPostponedTold"]["Properties"]
    alarm = both[0].resources["MailsPostponedAlarm"]["Properties"]
    assert told["LogGroupName"] == {"Ref": "WorkLogs"}
    (transformation,) = told["MetricTransformations"]
    assert transformation["MetricName"] == alarm["MetricName"]
    assert transformation["MetricNamespace"] == alarm["Namespace"] == {"Ref": "AWS::StackName"}
    assert alarm["Dimensions"] == []
    assert (transformation["MetricValue"], alarm["Threshold"], alarm["Statistic"]) == (
        "1",
        1,
        "Sum",
    )
    assert counts(told, POSTPONED % date(2026, 1, 25))


def test_a_rate_of_ses_is_what_it_was_while_no_mail_leaves(both: list[Template]) -> None:
    rates = {
        name: alarm
        for name, alarm in both[1].of_type("AWS::CloudWatch::Alarm").items()
        if alarm["MetricName"].startswith("Reputation.")
    }
    assert rates.keys() == {"BounceRateAlarm", "ComplaintRateAlarm"}
    for name, alarm in rates.items():
        assert (alarm["Period"], alarm["TreatMissingData"]) == (HOUR, "ignore"), name
