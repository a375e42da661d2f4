"""A change set as somebody sees it before it is executed."""

from __future__ import annotations

from ops.deploy.change_set import ChangeSet, ResourceChange
from ops.deploy.change_set_table import print_change_set
from tests.ops.conftest import Person


def test_what_loses_data_comes_first_and_stands_out() -> None:
    harmless = ResourceChange("Add", "Alarm", "AWS::CloudWatch::Alarm", "")
    loss = ResourceChange("Remove", "Trail", "AWS::DynamoDB::Table", "")
    perhaps = ResourceChange("Modify", "Topic", "AWS::SNS::Topic", "Conditional")
    person = Person()
    print_change_set(
        person, ChangeSet("todoku-dev", "deploy-1", False, (harmless, loss, perhaps)), "Changes"
    )
    heard = person.heard
    assert heard.index("Trail") < heard.index("Alarm")
    assert "Trail (AWS::DynamoDB::Table) LOSES" in heard
    assert "perhaps" in heard
