"""What applicants are told of their data is what the rules do, and what the operators read."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from chalicelib.aws.counters import A_SEASON
from chalicelib.config import Route
from chalicelib.identity.ownership import UNFINISHED_FOR
from chalicelib.trail import mail_record
from chalicelib.verification import model
from chalicelib.web import cookies
from chalicelib.web.pages import privacy
from chalicelib.web.views import routes
from ops import ROOT
from tests.web.pages.desk import CONFIG, Desk, request
from tests.web.pages.reading import Page, read

GUIDE = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")


def shown(locale: str = "en", **settings: object) -> Page:
    desk = Desk()
    desk.config = replace(CONFIG, **settings)  # type: ignore[arg-type]
    return read(routes.handlers["/privacy"]["GET"](desk, request("/privacy", locale)).body)


def guide(datum: str) -> str:
    """How long, of the row of docs/deploy.md that begins so."""
    (row,) = re.findall(rf"^\| {re.escape(datum)}.*$", GUIDE, re.MULTILINE)
    return str(row.split(" | ")[4])


@pytest.mark.parametrize(
    ("what", "said", "datum", "also"),
    [
        (
            "how far your registration has got",
            "30 days. 7 days",
            "address, state and label",
            "30 days; 7",
        ),
        ("Your account", "Until the operator", "address, password", "until the account is deleted"),
        ("The six-digit code", "24 hours", "the code, encrypted", "24 hours"),
        ("What became of our emails", "30 days", "a mail's states", "30 days"),
        ("How often a code", "90 days", "how many codes were issued", "90 days"),
        ("from your network", "2 days", "limits of networks", "two days after the day"),
        ("Logs", "90 days", "logs", "90 days"),
        ("spam", "Until the operator", "addresses that complained", "until you remove"),
        ("Copies", "35 days longer", "expired items; backups", "35 days"),
    ],
)
def test_each_time_is_the_rules_and_the_guides(what: str, said: str, datum: str, also: str) -> None:
    (row,) = [d for d in shown().all("div") if what in d.text and d.name != "main"]
    assert said in row.text
    assert also in guide(datum)


def test_the_figures_are_the_constants() -> None:
    assert privacy.CODES_NOTED == A_SEASON
    figures = [kept.figures for kept in privacy.kept(CONFIG)]
    assert {"days": model.KEPT.days, "unproven": UNFINISHED_FOR.days} in figures
    assert {"days": mail_record.KEPT.days} in figures
    ages = {name: age for name, age in vars(cookies).items() if name.endswith("_AGE")}
    seconds = {"days": 86400, "minutes": 60}
    told = [n * seconds[unit] for c in privacy.COOKIES for unit, n in c.figures.items()]
    assert sorted(told) == sorted(ages.values()), "each cookie there is"
    (draft,) = [d for d in shown().all("div") if "have not sent yet" in d.text]
    assert "Until you send it" in draft.text


def test_logs_are_kept_as_long_as_the_stage_says() -> None:
    (row,) = [d for d in shown(log_days=7).all("div") if "Logs" in d.text]
    assert "7 days" in row.text


def test_the_operator_says_who_it_is_and_more() -> None:
    page = shown()
    assert "Example Prefecture Board of Education" in page.one("main").text
    assert "Example Prefecture Board of Education" in page.one("footer").text
    links = [a["href"] for a in page.all("a")]
    assert "tel:0450000001" in links
    assert "https://www.example.lg.jp/privacy" in links


def test_an_operator_with_one_language_is_understood_in_that() -> None:
    page = shown("en", operator_name={"ja": "教育委員会"}, privacy_text={})
    assert "教育委員会" in page.one("main").text


def test_who_has_said_nothing_is_the_school_one_applies_to() -> None:
    page = shown(operator_name={}, privacy_text={}, help_contact="")
    assert "school or board to which you apply" in page.one("main").text
    assert "Run by" not in page.one("footer").text


def test_japan_is_named_only_where_everything_is_there() -> None:
    osaka = Route("second", "ap-northeast-3", "c", "a@example.jp")
    abroad = Route("second", "us-east-1", "c", "a@example.jp")
    assert "In Japan" in shown(routes=(*CONFIG.routes, osaka)).one("main").text
    text = shown(routes=(*CONFIG.routes, abroad)).one("main").text
    assert "In Japan" not in text
    assert "ap-northeast-1, us-east-1" in text
