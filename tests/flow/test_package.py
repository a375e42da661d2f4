"""The packaged stage by itself: unzipped where nothing of the repository is, driven by events.

``make test-package`` runs everything else in this folder against it as well.
"""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from local.packaged.application import PackagedApplication
from local.packaged.execution_environments import RUNTIME, FunctionError
from local.server import LocalServer
from tests.flow.client import REGISTRATIONS, Client, until

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "three quiet herons"


@pytest.fixture(scope="module")
def running(packaged: PackagedApplication) -> Iterator[LocalServer]:
    with LocalServer(
        application=packaged,
        template=packaged.template,
        prefix="/dev",
        transit=0.02,
        retry_after=0.2,
    ) as machine:
        yield machine


@pytest.fixture
def applicant(client: Callable[..., Client]) -> Client:
    made = client()
    made.prefix = "/dev"
    return made


def test_an_address_becomes_an_account_by_json(
    machine: LocalServer, applicant: Client, email: str
) -> None:
    assert applicant.register(email).status == 202
    code = machine.wait_for_mail(email, timeout=20)[0].code or ""
    assert applicant.verify(code).status == 200
    assert applicant.complete(PASSWORD).status == 201
    assert applicant.json("GET", "/api/v1/session").status == 200


@pytest.mark.parametrize("language", ["ja", "ja-easy", "en"])
def test_an_address_becomes_an_account_by_pages(
    machine: LocalServer, applicant: Client, email: str, language: str
) -> None:
    applicant.look(f"/dev/?lang={language}")
    form = applicant.look("/dev/register").page.form(f"/dev{REGISTRATIONS}")
    assert applicant.submit(form, email=email).header("location") == "/dev/register/code"
    code = machine.wait_for_mail(email, timeout=20)[0].code or ""
    page = applicant.look("/dev/register/code")
    assert f'lang="{"ja" if language == "ja-easy" else language}"' in page.text
    sent = applicant.submit(page.page.form("/verification"), code=code)
    assert sent.header("location") == "/dev/register/password"
    form = applicant.look("/dev/register/password").page.form("/account")
    assert applicant.submit(form, password=PASSWORD).header("location") == "/dev/register/done"
    assert applicant.look("/dev/register/done").status == 200


def test_every_function_has_run(
    machine: LocalServer,
    packaged: PackagedApplication,
    applicant: Client,
    email: str,
    ahead: Callable[[float], None],
) -> None:
    """HTTP, the queue of jobs, Cognito's trigger, SES's events; the same code again; the clock."""
    applicant.register(email)
    applicant.awaiting_code()
    ahead(61)
    assert applicant.send_again().status == 202
    machine.wait_for_mail(email, 2)
    never = [name for name, executions in packaged.executions.items() if not executions.started]
    assert never == []
    assert packaged.permissions.denied == []


def test_what_a_function_logs_at_info_is_heard(
    machine: LocalServer,
    applicant: Client,
    email: str,
    ahead: Callable[[float], None],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The template says so (ApplicationLogLevel); Lambda's own default would be WARNING."""
    caplog.set_level("INFO", "local.function")
    machine.switches.set(triggers=False)
    applicant.register(email)
    applicant.until(lambda it: it["state"] == "awaiting_code")
    machine.switches.set(triggers=True)
    ahead(121)
    machine.wait_for_mail(email, timeout=20)
    until(lambda: "INFO chalicelib.triggers swept: " in caplog.text, "the sweeper is not heard")


def test_a_function_finds_nothing_but_the_package_and_python(
    stage_here: Path, tmp_path: Path
) -> None:
    with zipfile.ZipFile(stage_here / "deployment.zip") as packed:
        packed.extractall(tmp_path)
    asked = (
        "import sys, json; import app, chalicelib.triggers; import chalicelib.web.views;"
        "print(json.dumps([sys.path, [m.__file__ for m in sys.modules.values()"
        " if getattr(m, '__file__', None)]]))"
    )
    start = f"import sys; sys.path.insert(0, {str(tmp_path)!r});"
    command = [sys.executable, "-I", "-S", "-B", "-c", start + asked]
    told = subprocess.run(command, cwd=tmp_path, env={}, capture_output=True, text=True, check=True)
    path, files = json.loads(told.stdout)
    library = str(Path(json.__file__).parents[1])
    ours = [it for it in files if it.startswith((str(tmp_path), library))]
    foreign = {it for it in files if it not in ours or "site-packages" in it}
    assert foreign == set()
    assert not any(it.startswith(str(ROOT)) for it in path)
    assert any(it.startswith(str(tmp_path / "chalicelib")) for it in files)
    assert "import local" not in RUNTIME.read_text(encoding="utf-8")


def test_a_function_that_fails_says_how(machine: LocalServer) -> None:
    with pytest.raises(FunctionError, match="KeyError"):
        machine.functions.invoke("RecordEvents", {"Records": [{}]})
