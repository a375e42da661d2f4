"""The smoke test's checks of pages and API, each a probe; none of them sends a mail."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from functools import partial

from ops.check_result import CheckResult
from ops.http_client import HttpClient, HttpResponse
from ops.probe import Polling, expect, run_probe
from ops.smoke.mail import REGISTRATIONS

LOCALES = {"ja": "ja", "ja-easy": "ja", "en": "en"}
"""Locale to the page's own ``lang``."""
WORDS = {"ja": "メールアドレス", "ja-easy": "<ruby>", "en": "email address"}
"""What only a page in that language says: without its catalogue it would be in English."""
HEALTH = "/api/v1/health"
FOREIGN = "https://foreign.example"
_REQUIRED_HEADERS = {
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
}
ROLLOUT_POLLING = Polling(60.0)
"""API Gateway shows a new deployment within a minute."""


def smoke_checks(
    client: HttpClient, build: str | None, rollout: Polling = ROLLOUT_POLLING
) -> Iterator[CheckResult]:
    """Run every check that sends no mail. ``build`` is what ``/health`` should tell."""
    yield run_probe("health", partial(health, client, build, rollout))
    for locale in LOCALES:
        yield run_probe(f"page {locale}", partial(page, client, locale))
    yield run_probe("OpenAPI", partial(openapi, client))
    yield run_probe("unknown page", partial(unknown_page, client))
    yield run_probe("unknown call", partial(unknown_call, client))
    yield run_probe("headers", partial(headers, client))
    yield run_probe("foreign origin", partial(foreign_origin, client))
    yield run_probe("own origin", partial(own_origin, client))


def health(client: HttpClient, build: str | None, rollout: Polling) -> str:
    """Check that ``/health`` answers, with the build that was packaged."""

    def expected_build() -> HttpResponse | None:
        try:
            response = client.request("GET", HEALTH)
        except (OSError, http.client.HTTPException):
            return None
        return response if response.status == 200 and response.json.get("build") == build else None

    response = (rollout.until(expected_build) if build else None) or client.request("GET", HEALTH)
    expect(response.status == 200, f"{HEALTH} answers {response}")
    told = response.json.get("build")
    expect(build in {None, told}, f"build {told} answers, {build} was packaged")
    return f"build {told}"


def page(client: HttpClient, locale: str) -> str:
    """Check the first page in one language."""
    response = client.get_page(f"/?lang={locale}")
    expect(
        (response.status, response.media_type) == (200, "text/html"),
        f"/?lang={locale} answers {response}",
    )
    opening = f'<html lang="{LOCALES[locale]}"{" class=" if locale == "ja-easy" else ">"}'
    spoken = opening in response.text and WORDS[locale] in response.text
    expect(spoken, f"/?lang={locale} is in another language")
    return f"{len(response.body)} bytes"


def openapi(client: HttpClient) -> str:
    """Check the OpenAPI description, and that it names the server it is at."""
    response = client.request("GET", "/api/v1/openapi.json")
    expect(response.status == 200, f"answers {response}")
    paths = response.json.get("paths", {})
    expect(any(path.endswith("/registrations") for path in paths), "describes no registrations")
    server = response.json["servers"][0]["url"]
    expect(server.startswith(client.origin), f"tells the server {server}, not {client.origin}")
    return f"{len(paths)} paths"


def unknown_page(client: HttpClient) -> str:
    """Check that an unknown page is answered with a page, 404."""
    response = client.get_page("/no-such-page")
    expect((response.status, response.media_type) == (404, "text/html"), f"answers {response}")
    return "404, a page"


def unknown_call(client: HttpClient) -> str:
    """Check that an unknown call is answered with a problem (RFC 9457), 404."""
    response = client.request("GET", "/api/v1/no-such-call")
    expect((response.status, response.problem) == (404, "not-found"), f"answers {response}")
    return "404, a problem"


def headers(client: HttpClient) -> str:
    """Check the security headers of a response."""
    return check_headers(client.request("GET", HEALTH), secure=client.secure)


def check_headers(response: HttpResponse, *, secure: bool) -> str:
    """Check that a response has the security headers, on https HSTS too."""
    for name, value in _REQUIRED_HEADERS.items():
        expect(response.headers.get(name) == value, f"{name} is {response.headers.get(name)}")
    stays = "max-age=" in response.headers.get("strict-transport-security", "")
    expect(stays or not secure, "there is no Strict-Transport-Security")
    return "no-store, nosniff, same-origin" + (", HSTS" if secure else "")


def foreign_origin(client: HttpClient) -> str:
    """Check that a form of another origin is refused."""
    response = client.request("POST", REGISTRATIONS, {"email": ""}, {"Origin": FOREIGN})
    expect((response.status, response.problem) == (403, "foreign-origin"), f"answers {response}")
    return "403, refused"


def own_origin(client: HttpClient) -> str:
    """Check that a form of the pages' own origin is accepted: the functions know that origin."""
    response = client.request("POST", REGISTRATIONS, {"email": ""}, {"Origin": client.origin})
    expect(response.problem != "foreign-origin", f"{client.origin} is refused: BaseUrl is another")
    expect(response.status == 422, f"answers {response}")
    return "heard"
