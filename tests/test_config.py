"""A setting that is missing or malformed is named."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.config import Config, ConfigError, Route, load

SET = {
    "AWS_REGION": "ap-northeast-1",
    "TODOKU_STACK": "todoku",
    "TODOKU_BASE_URL": "https://entry.example.lg.jp/",
    "TODOKU_ORIGINS": "https://a.example,https://b.example",
    "TODOKU_PEPPER": "pepper",
    "TODOKU_SERVICE_NAME": '{"ja": "出願登録", "en": "Application"}',
    "TODOKU_HELP_CONTACT": "045-000-0000",
    "TODOKU_POOL": "pool",
    "TODOKU_CLIENT": "client",
    "TODOKU_CLIENT_SECRET": "secret",
    "TODOKU_JOBS_QUEUE": "https://sqs/jobs",
    "TODOKU_RESENDS_QUEUE": "https://sqs/resends",
    "TODOKU_KEY": "arn:aws:kms:key",
    "TODOKU_ROUTES": '[{"name": "primary", "region": "ap-northeast-1",'
    ' "configuration_set": "todoku-primary", "sender": "entry@example.lg.jp"}]',
    "TODOKU_MAIL_BUDGET": "45000",
    "TODOKU_SHORTEST_PASSWORD": "10",
    "TODOKU_BUILD": "abc",
    "TODOKU_OPERATOR_NAME": '{"ja": "教育委員会"}',
    "TODOKU_PRIVACY_TEXT": '{"ja": "高校教育課"}',
    "TODOKU_LOG_DAYS": "30",
}
OPTIONAL = {
    "TODOKU_ORIGINS",
    "TODOKU_HELP_CONTACT",
    "TODOKU_POOL",
    "TODOKU_CLIENT",
    "TODOKU_CLIENT_SECRET",
    "TODOKU_BUILD",
    "TODOKU_OPERATOR_NAME",
    "TODOKU_PRIVACY_TEXT",
    "TODOKU_LOG_DAYS",
}


def test_everything_set_is_read() -> None:
    assert load(SET) == Config(
        stack="todoku",
        region="ap-northeast-1",
        base_url="https://entry.example.lg.jp",
        origins=("https://a.example", "https://b.example"),
        pepper=b"pepper",
        service_name={"ja": "出願登録", "en": "Application"},
        help_contact="045-000-0000",
        pool_id="pool",
        client_id="client",
        client_secret="secret",
        jobs_queue="https://sqs/jobs",
        resends_queue="https://sqs/resends",
        key_arn="arn:aws:kms:key",
        routes=(Route("primary", "ap-northeast-1", "todoku-primary", "entry@example.lg.jp"),),
        mail_budget_per_day=45000,
        shortest_password=10,
        build="abc",
        operator_name={"ja": "教育委員会"},
        privacy_text={"ja": "高校教育課"},
        log_days=30,
        code_life=timedelta(hours=24),
    )


def test_a_trigger_does_without_the_pool_and_what_else_is_optional() -> None:
    config = load({name: value for name, value in SET.items() if name not in OPTIONAL})
    assert (config.pool_id, config.client_id, config.client_secret) == ("", "", "")
    assert (config.origins, config.help_contact, config.build) == ((), "", "source")
    assert (config.operator_name, config.privacy_text, config.log_days) == ({}, {}, 90)


@pytest.mark.parametrize("name", sorted(SET.keys() - OPTIONAL))
@pytest.mark.parametrize("value", [None, ""])
def test_what_is_missing_is_named(name: str, value: str | None) -> None:
    rest = {n: v for n, v in SET.items() if n != name}
    with pytest.raises(ConfigError, match=name):
        load(rest if value is None else {**rest, name: value})


MALFORMED = [
    ("TODOKU_ROUTES", "primary"),
    ("TODOKU_ROUTES", "{}"),
    ("TODOKU_ROUTES", "[]"),
    ("TODOKU_ROUTES", '[{"name": "primary"}]'),
    ("TODOKU_ROUTES", SET["TODOKU_ROUTES"].replace('"primary"', "1")),
    ("TODOKU_SERVICE_NAME", "High School Application"),
    ("TODOKU_SERVICE_NAME", "[]"),
    ("TODOKU_SERVICE_NAME", '{"ja": 1}'),
    ("TODOKU_MAIL_BUDGET", "many"),
    ("TODOKU_MAIL_BUDGET", "1.5"),
    ("TODOKU_SHORTEST_PASSWORD", "long"),
    ("TODOKU_BASE_URL", "http://entry.example.lg.jp"),
    ("TODOKU_BASE_URL", "http://localhost.example.lg.jp"),
    ("TODOKU_BASE_URL", "http://127.0.0.1@example.lg.jp"),
    ("TODOKU_BASE_URL", "ftp://127.0.0.1"),
    ("TODOKU_BASE_URL", "http://127.evil.example"),
    ("TODOKU_BASE_URL", "https://"),
    ("TODOKU_ORIGINS", "https://www.example.lg.jp,http://form.example.lg.jp"),
    ("TODOKU_ORIGINS", "http://192.168.0.7:8000"),
    ("TODOKU_ORIGINS", "https://*.example.lg.jp"),
    ("TODOKU_BASE_URL", "https://entry.example.lg.jp,https://www.example.lg.jp"),
]


@pytest.mark.parametrize(("name", "value"), MALFORMED)
def test_what_is_malformed_is_named_and_nothing_else(name: str, value: str) -> None:
    others = {n for n in SET if n.startswith("TODOKU_") and n != name}
    with pytest.raises(ConfigError, match=name) as told:
        load({**SET, name: value})
    assert [n for n in others if n in str(told.value)] == []


def test_a_service_without_a_name_is_refused() -> None:
    with pytest.raises(ConfigError, match="TODOKU_SERVICE_NAME"):
        load({**SET, "TODOKU_SERVICE_NAME": "{}"})


def test_no_error_quotes_a_secret() -> None:
    secrets = {"TODOKU_PEPPER": "PEPPER-VALUE", "TODOKU_CLIENT_SECRET": "SECRET-VALUE"}
    for name, value in MALFORMED:
        with pytest.raises(ConfigError) as told:
            load({**SET, **secrets, name: value})
        assert "VALUE" not in str(told.value)


def test_cookies_are_secure_on_https_alone() -> None:
    assert load(SET).secure
    assert not load({**SET, "TODOKU_BASE_URL": "http://127.0.0.1:8000"}).secure


@pytest.mark.parametrize("here", ["http://127.0.0.1:8000", "http://localhost:5173"])
def test_plain_http_is_for_this_machine(here: str) -> None:
    assert load({**SET, "TODOKU_BASE_URL": here, "TODOKU_ORIGINS": here}).origins == (here,)


def test_a_table_is_named_after_the_stack() -> None:
    assert load(SET).table("trail") == "todoku-trail"


def test_it_reads_the_environment_when_nothing_else_is_given(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in SET.items():
        monkeypatch.setenv(name, value)
    assert load() == load(SET)
