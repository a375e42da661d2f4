"""The application the machine runs, and how it is wired to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from chalice.app import Chalice


@dataclass(frozen=True)
class Surroundings:
    """What the machine offers an application besides its environment."""

    clock: Callable[[], datetime]
    mx: Callable[[str], list[str]]
    """Raises ``OSError`` when the DNS does not answer."""
    keys_url: str
    """Where the user pool publishes its keys."""


class Application(Protocol):
    """A Chalice application. ``wire`` is called once its environment is set."""

    def app(self) -> Chalice:
        """The Chalice object."""

    def wire(self, surroundings: Surroundings) -> Callable[[], None]:
        """Use these from now on; returns what closes the connections at the end."""


class Todoku:
    """The real one: ``app.py``."""

    def app(self) -> Chalice:
        """The Chalice object."""
        import app

        return app.app

    def wire(self, surroundings: Surroundings) -> Callable[[], None]:
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
