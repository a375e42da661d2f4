"""What a parameter makes CloudFormation replace can be made anew beside what is there.

A replacement is created before the old resource is deleted. With a fixed name it collides with
that one, and the update fails.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

from cloudformation import template as templates
from cloudformation.template import Template
from ops.check.sam_translate import translate

REGION = "ap-northeast-1"
_FIXED_AT_BIRTH = ("createOnlyProperties", "conditionalCreateOnlyProperties")


@pytest.fixture(scope="module")
def service(stage_here: Path) -> Any:
    packaged = json.loads((stage_here / "service.json").read_text(encoding="utf-8"))
    return translate(packaged, REGION)


def test_no_parameter_of_the_service_replaces_what_has_a_fixed_name(service: Any) -> None:
    assert sorted(collisions(service)) == []


def test_no_parameter_of_a_route_replaces_what_has_a_fixed_name() -> None:
    assert sorted(collisions(Template.read(templates.SENDER).body)) == []


def test_a_budget_with_a_fixed_name_could_tell_nobody_else(service: Any) -> None:
    named = copy.deepcopy(service)
    budget = named["Resources"]["Budget"]["Properties"]["Budget"]
    budget["BudgetName"] = {"Ref": "AWS::StackName"}
    assert set(collisions(named)) == {("Budget", "OperatorsEmail")}


def test_a_name_of_what_replaces_it_does_not_collide(service: Any) -> None:
    named = copy.deepcopy(service)
    budget = named["Resources"]["Budget"]["Properties"]["Budget"]
    budget["BudgetName"] = {"Fn::Sub": "${AWS::StackName}-${OperatorsEmail}"}
    assert set(collisions(named)) == set()


def test_what_hangs_on_a_replaced_resource_is_replaced_too(service: Any) -> None:
    """A made-up case: a table whose key has the name of a queue."""
    named = copy.deepcopy(service)
    named["Resources"]["JobsDeadLetters"]["Properties"]["QueueName"] = {"Ref": "HelpContact"}
    schema = [{"AttributeName": {"Ref": "JobsDeadLetters"}, "KeyType": "HASH"}]
    named["Resources"]["DomainsTable"]["Properties"]["KeySchema"] = schema
    assert set(collisions(named)) == {("DomainsTable", "HelpContact")}


def collisions(body: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Resource and parameter: the parameter replaces it, its name stays the same."""
    reach = Reach(body)
    for name, resource in body["Resources"].items():
        properties = resource.get("Properties", {})
        names = list(_own_names(resource, properties, body["Resources"]))
        if names:
            renamed = {it for value in names for it in reach.parameters(value)}
            yield from ((name, it) for it in sorted(reach.replacing(name) - renamed))


def _own_names(
    resource: Mapping[str, Any], properties: Mapping[str, Any], resources: Mapping[str, Any]
) -> Iterator[Any]:
    """The values that name the resource: what ends in Name and is fixed at birth, and what
    identifies it, unless AWS makes a part of that."""
    schema = _schema(resource["Type"])
    identifiers = schema.get("primaryIdentifier", [])
    if not set(identifiers) & set(schema.get("readOnlyProperties", [])):
        yield from (it for path in identifiers for it in _at(properties, path))
    for path in schema.get("createOnlyProperties", []):
        for value in _at(properties, path) if path.endswith("Name") else ():
            # The name of another resource, which this one belongs to, names it not.
            if not set(_mentioned(value)) & set(resources):
                yield value


class Reach:
    """How far the parameters of a template reach."""

    def __init__(self, body: Mapping[str, Any]) -> None:
        self._body = body

    def replacing(self, name: str, above: frozenset[str] = frozenset()) -> set[str]:
        """The parameters whose change makes CloudFormation replace a resource."""
        resource = self._body["Resources"][name]
        properties = resource.get("Properties", {})
        schema = _schema(resource["Type"])
        paths = [path for key in _FIXED_AT_BIRTH for path in schema.get(key, [])]
        values = [value for path in paths for value in _at(properties, path)]
        return {it for value in values for it in self.parameters(value, above | {name})}

    def parameters(self, value: Any, above: frozenset[str] = frozenset()) -> set[str]:
        """The parameters that change ``value``, those included that replace what it mentions."""
        found: set[str] = set()
        for name in _mentioned(value):
            if name in self._body["Parameters"]:
                found.add(name)
            elif name in self._body.get("Conditions", {}):
                found |= self.parameters(self._body["Conditions"][name], above)
            elif name in self._body["Resources"] and name not in above:
                found |= self.replacing(name, above)
        return found


def _mentioned(value: Any) -> Iterator[str]:
    """The names in ``Ref``, ``Fn::GetAtt``, ``Fn::Sub``, ``Fn::If`` and ``Condition``."""
    match value:
        case {"Ref": str(name)} | {"Condition": str(name)} | {"Fn::GetAtt": [str(name), *_]}:
            yield name
        case {"Fn::Sub": str(text)}:
            yield from _names_in(text)
        case {"Fn::Sub": [str(text), dict(own)]}:
            yield from _names_in(text)
            yield from _mentioned(list(own.values()))
        case {"Fn::If": [str(condition), *rest]}:
            yield condition
            yield from _mentioned(rest)
        case dict():
            yield from _mentioned(list(value.values()))
        case list():
            for each in value:
                yield from _mentioned(each)


def _names_in(text: str) -> Iterator[str]:
    """The names in the text of a ``Fn::Sub``."""
    for part in text.split("${")[1:]:
        yield part.partition("}")[0].partition(".")[0]


def _at(properties: Any, path: str) -> Iterator[Any]:
    """The values at a path of a schema, ``/properties/Budget/BudgetName``."""
    found = [properties]
    for step in path.removeprefix("/properties/").split("/"):
        deeper: list[Any] = []
        for each in found:
            if step == "*" and isinstance(each, list):
                deeper += each
            elif isinstance(each, dict) and step in each:
                deeper.append(each[step])
        found = deeper
    yield from found


def _schema(kind: str) -> Mapping[str, Any]:
    """What CloudFormation's registry says of a resource type, as cfn-lint has it."""
    schema: Mapping[str, Any] = PROVIDER_SCHEMA_MANAGER.get_resource_schema(REGION, kind).schema
    return schema
