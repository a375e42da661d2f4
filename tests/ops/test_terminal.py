"""What a person sees and is asked."""

from __future__ import annotations

import pytest

from ops.check_result import missing, ok
from ops.deploy.change_set import Change, Draft
from ops.stage import Refused
from tests.ops.conftest import Person


@pytest.mark.parametrize(
    ("answer", "agreed"), [("y", True), ("Yes ", True), ("n", False), ("", False), ("ye", False)]
)
def test_only_a_yes_is_a_yes(answer: str, agreed: bool) -> None:
    assert Person(answer).agreed("Do it?") is agreed


def test_the_end_of_input_is_a_no() -> None:
    assert not Person(EOFError()).agreed("Do it?")
    assert not Person(EOFError()).typed("Sure?", "todoku", waived=False)


def test_without_a_terminal_the_question_is_refused_in_a_line() -> None:
    with pytest.raises(Refused, match=r"Do it\? There is no terminal") as refused:
        Person().agreed("Do it?")
    assert "\n" not in str(refused.value)


def test_yes_answers_a_plain_question_but_not_one_about_losses() -> None:
    assert Person(yes=True).agreed("Do it?")
    assert Person(yes=True).typed("Sure?", "todoku", waived=True)
    with pytest.raises(Refused):
        Person(yes=True).typed("Sure?", "todoku", waived=False)


def test_what_loses_data_comes_first_and_stands_out() -> None:
    harmless = Change("Add", "Alarm", "AWS::CloudWatch::Alarm", "")
    loss = Change("Remove", "Trail", "AWS::DynamoDB::Table", "")
    perhaps = Change("Modify", "Topic", "AWS::SNS::Topic", "Conditional")
    person = Person()
    person.changes(Draft("todoku-dev", "deploy-1", False, (harmless, loss, perhaps)), "Changes")
    heard = person.heard
    assert heard.index("Trail") < heard.index("Alarm")
    assert "Trail (AWS::DynamoDB::Table) LOSES" in heard
    assert "perhaps" in heard


def test_findings_are_a_line_each_and_nothing_in_them_is_markup() -> None:
    person = Person()
    person.findings("Preflight", [ok("region", "is [bold]"), missing("SES", "ask")])
    assert "is [bold]" in person.heard
    assert "missing" in person.heard


def test_a_long_line_stays_one_to_be_copied() -> None:
    person = Person()
    person.say("x" * 300)
    assert person.heard == "x" * 300 + "\n"
