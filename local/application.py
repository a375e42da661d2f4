"""The application the machine runs, and how it is wired to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from cloudformation.intrinsics import Lookup
from local.app_functions import AppFunctions, from_chalice
from local.interceptor import Interceptor


@dataclass(frozen=True)
class Environment:
    """What the machine offers an application besides its environment."""

    clock: Callable[[], datetime]
    mx: Callable[[str], list[str]]
    """Raises ``OSError`` when the DNS does not answer."""
    keys_url: str
    """Where the user pool publishes its keys."""
    environment: Callable[[str | None], dict[str, str]]
    """What the template has a function find in its environment; all functions, for ``None``."""
    endpoint: str
    """Where AWS is."""
    region: str
    account: str
    look: Lookup
    """Finds what the template's names stand for."""
    join_guards: Callable[[Interceptor], None]
    """Has a guard asked before each request to AWS."""
    told: Callable[[], Mapping[str, Any]]
    """What an invocation in another process is told of the world: ``offset`` of the clock in
    seconds, and whether the DNS answers (``dns_fails``)."""


class Application(Protocol):
    """What the machine runs. ``wire`` is called once its environment is set."""

    def declared(self) -> AppFunctions:
        """Its functions, and what they answer."""

    def wire(self, surroundings: Environment) -> Callable[[], None]:
        """Use these from now on; returns what closes the connections at the end."""


class Todoku:
    """The real one: ``app.py``."""

    def declared(self) -> AppFunctions:
        """What the Chalice object declares."""
        import app

        return from_chalice(app.app)

    def wire(self, surroundings: Environment) -> Callable[[], None]:
        """New services, made from the environment that was just set."""
        from chalicelib import config, factory

        services = factory.Services(
            config.load(),
            clock=surroundings.clock,
            mx=surroundings.mx,
            keys_url=surroundings.keys_url,
        )
        factory.install(services)
        return services.adapters.close


todoku = Todoku()
