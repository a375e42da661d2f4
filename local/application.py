"""Protocol of an application that the local AWS side runs, and Todoku as one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from chalicelib.trail.mail_record import MailRecord
from cloudformation.intrinsics import Lookup
from local.app_functions import AppFunctions, from_chalice
from local.interceptor import Interceptor


@dataclass(frozen=True)
class Environment:
    """What an application gets from the server besides its environment variables."""

    clock: Callable[[], datetime]
    mx: Callable[[str], list[str]]
    """MX look-up: from a domain to its hosts. Raises ``NoSuchMailDomain``, and ``OSError`` when the
    DNS does not answer."""
    jwks_url: str
    """URL of the user pool's public keys (JWKS)."""
    function_variables: Callable[[str | None], dict[str, str]]
    """Environment variables of a function, as the template gives them; ``None``: of all."""
    endpoint: str
    """URL of the AWS endpoint."""
    region: str
    account: str
    lookup: Lookup
    """Resolves references to the template's resources."""
    add_interceptor: Callable[[Interceptor], None]
    """Adds an interceptor of the requests to AWS."""
    invocation_context: Callable[[], Mapping[str, Any]]
    """What a function in another process must know at each invocation: the clock's ``offset`` in
    seconds, and whether the DNS answers (``dns_fails``)."""


class Application(Protocol):
    """The application to run. ``wire`` is called once the environment variables are set."""

    def functions(self) -> AppFunctions:
        """Its functions, and what invokes them."""

    def wire(self, environment: Environment) -> Callable[[], None]:
        """Use this environment from now on; returns what closes the connections at the end."""

    def mail_records(self, reference: str) -> Sequence[MailRecord]:
        """What the application itself keeps of the mails of a reference, once it is wired.
        Raises ``TodokuError``."""


class Todoku:
    """The Chalice application of ``app.py``."""

    def functions(self) -> AppFunctions:
        """What the Chalice object declares."""
        import app

        return from_chalice(app.app)

    def wire(self, environment: Environment) -> Callable[[], None]:
        """New services, made from the environment variables that were just set."""
        from chalicelib import config, factory

        services = factory.Services(
            config.load(),
            clock=environment.clock,
            mx=environment.mx,
            keys_url=environment.jwks_url,
        )
        factory.install(services)
        return services.adapters.close

    def mail_records(self, reference: str) -> Sequence[MailRecord]:
        """The trail's."""
        from chalicelib import factory

        return factory.services().adapters.mail_records.of(reference)


todoku = Todoku()
