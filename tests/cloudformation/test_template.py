"""The template is read as CloudFormation reads it."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from cloudformation.intrinsics import Lookup, Made, TemplateError, resolve
from cloudformation.template import Template


def template(tmp_path: Path, text: str) -> Template:
    file = tmp_path / "resources.yaml"
    file.write_text(dedent(text), encoding="utf-8")
    return Template.read(file)


@pytest.fixture
def look() -> Lookup:
    things = {"Queue": Made("https://queue", {"Arn": "arn:queue"})}

    def thing(name: str) -> Made:
        if name not in things:
            raise TemplateError(f"there is no {name}")
        return things[name]

    conditions = {
        "Always": {"Fn::Equals": [{"Ref": "Sender"}, "a@b.example"]},
        "Never": {"Fn::Not": [{"Condition": "Always"}]},
        "Both": {"Fn::And": [{"Condition": "Always"}, {"Condition": "Never"}]},
        "Either": {"Fn::Or": [{"Condition": "Always"}, {"Condition": "Never"}]},
        "Odd": {"Fn::Contains": [["a"], "a"]},
    }
    parameters = {"AWS::StackName": "todoku", "Sender": "a@b.example"}
    return Lookup(parameters, thing, conditions, {"arn:pepper": "hot"}.__getitem__)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"Ref": "Sender"}, "a@b.example"),
        ({"Ref": "AWS::StackName"}, "todoku"),
        ({"Ref": "Queue"}, "https://queue"),
        ({"Fn::GetAtt": ["Queue", "Arn"]}, "arn:queue"),
        ({"Fn::Sub": "${AWS::StackName}-${Queue.Arn}-${!Literal}"}, "todoku-arn:queue-${Literal}"),
        ({"Fn::Sub": ["${a}/${Queue}", {"a": {"Ref": "Sender"}}]}, "a@b.example/https://queue"),
        ([{"Ref": "Sender"}, 3, {"deep": {"Ref": "Sender"}}], None),
        ({"Fn::If": ["Always", {"Ref": "Sender"}, "no"]}, "a@b.example"),
        ({"Fn::If": ["Never", {"Ref": "Nothing"}, "no"]}, "no"),
        ({"Fn::If": ["Both", 1, 0]}, 0),
        ({"Fn::If": ["Either", 1, 0]}, 1),
        ({"Fn::Select": [1, {"Fn::Split": ["@", {"Ref": "Sender"}]}]}, "b.example"),
        ({"Fn::Join": [",", ["a", {"Ref": "Queue"}]]}, "a,https://queue"),
        (["a", {"Ref": "AWS::NoValue"}], ["a"]),
        ({"a": 1, "b": {"Fn::If": ["Never", 1, {"Ref": "AWS::NoValue"}]}}, {"a": 1}),
        ({"Fn::Sub": "{{resolve:secretsmanager:arn:pepper:SecretString}}"}, "hot"),
        ("plain", "plain"),
    ],
)
def test_what_refers_is_resolved(look: Lookup, value: object, expected: object) -> None:
    if expected is None:
        expected = ["a@b.example", 3, {"deep": "a@b.example"}]
    assert resolve(value, look) == expected


@pytest.mark.parametrize(
    ("value", "named"),
    [
        ({"Ref": "Nothing"}, "Nothing"),
        ({"Ref": "AWS::NotificationARNs"}, "AWS::NotificationARNs"),
        ({"Fn::GetAtt": ["Queue", "Color"]}, "Color"),
        ({"Fn::Sub": "${Nothing}"}, "Nothing"),
        ({"Fn::ImportValue": "x"}, "Fn::ImportValue"),
        ({"Fn::If": ["Unknown", 1, 0]}, "Unknown"),
        ({"Fn::If": ["Odd", 1, 0]}, "Fn::Contains"),
    ],
)
def test_what_is_unknown_is_named(look: Lookup, value: object, named: str) -> None:
    with pytest.raises(TemplateError, match=named):
        resolve(value, look)


def test_short_forms_are_read(tmp_path: Path) -> None:
    resources = template(
        tmp_path,
        """
        Resources:
          A:
            Type: T
            Properties: {a: !Ref B, b: !GetAtt B.C.D, c: !Sub "${B}", d: !Sub ["${x}", {x: 1}]}
        """,
    ).of_type("T")
    assert resources["A"] == {
        "a": {"Ref": "B"},
        "b": {"Fn::GetAtt": ["B", "C.D"]},
        "c": {"Fn::Sub": "${B}"},
        "d": {"Fn::Sub": ["${x}", {"x": 1}]},
    }


def test_a_parameter_is_given_or_has_a_default(tmp_path: Path) -> None:
    read = template(tmp_path, "Parameters: {A: {Default: 8}, B: {}}\nResources: {}")
    assert read.parameters({"B": "b"}) == {"A": "8", "B": "b"}
    with pytest.raises(TemplateError, match="B"):
        read.parameters({"A": "a"})


ENVIRONMENT = """
    Globals:
      Function: {Environment: {Variables: {EVERYWHERE: !Ref Sender}}}
    Resources:
      One: {Properties: {Environment: {Variables: {SHARED: same, ONE: 1}}}}
      Two: {Properties: {Environment: {Variables: {SHARED: %s}}}}
"""


def test_the_functions_environments_are_joined(tmp_path: Path, look: Lookup) -> None:
    read = template(tmp_path, ENVIRONMENT % "same")
    expected = {"EVERYWHERE": "a@b.example", "SHARED": "same", "ONE": "1"}
    assert read.environment(look) == expected


def test_a_function_has_its_own_environment(tmp_path: Path, look: Lookup) -> None:
    read = template(tmp_path, ENVIRONMENT % "other")
    assert read.environment(look, "Two") == {"EVERYWHERE": "a@b.example", "SHARED": "other"}


def test_functions_that_disagree_cannot_be_one_process(tmp_path: Path, look: Lookup) -> None:
    with pytest.raises(TemplateError, match="SHARED"):
        template(tmp_path, ENVIRONMENT % "other").environment(look)


def test_what_is_no_yaml_is_told_with_its_place(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match=r"resources\.yaml"):
        template(tmp_path, "a: [")
