"""Origin checks (CSRF) and CORS: who may send a change, who may read an answer.

Cookies are SameSite=Lax: from another *site* they come with a link that is followed, a GET, and
with nothing that changes anything. What is left are sibling subdomains (the same site, perhaps
another operator) and browsers' corner cases.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from chalicelib.config import Config
from chalicelib.web.errors import CrossSiteFetch, ForeignOrigin
from chalicelib.web.forms import FORM

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing (RFC 9110 section 9.2.1)."""


def check(method: str, headers: Mapping[str, str], config: Config) -> None:
    """Raise ``ForeignOrigin`` or ``CrossSiteFetch`` unless this request may change something.

    An ``Origin`` must be ours or a configured one; ours comes from the configuration, never
    from ``Host``, which whoever sends the request writes. ``null`` is what a form posts from a
    page under a strict referrer policy: it passes only when the browser itself says that the
    page was ours. Where there is none, a browser that says that the page was not ours must name a
    configured one as its referrer. Without any of these headers it is no browser, and has no
    cookies of one.
    """
    if method in SAFE:
        return
    origin = headers.get("origin")
    site = headers.get("sec-fetch-site", "").strip().lower()
    if origin is None:
        if site in ("cross-site", "same-site"):
            origin = _referrer(headers)
            if not _configured(origin, config):
                raise ForeignOrigin
            _no_script_of_another_site(origin, headers, config)
        return
    origin = origin.strip().lower()
    if origin == "null":
        if site != "same-origin":
            raise ForeignOrigin
        return
    if origin == config.base_url.lower():
        return
    if not _configured(origin, config):
        raise ForeignOrigin
    _no_script_of_another_site(origin, headers, config)


def _no_script_of_another_site(origin: str, headers: Mapping[str, str], config: Config) -> None:
    """Raise ``CrossSiteFetch`` where a script sends this from another site.

    The browser would throw our cookie away, and what was begun could never be finished. A form is
    well: the browser goes where its answer leads, and is on our own site from there on.
    """
    mode = headers.get("sec-fetch-mode")
    if mode is not None:
        # A browser that tells one of these tells both.
        crosses = headers.get("sec-fetch-site", "").strip().lower() == "cross-site"
        goes = mode.strip().lower() == "navigate"
    else:
        # Imported here: browsers of these years tell.
        from chalicelib.identity.site import same_site

        crosses = not same_site(origin, config.base_url)
        form = headers.get("content-type", "").lower().startswith(FORM)
        goes = form and "text/html" in headers.get("accept", "").lower()
    if crosses and not goes:
        raise CrossSiteFetch


def is_elsewhere(headers: Mapping[str, str], config: Config) -> bool:
    """Whether a page of another origin sends this."""
    origin = headers.get("origin", "").strip().lower()
    return origin not in {"", "null", config.base_url.lower()}


def _referrer(headers: Mapping[str, str]) -> str:
    """The origin of the page that sent this, by its ``Referer``; empty where none can be read."""
    try:
        parts = urlsplit(headers.get("referer", "").strip().lower())
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}"


def cors(headers: Mapping[str, str], config: Config) -> dict[str, str]:
    """The headers that let a configured origin's scripts read this answer with credentials.

    Never a wildcard; ``Vary`` even where there is no ``Origin``, so that no cache can hand one
    site's answer to another.
    """
    answer = {"Vary": "Origin"}
    origin = headers.get("origin", "").strip().lower()
    if _configured(origin, config):
        answer |= {
            "Access-Control-Allow-Origin": origin,
            "Access-Control-Allow-Credentials": "true",
            "Access-Control-Expose-Headers": "Retry-After, Location",
        }
    return answer


def preflight(
    headers: Mapping[str, str], methods: tuple[str, ...], config: Config
) -> dict[str, str]:
    """What a configured origin's preflight needs besides ``cors``; nothing for all others."""
    origin = headers.get("origin", "").strip().lower()
    if not _configured(origin, config) or "access-control-request-method" not in headers:
        return {}
    return {
        "Access-Control-Allow-Methods": ", ".join(methods),
        "Access-Control-Allow-Headers": "Content-Type, Accept-Language, Idempotency-Key",
        "Access-Control-Max-Age": "600",
    }


def _configured(origin: str, config: Config) -> bool:
    return origin not in {"", "null"} and origin in config.origins
