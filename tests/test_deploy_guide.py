"""docs/deploy.md and what exists say the same."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from cloudformation import template as templates
from cloudformation.template import Template
from ops.redrive.queues import QUEUES

GUIDE = (Path(__file__).parents[1] / "docs" / "deploy.md").read_text(encoding="utf-8")


def chapter(title: str) -> str:
    """What stands under ``## title``."""
    (text,) = re.findall(rf"^## {title}$(.*?)(?=^## |\Z)", GUIDE, re.MULTILINE | re.DOTALL)
    return str(text)


@pytest.mark.parametrize("file", [templates.SERVICE, templates.SENDER], ids=lambda it: it.stem)
def test_every_alarm_has_a_row_that_says_what_to_do_first(file: Path) -> None:
    alarms = Template.read(file).of_type("AWS::CloudWatch::Alarm")
    rows = re.findall(r"^\| `(\w+)`", chapter("Alarms"), re.MULTILINE)
    assert alarms.keys() <= set(rows)


def test_each_alarm_about_dead_letters_names_the_command_that_brings_them_back() -> None:
    named = set()
    for file in (templates.SERVICE, templates.SENDER):
        for name, alarm in Template.read(file).of_type("AWS::CloudWatch::Alarm").items():
            told = str(alarm["AlarmDescription"])
            (row,) = re.findall(rf"^\| `{name}`.*$", chapter("Alarms"), re.MULTILINE)
            commands = set(re.findall(r"make redrive QUEUE=([a-z-]+)", row))
            if "redrive" in told or commands:
                assert any(
                    f"make redrive QUEUE={queue} STAGE=" in told
                    for queue in (*commands, "${Route}-lost-events")
                )
            named |= commands
    assert named == {*QUEUES} - {"second-lost-events"}


def test_no_row_is_about_an_alarm_that_does_not_exist() -> None:
    known = [
        name
        for file in (templates.SERVICE, templates.SENDER)
        for name in Template.read(file).of_type("AWS::CloudWatch::Alarm")
    ]
    assert sorted(re.findall(r"^\| `(\w+)`", chapter("Alarms"), re.MULTILINE)) == sorted(known)


def test_every_table_is_in_the_table_of_data() -> None:
    data = chapter("Where each datum lives")
    for table in Template.read().of_type("AWS::DynamoDB::Table").values():
        name = table["TableName"]["Fn::Sub"].removeprefix("${AWS::StackName}-")
        assert f"`{name}`" in data


FUNCTIONS = ("api_handler", "work", "send_code", "send_again", "record_events", "sweep")


def reachable(function: str, table: str, codes: bool) -> bool:
    """Whether a function has a right to a table, and if these are meant, to the codes in it."""
    file = templates.SERVICE.parent / f"policy-{function}.json"
    its = json.loads(file.read_text(encoding="utf-8"))["Statement"]
    named = [s for s in its if f'"{table}"' in json.dumps(s["Resource"])]
    denied = [s for s in named if s["Effect"] == "Deny"]
    assert all("code#*" in json.dumps(s["Condition"]) for s in denied)
    return len(named) > len(denied) and not (codes and denied)


def test_who_can_read_a_table_is_who_has_a_right_to_it() -> None:
    tables = {
        it["TableName"]["Fn::Sub"].removeprefix("${AWS::StackName}-"): name
        for name, it in Template.read().of_type("AWS::DynamoDB::Table").items()
    }
    told = re.findall(
        r"^\| [^|]+ \| DynamoDB `(\w+)`([^|]*)\|.*\| ([^|]+) \|$",
        chapter("Where each datum lives"),
        re.MULTILINE,
    )
    assert {table for table, *_ in told} == tables.keys()
    for table, items, readers in told:
        named = set(re.findall(r"`(\w+)`|(API)", readers.partition(";")[0]))
        said = {function or "api_handler" for function, _ in named}
        may = {f for f in FUNCTIONS if reachable(f, tables[table], "code#" in items)}
        assert said == may, (table, items)


def test_the_functions_have_the_memory_and_time_that_the_guide_says() -> None:
    config = json.loads((templates.SERVICE.parent / "config.json").read_text(encoding="utf-8"))
    rows = chapter("The functions")
    for name, settings in config["lambda_functions"].items():
        title = "API" if name == "api_handler" else f"`{name}`"
        has = f"{settings['lambda_memory_size']} MB, {settings['lambda_timeout']} s"
        assert f"| {title} | {has} |" in rows


def test_what_is_tried_first_before_a_season_are_the_events_of_the_second_region() -> None:
    (first, *_) = re.findall(r"^\| (?!claim|---)(.*)", chapter("Not verified on AWS"), re.MULTILINE)
    assert first.startswith("events from the second region")
    assert "SecondEventsPrincipal" in first
    assert "SecondEventsPrincipal" in Template.read().body["Parameters"]
