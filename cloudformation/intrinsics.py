"""CloudFormation's functions: what a template's ``!Ref``, ``!Sub``, ``!If`` … stand for.

Anything unknown is a ``TemplateError`` that names it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

_VARIABLE = re.compile(r"\$\{(!?)([^}]*)\}")
_SECRET = re.compile(r"\{\{resolve:secretsmanager:(.+?):SecretString\}\}")
_NOTHING = object()
"""What ``!Ref AWS::NoValue`` is: the property or element that it stands for is left out."""


class TemplateError(Exception):
    """The template needs something that is not there."""


@dataclass(frozen=True)
class Made:
    """One thing that exists: what ``Ref`` gives, and what ``Fn::GetAtt`` gives."""

    ref: str
    attributes: Mapping[str, str] = field(default_factory=dict)


class Lookup:
    """Where names are found. ``thing`` gives (and may make) a resource by its logical id."""

    def __init__(
        self,
        parameters: Mapping[str, str],
        thing: Callable[[str], Made],
        conditions: Mapping[str, Any] | None = None,
        secret: Callable[[str], str] | None = None,
    ) -> None:
        """``secret`` gives the value of a secret by its ARN."""
        self._parameters = parameters
        self._thing = thing
        self._conditions = conditions or {}
        self._secret = secret

    def ref(self, name: str) -> Any:
        """What ``!Ref name`` is."""
        if name in self._parameters:
            return self._parameters[name]
        if name == "AWS::NoValue":
            return _NOTHING
        if name.startswith("AWS::"):
            raise TemplateError(f"pseudo parameter {name} is not known here")
        return self._thing(name).ref

    def attribute(self, name: str, attribute: str) -> str:
        """What ``!GetAtt name.attribute`` is."""
        attributes = self._thing(name).attributes
        if attribute not in attributes:
            raise TemplateError(f"{name} has no attribute {attribute} here")
        return attributes[attribute]

    def condition(self, name: str) -> bool:
        """Whether the template's condition ``name`` holds."""
        if name not in self._conditions:
            raise TemplateError(f"there is no condition {name} in the template")
        return bool(holds(self._conditions[name], self))

    def secret(self, arn: str) -> str:
        """What the dynamic reference to a secret stands for."""
        if self._secret is None:
            raise TemplateError("secrets are not known here")
        return self._secret(arn)


def resolve(value: Any, look: Lookup) -> Any:
    """``value`` with every intrinsic function in it replaced. Raises ``TemplateError``."""
    if isinstance(value, list):
        return [it for each in value if (it := resolve(each, look)) is not _NOTHING]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        (name, inner), *_ = value.items()
        if name == "Ref":
            return look.ref(inner)
        if name.startswith("Fn::"):
            return _function(name, inner, look)
    every = ((key, resolve(inner, look)) for key, inner in value.items())
    return {key: it for key, it in every if it is not _NOTHING}


def holds(value: Any, look: Lookup) -> bool:
    """Whether a condition is true. Raises ``TemplateError``."""
    match value:
        case {"Condition": str(name)}:
            return look.condition(name)
        case {"Fn::Equals": [one, other]}:
            return str(resolve(one, look)) == str(resolve(other, look))
        case {"Fn::Not": [inner]}:
            return not holds(inner, look)
        case {"Fn::And": [*inner]}:
            return all(holds(each, look) for each in inner)
        case {"Fn::Or": [*inner]}:
            return any(holds(each, look) for each in inner)
    raise TemplateError(f"no condition that is known here: {value}")


def _function(name: str, inner: Any, look: Lookup) -> Any:
    match name, inner:
        case "Fn::GetAtt", [str(thing), str(attribute)]:
            return look.attribute(thing, attribute)
        case "Fn::Sub", _:
            return _substitute(inner, look)
        case "Fn::If", [str(condition), yes, no]:
            return resolve(yes if look.condition(condition) else no, look)
        case "Fn::Select", [index, list() | dict() as choices]:
            return resolve(choices, look)[int(index)]
        case "Fn::Split", [str(separator), text]:
            return str(resolve(text, look)).split(separator)
        case "Fn::Join", [str(separator), parts]:
            return separator.join(str(part) for part in resolve(parts, look))
    raise TemplateError(f"{name} is not known here")


def _substitute(value: Any, look: Lookup) -> str:
    text, own = (value, {}) if isinstance(value, str) else (value[0], value[1])

    def found(match: re.Match[str]) -> str:
        literal, name = match[1], match[2]
        if literal:
            return "${" + name + "}"
        if name in own:
            return str(resolve(own[name], look))
        if "." in name:
            return look.attribute(*name.split(".", 1))
        return str(look.ref(name))

    return _SECRET.sub(lambda match: look.secret(match[1]), _VARIABLE.sub(found, text))
