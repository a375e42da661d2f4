"""HTTP request, as the rest of ``web/`` sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Request:
    """What arrived, once it is known to be well formed and ours to answer."""

    method: str
    """Upper case; a form's ``_method`` has already been applied."""
    path: str
    """Without the stage: ``/register/code``."""
    prefix: str
    """What stands before ``path`` in addresses: ``""``, or ``/dev`` on a bare stage."""
    query: Mapping[str, str]
    headers: Mapping[str, str]
    """Names in lower case."""
    cookies: Mapping[str, str]
    client: str
    """The connection's own address, as the gateway saw it. No header is believed."""
    body: bytes
    content_type: str
    """Media type alone, lower case, without parameters; empty when there is no body."""
    locale: str
    """``ja``, ``ja-easy`` or ``en``: ``?lang=``, else the ``lang`` cookie, else Accept-Language."""
    html: bool
    """Whether the answer should be a page: a form's post, or ``Accept`` prefers text/html.
    Never for a JSON body."""
    parameters: Mapping[str, str] = field(default_factory=dict)
    """The path's own: for ``/assets/{name}`` its ``name``, URL-decoded."""
    chosen: str | None = None
    """``locale`` where it was asked for by name; ``None`` when it was read from Accept-Language."""
