"""What the tests of deploying ask for."""

from __future__ import annotations

import io
import json
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console

from cloudformation import template as templates
from cloudformation.intrinsics import Lookup, Made, resolve
from cloudformation.template import Template
from ops.package import Package
from ops.stage.settings import Route, Stage
from ops.terminal import Terminal
from tests.ops.fake_account import NUMBER, AwsError, FakeAccount
from tests.ops.fake_cloudformation import FakeCloudFormation, FakeStack

REGION, OTHER = "ap-northeast-1", "ap-northeast-3"
API = f"https://abc.execute-api.{REGION}.amazonaws.com"


class Person(Terminal):
    """Somebody at a terminal: answers from a list, and what was said to them."""

    def __init__(self, *answers: str | BaseException, yes: bool = False) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []
        self._out = io.StringIO()
        console = Console(file=self._out, width=200, force_terminal=False)
        super().__init__(console, self._reply if answers else None, yes=yes)

    @property
    def heard(self) -> str:
        return self._out.getvalue()

    def _reply(self, question: str) -> str:
        self.asked.append(question)
        answer = self.answers.pop(0)
        if isinstance(answer, BaseException):
            raise answer
        return answer


@pytest.fixture
def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def account() -> FakeAccount:
    """An account with nothing in it."""
    account = FakeAccount()
    account.answers["sts.GetCallerIdentity"] = {
        "Account": NUMBER,
        "Arn": f"arn:aws:iam::{NUMBER}:user/engineer",
    }
    account.answers["sesv2.GetEmailIdentity"] = AwsError("NotFoundException", "no identity", 404)
    return account


@pytest.fixture
def formation(account: FakeAccount) -> FakeCloudFormation:
    """Its CloudFormation."""
    return FakeCloudFormation(account, outputs)


@pytest.fixture
def package(tmp_path: Path) -> Package:
    """A package, small."""
    folder = tmp_path / "out" / "dev"
    folder.mkdir(parents=True)
    function = {
        "Type": "AWS::Serverless::Function",
        "Properties": {"CodeUri": "./deployment.zip"},
    }
    template = {"Resources": {"Work": function, "Jobs": {"Type": "AWS::SQS::Queue"}}}
    (folder / "service.json").write_text(json.dumps(template))
    (folder / "sender.yaml").write_bytes(templates.SENDER.read_bytes())
    (folder / "deployment.zip").write_bytes(b"zip")
    return Package(folder, "0123456789ab")


@pytest.fixture
def stage() -> Callable[..., Stage]:
    """Stages of one or two routes."""

    def made(*, routes: int = 1, **service: str) -> Stage:
        own = {"PrimarySender": "no-reply@entry.example.lg.jp", "Protected": "false", **service}
        both = (
            route("primary", "entry.example.lg.jp", REGION),
            route("second", "entry-mail.example.jp", OTHER),
        )
        return Stage("dev", REGION, "todoku-dev", own, both[:routes])

    return made


def route(name: str, domain: str, region: str) -> Route:
    """One of the stage's routes."""
    parameters = {
        "Service": "todoku-dev",
        "Route": name,
        "Domain": domain,
        "MailFromDomain": f"bounce.{domain}",
        "OperatorsEmail": "",
    }
    return Route(name, f"todoku-dev-{name}", region, parameters)


def outputs(stack: FakeStack) -> dict[str, str]:
    """What a stack tells: a route's zone file is what the real template makes of it."""
    if "Route" in stack.parameters:
        return {"ZoneFile": zone_file(stack.region, stack.parameters)}
    domain = stack.parameters.get("DomainName", "")
    told = {
        "RecordEventsArn": f"arn:aws:lambda:{stack.region}:{NUMBER}:function:record_events",
        "BaseUrl": f"https://{domain}" if domain else API,
        "Pages": f"https://{domain}/" if domain else f"{API}/dev/",
    }
    return {**told, "DomainTarget": "d-1.execute-api.amazonaws.com"} if domain else told


def zone_file(region: str, parameters: dict[str, str]) -> str:
    """The output of sender.yaml."""
    template = Template.read(templates.SENDER)
    tokens = {
        f"DkimDNSToken{what}{n}": (f"t{n}._domainkey.{parameters['Domain']}", f"t{n}.dkim.x.com")[i]
        for n in (1, 2, 3)
        for i, what in enumerate(("Name", "Value"))
    }
    given = {**template.parameters(parameters), "AWS::Region": region}
    look = Lookup(given, lambda name: Made(name, tokens), template.conditions)
    return str(resolve(template.body["Outputs"]["ZoneFile"]["Value"], look))
