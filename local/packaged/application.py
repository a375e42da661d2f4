"""Application of a packaged stage: ``out/STAGE``."""

from __future__ import annotations

import json
import logging
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from chalicelib.trail.mail_record import MailRecord
from cloudformation.intrinsics import Lookup, TemplateError, resolve
from cloudformation.template import Template
from local import mx_table
from local.app_functions import AppFunctions, EventSourceMapping
from local.application import Environment, todoku
from local.packaged.execution_environments import ExecutionEnvironments
from local.packaged.iam_policies import PermissionRequest
from local.packaged.permissions import Permissions


class PackagedApplication:
    """Application of ``out/STAGE``: service.json, deployment.zip, nothing of the repository.

    The zip must have been made for the machine that ``python``, a command, runs on.
    """

    def __init__(self, folder: Path, python: Sequence[str] = (sys.executable,)) -> None:
        self._python = python
        self.template = Template.read(folder / "service.json")
        self._archive = folder / "deployment.zip"
        self._folder = tempfile.TemporaryDirectory(prefix="todoku-packaged-")
        self.task_root = Path(self._folder.name) / "task"
        self.executions: dict[str, ExecutionEnvironments] = {}
        self._permissions: Permissions | None = None

    @property
    def permissions(self) -> Permissions:
        """The functions' permissions. Raises ``RuntimeError`` before ``wire``."""
        if self._permissions is None:
            raise RuntimeError("the package does not run yet")
        return self._permissions

    def functions(self) -> AppFunctions:
        """The template's functions, paths, event source mappings and schedules."""
        functions = self.template.of_type("AWS::Serverless::Function")
        paths = self.template.of_type("AWS::Serverless::Api")["RestAPI"]["DefinitionBody"]["paths"]
        return AppFunctions(
            {name: self._handler(name) for name in functions},
            {path: [method.upper() for method in ways] for path, ways in paths.items()},
            tuple(_event_source_mappings(functions)),
            dict(_schedules(functions)),
            self._authorize,
        )

    def wire(self, environment: Environment) -> Callable[[], None]:
        """Unpack the zip, ready for invocations; returns what ends all processes."""
        with zipfile.ZipFile(self._archive) as packed:
            packed.extractall(self.task_root)
        self._permissions = Permissions(self.template, environment.lookup, environment.account)
        environment.add_interceptor(self._permissions.intercept)
        for name, function in self.template.of_type("AWS::Serverless::Function").items():
            self.executions[name] = ExecutionEnvironments(
                self._python,
                self.task_root,
                function["Handler"],
                self._environment(name, function, environment),
                float(function["Timeout"]),
                logging.getLogger(f"local.function.{name}"),
                environment.invocation_context,
                partial(self._on_cold_start, name, function, environment.lookup),
            )
        # For the console, and tests that look at the functions' data from this process.
        self._close_services = todoku.wire(environment)
        return self._close

    def mail_records(self, reference: str) -> Sequence[MailRecord]:
        """The trail's."""
        return todoku.mail_records(reference)

    def _authorize(self, function: str, action: str, resource: str) -> None:
        self.permissions.check(function, PermissionRequest(action, resource))

    def _on_cold_start(self, name: str, function: Mapping[str, Any], lookup: Lookup) -> None:
        """Check what Lambda does in the function's name at a cold start."""
        everywhere = self.template.body["Globals"]["Function"]
        self._authorize(name, "kms:Decrypt", resolve(everywhere["KmsKeyArn"], lookup))
        group = lookup.attribute(function["LoggingConfig"]["LogGroup"]["Ref"], "Arn")
        for action in ("logs:CreateLogStream", "logs:PutLogEvents"):
            self._authorize(name, action, group.replace(":*", ":log-stream:1"))

    def _handler(self, name: str) -> Callable[[Any, Any], Any]:
        return lambda event, context: self.executions[name](event, context)

    def _environment(
        self, name: str, function: Mapping[str, Any], environment: Environment
    ) -> dict[str, str]:
        """Environment variables of a function: the template's, and what Lambda adds."""
        level = function.get("LoggingConfig", {}).get("ApplicationLogLevel", "WARNING")
        known = {domain: mx_table.hosts(domain) for domain in mx_table.DOMAINS}
        return {
            **environment.function_variables(name),
            "AWS_REGION": environment.region,
            "AWS_DEFAULT_REGION": environment.region,
            "AWS_LAMBDA_FUNCTION_NAME": name,
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function["MemorySize"]),
            "AWS_LAMBDA_LOG_LEVEL": level,
            # The caller, by whom permissions are checked.
            "AWS_ACCESS_KEY_ID": name,
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_ENDPOINT_URL": environment.endpoint,
            "AWS_EC2_METADATA_DISABLED": "true",
            "NO_PROXY": "127.0.0.1",
            "LANG": "C.UTF-8",
            "TZ": "UTC",
            "LOCAL_MAIL_HOSTS": json.dumps(known),
            "LOCAL_MISSING_DOMAINS": json.dumps(mx_table.MISSING),
            "LOCAL_KEYS_URL": environment.jwks_url,
        }

    def _close(self) -> None:
        self._close_services()
        for executions in self.executions.values():
            executions.close()
        self._folder.cleanup()


def _event_source_mappings(functions: Mapping[str, Any]) -> Iterator[EventSourceMapping]:
    for name, function in functions.items():
        for event in function.get("Events", {}).values():
            if event["Type"] != "SQS":
                continue
            properties = event["Properties"]
            if "ReportBatchItemFailures" not in properties.get("FunctionResponseTypes", []):
                raise TemplateError(f"{name} reports failed messages and nobody listens")
            queue = properties["Queue"]["Fn::Sub"].rpartition("${AWS::StackName}-")[2]
            max_concurrency = properties.get("ScalingConfig", {}).get("MaximumConcurrency")
            yield EventSourceMapping(name, queue, int(properties["BatchSize"]), max_concurrency)


def _schedules(functions: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, function in functions.items():
        for event in function.get("Events", {}).values():
            if event["Type"] == "Schedule":
                yield name, event["Properties"]["Schedule"]
