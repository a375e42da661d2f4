"""CloudFormation stack: creates a template's resources on moto."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Mapping

from cloudformation.intrinsics import Lookup, Made, TemplateError, resolve
from cloudformation.template import Template
from local.stack_resources import CREATORS, IGNORED_TYPES, Clients


class Stack:
    """A CloudFormation stack, each resource created when it is first referred to."""

    def __init__(
        self,
        template: Template,
        parameters: Mapping[str, str],
        functions: Mapping[str, str],
        clients: Clients,
        secrets: Mapping[str, str] | None = None,
    ) -> None:
        """``parameters`` include the pseudo parameters (``AWS::StackName`` …); ``functions``
        maps the logical ids of Chalice's functions to their ARNs; ``secrets`` are values, by
        logical id, of secrets that are not to be random."""
        self._template = template
        self._clients = clients
        self._created = {name: Made(name, {"Arn": arn}) for name, arn in functions.items()}
        self._creating: list[str] = []
        self._given_secrets = secrets or {}
        self._secrets: dict[str, str] = {}
        own = {k: v for k, v in parameters.items() if not k.startswith("AWS::")}
        pseudo = {k: v for k, v in parameters.items() if k.startswith("AWS::")}
        self.lookup = Lookup(
            template.parameters(own) | pseudo,
            self._resource,
            template.conditions,
            lambda arn: self._secrets[arn],
        )

    def create(self) -> None:
        """Create all resources. Raises ``TemplateError`` for a type that is not known here."""
        for name, resource in self._template.resources.items():
            kind, condition = resource.get("Type"), resource.get("Condition")
            wanted = condition is None or self.lookup.condition(condition)
            if kind is not None and kind not in IGNORED_TYPES and wanted:
                self._resource(name)

    def environment(self, function: str | None = None) -> dict[str, str]:
        """Environment variables of ``function`` (a logical id), or of all functions in one."""
        return self._template.environment(self.lookup, function)

    def ref(self, name: str) -> str:
        """The value of ``!Ref name``."""
        return str(self.lookup.ref(name))

    def _resource(self, name: str) -> Made:
        if name in self._created:
            return self._created[name]
        if name in self._creating:
            raise TemplateError(f"a cycle: {' -> '.join([*self._creating, name])}")
        resource = self._template.resources.get(name)
        if resource is None:
            raise TemplateError(f"there is no {name} in the template")
        kind = resource.get("Type", "a function that the application does not have")
        if kind == "AWS::SecretsManager::Secret":
            self._created[name] = self._secret(name)
            return self._created[name]
        if kind not in CREATORS:
            raise TemplateError(f"{name}: {kind} is not known here")
        self._creating.append(name)
        properties = resolve(resource.get("Properties", {}), self.lookup)
        self._created[name] = CREATORS[kind](self._clients, properties)
        self._creating.pop()
        return self._created[name]

    def _secret(self, name: str) -> Made:
        """Nothing reads a secret but the template itself, so it is kept here."""
        arn = f"arn:aws:secretsmanager:local:0:secret:{name}-{uuid.uuid4().hex[:6]}"
        self._secrets[arn] = self._given_secrets.get(name) or secrets.token_urlsafe(48)
        return Made(arn, {"Id": arn})
