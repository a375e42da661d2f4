"""HTTP request and response of the local server."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class HttpRequest:
    """An HTTP request. ``client`` is the connection's own address."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    client: str

    @property
    def host(self) -> str:
        """The ``Host`` header in lower case, or empty."""
        return next((v.lower() for n, v in self.headers if n.lower() == "host"), "")

    @property
    def path(self) -> str:
        """The target's path, not decoded."""
        return urlsplit(self.target).path or "/"

    @property
    def query(self) -> dict[str, list[str]]:
        """The query's parameters, decoded."""
        return parse_qs(urlsplit(self.target).query, keep_blank_values=True)

    @property
    def form(self) -> dict[str, str]:
        """The fields of a form in the body, the last of each name; one left empty is ``""``."""
        fields = parse_qs(self.body.decode("utf-8", "replace"), keep_blank_values=True)
        return {name: values[-1] for name, values in fields.items()}

    def header(self, name: str) -> str:
        """The first such header, or empty."""
        return next((v for n, v in self.headers if n.lower() == name.lower()), "")


@dataclass(frozen=True)
class HttpResponse:
    """An HTTP response."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
