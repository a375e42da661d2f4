"""What every test may ask for. A room's own fixtures live beside its tests."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from playwright.sync_api import Browser, BrowserType, sync_playwright

from local.packaged.application import PackagedApplication
from local.server import LocalServer
from ops.package import package
from ops.stage.settings import load_stage
from tests.in_memory.world import World

# Beside another worker an example may take long; a test that hangs is ended by its time-out.
settings.register_profile("no deadline", deadline=None)
settings.load_profile("no deadline")

ROOT = Path(__file__).resolve().parent.parent

QUIET = (
    # Nothing but what a test asks for: no look-ups, no updates, no guesses.
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-quic",
    "--disable-sync",
    "--no-default-browser-check",
    "--no-first-run",
    "--no-pings",
)

NOBODYS_ACCOUNT = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
}


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--package``: the service's functions run from a packaged stage. The others are for the
    suite that can run against AWS; `make test-aws` gives them."""
    group = parser.getgroup("todoku")
    group.addoption("--package", metavar="FOLDER", help="out/STAGE, made with --platform=here")
    group.addoption(
        "--package-python",
        default=sys.executable,
        metavar="COMMAND",
        help="what runs the package's functions, where it is for another machine",
    )
    group.addoption(
        "--every-call",
        action="store_true",
        help="tests/crash: two faults, and two processes, at every call instead of at some",
    )
    group.addoption(
        "--target",
        choices=["local", "aws"],
        default="local",
        help="aws: run tests/endtoend, and nothing else, against a deployed stage",
    )
    group.addoption("--stage", help="which one: a stage of .chalice/config.json")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """With an account's credentials at hand, only what is meant for it is even imported."""
    suite = ROOT / "tests" / "endtoend"
    on_the_way = suite.is_relative_to(collection_path) or collection_path.is_relative_to(suite)
    return True if config.getoption("target") == "aws" and not on_the_way else None


def pytest_configure(config: pytest.Config) -> None:
    """Before anything is imported: no test may find its way to somebody's AWS account."""
    if config.getoption("target") == "aws":
        if not config.getoption("stage"):
            raise pytest.UsageError("--target=aws needs a stage: make test-aws STAGE=dev")
        return
    os.environ.pop("AWS_PROFILE", None)
    os.environ.pop("AWS_SESSION_TOKEN", None)
    os.environ.update(NOBODYS_ACCOUNT)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A packaged function runs in a process that nobody reaches into."""
    if config.getoption("--package") is not None:
        skip = pytest.mark.skip(reason="reaches into the service's process")
        for item in items:
            if item.get_closest_marker("in_process"):
                item.add_marker(skip)


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's root."""
    return ROOT


@pytest.fixture(scope="session")
def stage_here(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """``out/dev`` as ``make package`` makes it, with a zip for this machine."""
    return package(ROOT, load_stage("dev"), tmp_path_factory.mktemp("out"), None).folder


@pytest.fixture(scope="session")
def service(request: pytest.FixtureRequest) -> Callable[..., LocalServer]:
    """Makes machines: of the sources, or of the package that ``--package`` names."""
    folder = request.config.getoption("--package")

    def make(**settings: Any) -> LocalServer:
        if folder is None:
            return LocalServer(**settings)
        packaged = PackagedApplication(
            Path(folder), shlex.split(request.config.getoption("package_python"))
        )
        return LocalServer(application=packaged, template=packaged.template, **settings)

    return make


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of the Chromium that ``make test`` found (ops/browser.sh), or one on the PATH."""
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if not found:
        pytest.skip("no Chromium: run `make test`, or name one with CHROMIUM=/path")
    return found


@pytest.fixture(scope="session")
def engine() -> Iterator[BrowserType]:
    """What starts browsers. One for the whole run: a process cannot have two."""
    with sync_playwright() as playwright:
        yield playwright.chromium


@pytest.fixture(scope="session")
def launch(chromium: str) -> dict[str, Any]:
    """How each browser is started."""
    # A root user (a container) has no sandbox to offer.
    root = hasattr(os, "getuid") and os.getuid() == 0
    return {"executable_path": chromium, "args": [*QUIET, *(["--no-sandbox"] if root else [])]}


@pytest.fixture(scope="session")
def browser(engine: BrowserType, launch: dict[str, Any]) -> Iterator[Browser]:
    """A real Chromium for the whole run; each test makes contexts of its own in it."""
    browser = engine.launch(**launch)
    yield browser
    browser.close()


@pytest.fixture
def world() -> World:
    """The rooms on tables in memory, with a user pool and a queue that run when told to."""
    return World()
