"""A mail that SES has accepted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.header import decode_header, make_header


@dataclass(frozen=True)
class Mail:
    """A mail SES has accepted, for one recipient."""

    id: str
    at: datetime
    region: str
    account: str
    source: str
    """The From header, display name included."""
    sender: str
    """Its address alone."""
    to: str
    subject: str
    text: str
    headers: tuple[tuple[str, str], ...]
    tags: Mapping[str, str]
    configuration_set: str

    @property
    def readable_source(self) -> str:
        """The From header as people see it: names beyond ASCII are encoded (RFC 2047)."""
        return str(make_header(decode_header(self.source)))

    @property
    def route(self) -> str:
        """The tag ``route``, else the configuration set."""
        return self.tags.get("route", self.configuration_set)
