"""AWS usage of one registration, and of a month in which nobody registers.

Counted on the local machine: a browser that registers, reads its mail for three quarters of a
minute, and sets a password. How long functions run on AWS is assumed, not measured.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from cloudformation import template as templates
from cloudformation.template import Template
from ops import ROOT
from ops.costs import CostItem, prices

REGISTRATIONS = 1.3
"""Registrations for each applicant who finishes: second devices, corrected addresses, codes asked
for again, people who give up. Assumed; each may be a user to Cognito."""
ROUTES = 2

REQUESTS = 31
"""5 pages, one of them twice, 5 scripts, 3 forms, 17 looks: each 3 s, after a minute each 10 s, as
long as people take to type a code (half of them within 45 s)."""
TABLE_WRITES = 40
"""Write units: 37, and three for races lost. Three of the items are in a transaction, which
counts twice; one has more than 1 KB."""
INDEX_WRITES = 14
"""Write units for the index ``due``: seven writes move its key, out and in again."""
TABLE_READS = 81
"""Read units, strongly consistent; 34 of them are the looks."""
QUEUE_REQUESTS = 6
"""Two jobs: one signs up, one tells the pool of the account. Each is put, received and deleted."""
KEY_REQUESTS = 2
"""Cognito encrypts the code, send_code decrypts it."""
EVENTS = 2
"""Send and Delivery."""

MINUTES_PER_MONTH = 730 * 60
"""Minutes."""
RUNS = {"api_handler": (REQUESTS, 0.06), "work": (2, 0.4), "send_code": (1, 0.6)} | {
    "record_events": (EVENTS, 0.05)
}
"""Invocations of each function, and the seconds that one is assumed to take."""
_ROUND = 0.1
"""Seconds that a round of the sweeper is assumed to take."""
_POLLS = 15
"""Requests a minute with which Lambda waits for a queue: five at a time, 20 s each."""
_REPUTATION = 2
"""Metrics of a configuration set: its bounce and complaint rate."""


def per_registration() -> list[CostItem]:
    """The items of one registration, Cognito's excepted."""
    invocations = sum(number for number, _ in RUNS.values())
    computing = sum(number * seconds * _memory_gb(name) for name, (number, seconds) in RUNS.items())
    return [
        CostItem("API Gateway", "requests", REQUESTS, prices.API_REQUEST),
        CostItem("API Gateway", "KB of answers", 50, prices.TRAFFIC_OUT),
        CostItem("WAF", "requests looked at", REQUESTS, prices.FIREWALL_REQUEST),
        CostItem("Lambda", "invocations", invocations, prices.INVOCATION),
        CostItem("Lambda", "GB-seconds", computing, prices.COMPUTING),
        CostItem("DynamoDB", "write units", TABLE_WRITES + INDEX_WRITES, prices.WRITE),
        CostItem("DynamoDB", "read units", TABLE_READS, prices.READ),
        CostItem("DynamoDB", "KB kept for a month", 6, prices.STORAGE),
        CostItem("DynamoDB", "KB that can be restored", 6, prices.RECOVERY),
        CostItem("SES", "mails, plan Essentials", 1, prices.MAIL),
        CostItem("SNS", "events", EVENTS, prices.TOPIC_REQUEST),
        CostItem("SQS", "requests", QUEUE_REQUESTS, prices.QUEUE_REQUEST),
        CostItem("KMS", "requests", KEY_REQUESTS, prices.KEY_REQUEST),
        CostItem("CloudWatch", "KB of logs", 10, prices.LOGS),
    ]


def per_month() -> list[CostItem]:
    """The items of one month with two routes; counted in the templates where they say it."""
    service, sender = Template.read(), Template.read(templates.SENDER)
    alarms = _alarm_metrics(service) + ROUTES * _alarm_metrics(sender)
    rules = sum(len(acl["Rules"]) for acl in service.of_type("AWS::WAFv2::WebACL").values())
    metrics = ROUTES * (_REPUTATION + sum(_metrics(sender)))
    of_logs = {
        it["MetricTransformations"][0]["MetricName"]
        for it in service.of_type("AWS::Logs::MetricFilter").values()
    }
    sources = sum("Queue" in p for p in _event_sources(service))
    return [
        CostItem("WAF", "the firewall", _count_of_type(service, "WAFv2::WebACL"), prices.FIREWALL),
        CostItem("WAF", "its rules", rules, prices.FIREWALL_RULE),
        CostItem("CloudWatch", "metrics under alarms", alarms, prices.ALARM_METRIC),
        CostItem("CloudWatch", "metrics of mails", metrics, prices.METRIC),
        CostItem("CloudWatch", "metrics of logs", len(of_logs), prices.METRIC),
        CostItem(
            "CloudWatch",
            "dashboards",
            _count_of_type(service, "CloudWatch::Dashboard"),
            prices.DASHBOARD,
        ),
        CostItem("KMS", "keys", _count_of_type(service, "KMS::Key"), prices.KEY),
        CostItem(
            "Secrets Manager",
            "secrets",
            _count_of_type(service, "SecretsManager::Secret"),
            prices.SECRET,
        ),
        CostItem(
            "SQS", "waiting for jobs", sources * _POLLS * MINUTES_PER_MONTH, prices.QUEUE_REQUEST
        ),
        CostItem("Lambda", "the sweeper, each minute", MINUTES_PER_MONTH, prices.INVOCATION),
        CostItem(
            "Lambda",
            "the sweeper's GB-seconds",
            MINUTES_PER_MONTH * _ROUND * _memory_gb("sweep"),
            prices.COMPUTING,
        ),
        CostItem("DynamoDB", "the sweeper's read units", MINUTES_PER_MONTH * 8 * 0.5, prices.READ),
    ]


def _memory_gb(function: str) -> float:
    """Gigabytes of a function."""
    config = json.loads((ROOT / ".chalice" / "config.json").read_text(encoding="utf-8"))
    return int(config["lambda_functions"][function]["lambda_memory_size"]) / 1024


def _count_of_type(template: Template, kind: str) -> int:
    return len(template.of_type(f"AWS::{kind}"))


def _alarm_metrics(template: Template) -> int:
    """Metrics that alarms watch: that is what is charged."""
    return sum(
        sum("MetricStat" in metric for metric in alarm["Metrics"]) if "Metrics" in alarm else 1
        for alarm in template.of_type("AWS::CloudWatch::Alarm").values()
    )


def _metrics(sender: Template) -> Iterator[int]:
    for it in sender.of_type("AWS::SES::ConfigurationSetEventDestination").values():
        if "CloudWatchDestination" in it["EventDestination"]:
            yield len(it["EventDestination"]["MatchingEventTypes"])


def _event_sources(service: Template) -> Iterator[Any]:
    for resource in service.resources.values():
        for event in resource.get("Properties", {}).get("Events", {}).values():
            yield event["Properties"]
