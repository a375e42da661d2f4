"""A template that says what exists, read as CloudFormation reads it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from cloudformation.intrinsics import Lookup, TemplateError, resolve

_FOLDER = Path(__file__).parent.parent / ".chalice"
SERVICE = _FOLDER / "resources.yaml"
"""The service, without the functions that Chalice adds."""
SENDER = _FOLDER / "sender.yaml"
"""One sending route."""


class _Loader(yaml.CSafeLoader):
    pass


def _intrinsic(loader: Any, suffix: str, node: Any) -> dict[str, Any]:
    name = suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}"
    if isinstance(node, yaml.SequenceNode):
        return {name: loader.construct_sequence(node, deep=True)}
    value = loader.construct_scalar(node)
    return {name: value.split(".", 1) if suffix == "GetAtt" else value}


_Loader.add_multi_constructor("!", _intrinsic)


@dataclass(frozen=True)
class Template:
    """The parsed file."""

    body: Mapping[str, Any]

    @classmethod
    def read(cls, path: Path = SERVICE) -> Template:
        """Parse ``path``, YAML or JSON. Raises ``TemplateError`` when it is no such template."""
        try:
            body = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)
        except (OSError, yaml.YAMLError) as error:
            raise TemplateError(f"{path}: {error}") from error
        return cls(body)

    @property
    def resources(self) -> Mapping[str, Any]:
        """Logical id to resource; without a ``Type`` it only adds to one of Chalice's."""
        resources: Mapping[str, Any] = self.body["Resources"]
        return resources

    @property
    def conditions(self) -> Mapping[str, Any]:
        """Name to condition."""
        conditions: Mapping[str, Any] = self.body.get("Conditions", {})
        return conditions

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

    def environment(self, look: Lookup, function: str | None = None) -> dict[str, str]:
        """What ``function`` (a logical id) finds in its environment; without one, what all find,
        in one: on one machine they may be one process. Raises ``TemplateError`` when two
        functions disagree."""
        variables: dict[str, str] = {}
        for own in self._environments(function):
            for name, value in own.items():
                resolved = str(resolve(value, look))
                if variables.setdefault(name, resolved) != resolved:
                    raise TemplateError(f"functions disagree about {name}")
        return variables

    def _environments(self, function: str | None) -> Iterator[Mapping[str, Any]]:
        everywhere = self.body.get("Globals", {}).get("Function", {})
        them = self.resources.values() if function is None else [self.resources[function]]
        for it in (everywhere, *(resource.get("Properties", {}) for resource in them)):
            yield it.get("Environment", {}).get("Variables", {})
