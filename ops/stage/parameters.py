"""Validation of a stage's parameters against the template that declares them."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from cloudformation.intrinsics import Lookup, Made, TemplateError, holds
from cloudformation.template import Template


def parameter_value(value: Any) -> str:
    """A setting as the value of a CloudFormation parameter: text. A table becomes JSON."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return str(value)


def parameter_errors(
    template: Template, given: Mapping[str, str], *, complete: bool
) -> Iterator[str]:
    """The errors in ``given``, a line each: unknown names, values that the template's own
    constraints do not allow and, when ``complete``, what has no value and no default."""
    declared: Mapping[str, Any] = template.body.get("Parameters", {})
    for name in given:
        if name not in declared:
            near = difflib.get_close_matches(name, declared, 1)
            hint = f" Is {near[0]} meant?" if near else ""
            yield f"{name}: there is no such parameter.{hint}"
    wrong = False
    for name, parameter in declared.items():
        if name not in given:
            if complete and "Default" not in parameter:
                yield f"{name} is missing: {parameter['Description']}."
                wrong = True
            continue
        broken = _constraint_error(parameter, given[name])
        if broken:
            yield f"{name} = {given[name]!r}: {broken}."
            wrong = True
    if complete and not wrong:
        yield from _rule_errors(template, given)


def _constraint_error(parameter: Mapping[str, Any], value: str) -> str | None:
    """The constraint of the parameter that ``value`` breaks, or ``None``."""
    must = parameter.get("ConstraintDescription")
    if parameter["Type"] == "Number":
        # CloudFormation would take 8.5 and 1e3 as well; all of ours count something.
        if not re.fullmatch(r"\d{1,12}", value, re.ASCII):
            return "must be a whole number"
        if int(value) < int(parameter.get("MinValue", value)):
            return f"must be at least {parameter['MinValue']}"
        if int(value) > int(parameter.get("MaxValue", value)):
            return f"must be at most {parameter['MaxValue']}"
    allowed = [str(each) for each in parameter.get("AllowedValues", [])]
    if allowed and value not in allowed:
        return f"must be one of {', '.join(allowed)}"
    if len(value) > int(parameter.get("MaxLength", len(value))):
        return f"must have at most {parameter['MaxLength']} characters"
    pattern = parameter.get("AllowedPattern")
    if pattern and not re.fullmatch(pattern, value):
        return f"must be {must}"
    return None


def _rule_errors(template: Template, given: Mapping[str, str]) -> Iterator[str]:
    def nothing_made(name: str) -> Made:
        raise TemplateError(f"a rule cannot know {name}")

    look = Lookup(template.parameters(given), nothing_made, template.conditions)
    for rule in template.body.get("Rules", {}).values():
        if "RuleCondition" in rule and not holds(rule["RuleCondition"], look):
            continue
        for assertion in rule["Assertions"]:
            if not holds(assertion["Assert"], look):
                yield f"{assertion['AssertDescription']}."
