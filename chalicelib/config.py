"""Configuration: what a deployment may choose. The only reader of the environment.

Everything else receives a ``Config``; nothing else looks at ``os.environ``. The template
(``.chalice/resources.yaml``) sets these variables for every function; the local server
resolves the same template. A missing variable is an error at first use, by name.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeVar

import msgspec

from chalicelib.origin import OriginError, parse_origin, parse_origins

T = TypeVar("T")


class ConfigError(Exception):
    """A setting is missing or malformed; the message names it."""


@dataclass(frozen=True)
class Route:
    """One way for a mail to leave: a From address and an SES configuration set in one region."""

    name: str
    region: str
    configuration_set: str
    sender: str


@dataclass(frozen=True)
class Config:
    """One deployment's settings. Durations are ``timedelta``; limits that are law are not here
    but beside the rule they belong to."""

    stack: str
    region: str
    base_url: str
    """Scheme and host applicants see, no trailing slash. Never derived from ``Host``."""
    origins: tuple[str, ...]
    """Other web origins whose forms may call the API with credentials."""
    pepper: bytes
    """Secret under every HMAC of an address or a network, and of the proof of work."""
    service_name: Mapping[str, str]
    """What the service calls itself, by locale."""
    help_contact: str
    """The help desk's line for pages: a telephone number or a sentence."""
    pool_id: str
    client_id: str
    client_secret: str
    jobs_queue: str
    resends_queue: str
    key_arn: str
    routes: tuple[Route, ...]
    mail_budget_per_day: int
    shortest_password: int
    """Characters; the user pool's policy says the same."""
    build: str
    operator_name: Mapping[str, str] = field(default_factory=dict)
    """Who runs the service, by locale. This and what follows is for pages, empty elsewhere."""
    privacy_text: Mapping[str, str] = field(default_factory=dict)
    """What the operator adds to the page about personal data, by locale."""
    log_days: int = 90
    """How long logs are kept."""
    code_life: timedelta = timedelta(hours=24)
    """Cognito's sign-up code lives a day and this is not adjustable."""

    @property
    def secure(self) -> bool:
        """Whether cookies carry ``Secure`` and the ``__Host-`` prefix."""
        return self.base_url.startswith("https://")

    def table(self, name: str) -> str:
        """The full name of one of the stack's tables, ``registrations`` for example."""
        return f"{self.stack}-{name}"


def load(environ: Mapping[str, str] | None = None) -> Config:
    """Read the environment into a ``Config``.

    Raises ``ConfigError``, naming the variable, when one is missing or malformed. What a
    trigger must not have (the pool's id: it would tie template and function in a cycle) is
    empty there.
    """
    env = os.environ if environ is None else environ

    def need(name: str) -> str:
        value = env.get(name, "")
        if not value:
            raise ConfigError(f"{name} is not set")
        return value

    def need_json(name: str, kind: type[T]) -> T:
        try:
            return msgspec.json.decode(need(name), type=kind)
        except msgspec.MsgspecError as error:
            raise ConfigError(f"{name}: {error}") from error

    def by_locale(name: str) -> dict[str, str]:
        return need_json(name, dict[str, str]) if env.get(name) else {}

    def need_number(name: str) -> int:
        try:
            return int(need(name))
        except ValueError as error:
            raise ConfigError(f"{name} is not a whole number") from error

    def parsed(name: str, text: str, parse: Callable[[str], T]) -> T:
        try:
            return parse(text)
        except OriginError as error:
            raise ConfigError(f"{name}: {error}") from error

    routes = need_json("TODOKU_ROUTES", tuple[Route, ...])
    if not routes:
        raise ConfigError("TODOKU_ROUTES names no route")
    names = need_json("TODOKU_SERVICE_NAME", dict[str, str])
    if not names:
        raise ConfigError("TODOKU_SERVICE_NAME names the service in no language")
    return Config(
        stack=need("TODOKU_STACK"),
        region=need("AWS_REGION"),
        base_url=parsed("TODOKU_BASE_URL", need("TODOKU_BASE_URL").rstrip("/"), parse_origin),
        origins=parsed("TODOKU_ORIGINS", env.get("TODOKU_ORIGINS", ""), parse_origins),
        pepper=need("TODOKU_PEPPER").encode(),
        service_name=names,
        help_contact=env.get("TODOKU_HELP_CONTACT", ""),
        pool_id=env.get("TODOKU_POOL", ""),
        client_id=env.get("TODOKU_CLIENT", ""),
        client_secret=env.get("TODOKU_CLIENT_SECRET", ""),
        jobs_queue=need("TODOKU_JOBS_QUEUE"),
        resends_queue=need("TODOKU_RESENDS_QUEUE"),
        key_arn=need("TODOKU_KEY"),
        routes=routes,
        mail_budget_per_day=need_number("TODOKU_MAIL_BUDGET"),
        shortest_password=need_number("TODOKU_SHORTEST_PASSWORD"),
        build=env.get("TODOKU_BUILD", "source"),
        operator_name=by_locale("TODOKU_OPERATOR_NAME"),
        privacy_text=by_locale("TODOKU_PRIVACY_TEXT"),
        log_days=need_number("TODOKU_LOG_DAYS") if env.get("TODOKU_LOG_DAYS") else Config.log_days,
    )
