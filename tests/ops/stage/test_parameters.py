"""A stage's values are held to what the templates themselves say of their parameters."""

from __future__ import annotations

from typing import Any

import pytest

from cloudformation import template as templates
from cloudformation.template import Template
from ops.stage.parameters import parameter_errors, parameter_value

SERVICE = Template.read()
COMPLETE = {"PrimarySender": "no-reply@entry.example.lg.jp"}


def told(given: dict[str, str], *, complete: bool = True) -> list[str]:
    return list(parameter_errors(SERVICE, given, complete=complete))


def test_a_sender_is_all_that_has_no_default() -> None:
    assert told(COMPLETE) == []
    (missing,) = told({})
    assert missing.startswith("PrimarySender is missing: From address")
    assert told({}, complete=False) == []


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("DomainName", "entry", "a host name"),
        ("DomainName", "https://entry.example.jp", "a host name"),
        ("DomainName", "Entry.example.jp", "small letters"),
        ("DomainName", "-entry.example.jp", "a host name"),
        ("CertificateArn", "certificate", "ARN"),
        ("PrimarySender", "entry.example.jp", "an address"),
        ("PrimarySender", "a@b", "an address"),
        ("PrimaryRegion", "tokyo", "a region"),
        ("Origins", "https://a.example, https://b.example", "no spaces"),
        ("BaseUrl", "https://a.example/dev", "without a path"),
        ("ServiceName", "Todoku", "JSON"),
        ("MailBudgetPerDay", "many", "a whole number"),
        ("MailBudgetPerDay", "nan", "a whole number"),
        ("ApiConcurrency", "10.5", "a whole number"),
        ("MonthlyBudget", "1_000", "a whole number"),
        ("PasswordLength", "１０", "a whole number"),
        ("ServiceName", "{oops}", "JSON"),
        ("ServiceName", '{"ja": 1}', "JSON"),
        ("OperatorName", "a board", "JSON"),
        ("PrivacyText", '{"en": "no Japanese"}', "ja first"),
        ("SandboxRecipient", "everybody", "an address or a domain"),
        ("MailBudgetPerDay", "0", "at least 1"),
        ("PasswordLength", "65", "at most 64"),
        ("UserPoolTier", "PLUS", "one of LITE, ESSENTIALS"),
        ("Protected", "yes", "one of true, false"),
        ("LogRetentionDays", "91", "one of 1, 3"),
        ("HelpContact", "0" * 201, "at most 200 characters"),
    ],
)
def test_a_value_that_cloudformation_would_refuse_is_refused_here(
    name: str, value: str, why: str
) -> None:
    (line,) = told({**COMPLETE, name: value}, complete=False)
    assert line.startswith(f"{name} = {value!r}: must ")
    assert why in line
    assert line.endswith(".")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DomainName", ""),
        ("DomainName", "xn--eckwd4c7c.example.jp"),
        ("Origins", "https://a.example,https://b.example"),
        ("SecondSender", ""),
        ("MonthlyBudget", "0"),
    ],
)
def test_what_cloudformation_takes_is_taken(name: str, value: str) -> None:
    assert told({**COMPLETE, name: value}, complete=False) == []


def test_a_misspelt_name_is_told_with_what_is_meant() -> None:
    assert told({**COMPLETE, "PrimarySendr": "x"}) == [
        "PrimarySendr: there is no such parameter. Is PrimarySender meant?"
    ]


def test_the_templates_rules_hold_across_parameters() -> None:
    (line,) = told({**COMPLETE, "DomainName": "entry.example.lg.jp"})
    assert "needs CertificateArn" in line
    arn = "arn:aws:acm:ap-northeast-1:123456789012:certificate/12345678-1234-1234-1234-123456789012"
    assert told({**COMPLETE, "DomainName": "entry.example.lg.jp", "CertificateArn": arn}) == []


def test_every_parameter_says_what_it_is_and_what_it_takes() -> None:
    for file in (templates.SERVICE, templates.SENDER):
        for name, parameter in Template.read(file).body["Parameters"].items():
            assert parameter.get("Description"), name
            if "AllowedPattern" in parameter:
                assert parameter.get("ConstraintDescription"), name


@pytest.mark.parametrize(
    ("value", "text"),
    [(True, "true"), (False, "false"), (7, "7"), ("a", "a"), ({"ja": "届く"}, '{"ja": "届く"}')],
)
def test_settings_become_what_cloudformation_takes(value: Any, text: str) -> None:
    assert parameter_value(value) == text
