"""The template that says what exists, read as CloudFormation would.

``Ref``, ``Fn::GetAtt`` and ``Fn::Sub`` are resolved against parameters and against what was
made. Anything unknown is a ``TemplateError`` that names it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).parent.parent / ".chalice" / "resources.yaml"

_VARIABLE = re.compile(r"\$\{(!?)([^}]*)\}")


class TemplateError(Exception):
    """The template needs something that is not there."""


@dataclass(frozen=True)
class Made:
    """One thing that exists: what ``Ref`` gives, and what ``Fn::GetAtt`` gives."""

    ref: str
    attributes: Mapping[str, str] = field(default_factory=dict)


class _Loader(yaml.CSafeLoader):
    pass


def _tag(name: str) -> Callable[[Any, Any], dict[str, Any]]:
    def construct(loader: Any, node: Any) -> dict[str, Any]:
        if isinstance(node, yaml.SequenceNode):
            return {name: loader.construct_sequence(node, deep=True)}
        value = loader.construct_scalar(node)
        return {name: value.split(".", 1) if name == "Fn::GetAtt" else value}

    return construct


for _short, _long in {"!Ref": "Ref", "!GetAtt": "Fn::GetAtt", "!Sub": "Fn::Sub"}.items():
    _Loader.add_constructor(_short, _tag(_long))


@dataclass(frozen=True)
class Template:
    """The parsed file."""

    body: Mapping[str, Any]

    @classmethod
    def read(cls, path: Path = FILE) -> Template:
        """Parse ``path``. Raises ``TemplateError`` when it is no such template."""
        try:
            body = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)
        except (OSError, yaml.YAMLError) as error:
            raise TemplateError(f"{path}: {error}") from error
        return cls(body)

    @property
    def resources(self) -> Mapping[str, Any]:
        """Logical id to resource; without a ``Type`` it only adds to a function of Chalice's."""
        resources: Mapping[str, Any] = self.body["Resources"]
        return resources

    def of_type(self, kind: str) -> dict[str, Any]:
        """The properties of every resource of one type."""
        return {
            name: it.get("Properties", {})
            for name, it in self.resources.items()
            if it.get("Type") == kind
        }

    def parameters(self, given: Mapping[str, str]) -> dict[str, str]:
        """Every parameter's value: given, else its default. Raises ``TemplateError``."""
        values: dict[str, str] = {}
        for name, parameter in self.body.get("Parameters", {}).items():
            if name not in given and "Default" not in parameter:
                raise TemplateError(f"parameter {name} has no value and no default")
            values[name] = str(given.get(name, parameter.get("Default")))
        return values

    def environment(self, look: Lookup) -> dict[str, str]:
        """What the functions find in their environment, all in one: on one machine they are
        one process. Raises ``TemplateError`` when two functions disagree."""
        variables: dict[str, str] = {}
        everywhere = self.body.get("Globals", {}).get("Function", {})
        for it in (everywhere, *(r.get("Properties", {}) for r in self.resources.values())):
            environment = it.get("Environment", {})
            for name, value in environment.get("Variables", {}).items():
                resolved = str(resolve(value, look))
                if variables.setdefault(name, resolved) != resolved:
                    raise TemplateError(f"functions disagree about {name}")
        return variables


class Lookup:
    """Where names are found. ``thing`` gives (and may make) a resource by its logical id."""

    def __init__(self, parameters: Mapping[str, str], thing: Callable[[str], Made]) -> None:
        self._parameters = parameters
        self._thing = thing

    def ref(self, name: str) -> str:
        """What ``!Ref name`` is."""
        if name in self._parameters:
            return self._parameters[name]
        if name.startswith("AWS::"):
            raise TemplateError(f"pseudo parameter {name} is not known here")
        return self._thing(name).ref

    def attribute(self, name: str, attribute: str) -> str:
        """What ``!GetAtt name.attribute`` is."""
        attributes = self._thing(name).attributes
        if attribute not in attributes:
            raise TemplateError(f"{name} has no attribute {attribute} here")
        return attributes[attribute]


def resolve(value: Any, look: Lookup) -> Any:
    """``value`` with every intrinsic function in it replaced. Raises ``TemplateError``."""
    if isinstance(value, list):
        return [resolve(each, look) for each in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        (name, inner), *_ = value.items()
        if name == "Ref":
            return look.ref(inner)
        if name == "Fn::GetAtt":
            return look.attribute(*inner)
        if name == "Fn::Sub":
            return _substitute(inner, look)
        if name.startswith("Fn::"):
            raise TemplateError(f"{name} is not known here")
    return {key: resolve(inner, look) for key, inner in value.items()}


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
        return look.ref(name)

    return _VARIABLE.sub(found, text)
