"""The wiring, by room: adapters into services, each made once, when first needed.

Imports stay inside the properties on purpose: a function pays at its cold start only for what it
uses (the Encryption SDK is half a cold start's floor; only the mail functions need it).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from chalicelib import config as configuration
from chalicelib.clock import Clock, wall_clock
from chalicelib.config import Config
from chalicelib.factory.accounts import AccountServices
from chalicelib.factory.courier import CourierServices
from chalicelib.factory.limits import LimitServices
from chalicelib.factory.registration import RegistrationServices
from chalicelib.factory.trail import TrailServices
from chalicelib.factory.verification import VerificationServices

if TYPE_CHECKING:
    from chalicelib.aws.adapters import Adapters


class Services:
    """Everything the service does, wired for one deployment, by room.

    ``mx`` looks up a domain's mail hosts; ``keys_url`` is where the user pool publishes its
    keys. The local server brings its own of both.
    """

    def __init__(
        self,
        config: Config,
        *,
        clock: Clock = wall_clock,
        mx: Callable[[str], list[str]] | None = None,
        keys_url: str | None = None,
    ) -> None:
        self.config = config
        self.clock = clock
        self.mx = mx
        self.keys_url = keys_url
        self.limits = LimitServices(self)
        self.trail = TrailServices(self)
        self.courier = CourierServices(self)
        self.verification = VerificationServices(self)
        self.registration = RegistrationServices(self)
        self.accounts = AccountServices(self)

    @cached_property
    def adapters(self) -> Adapters:
        """What ``aws/`` provides."""
        from chalicelib.aws.adapters import Adapters

        return Adapters(self.config, self.clock)


_installed: list[Services] = []


def services() -> Services:
    """The process's services, made from its environment at the first call."""
    if not _installed:
        install(Services(configuration.load()))
    return _installed[0]


def install(made: Services) -> None:
    """Use ``made`` from now on: what the local server and tests call."""
    _installed[:] = [made]
